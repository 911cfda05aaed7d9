"""Which debts somebody means: those named, or all of a customer in one currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.open_items import OpenItem, open_items
from arledger.documents.fields import item_and_part
from arledger.errors import RefusedError, UsageError, did_you_mean
from arledger.ledger.table import Ledger


def owed(ledger: Ledger, customer: str, named: Sequence[str], currency: str, day: date) -> list[OpenItem]:
    """The open debts of a customer on a day, oldest due first: those named, else all of the currency.

    An invoice that is named stands for all its instalments. Raises UsageError for what is not there or in two
    currencies, RefusedError for what is not open or another customer's.
    """
    debts = [item for item in open_items(ledger, day, customer) if not item.is_credit]
    if not named:
        return [item for item in debts if item.currency == currency]
    chosen = [i for i in debts if i.item in named or item_and_part(i.item)[0] in named]
    for name in named:
        if not any(name in (i.item, item_and_part(i.item)[0]) for i in chosen):
            _refuse(ledger, customer, name, day)
    if len({item.currency for item in chosen}) > 1:
        raise UsageError("--item: these items are in more than one currency", "give them in two commands")
    return chosen


def _refuse(ledger: Ledger, customer: str, name: str, day: date) -> None:
    row = ledger.item(item_and_part(name)[0])
    if row is None:
        near = did_you_mean(name, ledger.known_ids("items", "item"))
        raise UsageError(f"--item: there is no item {name}", near or "see ar open")
    if row.customer != customer:
        raise RefusedError(f"{name} is of {row.customer}, not of {customer}", "name the customer's own item",
                           code="wrong-customer")  # fmt: skip
    raise RefusedError(f"nothing is open of {name} on {day}", f"see ar why {row.item}", code="nothing-open")


def whole(items: Sequence[OpenItem]) -> tuple[str, ...]:
    """The ids of the items, each once, without their instalments."""
    return tuple(dict.fromkeys(item_and_part(item.item)[0] for item in items))
