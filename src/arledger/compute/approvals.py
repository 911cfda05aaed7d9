"""Approvals: which facts need a second person's agreement by policy, and whether it was given.

What counts is all that was done to one subject: an item written off in three parts, each below the limit, needs an
approval once the parts together are above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arledger.documents.approvals import Action, Approval
from arledger.ledger.table import Ledger
from arledger.money import minor_of, plain
from arledger.policy.approvals import ApprovalRule


class Wanted(NamedTuple):
    """What is to be done, or was: so much (minor units, all of it together) of an action on a subject."""

    action: Action
    about: str
    amount: int
    currency: str
    day: date


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


def lacking(ledger: Ledger, wanted: Wanted) -> str:
    """What is missing for this to be done, in words; "" when nothing is."""
    rule = rule_for(ledger.policy.approvals, wanted)
    if rule is None:
        return ""
    given = approvals_of(ledger, wanted.action, wanted.about, wanted.day)
    if any(_covers(approval, rule, wanted) for approval in given):
        return ""
    who = " or ".join(rule.by)
    amount = f" of {plain(wanted.amount, wanted.currency)} {wanted.currency}" if wanted.currency else ""
    short = "; the approval there is does not cover it" if given else ""
    return f"{wanted.action}{amount} on {wanted.about} needs the approval of {who}{short}"


def approvals_of(ledger: Ledger, action: Action, about: str, until: date) -> list[Approval]:
    """The approvals given of an action on a subject up to a day, oldest first."""
    return [approval for _, approval in ledger.told(Approval, until, about=about) if approval.action == action]


def _covers(approval: Approval, rule: ApprovalRule, wanted: Wanted) -> bool:
    if approval.by not in rule.by:
        return False
    if approval.amount is None or not wanted.currency:
        return True
    return approval.currency == wanted.currency and minor_of(approval.amount, approval.currency) >= wanted.amount


def done_before(ledger: Ledger, kind: str, about: str, until: date) -> int:
    """Minor units of the facts of a folder about one subject up to a day that no reversal took back."""
    ((amount,),) = ledger.rows(
        "SELECT COALESCE(SUM(amount), 0) FROM facts f WHERE kind = ? AND about = ? AND about != '' AND date <= ? "
        "AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals')",
        kind, about, until.toordinal(),
    )  # fmt: skip
    return int(amount)
