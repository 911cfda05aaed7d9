"""`ar customer list` and `ar customer show`: the page one needs on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from arledger.compute.aging import Aged, age
from arledger.compute.disputes import disputed
from arledger.compute.exposure import CreditBook, Draft
from arledger.compute.holds import Holds
from arledger.compute.listing import latest, taken_back
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import by_plan, holding, rescheduled
from arledger.compute.statements import next_due
from arledger.dates import Terms
from arledger.documents.customers import Customer
from arledger.ledger.table import Ledger
from arledger.money import Money, grouped, minor_units
from arledger.reports import collecting
from arledger.reports.open_items import items_table
from arledger.reports.papers_kept import papers_table
from arledger.reports.report import Cell, Column, Report, Table

PAYMENTS_SHOWN = 5

_LIST = (
    Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("balance", "Balance", "money"), Column("overdue", "Overdue", "money"),
    Column("credit_limit", "Limit", "money"), Column("terms", "Terms"), Column("collector", "Collector"),
    Column("email", "E-mail", shown=False), Column("country", "Country", shown=False),
)  # fmt: skip
_ORDERS = (
    Column("order", "Order"), Column("date", "Date", "date"), Column("currency", "Cur"),
    Column("unbilled", "Unbilled", "money"), Column("status", "Status"), Column("why", "Why"),
)  # fmt: skip
_PAYMENTS = (
    Column("payment", "Payment"), Column("date", "Date", "date"), Column("currency", "Cur"),
    Column("amount", "Amount", "money"), Column("unapplied", "Unapplied", "money"),
    Column("reversed", "Reversed", "flag"), Column("reference", "Reference"),
)  # fmt: skip


def build_list(ledger: Ledger, as_of: date, collector: str = "") -> Report:
    """Every customer by id, a row for each currency they owe in (their own where they owe nothing)."""
    items: dict[tuple[str, str], list[OpenItem]] = {}
    for item in by_plan(open_items(ledger, as_of), holding(ledger, as_of)):
        items.setdefault((item.customer, item.currency), []).append(item)
    owed: dict[str, list[str]] = {}
    for customer, currency in sorted(items):
        owed.setdefault(customer, []).append(currency)
    rows: list[list[Cell]] = []
    for customer, data in ledger.customers():
        own = data.currency or ledger.policy.currency
        for currency in owed.get(customer, [own]) if not collector or data.collector == collector else ():
            theirs = items.get((customer, currency), [])
            limit = Money(limit_of(data, own), own) if data.credit_limit is not None and currency == own else None
            rows.append([
                customer, data.name, currency, Money(sum(i.open for i in theirs), currency),
                Money(_overdue(theirs, as_of), currency), limit, data.terms_on(as_of, ledger.policy.terms),
                data.collector, data.email, data.country,
            ])  # fmt: skip
    table = Table(_LIST, rows, empty="There are no customers.")
    return Report("customers", f"Customers on {as_of}", [table], {"as_of": as_of})


def limit_of(customer: Customer, currency: str) -> int:
    """A customer's credit limit in minor units of their currency; 0 where they have none."""
    return minor_units(f"{customer.credit_limit:f}", currency) if customer.credit_limit is not None else 0


def _overdue(items: Sequence[OpenItem], as_of: date) -> int:
    return sum(item.open for item in items if not item.is_credit and item.due < as_of)


def build_show(
    ledger: Ledger, customer: str, data: Customer, as_of: date, path: str = "", drafts: Sequence[Draft] = ()
) -> Report:
    """One customer: what they owe by currency and age, what of their limit is left, and how to reach them.

    `path` is their file as people see it.
    """
    items, held = open_items(ledger, as_of, customer), holding(ledger, as_of, customer)
    parts, claims = by_plan(items, held), disputed(ledger, as_of, customer)
    rows = age(parts, as_of, ledger.aging, lambda _: "", claims)
    own = data.currency or ledger.policy.currency
    book = CreditBook(ledger, as_of, drafts)
    limit = book.limits.of(customer)[0]
    exposure = book.exposure(limit)
    left = None if limit.allowed is None or exposure.missing else Money(limit.allowed - exposure.total, limit.currency)
    by_currency = [_balance(row, [i for i in parts if i.currency == row.currency], as_of) for row in rows]
    open_table = items_table(ledger, rescheduled(items, held), as_of, claims, held, hidden=("customer", "name"))
    payments = _payments(ledger, customer, as_of)
    head = {
        "customer": customer, **_master_data(ledger, data, own, as_of), "as_of": as_of,
        "credit_limit": None if limit.amount is None else Money(limit.amount, limit.currency),
        "exposure": None if exposure.missing else Money(exposure.total, limit.currency), "available": left,
        "no_rate": list(exposure.missing),
        "formerly": [old for old, now in ledger.merged.items() if now == customer],
        "balances": by_currency, "path": path,
        "open": [dict(zip((c.key for c in open_table.columns), row, strict=True)) for row in open_table.rows],
    }  # fmt: skip
    tables = [_aging(ledger, rows), _as_shown(open_table, "Open items"), *collecting.tables(ledger, customer, as_of)]
    facts = _facts(data, by_currency, head)
    more = [table for table in (_orders(book, customer), papers_table(ledger, as_of, customer)) if table]
    return Report("customer", f"{customer}  {data.name}", [*tables, payments, *more], head, facts=facts)


