"""Promises to pay: noting what a customer says they will pay by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.commands.owed import owed
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.open_items import OpenItem
from arledger.compute.promises import promises
from arledger.documents.promises import Promise
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import decimal, plain


def new(
    ledger: Ledger, customer: str, items: Sequence[str], amount: int | None, currency: str, day: date, *, due: date,
    person: str, text: str, replace: bool,
) -> Planned:  # fmt: skip
    """A promise for the items named, else for the oldest debts the amount (minor units) covers; of all that is open
    of them, or overdue where no item is named, when no amount is said.

    One item waits for one promise: with `replace` the new one takes the place of the other. Raises RefusedError for
    more than is open.
    """
    refuse_closed(ledger, day)
    chosen = owed(ledger, customer, items, currency, day)
    if not items:
        chosen = _covered(chosen, amount) if amount is not None else [item for item in chosen if item.due < day]
    if not chosen:
        raise UsageError(f"{customer} owes nothing that is overdue in {currency}", "name the items, or the amount")
    open_, money = sum(item.open for item in chosen), chosen[0].currency
    promised = open_ if amount is None else amount
    if promised > open_:
        raise RefusedError(f"{plain(open_, money)} is open of {', '.join(i.item for i in chosen)}, not "
                           f"{plain(promised, money)}", "promised is no more than what is open",
                           code="over-promised")  # fmt: skip
    names = tuple(items) or tuple(item.item for item in chosen)
    fact = Promise(
        customer=customer, date=day, items=names, due=due,
        tolerance_days=ledger.policy.collections.promises.tolerance_days, person=person, text=text,
        replaces=_waiting(ledger, customer, chosen, day, replace=replace), currency=money,
        amount=decimal(promised, money),
    )  # fmt: skip
    about = f"{customer} promises {fact.amount:,f} {money} by {due}"
    return Planned([(next_id(ledger, f"{customer}-{day}-P"), fact)], about=about)


def _covered(debts: Sequence[OpenItem], amount: int) -> list[OpenItem]:
    """The oldest debts that together come to the amount; all where they do not."""
    found: list[OpenItem] = []
    for item in debts:
        if sum(i.open for i in found) >= amount:
            break
        found.append(item)
    return found


def _waiting(ledger: Ledger, customer: str, chosen: Sequence[OpenItem], day: date, *, replace: bool) -> str | None:
    """The promise that one of these items waits for already, which the new one replaces. Raises RefusedError for one
    that is not to be replaced, and for two."""
    names = {item.item for item in chosen} | {item.item.partition("/")[0] for item in chosen}
    found = [p for p in promises(ledger, day, customer) if p.state == "pending" and names & set(p.promise.items)]
    if not found:
        return None
    first = found[0]
    if not replace or len(found) > 1:
        told = f"{first.promise.items[0]} waits for {first.fact}: {plain(first.amount, first.promise.currency)} by "
        raise RefusedError(f"{told}{first.promise.due}", "--replace puts it off; ar reverse takes it back"
                           if len(found) == 1 else "these are two promises: ar reverse one of them",
                           code="promised-twice")  # fmt: skip
    return first.fact
