"""`ar payment list` and `ar payment show`; credit notes are shown likewise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from arledger.compute.history import of_item
from arledger.compute.listing import listed, taken_back
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import Money
from arledger.reports.invoices import history_table, lines_table
from arledger.reports.report import Cell, Column, Report, Table

_LIST = (
    Column("payment", "Payment"), Column("kind", "Kind", shown=False), Column("customer", "Customer"),
    Column("name", "Name"), Column("date", "Date", "date", spare=1), Column("currency", "Cur"),
    Column("amount", "Amount", "money"), Column("unapplied", "Unapplied", "money"),
    Column("reversed", "Reversed", "flag"), Column("reference", "Reference", spare=2),
)  # fmt: skip


def build_list(
    ledger: Ledger, as_of: date, first: date, last: date, customer: str | None = None, *, unapplied: bool = False
) -> Report:
    """Payments dated from `first` to `last`, by date, with what of each is not applied (amounts are positive).

    `customer` "" selects payments whose payer is not identified.
    """
    items = listed(ledger, ("payment",), first, last, as_of, customer)
    items = [item for item in items if item.open or not unapplied]
    undone = taken_back(ledger, as_of)
    rows: list[list[Cell]] = [
        [item.item, item.kind, item.customer, ledger.names.get(item.customer, ""), date.fromordinal(item.date),
         item.currency, Money(-item.total, item.currency), Money(-item.open, item.currency), item.item in undone,
         item.text]
        for item in items
    ]  # fmt: skip
    table = Table(_LIST, rows, _totals(items), empty="There are no such payments.")
    what = "Payments not yet applied in full" if unapplied else "Payments, and what is unapplied of each"
    return Report("payments", f"{what} on {as_of}", [table], {"as_of": as_of})


def _totals(items: Sequence[ItemRow]) -> list[list[Cell]]:
    sums: dict[str, tuple[int, int]] = {}
    for item in items:
        amount, left = sums.get(item.currency, (0, 0))
        sums[item.currency] = (amount - item.total, left - item.open)
    return [
        ["Total", *[None] * 4, currency, Money(amount, currency), Money(left, currency), None, None]
        for currency, (amount, left) in sorted(sums.items())
    ]


def build_show(ledger: Ledger, item: ItemRow, written: Mapping[str, Any], path: str, as_of: date) -> Report:
    """One payment or credit note as it was written, what of it is not applied, and where it went."""
    history = of_item(ledger, item, as_of)
    left = -history[-1].open if history else 0
    undone = item.item in taken_back(ledger, as_of)
    fields = dict(written)
    for key in ("amount", "net", "tax", "total"):
        if key in fields:
            fields[key] = Money.parse(fields[key], item.currency)
    fields["applied"] = [_share(share, item.currency) for share in written.get("applied", ())]
    head = {
        "payment": item.item, "kind": item.kind, "customer": item.customer or None,
        "name": ledger.names.get(item.customer, ""), **fields, "as_of": as_of, "reversed": undone,
        "unapplied": Money(left, item.currency), "path": path,
    }  # fmt: skip
    title = f"{item.kind.replace('-', ' ').capitalize()} {item.item}"
    facts = _facts(ledger, item, head, left, undone=undone)
    tables = [lines_table(fields, item.currency)] if "lines" in fields else []
    return Report("payment", title, [*tables, history_table(history, "Where it went")], head, facts=facts)


def _share(share: Mapping[str, str], currency: str) -> dict[str, Any]:
    return {key: text if key == "item" else Money.parse(text, currency) for key, text in share.items()}


def _facts(ledger: Ledger, item: ItemRow, head: Mapping[str, Any], left: int, *, undone: bool) -> list[tuple[str, str]]:
    currency, bank = item.currency, head.get("bank", {})
    payer = ", ".join(filter(None, (bank.get("payer"), bank.get("payer_account"))))
    amount = Money(-item.total, currency).said()
    state = "reversed" if undone else f"{Money(left, currency).said()} not applied" if left else "all applied"
    pairs = [
        ("Customer", f"{item.customer}  {ledger.names.get(item.customer, '')}".strip()), ("Date", head.get("date", "")),
        ("Amount", amount), ("Method", head.get("method", "")), ("Reference", head.get("reference", "")),
        ("Against", head.get("against", "")), ("Reason", head.get("reason", "")), ("Payer", payer),
        ("Text", bank.get("text", "")), ("State", state), ("File", head["path"]),
    ]  # fmt: skip
    return [(label, text) for label, text in pairs if text]
