"""A statement of account on paper: one section a currency, with ageing and a slip to pay by."""

from __future__ import annotations

from typing import Any

from arledger.compute.statements import Line, Section, Statement
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.paper import Paper, head, language_of, payment


def statement(ledger: Ledger, found: Statement) -> Paper:
    """The statement of one customer, in any of the three styles."""
    data = {
        **head(ledger, found.customer, found.as_of), "number": found.customer, "date": found.as_of,
        "style": found.style, "first": found.first, "basis": ledger.aging.basis,
        "sections": [_section(ledger, found, section) for section in found.sections],
    }  # fmt: skip
    name = f"statement-{found.customer}-{found.as_of}"
    return Paper("statement", name, found.customer, found.as_of, language_of(ledger, found.customer), data)


def _section(ledger: Ledger, found: Statement, section: Section) -> dict[str, Any]:
    currency = section.currency

    def money(amount: int) -> Money:
        return Money(amount, currency)

    opening = money(section.opening) if found.style != "open-item" and found.first else None
    return {
        "currency": currency, "opening": opening, "closing": money(section.closing),
        "lines": [_line(line, currency) for line in section.lines],
        "aging": [
            {"bucket": name, "amount": money(amount)}
            for name, amount in zip(ledger.aging.names, section.aging.buckets, strict=True)
        ],
        "unapplied": money(section.unapplied) if section.unapplied else None,
        "overdue": money(section.overdue) if section.overdue else None,
        "next_due": {"due": section.next_due[0], "amount": money(section.next_due[1])} if section.next_due else None,
        "owed": section.closing > 0,
        "pay": payment(ledger.policy, currency, max(section.closing, 0), found.customer, None),
    }  # fmt: skip


def _line(line: Line, currency: str) -> dict[str, Any]:
    return {
        "date": line.date, "item": line.item, "kind": line.kind, "due": line.due,
        "reference": line.po or ", ".join(line.references) or line.text,
        "charge": Money(line.charge, currency) if line.charge else None,
        "payment": Money(line.payment, currency) if line.payment else None,
        "open": Money(line.open, currency) if line.open is not None else None,
        "balance": Money(line.balance, currency), "late": line.days_past_due if (line.days_past_due or 0) > 0 else None,
    }  # fmt: skip
