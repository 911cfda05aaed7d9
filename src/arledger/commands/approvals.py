"""Approving: a second person's agreement, posted before the fact that needs it."""

from __future__ import annotations

from datetime import date

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.documents.approvals import Action, Approval
from arledger.errors import RefusedError, UsageError, did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import Money, decimal


def approve(
    ledger: Ledger, action: Action, about: str, day: date, by: str, *, customer: str, currency: str,
    amount: int | None, reason: str,
) -> Planned:  # fmt: skip
    """An approval by one of the policy's people, up to `amount` minor units; of any amount where none is said.

    Raises UsageError for nobody's name, RefusedError for somebody policy does not let approve this.
    """
    people, rules = ledger.policy.people, [r for r in ledger.policy.approvals if r.action == action]
    if by not in people:
        hint = did_you_mean(by, people) or (f"one of {', '.join(people)}" if people else "list `people` in ledger.yaml")
        raise UsageError(f"--by: there is no person {by}", hint)
    if rules and not any(by in rule.by for rule in rules):
        raise RefusedError(f"{by} may not approve a {action}", "see `approvals` in ledger.yaml", code="not-an-approver")
    refuse_closed(ledger, day)
    fact = Approval(
        date=day, action=action, about=about, by=by, customer=customer, reason=reason,
        currency=currency if amount is not None else "", amount=None if amount is None else decimal(amount, currency),
    )  # fmt: skip
    up_to = "" if amount is None else f" up to {Money(amount, currency).said()}"
    return Planned([(next_id(ledger, f"{about}-OK"), fact)], about=f"{by} approves {action} of {about}{up_to}")
