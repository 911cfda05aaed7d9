"""Recovering: what was written off is paid after all, and open again for the payment to be applied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.taxes import parts_again, split
from arledger.documents.payments import Recovery, WriteOff
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money, decimal, plain

WriteOffOf = Callable[[str], WriteOff]  # the id of a write-off → its document


def recover(ledger: Ledger, about: str, amount: int | None, day: date, reason: str, document_of: WriteOffOf) -> Planned:
    """Opens again what was written off of an item, or by one write-off: all that was not recovered before, or `amount`
    minor units of it, of the latest write-off first. Raises RefusedError for more than that.
    """
    refuse_closed(ledger, day)
    left = [(fact, rest) for fact in _write_offs(ledger, about) if (rest := fact.amount - recovered(ledger, fact)) > 0]
    whole = sum(rest for _, rest in left)
    if not left:
        raise RefusedError(f"nothing of {about} is written off", f"see ar why {about}", code="over-recovered")
    currency, wanted = left[0][0].currency, whole if amount is None else amount
    if not 0 < wanted <= whole:
        raise RefusedError(f"{plain(whole, currency)} of {about} is written off, not {plain(wanted, currency)}",
                           "recover no more than that", code="over-recovered")  # fmt: skip
    facts: list[tuple[str, Recovery]] = []
    number, stem, rest = 0, f"{left[0][0].about}-R", wanted
    for fact, open_ in left:
        if taken := min(open_, rest):
            name = next_id(ledger, stem, number + 1)
            number, rest = int(name.removeprefix(stem)), rest - taken
            facts.append((name, _recovery(fact, document_of(fact.fact), taken, day, reason)))
    return Planned(facts, about=f"Recover {Money(wanted, currency).said()} of {about}")


def _write_offs(ledger: Ledger, about: str) -> list[FactRow]:
    """The write-offs of a debt, or the one of that id, that nobody took back, latest first."""
    if not (ledger.item(about) or ledger.fact(about)):
        raise UsageError(f"there is no item or write-off {about}", "see ar open or ar why CUSTOMER")
    return ledger.facts(
        "kind = 'write-offs' AND (about = ? OR fact = ?) AND fact NOT IN (SELECT about FROM facts WHERE "
        "kind = 'reversals') AND about IN (SELECT item FROM items WHERE total > 0)",
        about, about, order="date DESC, path DESC",
    )  # fmt: skip


def recovered(ledger: Ledger, write_off: FactRow) -> int:
    """Minor units of a write-off that were recovered, and not taken back."""
    ((amount,),) = ledger.rows(
        "SELECT COALESCE(SUM(amount), 0) FROM facts WHERE kind = 'recoveries' AND about = ? AND fact NOT IN "
        "(SELECT about FROM facts WHERE kind = 'reversals')",
        write_off.fact,
    )
    return int(amount)


def _recovery(fact: FactRow, document: WriteOff, amount: int, day: date, reason: str) -> Recovery:
    taxes = split(amount, parts_again(document.taxes, fact.currency), fact.currency)
    return Recovery(
        customer=fact.customer, date=day, currency=fact.currency, item=document.item, write_off=fact.fact,
        reason=reason or None, taxes=taxes, amount=decimal(amount, fact.currency),
    )  # fmt: skip
