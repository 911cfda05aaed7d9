"""What a branch does to the business: two states of the books compared, in the words of the trade.

Everything is worked out from the two ledgers and the files that differ; nothing is read from a diff of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arledger.compute.aging import Aged, aged_customers, totals
from arledger.compute.allowance import provided, total
from arledger.compute.approvals import covering, deeds, rule_for, wanted_of
from arledger.compute.changes import Edited, facts_at, masters, rewritten
from arledger.compute.evidence import Agreed
from arledger.compute.exposure import CreditBook
from arledger.compute.holds import Holds
from arledger.compute.limits_passed import any_limit, is_passed, limits_of, used
from arledger.compute.metrics import days_outstanding
from arledger.compute.plans import plans
from arledger.compute.promises import promises
from arledger.dates import month_of
from arledger.errors import RefusedError
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money
from arledger.policy.aging import Aging


class Shift(NamedTuple):
    """What a group (a customer; "" for all) owes in one currency, before and after."""

    before: Aged
    after: Aged


class Numbers(NamedTuple):
    """Numbers of one series that were used: the first, the last, how many."""

    first: str
    last: str
    used: int


class Approved(NamedTuple):
    """What needs an approval by the policy after: who gave it in which fact or commit, "" that nobody did."""

    what: str  # the fact, or the field of master data
    action: str
    by: str
    approval: str


class Turned(NamedTuple):
    """A state worked out from facts that is another one after: of a promise, a plan, an order or a credit limit."""

    what: str
    fact: str
    customer: str
    before: str  # "" where it was not there
    after: str


Figure = Money | Decimal


class Effect(NamedTuple):
    """A figure of the whole book before and after; None where it does not exist."""

    measure: str
    currency: str
    before: Figure | None
    after: Figure | None


class Bucketed(NamedTuple):
    """What is open in a bucket by the policy before, or by the one after."""

    policy: str  # before or after
    basis: str
    bucket: str
    amount: Money


class Difference(NamedTuple):
    """Everything a change does."""

    as_of: date
    added: Sequence[FactRow]
    edited: Sequence[str]  # paths of posted facts that say something else
    deleted: Sequence[str]  # paths of posted facts that are gone
    shifts: Sequence[Shift]  # by customer and currency
    sums: Sequence[Shift]  # by currency
    numbers: Sequence[Numbers]
    approvals: Sequence[Approved]
    turned: Sequence[Turned]
    masters: Sequence[Edited]
    effects: Sequence[Effect]
    rebucketed: Sequence[Bucketed]

    @property
    def periods(self) -> list[str]:
        """The months facts were added in, oldest first."""
        return sorted({month_of(row.date) for row in self.added})


def difference(
    before: Ledger,
    after: Ledger,
    paths: Iterable[str],
    as_of: date,
    agreed: Mapping[str, Agreed],
    guards: Sequence[Approved] = (),
) -> Difference:
    """What lies between two states of the books on a day. `paths` are the files that differ.

    `agreed`: facts that somebody agreed to by a commit, by path; `guards`: master data that needs an approval.
    """
    changed = list(paths)
    edited, deleted = rewritten(before, after, changed)
    old = facts_at(before, changed)
    aging = after.policy.aging
    aged = [aged_customers(ledger, as_of, aging) for ledger in (before, after)]
    whole = [totals(rows) for rows in aged]
    shifts, sums = _shifts(*aged), _shifts(*whole)
    if aging.basis != "due":
        whole = [totals(aged_customers(ledger, as_of, Aging())) for ledger in (before, after)]
    added = [row for path, row in facts_at(after, changed).items() if path not in old]
    edits = list(masters(before, after, changed))
    concerned = {row.customer for row in added} | {shift.after.group for shift in shifts}
    concerned |= {edit.path.rpartition("/")[2].removesuffix(".yaml") for edit in edits}
    return Difference(
        as_of, added, edited, deleted, shifts, sums, list(_numbers(added)),
        [*_approvals(after, added, agreed), *guards],
        [*_turned(before, after, as_of), *_limits(before, after, sorted(concerned), as_of)], edits,
        list(_effects((before, whole[0]), (after, whole[1]), as_of)), list(_rebucketed(before, after, as_of)),
    )  # fmt: skip


def _shifts(before: Iterable[Aged], after: Iterable[Aged]) -> list[Shift]:
    """The rows that differ, each beside the other; one that is missing on a side is all zeros there."""
    old = {(row.group, row.currency): row for row in before}
    new = {(row.group, row.currency): row for row in after}
    found = []
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        pair = Shift(one or _nothing(other), other or _nothing(one))
        if pair.before != pair.after:
            found.append(pair)
    return found


def _nothing(like: Aged | None) -> Aged:
    assert like
    return Aged(like.group, like.currency, (0,) * len(like.buckets), 0)


def _numbers(added: Iterable[FactRow]) -> Iterator[Numbers]:
    series: dict[str, list[str]] = {}
    for row in added:
        if row.kind in ("invoices", "credit-notes"):
            series.setdefault(re.sub(r"[0-9]+\Z", "", row.fact), []).append(row.fact)
    for _, facts in sorted(series.items()):
        facts.sort(key=lambda fact: (len(fact), fact))
        yield Numbers(facts[0], facts[-1], len(facts))


def _approvals(ledger: Ledger, added: Iterable[FactRow], agreed: Mapping[str, Agreed]) -> Iterator[Approved]:
    paths = {row.path for row in added}
    for deed, row in deeds(ledger):
        wanted = wanted_of(ledger, deed, row)
        if row.path in paths and (rule := rule_for(ledger.policy.approvals, wanted)):
            by = ("", "")
            if one := agreed.get(row.path):
                by = (one.by, one.told)
            elif given := covering(ledger, wanted, rule):
                by = (given.approval.by, given.row.fact)
            yield Approved(row.fact, wanted.action, *by)


def _turned(before: Ledger, after: Ledger, as_of: date) -> Iterator[Turned]:
    for what, states in (("promise", _promises), ("plan", _plans), ("order", _orders)):
        old, new = states(before, as_of), states(after, as_of)
        for fact in sorted({*old, *new}):
            (customer, was), (other, now) = old.get(fact, ("", "")), new.get(fact, ("", ""))
            if was != now:
                yield Turned(what, fact, other or customer, was, now)


def _promises(ledger: Ledger, as_of: date) -> dict[str, tuple[str, str]]:
    return {one.fact: (one.promise.customer, one.state) for one in promises(ledger, as_of)}


def _plans(ledger: Ledger, as_of: date) -> dict[str, tuple[str, str]]:
    return {one.fact: (one.plan.customer, one.state) for one in plans(ledger, as_of)}


def _orders(ledger: Ledger, as_of: date) -> dict[str, tuple[str, str]]:
    if not ledger.rows("SELECT 1 FROM facts WHERE kind = 'orders' LIMIT 1"):
        return {}
    found = {}
    for standing in Holds(CreditBook(ledger, as_of)).all():
        rules = ", ".join(dict.fromkeys(reason.rule for reason in standing.reasons))
        found[standing.order.order] = (standing.order.customer, f"held: {rules}" if rules else "free to go")
    return found


def _limits(before: Ledger, after: Ledger, customers: Sequence[str], as_of: date) -> Iterator[Turned]:
    """The credit limits that are passed on one side alone, among those that count for these customers."""
    if not any_limit(after):
        return
    books = [CreditBook(ledger, as_of) for ledger in (before, after)]
    old, new = ({key: book.exposure(limit) for key, limit in limits_of(book, customers).items()} for book in books)
    for key, exposure in sorted(new.items()):
        was = old.get(key)
        if is_passed(exposure) != bool(was and is_passed(was)):
            texts = [("over: " if is_passed(e) else "within: ") + used(e) if e else "not set" for e in (was, exposure)]
            yield Turned("credit limit", key[1], key[1] if key[0] == "customer" else "", *texts)


def _effects(was: tuple[Ledger, list[Aged]], is_: tuple[Ledger, list[Aged]], as_of: date) -> Iterator[Effect]:
    """Figures of the whole book that differ: what is owed and overdue, the allowance, DSO of the year.

    Of each side the ledger and the totals of its ageing by due dates.
    """
    old, new = (dict(_figures(*side, as_of)) for side in (was, is_))
    for key in sorted({*old, *new}, key=lambda k: (_MEASURES.index(k[0]), k[1])):
        if old.get(key) != new.get(key):
            yield Effect(*key, old.get(key), new.get(key))


def _rebucketed(before: Ledger, after: Ledger, as_of: date) -> Iterator[Bucketed]:
    """The items open afterwards in the old buckets and in the new, where the policy has other ones."""
    if before.policy.aging != after.policy.aging:
        for policy, one in (("before", before.policy.aging), ("after", after.policy.aging)):
            for row in totals(aged_customers(after, as_of, one)):
                for bucket, amount in zip(one.names, row.buckets, strict=True):
                    yield Bucketed(policy, one.basis, bucket, Money(amount, row.currency))


_MEASURES = ("owed", "overdue", "unapplied", "disputed", "allowance", "dso of the year")


def _figures(ledger: Ledger, sums: list[Aged], as_of: date) -> Iterator[tuple[tuple[str, str], Figure]]:
    for row in sums:
        overdue = sum(row.buckets[1:])
        for measure, minor in (("owed", row.total), ("overdue", overdue), ("unapplied", row.unapplied),
                               ("disputed", row.disputed)):  # fmt: skip
            yield (measure, row.currency), Money(minor, row.currency)
    try:
        for currency, (_, allowance) in total(provided(ledger, as_of)).items():
            yield ("allowance", currency), Money(allowance, currency)
    except RefusedError:
        pass  # no rates in force: there is no allowance to compare
    year = date(as_of.year, 1, 1)
    for currency, dso in days_outstanding(ledger, year, as_of).items():
        yield ("dso of the year", currency), dso