def _orders(book: CreditBook, customer: str) -> Table | None:
    """Their open orders with what holds each; None where there are none."""
    holds = Holds(book)
    rows: list[list[Cell]] = [
        [order.order, order.date, order.currency, Money(order.unbilled, order.currency),
         "held" if (standing := holds.of(order)).held else "free", "; ".join(r.text for r in standing.reasons)]
        for order in book.orders if order.customer == customer
    ]  # fmt: skip
    return Table(_ORDERS, rows, name="orders", title="Open orders") if rows else None


def _balance(row: Aged, items: Sequence[OpenItem], as_of: date) -> dict[str, Any]:
    due = next_due(items, as_of)
    return {
        "currency": row.currency, "balance": Money(row.total, row.currency),
        "overdue": Money(_overdue(items, as_of), row.currency), "unapplied": Money(row.unapplied, row.currency),
        "disputed": Money(row.disputed, row.currency),
        "next_due": {"date": due[0], "amount": Money(due[1], row.currency)} if due else None,
    }  # fmt: skip


def _master_data(ledger: Ledger, data: Customer, own: str, as_of: date) -> dict[str, Any]:
    return {
        "name": data.name, "address": list(data.address), "country": data.country, "tax_id": data.tax_id,
        "currency": own, "terms": data.terms_on(as_of, ledger.policy.terms), "collector": data.collector,
        "parent": data.parent, "group": data.group, "merged_into": data.merged_into,
        "language": data.language, "notes": data.notes,
        "contacts": [{"name": c.name, "role": c.role, "email": c.email, "phone": c.phone} for c in data.contacts],
        "payer": {"names": list(data.payer.names), "accounts": list(data.payer.accounts)},
    }  # fmt: skip


def _aging(ledger: Ledger, rows: Sequence[Aged]) -> Table:
    names = ledger.aging.names
    buckets = [Column(name, "Current" if name == "current" else name, "money") for name in names]
    columns = [
        Column("currency", "Cur"), *buckets, Column("unapplied", "Unapplied", "money"),
        Column("total", "Total", "money"),
        Column("disputed", "Of which disputed", "money", shown=any(r.disputed for r in rows)),
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [r.currency, *(Money(a, r.currency) for a in (*r.buckets, r.unapplied, r.total, r.disputed))] for r in rows
    ]
    return Table(columns, cells, name="aging", title="Ageing", empty="Nothing is open.")


def _as_shown(table: Table, title: str) -> Table:
    return Table(table.columns, table.rows, table.totals, title=title, in_json=False, empty=table.empty)


def _payments(ledger: Ledger, customer: str, as_of: date) -> Table:
    undone = taken_back(ledger, as_of)
    rows: list[list[Cell]] = [
        [
            p.item,
            date.fromordinal(p.date),
            p.currency,
            Money(-p.total, p.currency),
            Money(-p.open, p.currency),
            p.item in undone,
            p.text,
        ]
        for p in latest(ledger, customer, "payment", as_of, PAYMENTS_SHOWN)
    ]
    return Table(_PAYMENTS, rows, name="payments", title="Last payments", empty="They have not paid yet.")


def _facts(data: Customer, balances: Sequence[dict[str, Any]], head: dict[str, Any]) -> list[tuple[str, str]]:
    """Label and text of everything worth seeing at once, in the order of a call."""
    facts = [("Balance", _balance_text(balance)) for balance in balances] or [("Balance", "nothing is open")]
    if head["available"] is not None:
        limit, left = head["credit_limit"], head["available"]
        facts.append(("Limit", f"{limit.said()}, {grouped(*left)} left; exposure {head['exposure'].said()}"))
    elif head["credit_limit"] is not None:
        facts.append(
            ("Limit", f"{head['credit_limit'].said()}; exposure not known, no rate of {', '.join(head['no_rate'])}")
        )
    if data.credit.status != "open":
        facts.append(("Account", data.credit.status))
    facts.append(("Terms", f"{Terms.parse(head['terms']).told()}, in {head['currency']}"))
    for contact in data.contacts:
        facts.append(("Contact", ", ".join(filter(None, (contact.name, contact.role, contact.phone, contact.email)))))
    texts = [
        ("Address", ", ".join((*data.address, data.country) if data.country else data.address)),
        ("Tax id", data.tax_id), ("Collector", data.collector), ("Parent", data.parent), ("Group", data.group),
        ("Formerly", ", ".join(head["formerly"])), ("Notes", data.notes),
        ("Pays as", ", ".join((*data.payer.names, *data.payer.accounts))), ("File", head["path"]),
    ]  # fmt: skip
    return facts + [(label, text) for label, text in texts if text]


def _balance_text(balance: dict[str, Any]) -> str:
    """Such as `1,048.75 EUR, overdue 10.00, unapplied -40.00, next due 2026-02-14: 88.75`."""
    parts = [balance["balance"].said()]
    for key in ("overdue", "unapplied", "disputed"):
        if balance[key]:
            parts.append(f"{key} {grouped(*balance[key])}")
    if due := balance["next_due"]:
        parts.append(f"next due {due['date']}: {grouped(*due['amount'])}")
    return ", ".join(parts)
