"""`ar statement`: a statement of account, or those of all customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from arledger.compute.statements import Line, Section, Statement
from arledger.ledger.table import Ledger
from arledger.money import Money, grouped
from arledger.reports.report import Cell, Column, Report, Table

_TITLES = {"open-item": "open items", "balance-forward": "balance forward", "activity": "activity"}


def build(ledger: Ledger, statement: Statement) -> Report:
    """One customer's statement."""
    customer = ledger.customer(statement.customer)
    name = customer.name if customer else ledger.names.get(statement.customer, "")
    facts = [("Customer", f"{statement.customer}  {name}")]
    if customer and customer.address:
        facts.append(("Address", ", ".join(customer.address)))
    facts += [("Period" if statement.first else "As of", _period(statement)), *_remit_to(ledger, statement)]
    for section in statement.sections:
        facts += _summary(section)
    tables = [_lines_table(statement, section, section.currency) for section in statement.sections]
    tables = tables or [Table(_columns(statement), [], empty="Nothing is owed.", in_json=False)]
    title = f"Statement of account ({_TITLES[statement.style]})"
    aging = [_aging_table(ledger, [statement])] if statement.sections else []
    return Report("statement", title, [*tables, *aging], _json(ledger, statement), facts=facts)


def build_all(ledger: Ledger, statements: Sequence[Statement], as_of: Any, style: str) -> Report:
    """The statements of many customers, one after the other, and the ageing of all of them."""
    tables = [
        _lines_table(statement, section, f"{statement.customer}  {ledger.names[statement.customer]}, "
                     f"{section.currency}: {grouped(section.closing, section.currency)}")
        for statement in statements for section in statement.sections
    ]  # fmt: skip
    head = {"as_of": as_of, "style": style, "statements": [_json(ledger, statement) for statement in statements]}
    tables = tables or [Table([], [], empty="Nobody owes anything.", in_json=False)]
    aging = [_aging_table(ledger, statements)] if statements else []
    return Report("statement", f"Statements of account on {as_of}", [*tables, *aging], head)


def _period(statement: Statement) -> str:
    return f"{statement.first} to {statement.as_of}" if statement.first else str(statement.as_of)


def _summary(section: Section) -> list[tuple[str, str]]:
    """What matters most about a section, for people."""
    currency = section.currency
    parts = [Money(section.closing, currency).said()]
    if section.overdue:
        parts.append(f"overdue {grouped(section.overdue, currency)}")
    if section.unapplied:
        parts.append(f"unapplied {grouped(section.unapplied, currency)}")
    if section.aging.disputed:
        parts.append(f"disputed {grouped(section.aging.disputed, currency)}")
    if section.next_due:
        day, amount = section.next_due
        parts.append(f"next due {day}: {grouped(amount, currency)}")
    return [("Balance", ", ".join(parts))]


def _remit_to(ledger: Ledger, statement: Statement) -> list[tuple[str, str]]:
    company = ledger.policy.company
    found = [("Pay to", ", ".join((company.name, *company.address)))]
    for section in statement.sections:
        for account in _accounts(ledger, section.currency):
            number = account["iban"] or account["number"]
            if number:
                found.append((f"Account {section.currency}", number))
    return found


def _accounts(ledger: Ledger, currency: str) -> list[dict[str, str]]:
    return [
        {"account": name, "iban": account.iban, "number": account.number}
        for name, account in ledger.policy.bank_accounts.items()
        if account.currency == currency
    ]


def _columns(statement: Statement) -> list[Column]:
    """Columns of the lines: an open item has no balance of its own, a movement may have nothing open."""
    unpaid = statement.style == "open-item"
    return [
        Column("customer", "Customer", shown=False), Column("currency", "Cur", shown=False),
        Column("date", "Date", "date"), Column("item", "Item"), Column("kind", "Kind"), Column("due", "Due", "date"),
        Column("reference", "Reference"), Column("charge", "Billed" if unpaid else "Charges", "money"),
        Column("payment", "Paid" if unpaid else "Payments", "money"),
        Column("open", "Open", "money", shown=statement.style != "balance-forward"),
        Column("balance", "Balance", "money"),
    ]  # fmt: skip


