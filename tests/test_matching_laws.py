"""Laws of matching on made-up trades: the order of lines is nothing, nothing is paid twice, nothing wrong is posted."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.compute.matching import MatchPolicy, Proposal, match
from matching_trade import Trade

POLICY = MatchPolicy(tolerance_max={"EUR": 200}, grace_days=2, partial_discount="proportional")


def small(seed: int) -> Trade:
    return Trade(seed, customers=6, invoices=40, payments=30)


def told(proposal: Proposal) -> Proposal:
    return replace(proposal, line=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_of_the_book_changes_nothing(seed: int, shuffled: random.Random):
    trade = small(seed)
    before = Counter((trade.lines[found.line], told(found)) for found in match(trade.lines, trade.book(), POLICY))
    lines = shuffled.sample(trade.lines, len(trade.lines))
    book = trade.book()
    book = replace(
        book,
        items=tuple(shuffled.sample(book.items, len(book.items))),
        customers=tuple(shuffled.sample(book.customers, len(book.customers))),
    )
    after = Counter((lines[found.line], told(found)) for found in match(lines, book, POLICY))
    assert before == after


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_is_paid_beyond_what_is_open_and_no_money_is_lost(seed: int):
    trade = small(seed)
    fallen: dict[str, int] = defaultdict(int)
    proposals = match(trade.lines, trade.book(), POLICY)
    assert [found.line for found in proposals] == list(range(len(trade.lines)))
    for found in proposals:
        line = trade.lines[found.line]
        assert found.unapplied >= 0
        assert sum(share.amount for share in found.shares) + found.unapplied == line.amount
        assert not found.shares or found.tier == "auto"
        for share in found.shares:
            assert share.amount > 0
            assert share.discount >= 0
            fallen[share.item] += share.amount + share.discount + share.difference
    assert all(0 <= fallen[item.item] <= item.open for item in trade.items)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_same_question_has_the_same_answer(seed: int):
    trade = small(seed)
    assert match(trade.lines, trade.book(), POLICY) == match(trade.lines, trade.book(), POLICY)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_wrong_is_posted_in_a_hard_trade(seed: int):
    trade = Trade(seed, rounded=False)
    counts: Counter[str] = Counter()
    for found in match(trade.lines, trade.book(), MatchPolicy()):
        applied = frozenset(share.item for share in found.shares)
        if found.tier == "auto":
            assert applied == trade.truth[found.line], (trade.kinds[found.line], trade.lines[found.line], found)
        counts[found.tier] += 1
    assert counts["auto"] > 0.7 * len(trade.lines)
