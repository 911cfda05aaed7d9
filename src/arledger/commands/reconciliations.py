"""Keeping a reconciliation: two figures of a day and what stands between them, as a fact."""

from __future__ import annotations

from datetime import date

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.reconciling import Reconciled
from arledger.documents.reconciliations import Difference, Kind, Reconciliation
from arledger.ledger.table import Ledger
from arledger.money import decimal


def keep(
    ledger: Ledger, kind: Kind, about: str, as_of: date, found: Reconciled, *, file: str = "", sha: str = ""
) -> Planned:
    """The reconciliation as a fact of its day; nothing when the very same is kept already."""
    currency = found.currency
    fact = Reconciliation(
        date=as_of, kind=kind, about=about, currency=currency, theirs=decimal(found.theirs, currency),
        ours=decimal(found.ours, currency), customer=about if kind == "customer" else "", file=file, sha=sha,
        differences=tuple(
            Difference(cause=step.cause, count=len(step.moves), amount=decimal(step.amount, currency))
            for step in found.steps
        ),
    )  # fmt: skip
    kept = ledger.told(Reconciliation, as_of, about=about)
    if same := [row.fact for row, other in kept if other == fact]:
        return Planned(notes=[f"kept already as {same[0]}: nothing to do"])
    refuse_closed(ledger, as_of)
    stem = f"{kind}-{about}-{as_of}"[:60]
    name = stem if not ledger.fact(stem) else next_id(ledger, f"{stem}.", 2)
    return Planned([(name, fact)], about=f"Reconcile {kind} {about} on {as_of}")
