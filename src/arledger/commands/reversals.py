"""Reversing: one earlier fact undone, whole, from a date on. The one way to take back what was posted by mistake."""

from __future__ import annotations

from datetime import date
from typing import Literal

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.documents.kinds import TOLD
from arledger.documents.payments import Reversal
from arledger.errors import RefusedError
from arledger.ledger.table import FactRow, Ledger
from arledger.money import decimal

#: Folder → the command that takes such a fact back, where that is more than a reversal of it alone.
_OWN_COMMAND = {
    "payments": "ar payment return or ar payment unapply", "invoices": "ar invoice void",
    "credit-notes": "ar payment unapply, then ar invoice new --kind debit-note",
    "deductions": "ar deduction resolve --as invalid", "reopenings": "close the period again: ar close",
}  # fmt: skip
_REVERSIBLE = {"write-offs", "recoveries", "refunds", "applications", *(kind.FOLDER for kind in TOLD)} - {"reopenings"}


def reversal(
    ledger: Ledger,
    fact: FactRow,
    day: date,
    kind: Literal["return", "unapply", "correction"],
    reason: str,
    amount: int | None = None,
    line: str = "",
) -> tuple[str, Reversal]:
    """The fact that undoes another: all of it, or `amount` minor units where only its shares are taken back."""
    stem, currency = f"{fact.fact}-X", fact.currency or ledger.policy.currency
    name = stem if not ledger.fact(stem) else next_id(ledger, stem, 2)
    return name, Reversal(
        of=fact.fact, date=day, currency=currency, kind=kind, customer=fact.customer or None, line=line or None,
        reason=reason, amount=decimal(fact.amount if amount is None else amount, currency),
    )  # fmt: skip


def reverse(ledger: Ledger, fact: FactRow, day: date, reason: str) -> Planned:
    """Takes back a fact that was posted by mistake. Raises RefusedError for one that has a command of its own."""
    if fact.kind not in _REVERSIBLE:
        hint = _OWN_COMMAND.get(fact.kind, "restore the files from git")
        raise RefusedError(f"{fact.fact} is in {fact.kind}: it is not reversed by itself", hint, code="not-reversible")
    refuse_closed(ledger, day)
    if earlier := ledger.facts("kind = 'reversals' AND about = ?", fact.fact):
        raise RefusedError(f"{fact.fact} was reversed by {earlier[0].fact}", f"see ar why {fact.fact}",
                           code="reversed-twice")  # fmt: skip
    return Planned([reversal(ledger, fact, day, "correction", reason)], about=f"Reverse {fact.fact}: {reason}")
