"""Relief for the tax on bad debts: which invoices it may be claimed for, and from when to when (RULES §10)."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from arledger.compute.losses import losses
from arledger.compute.open_items import open_items
from arledger.compute.taxes import Part, tax_in
from arledger.dates import months_later
from arledger.documents.fields import item_and_part
from arledger.ledger.table import Ledger
from arledger.policy.taxes import TaxRelief

State = Literal["too early", "open", "expired"]


class Claim(NamedTuple):
    """An invoice that was not wholly paid. Amounts in minor units."""

    item: str
    customer: str
    currency: str
    unpaid: int  # open or written off
    written_off: int
    tax: int  # in what is unpaid
    first: date  # the window of the claim, both days counted
    last: date
    state: State


def claims(ledger: Ledger, as_of: date, relief: TaxRelief) -> list[Claim]:
    """Taxed invoices not wholly paid and past due, with the window counted from the later of due date and date.

    By the day it is counted from, then id.
    """
    open_: dict[str, int] = {}
    for item in open_items(ledger, as_of):
        if item.kind in ("invoice", "debit-note"):
            name = item_and_part(item.item)[0]
            open_[name] = open_.get(name, 0) + item.open
    given_up: dict[str, list[int]] = {}
    for loss in losses(ledger, date.min, as_of):
        given_up.setdefault(loss.item, []).append(loss.amount)
    taxed = ledger.rows(
        "SELECT item, customer, currency, total, tax, max(due, date) FROM items WHERE tax > 0 AND due < ? "
        "ORDER BY 6, 1", as_of.toordinal(),
    )  # fmt: skip
    found = []
    for item, customer, currency, total, tax, since in taxed:
        left, amounts = open_.get(item, 0), given_up.get(item, [])
        lost = sum(amounts)
        if left + lost > 0:
            start = date.fromordinal(since)
            first, last = months_later(start, relief.after_months), months_later(start, relief.within_months)
            state: State = "too early" if as_of < first else "open" if as_of <= last else "expired"
            parts = [Part(None, total - tax, tax)]
            due = sum(tax_in(amount, parts, currency) for amount in (left, *amounts))  # as each write-off says
            found.append(Claim(item, customer, currency, left + lost, lost, due, first, last, state))
    return found
