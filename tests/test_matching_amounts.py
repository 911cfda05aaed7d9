"""How a payment settles what it names: the vendor's table, the worked examples of the rules, the subset search."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arledger.compute.matching import MatchItem, MatchPolicy
from arledger.compute.matching_amounts import Payable, settle
from arledger.compute.matching_subsets import find

DISCOUNT_TO, GRACE_TO, AFTER = date(2003, 1, 15), date(2003, 1, 20), date(2003, 1, 21)
POLICY = MatchPolicy(tolerance_max={"USD": 500}, grace_days=5)


def payable(amount: int = 100_000, discount: int = 2_000, until: date = DISCOUNT_TO) -> Payable:
    offers = ((until, discount),) if discount else ()
    due = date(2003, 1, 31)
    return Payable(MatchItem("I1", "C1", "USD", amount, amount, date(2003, 1, 1), due, offers), amount)


# Source: Dynamics 365 Business Central, payment tolerance and payment discount tolerance, example 1: one document of
# 1,000.00, discount 20.00, tolerance 5.00. Day paid, late discount accepted, paid; discount, difference, left open
# on the invoice, left on the payment.
BUSINESS_CENTRAL = [
    ("1", DISCOUNT_TO, None, 98_500, 2_000, -500, 0, 0),
    ("2", DISCOUNT_TO, None, 98_000, 2_000, 0, 0, 0),
    ("3", DISCOUNT_TO, None, 97_500, 2_000, 500, 0, 0),
    ("4A", GRACE_TO, True, 100_500, 2_000, 0, 0, 2_500),
    ("5A", GRACE_TO, True, 100_000, 2_000, 0, 0, 2_000),
    ("6A", GRACE_TO, True, 99_500, 2_000, 0, 0, 1_500),
    ("4B", GRACE_TO, False, 100_500, 0, -500, 0, 0),
    ("5B", GRACE_TO, False, 100_000, 0, 0, 0, 0),
    ("6B", GRACE_TO, False, 99_500, 0, 500, 0, 0),
    ("7", GRACE_TO, True, 98_500, 2_000, -500, 0, 0),
    ("8", GRACE_TO, True, 98_000, 2_000, 0, 0, 0),
    ("9", GRACE_TO, True, 97_500, 2_000, 500, 0, 0),
    ("10", AFTER, None, 100_500, 0, -500, 0, 0),
    ("11", AFTER, None, 100_000, 0, 0, 0, 0),
    ("12", AFTER, None, 99_500, 0, 500, 0, 0),
    ("13", AFTER, None, 98_500, 0, 0, 1_500, 0),
    ("14", AFTER, None, 98_000, 0, 0, 2_000, 0),
    ("15", AFTER, None, 97_500, 0, 0, 2_500, 0),
]


@pytest.mark.parametrize("row", BUSINESS_CENTRAL, ids=lambda row: row[0])
def test_payment_tolerance_as_business_central(row):
    _, day, late, paid, discount, difference, left, spare = row
    settled = settle([payable()], paid, day, POLICY, late=late)
    (share,) = settled.shares
    assert (share.discount, share.difference) == (discount, difference)
    assert (100_000 - share.amount - share.discount - share.difference, settled.unapplied) == (left, spare)
    assert share.amount + settled.unapplied == paid


@pytest.mark.parametrize("paid", [98_500, 98_000, 97_500])
@pytest.mark.parametrize("day", [date(2003, 1, 16), GRACE_TO])
def test_a_late_discount_is_accepted_by_itself_when_it_explains_the_amount(day, paid):
    (share,) = settle([payable()], paid, day, POLICY).shares
    assert (share.discount, share.difference) == (2_000, 98_000 - paid)


@pytest.mark.parametrize("paid", [100_500, 100_000, 99_500])
def test_no_late_discount_when_the_full_amount_explains_it(paid):
    (share,) = settle([payable()], paid, GRACE_TO, POLICY).shares
    assert (share.discount, share.difference) == (0, 100_000 - paid)


def test_the_full_amount_within_the_discount_period_forgoes_the_discount():
    settled = settle([payable()], 100_000, DISCOUNT_TO, POLICY)
    assert (settled.result, settled.shares[0].discount, settled.unapplied) == ("exact", 0, 0)


def test_an_unearned_discount_stays_open_with_its_reason():
    settled = settle([payable()], 98_000, AFTER, POLICY)
    assert settled.result == "short"
    assert "reason 24" in settled.why


@pytest.mark.parametrize(
    ("total", "paid", "discount", "left"), [(100_000, 48_500, 990, 50_510), (10_000, 4_900, 100, 5_000)]
)
def test_proportional_discount_for_a_part_payment(total, paid, discount, left):
    policy = MatchPolicy(partial_discount="proportional")
    (share,) = settle([payable(total, total // 50)], paid, DISCOUNT_TO, policy).shares
    assert (share.amount, share.discount, total - share.amount - share.discount) == (paid, discount, left)


def test_no_discount_for_a_part_payment_by_default():
    (share,) = settle([payable()], 48_500, DISCOUNT_TO, MatchPolicy()).shares
    assert share.discount == 0


def test_the_best_tier_still_granted_counts():
    tiers = ((date(2003, 1, 6), 2_000), (DISCOUNT_TO, 1_000))
    item = MatchItem("I1", "C1", "USD", 100_000, 100_000, date(2003, 1, 1), AFTER, tiers)
    for day, paid in ((date(2003, 1, 6), 98_000), (date(2003, 1, 7), 99_000)):
        assert settle([Payable(item, 100_000)], paid, day, MatchPolicy()).result == "discount"


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (MatchPolicy(), 0),
        (MatchPolicy(tolerance_percent=Decimal("0.5"), tolerance_max={"USD": 300}), 300),
        (MatchPolicy(tolerance_percent=Decimal("0.1"), tolerance_max={"USD": 300}), 100),
        (MatchPolicy(tolerance_max={"EUR": 300}), 0),
        (MatchPolicy(tolerance_max={"USD": 300}, no_tolerance=frozenset({"C1"})), 0),
        (MatchPolicy(tolerance_max={"USD": 300}, oldest_first=frozenset({"C1"})), 0),
    ],
)
def test_tolerance_is_the_smaller_of_rate_and_cap(policy, allowed):
    assert payable().tolerance(policy) == allowed


def test_what_the_bank_kept_is_paid_too():
    settled = settle([payable(discount=0)], 98_500, AFTER, MatchPolicy(), charges=1_500)
    assert (settled.result, settled.shares[0].difference) == ("tolerance", 1_500)


# -- subsets -----------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 60), max_size=9), st.integers(1, 200))
def test_subsets_are_all_subsets(amounts, target):
    expected = {
        subset
        for size in range(1, 7)
        for subset in combinations(range(len(amounts)), size)
        if sum(amounts[at] for at in subset) == target
    }
    below = [at for at, amount in enumerate(amounts) if amount <= target]
    if below and sum(amounts[at] for at in below) == target:
        expected.add(tuple(below))
    found = find(amounts, target)
    assert set(found.subsets) <= expected
    assert len(found.subsets) == min(len(expected), 5)


def test_a_set_among_dozens():
    amounts = [10_007 + 1_009 * at * at for at in range(60)]
    found = find(amounts, amounts[3] + amounts[30] + amounts[41])
    assert (3, 30, 41) in found.subsets
