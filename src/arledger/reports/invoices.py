"""`ar invoice list` and `ar invoice show`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.compute.history import Touch, of_item
from arledger.compute.listing import DEBITS, listed
from arledger.compute.open_items import open_by_part, schedule_of
from arledger.dates import Terms
from arledger.documents.lines import AsWritten, net_of
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import Money, grouped, minor_units
from arledger.reports.papers_kept import papers_table
from arledger.reports.report import Cell, Column, Report, Table

_LIST = (
    Column("item", "Item"), Column("kind", "Kind", spare=2), Column("customer", "Customer"), Column("name", "Name"),
    Column("date", "Date", "date", spare=3), Column("due", "Due", "date"), Column("currency", "Cur"),
    Column("total", "Total", "money"), Column("open", "Open", "money"), Column("status", "Status"),
    Column("po", "PO", spare=1), Column("reference", "Reference", shown=False),
)  # fmt: skip
_LINES = (
    Column("description", "Description"), Column("quantity", "Quantity", "number"),
    Column("unit_price", "Price", "number"), Column("discount", "Discount", "number"), Column("tax", "Tax", "number"),
    Column("net", "Net", "money"),
)  # fmt: skip
_PARTS = (
    Column("item", "Instalment"), Column("due", "Due", "date"), Column("amount", "Amount", "money"),
    Column("open", "Open", "money"),
)  # fmt: skip
HISTORY = (
    Column("date", "Date", "date"), Column("fact", "Fact"), Column("why", "What"), Column("other", "With"),
    Column("amount", "Amount", "money"), Column("open", "Open", "money"),
)  # fmt: skip


def build_list(
    ledger: Ledger, as_of: date, first: date, last: date, customer: str | None = None, status: str = ""
) -> Report:
    """Invoices, debit notes and finance charges dated from `first` to `last`, by date, with what is open of each."""
    names = ledger.names
    items = [
        (item, status_of(item.open, item.due, as_of)) for item in listed(ledger, DEBITS, first, last, as_of, customer)
    ]
    chosen = [(item, what) for item, what in items if not status or what == status or (status == "open" and item.open)]
    rows: list[list[Cell]] = [
        [item.item, item.kind, item.customer, names.get(item.customer, ""), date.fromordinal(item.date),
         date.fromordinal(item.due), item.currency, Money(item.total, item.currency), Money(item.open, item.currency),
         what, item.po, ", ".join(item.refs.split("\n"))]
        for item, what in chosen
    ]  # fmt: skip
    table = Table(_LIST, rows, _totals([item for item, _ in chosen]), empty="There are no such invoices.")
    what = f"{status.capitalize()} invoices" if status else "Invoices, and what is open of each"
    return Report("invoices", f"{what} on {as_of}", [table], {"as_of": as_of})


def _totals(items: Sequence[ItemRow]) -> list[list[Cell]]:
    sums: dict[str, tuple[int, int]] = {}
    for item in items:
        total, open_ = sums.get(item.currency, (0, 0))
        sums[item.currency] = (total + item.total, open_ + item.open)
    return [
        ["Total", *[None] * 5, currency, Money(total, currency), Money(open_, currency), *[None] * 3]
        for currency, (total, open_) in sorted(sums.items())
    ]


def status_of(open_: int, due: int, as_of: date) -> str:
    """`settled` when nothing is open, `overdue` after the (last) due date, else `open`."""
    return "settled" if not open_ else "overdue" if due < as_of.toordinal() else "open"


def build_show(ledger: Ledger, item: ItemRow, written: Mapping[str, Any], path: str, as_of: date) -> Report:
    """One invoice as it was written, what is open of it at the end of a day, and what happened to it until then.

    `written` is the file's own mapping, scalars as text; amounts get the currency's decimals.
    """
    history = of_item(ledger, item, as_of)
    open_ = history[-1].open if history else 0
    now = item._replace(open=open_)
    fields = _fields(written, item)
    status = status_of(open_, item.due, as_of) if item.date <= as_of.toordinal() else "later"
    head = {
        "item": item.item, "name": ledger.names.get(item.customer, ""), **fields, "as_of": as_of, "status": status,
        "open": Money(open_, item.currency), "days_past_due": (as_of - date.fromordinal(item.due)).days, "path": path,
    }  # fmt: skip
    tables = [lines_table(fields, item.currency)] if "lines" in fields else []
    if item.schedule:
        tables.append(_parts(ledger, now, as_of))
        head["instalments"] = [
            dict(zip(("item", "due", "amount", "open"), row, strict=True)) for row in tables[-1].rows
        ]
    tables.append(history_table(history, "What happened to it"))
    if papers := papers_table(ledger, as_of, item.customer, item.item):
        tables.append(papers)
    title = f"{item.kind.replace('-', ' ').capitalize()} {item.item}"
    return Report("invoice", title, tables, head, facts=_facts(ledger, head, now))


def _fields(written: Mapping[str, Any], item: ItemRow) -> dict[str, Any]:
    """The file's fields; amounts as money, and the due date and kind also where the file leaves them out."""
    fields = {"kind": item.kind, "due": date.fromordinal(item.due), **written}
    for key in ("net", "tax", "prepaid", "total"):
        if key in fields:
            fields[key] = Money.parse(fields[key], item.currency)
    return fields


