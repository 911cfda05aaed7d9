"""Notices, payment plans, settlements and credit decisions on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.documents.credit import CreditDecision
from arledger.documents.notices import Notice
from arledger.documents.plans import Plan
from arledger.documents.settlements import Settlement
from arledger.ledger.table import Ledger
from arledger.money import Money, minor_of
from arledger.reports.credit_file import is_adverse, statement
from arledger.reports.paper import Paper, carried, head, language_of, payment


def notice(ledger: Ledger, number: str, sent: Notice) -> Paper:
    """A notice as it was sent: the words of its letter, what they ask for as a table, and a code to pay by."""
    fee, currency = sent.fee or Decimal(0), sent.currency
    total = minor_of(sent.amount + fee, currency)
    sums = carried([minor_of(line.amount, currency) for line in sent.lines], currency)
    data = {
        **head(ledger, sent.customer, sent.date), "number": number, "date": sent.date, "currency": currency,
        "level": sent.level, "due": sent.pay_by, "total": Money(total, currency),
        "blocks": list(blocks(sent.text, number)),
        "lines": [
            {"item": line.item, "due": line.due, "amount": _money(line.amount, currency), "carried": after}
            for line, after in zip(sent.lines, sums, strict=True)
        ],
        "fee": {"item": sent.fee_item, "amount": _money(fee, currency)} if fee else None,
        "aside": [{"item": line.item, "due": line.due, "amount": _money(line.amount, currency)} for line in sent.aside],
        "recipient": sent.to if sent.channel == "e-mail" else "",
        "text": sent.text, "subject": _subject(sent.text, number),
        "pay": payment(ledger.policy, currency, total, sent.customer, sent.pay_by),
    }  # fmt: skip
    language = sent.language or language_of(ledger, sent.customer)
    return Paper("notice", f"notice-{number}", sent.customer, sent.date, language, data)


def blocks(text: str, number: str) -> Iterator[dict[str, str]]:
    """The letter by paragraphs, from below its head, which names the letter; a table of the text is told as one."""
    parts = [part.strip("\n") for part in re.split(r"\n\s*\n", text)]
    start = next((at + 1 for at, part in enumerate(parts) if number in part), 0)
    told = iter(("lines", "aside"))
    for part in parts[start:]:
        if re.search(r"\S {3,}\S", part):  # columns
            yield {"kind": next(told, "more"), "text": part}
        else:
            yield {"kind": "text", "text": " ".join(part.split()) if "\n" in part and len(part) > 160 else part}


def _subject(text: str, number: str) -> str:
    """The first words below the head: what the letter is about."""
    return next((block["text"].split("\n")[0] for block in blocks(text, number) if block["kind"] == "text"), number)


def plan(ledger: Ledger, number: str, agreed: Plan) -> Paper:
    """A payment plan to be signed: what it is for, what is paid when, and when it is lost."""
    currency = agreed.currency
    first = agreed.instalments[0]
    data = {
        **head(ledger, agreed.customer, agreed.date), "number": number, "date": agreed.date, "currency": currency,
        "total": _money(agreed.amount, currency), **_items(ledger, agreed.items, agreed.date),
        "text": agreed.text,
        "instalments": [
            {"number": at, "due": part.due, "amount": _money(part.amount, currency)}
            for at, part in enumerate(agreed.instalments, 1)
        ],
        "default_after": str(agreed.default_after), "grace_days": str(agreed.grace_days), "interest": agreed.interest,
        "pay": payment(ledger.policy, currency, minor_of(first.amount, currency), agreed.customer, first.due),
    }  # fmt: skip
    language = language_of(ledger, agreed.customer)
    return Paper("plan", f"plan-{number}", agreed.customer, agreed.date, language, data)


def settlement(ledger: Ledger, number: str, offered: Settlement) -> Paper:
    """An offer to take less, to be signed: for what, how much, and until when."""
    currency = offered.currency
    data = {
        **head(ledger, offered.customer, offered.date), "number": number, "date": offered.date, "currency": currency,
        "total": _money(offered.amount, currency), "waived": _money(offered.waived, currency),
        "due": offered.expires, **_items(ledger, offered.items, offered.date),
        "pay": payment(ledger.policy, currency, minor_of(offered.amount, currency), offered.customer, offered.expires),
    }  # fmt: skip
    language = language_of(ledger, offered.customer)
    return Paper("settlement", f"settlement-{number}", offered.customer, offered.date, language, data)


def credit_decision(ledger: Ledger, number: str, decided: CreditDecision) -> Paper:
    """What a customer may owe from now on, or why nothing."""
    limit = _money(decided.amount, decided.currency) if decided.amount is not None else None
    adverse = is_adverse(ledger, decided)
    data = {
        **head(ledger, decided.customer, decided.date), "number": number, "date": decided.date,
        "decision": decided.decision, "applied": decided.applied, "limit": limit, "currency": decided.currency,
        "terms": decided.terms, "expires": decided.expires, "reasons": list(decided.reasons),
        "adverse": adverse, "law": statement(ledger.policy.company.country) if adverse else "",
    }  # fmt: skip
    language = language_of(ledger, decided.customer)
    return Paper("credit-decision", f"credit-decision-{number}", decided.customer, decided.date, language, data)


def _money(amount: Decimal, currency: str) -> Money:
    return Money(minor_of(amount, currency), currency)


def _items(ledger: Ledger, items: Sequence[str], day: date) -> dict[str, Any]:
    """The items an agreement is about, with what each was billed for and what was open of it on the day; and in all."""
    found = [row for item in items if (row := ledger.item(item))]
    left = {row.item: row.open for row in ledger.items(day, among=items)}
    rows = [
        {"item": row.item, "total": Money(row.total, row.currency), "open": Money(left.get(row.item, 0), row.currency)}
        for row in found
    ]  # fmt: skip
    return {"items": rows, "open": Money(sum(left.values()), found[0].currency) if found else None}
