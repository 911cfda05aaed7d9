"""What `ar write-off` gives up: each item with what of it is net and what is tax, and the sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from arledger.compute.open_items import OpenItem
from arledger.documents.payments import WriteOff
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("fact", "Fact"), Column("item", "Item"), Column("customer", "Customer"), Column("name", "Name"),
    Column("due", "Due", "date"), Column("days_past_due", "Days", "number"), Column("amount", "Amount", "money"),
    Column("net", "Net", "money"), Column("tax", "Tax", "money"), Column("currency", "Cur"),
)  # fmt: skip


def build(
    posted: Report,
    facts: Sequence[tuple[str, WriteOff]],
    small: Sequence[OpenItem],
    names: Mapping[str, str],
    day: date,
) -> Report:
    """What was posted, with the items above it: of small balances, and of one that bears tax."""
    if not small and not any(fact.taxes for _, fact in facts):
        return posted
    items = {item.item: item for item in small}
    rows = [_row(fact, document, items.get(document.item), names, day) for fact, document in facts]
    columns = [replace(c, shown=bool(small) or c.key not in ("due", "days_past_due")) for c in _COLUMNS]
    table = Table(columns, rows, _totals(facts), name="write_offs")
    return replace(posted, tables=[table, *(replace(one, title=posted.title) for one in posted.tables)], title="")


def _row(fact: str, document: WriteOff, item: OpenItem | None, names: Mapping[str, str], day: date) -> list[Cell]:
    due, days = (item.due, item.days_past_due(day)) if item else (None, None)
    return [fact, document.item, document.customer, names.get(document.customer, ""), due, days, *_money([document]),
            document.currency]  # fmt: skip


def _money(documents: Sequence[WriteOff]) -> list[Cell]:
    """Amount, net and tax of write-offs in one currency together. What bears no tax is net."""
    currency = documents[0].currency
    amount = sum(document.minor(document.amount) for document in documents)
    tax = documents[0].minor(sum((part.tax for document in documents for part in document.taxes), Decimal(0)))
    return [Money(amount, currency), Money(amount - tax, currency), Money(tax, currency)]


def _totals(facts: Sequence[tuple[str, WriteOff]]) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    for currency in sorted({document.currency for _, document in facts}):
        some = [document for _, document in facts if document.currency == currency]
        found.append(["Total", *([None] * 5), *_money(some), currency])
    return found
