"""Settlements: offering to take less, and writing off the rest once the money has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.commands.owed import owed, whole
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.write_offs import write_off
from arledger.compute.settlements import Settled, settlements
from arledger.documents.kinds import AnyFact
from arledger.documents.settlements import Settlement
from arledger.errors import RefusedError, UsageError, did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import Money, decimal, grouped


def new(
    ledger: Ledger, customer: str, items: Sequence[str], amount: int, currency: str, day: date, *, expires: date,
    reason: str,
) -> Planned:  # fmt: skip
    """An offer to take `amount` (minor units) for the items named, else for all the customer owes in the currency.

    Raises RefusedError when that is not less than what is open, or a settlement of one of the items still stands.
    """
    refuse_closed(ledger, day)
    names = whole(owed(ledger, customer, items, currency, day))
    if not names:
        raise UsageError(f"{customer} owes nothing in {currency}", "see ar open")
    chosen = owed(ledger, customer, names, currency, day)
    open_, money = sum(item.open for item in chosen), chosen[0].currency
    if amount >= open_:
        raise RefusedError(f"{grouped(open_, money)} is open: to take {grouped(amount, money)} waives nothing",
                           "a settlement is for less than what is open", code="nothing-waived")  # fmt: skip
    standing = [s for s in settlements(ledger, day, customer) if s.state in ("offered", "ready")]
    if twice := next((s for s in standing if set(s.settlement.items) & set(names)), None):
        raise RefusedError(f"{twice.fact} stands for these items until {twice.settlement.expires}",
                           f"ar reverse {twice.fact} takes it back", code="settled-twice")  # fmt: skip
    fact = Settlement(
        customer=customer, date=day, items=names, expires=expires, reason=reason, currency=money,
        waived=decimal(open_ - amount, money), amount=decimal(amount, money),
    )  # fmt: skip
    about = f"{customer} may settle {Money(open_, money).said()} for {fact.amount:,f} until {expires}"
    return Planned([(next_id(ledger, f"{customer}-{day}-S"), fact)], notes=[about], about=about)


def complete(ledger: Ledger, id_: str, day: date) -> Planned:
    """Writes off what is left of a settlement's items. Raises RefusedError before its money has come."""
    refuse_closed(ledger, day)
    found = _named(ledger, id_, day)
    _refuse_unless_ready(found)
    facts: list[tuple[str, AnyFact]] = []
    for item in found.settlement.items:
        row = ledger.item(item)
        if row and row.open > 0:
            reason = found.settlement.reason or "settled"
            facts += write_off(ledger, item, None, day, reason, settlement=found.fact).facts
    return Planned(facts, about=f"{found.fact} is paid: write off the rest")


def _named(ledger: Ledger, id_: str, day: date) -> Settled:
    told = settlements(ledger, day)
    if found := next((s for s in told if s.fact == id_), None):
        return found
    of_customer = [s for s in told if s.settlement.customer == id_ and s.state != "completed"]
    if len(of_customer) == 1:
        return of_customer[0]
    near = did_you_mean(id_, [s.fact for s in told])
    raise UsageError(f"SETTLEMENT: there is no settlement {id_} on {day}", near or "see ar settle list")


def _refuse_unless_ready(found: Settled) -> None:
    currency, expires = found.settlement.currency, found.settlement.expires
    if found.state == "completed":
        raise RefusedError(f"nothing is open of {', '.join(found.settlement.items)}", f"see ar why {found.fact}",
                           code="nothing-open")  # fmt: skip
    if found.state != "ready":
        went = {"expired": "it has expired", "failed": "its money went back"}
        what = went.get(found.state, f"it stands until {expires}")
        came = f"{grouped(found.paid, currency)} of {grouped(found.amount, currency)} has come in by {expires}: {what}"
        raise RefusedError(came, "the rest is written off when the money is here", code="settlement-unpaid")
    if found.open > found.waived:
        told = f"{grouped(found.open, currency)} is still open, {grouped(found.waived, currency)} was waived"
        raise RefusedError(told, "agree on it anew: ar reverse, then ar settle new", code="settlement-unpaid")