def _lines_table(statement: Statement, section: Section, title: str) -> Table:
    rows = [row for line in section.lines for row in _rows(statement, section, line)]
    if statement.style != "open-item" and statement.first:
        before = statement.first - timedelta(days=1)
        opening = Money(section.opening, section.currency)
        start: list[Cell] = [statement.customer, section.currency, before, "", "opening"]
        rows.insert(0, [*start, None, "", None, None, None, opening])
    closing = Money(section.closing, section.currency)
    total: list[Cell] = [None, None, None, "Balance", None, None, None, None, None, None, closing]
    return Table(_columns(statement), rows, [total], title=title, in_json=False, empty="Nothing is owed.")


def _rows(statement: Statement, section: Section, line: Line) -> list[list[Cell]]:
    currency = section.currency
    charge, payment, balance = (Money(amount, currency) for amount in (line.charge, line.payment, line.balance))
    open_ = Money(line.open, currency) if line.open is not None else None
    rows: list[list[Cell]] = [
        [statement.customer, currency, line.date, line.item, line.kind, line.due, _reference(line), charge, payment,
         open_, balance]
    ]  # fmt: skip
    for touch in line.applied:
        amount = Money(abs(touch.amount), currency)
        charge_payment = [amount, None] if touch.amount > 0 else [None, amount]
        rows.append([statement.customer, currency, touch.date, "", f"  {touch.why}", None, touch.other or touch.fact,
                     *charge_payment, None, None])  # fmt: skip
    return rows


def _reference(line: Line) -> str:
    return line.po or ", ".join(line.references) or line.text


def _aging_table(ledger: Ledger, statements: Sequence[Statement]) -> Table:
    names = ledger.aging.names
    columns = [
        Column("customer", "Customer", shown=len(statements) > 1), Column("currency", "Cur"),
        *(Column(name, "Current" if name == "current" else name, "money") for name in names),
        Column("unapplied", "Unapplied", "money"), Column("total", "Total", "money"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [statement.customer, s.currency, *(Money(a, s.currency) for a in (*s.aging.buckets, s.unapplied, s.closing))]
        for statement in statements for s in statement.sections
    ]  # fmt: skip
    basis = "due date" if ledger.aging.basis == "due" else "document date"
    return Table(columns, rows, title=f"Ageing, in days past the {basis}", in_json=False)


def _json(ledger: Ledger, statement: Statement) -> dict[str, Any]:
    """The statement in the shape of the contract."""
    company = ledger.policy.company
    return {
        "customer": statement.customer, "name": ledger.names.get(statement.customer, ""), "as_of": statement.as_of,
        "from": statement.first, "style": statement.style,
        "remit_to": {"name": company.name, "address": list(company.address)},
        "sections": [_section_json(ledger, section) for section in statement.sections],
    }  # fmt: skip


def _section_json(ledger: Ledger, section: Section) -> dict[str, Any]:
    currency = section.currency
    amounts = (*section.aging.buckets, section.unapplied, section.closing)
    aging = zip((*ledger.aging.names, "unapplied", "total"), amounts, strict=True)
    due = section.next_due
    return {
        "currency": currency, "opening": Money(section.opening, currency),
        "lines": [_line_json(line, section) for line in section.lines],
        "aging": {name: Money(amount, currency) for name, amount in aging},
        "closing": Money(section.closing, currency), "overdue": Money(section.overdue, currency),
        "unapplied": Money(section.unapplied, currency), "disputed": Money(section.aging.disputed, currency),
        "next_due": {"date": due[0], "amount": Money(due[1], currency)} if due else None,
        "accounts": _accounts(ledger, currency),
    }  # fmt: skip


def _line_json(line: Line, section: Section) -> Mapping[str, Any]:
    currency = section.currency
    found: dict[str, Any] = {
        "date": line.date, "item": line.item, "kind": line.kind, "due": line.due,
        "charge": Money(line.charge, currency), "payment": Money(line.payment, currency),
        "open": Money(line.open, currency) if line.open is not None else None,
        "balance": Money(line.balance, currency), "po": line.po, "references": list(line.references),
        "text": line.text, "days_past_due": line.days_past_due, "disputed": line.item in section.disputed,
    }  # fmt: skip
    if line.applied:
        found["applied"] = [
            {"date": t.date, "fact": t.fact, "why": t.why, "amount": Money(t.amount, currency), "other": t.other}
            for t in line.applied
        ]
    return found