def _facts(ledger: Ledger, head: Mapping[str, Any], item: ItemRow) -> list[tuple[str, str]]:
    currency = item.currency
    state = f"{Money(item.open, currency).said()} open of {grouped(item.total, currency)}"
    if head["status"] == "later":
        state = f"dated after {head['as_of']}"
    elif item.open:
        days = head["days_past_due"]
        state += f", {days} days past due" if days > 0 else ", due today" if not days else f", due in {-days} days"
    terms = head.get("terms", "")
    pairs = [
        ("Customer", f"{item.customer}  {ledger.names.get(item.customer, '')}"), ("Date", str(head.get("date", ""))),
        ("Terms", terms and Terms.parse(terms).told()), ("Due", str(head["due"])), ("PO", head.get("po", "")),
        ("Order", head.get("order", "")), ("Contract", head.get("contract", "")),
        ("Buyer reference", head.get("buyer_reference", "")),
        ("References", ", ".join(head.get("references", ()))), ("Delivered", _delivery(head.get("delivery", {}))),
        ("Tax category", " ".join(filter(None, (head.get("tax_category"), head.get("tax_reason"))))),
        ("Notes", head.get("notes", "")), ("State", state),
        ("File", head["path"]),
    ]  # fmt: skip
    return [(label, text) for label, text in pairs if text]


def _delivery(went: Mapping[str, Any]) -> str:
    """When and where to, in a line."""
    to = ", ".join(filter(None, (went.get("name"), *went.get("address", ()), went.get("country"))))
    return " to ".join(filter(None, (went.get("date"), to)))


def lines_table(fields: Mapping[str, Any], currency: str) -> Table:
    """The lines with their nets; below them what was added and taken off, net, tax, what was paid before, and total."""
    rows: list[list[Cell]] = [
        [line["description"], _number(line.get("quantity", "1")), _number(line["unit_price"]), line.get("discount", ""),
         line.get("tax", ""), Money(net_of(AsWritten.of(line), currency), currency)]
        for line in fields["lines"]
    ]  # fmt: skip
    parts = [
        (part["reason"], sign * minor_units(part["amount"], currency))
        for key, sign in (("surcharges", 1), ("rebates", -1)) for part in fields.get(key, ())
    ]  # fmt: skip
    parts += [(key.capitalize(), fields[key].minor) for key in ("net", "tax") if key in fields]
    if "prepaid" in fields:
        parts.append(("Paid before", -fields["prepaid"].minor))
    parts.append(("Total", fields["total"].minor))
    sums: list[list[Cell]] = [[name, None, None, None, None, Money(amount, currency)] for name, amount in parts]
    return Table(_LINES, rows, sums, title="Lines", in_json=False)


def _number(text: str) -> Cell:
    return Decimal(text)


def _parts(ledger: Ledger, item: ItemRow, as_of: date) -> Table:
    rows: list[list[Cell]] = [
        [f"{item.item}/{number}", date.fromordinal(due), Money(amount, item.currency), Money(open_, item.currency)]
        for number, ((due, amount), open_) in enumerate(
            zip(schedule_of(item), open_by_part(ledger, item, as_of), strict=True), 1
        )
    ]
    return Table(_PARTS, rows, title="Instalments", in_json=False)


def history_table(history: Sequence[Touch], title: str) -> Table:
    """What was done to an item, oldest first, with what was open after each."""
    rows: list[list[Cell]] = [
        [t.date, t.fact, t.why, t.other, Money(t.amount, t.currency), Money(t.open, t.currency)] for t in history
    ]
    return Table(HISTORY, rows, title=title, name="history", empty="Nothing happened until then.")
