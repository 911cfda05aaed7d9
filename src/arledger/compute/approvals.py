"""Approvals: which facts need a second person's agreement by policy, and whether it was given.

What counts is all that was done to one subject: an item written off in three parts, each below the limit, needs an
approval once the parts together are above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from arledger.documents.approvals import Action, Approval
from arledger.documents.notices import HandOver
from arledger.documents.settlements import Settlement
from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money, minor_of, plain
from arledger.policy.approvals import ApprovalRule


class Deed(NamedTuple):
    """Facts of a folder that are an action, and the key of their files that names what it was done to."""

    folder: str
    action: Action
    key: str
    which: str = "1"  # the condition that one is


_OF_CHARGE = "about IN (SELECT item FROM items WHERE kind = 'finance-charge')"
DEEDS: Sequence[Deed] = (
    Deed("write-offs", "write-off", "item"), Deed("refunds", "refund", "credit"),
    Deed("credit-notes", "credit-note", "against", f"NOT {_OF_CHARGE}"),
    Deed("settlements", "settlement", "waived"),
    Deed("credit-decisions", "credit-limit", "amount"),
    Deed("releases", "release", "order"), Deed("service-stops", "service", "notice"),
    Deed("hand-overs", "hand-over", "items"),
    # a run that gives back what it ought not to have charged waives nothing
    Deed("credit-notes", "waiver", "against", f"{_OF_CHARGE} AND (data = '' OR json_extract(data, '$.void'))"),
)  # fmt: skip


class Wanted(NamedTuple):
    """What is to be done, or was: so much (minor units, all of it together) of an action on a subject."""

    action: Action
    about: str
    amount: int
    currency: str
    day: date


class Given(NamedTuple):
    """An approval and the fact it is."""

    row: FactRow
    approval: Approval


def deeds(ledger: Ledger, where: str = "1") -> Iterator[tuple[Deed, FactRow]]:
    """The facts that policy has a rule for, since it has, and that no reversal took back; those of a condition.

    What is dated in a closed month was looked at when it was closed, and can be approved no more.
    """
    closed = ledger.closed_through()
    live = "fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals')"
    for deed in DEEDS:
        since = min((r.valid_from for r in ledger.policy.approvals if r.action == deed.action), default=None)
        if since is not None:
            since = max(since, closed + timedelta(days=1)) if closed else since
            condition = f"kind = ? AND date >= ? AND {live} AND {deed.which} AND {where}"
            for row in ledger.facts(condition, deed.folder, since.toordinal()):
                if not (deed.folder == "write-offs" and row.key and _settled(ledger, row)):
                    yield deed, row


def _settled(ledger: Ledger, write_off: FactRow) -> bool:
    """Whether a write-off is what a settlement waived: of its items, and with all others for it no more than that."""
    found = [(row, s) for row, s in ledger.told(Settlement, write_off.date, write_off.customer)
             if row.fact == write_off.key]  # fmt: skip
    if not found or write_off.about not in found[0][1].items:
        return False
    live = "fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals')"
    written = ledger.facts(f"kind = 'write-offs' AND key = ? AND {live}", write_off.key)
    return sum(row.amount for row in written) <= found[0][0].amount


def wanted_of(ledger: Ledger, deed: Deed, row: FactRow) -> Wanted:
    """What a fact did, with all that was done to its subject before it."""
    # an order is let go again, not more of it; an offer that was not taken up gave nothing away
    adds_up = row.about and deed.action not in ("release", "settlement", "credit-limit")
    amount = done(ledger, row.kind, row.about, row.date) if adds_up else row.amount
    if deed.action == "hand-over":
        amount = _handed_over(ledger, row)
    return Wanted(deed.action, row.about or row.customer, amount, row.currency, row.date)


def rule_for(rules: Sequence[ApprovalRule], wanted: Wanted) -> ApprovalRule | None:
    """The rule that asks for an approval: of those whose limit is passed the one with the highest; None: none does."""
    amount = Decimal(plain(wanted.amount, wanted.currency)) if wanted.currency else Decimal(0)
    passed = [
        rule
        for rule in rules
        if rule.action == wanted.action and rule.valid_from <= wanted.day
        and (amount > rule.limit(wanted.currency) or not wanted.currency)
    ]  # fmt: skip
    return max(passed, key=lambda rule: rule.limit(wanted.currency), default=None)


def covering(ledger: Ledger, wanted: Wanted, rule: ApprovalRule) -> Given | None:
    """The first approval that lets this be done under a rule, or None."""
    return next(all_covering(ledger, wanted, rule), None)


def all_covering(ledger: Ledger, wanted: Wanted, rule: ApprovalRule) -> Iterator[Given]:
    """The approvals that let this be done under a rule, oldest first."""
    given = approvals_of(ledger, wanted.action, wanted.about, wanted.day)
    return (one for one in given if _covers(one.approval, rule, wanted))


def lacking(ledger: Ledger, wanted: Wanted) -> str:
    """What is missing for this to be done, in words; "" when nothing is."""
    rule = rule_for(ledger.policy.approvals, wanted)
    if rule is None or covering(ledger, wanted, rule):
        return ""
    who = " or ".join(rule.by)
    amount = f" of {Money(wanted.amount, wanted.currency).said()}" if wanted.currency else ""
    given = approvals_of(ledger, wanted.action, wanted.about, wanted.day)
    short = "; the approval there is does not cover it" if given else ""
    return f"{wanted.action}{amount} on {wanted.about} needs the approval of {who}{short}"


def one_of(rule: ApprovalRule | None) -> str:
    """Who is to agree, for a command to copy; left open where it may be one of several."""
    return rule.by[0] if rule and len(rule.by) == 1 else "…"


def known_person(ledger: Ledger, by: str) -> None:
    """Raises UsageError for nobody's name, where ledger.yaml names people."""
    people = ledger.policy.people
    if by and people and by not in people:
        raise UsageError(f"--by: there is no person {by}", did_you_mean(by, people) or f"one of {', '.join(people)}")


def approvals_of(ledger: Ledger, action: Action, about: str, until: date) -> list[Given]:
    """The approvals given of an action on a subject up to a day, oldest first."""
    return [Given(row, one) for row, one in ledger.told(Approval, until, about=about) if one.action == action]


def _covers(approval: Approval, rule: ApprovalRule, wanted: Wanted) -> bool:
    if approval.by not in rule.by:
        return False
    if approval.amount is None or not wanted.currency:
        return True
    return approval.currency == wanted.currency and minor_of(approval.amount, approval.currency) >= wanted.amount


def _handed_over(ledger: Ledger, row: FactRow) -> int:
    """Minor units of all that others collect of a customer by the day of a hand-over: an approval covers the sum."""
    told = ledger.told(HandOver, row.date, row.customer)
    return sum(one.amount for one, _ in told if one.currency == row.currency)


def done(ledger: Ledger, kind: str, about: str, until: date) -> int:
    """Minor units of the facts of a folder about one subject up to a day that no reversal took back."""
    ((amount,),) = ledger.rows(
        "SELECT COALESCE(SUM(amount), 0) FROM facts f WHERE kind = ? AND about = ? AND about != '' AND date <= ? "
        "AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals')",
        kind, about, until.toordinal(),
    )  # fmt: skip
    return int(amount)
