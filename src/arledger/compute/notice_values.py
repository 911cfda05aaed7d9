"""The values of a notice as plain data: everything a letter, a mail or a paper about it may show.

Amounts are Money and days are dates; how they are written is the language's affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from arledger.documents.customers import Customer
from arledger.documents.fields import item_and_part
from arledger.documents.notices import AsideLine, Notice, NoticeLine, Why
from arledger.ledger.table import Ledger
from arledger.money import Money, minor_of


def values(ledger: Ledger, fact: str, notice: Notice, before: date | None = None) -> dict[str, Any]:
    """What a notice says. `before`: the day of the notice before it, where there was one.

    `total` is what is asked for with the fee of this very notice; `aside` is listed and not asked for.
    """
    customer = ledger.customer(notice.customer) or Customer(name=notice.customer)
    currency = notice.currency
    asked, fee = (
        Money(minor_of(amount, currency) if amount else 0, currency) for amount in (notice.amount, notice.fee)
    )
    return {
        "id": fact, "kind": notice.kind, "level": notice.level, "final": notice.final, "date": notice.date,
        "pay_by": notice.pay_by, "channel": notice.channel, "before": before,
        "unit": notice.unit,
        "company": company_of(ledger), "to": addressee(notice.customer, customer), "collector": customer.collector,
        "currency": currency, "lines": [_line(ledger, notice, line) for line in notice.lines],
        "aside": [{**_line(ledger, notice, line), "kind": line.kind, "why": line.why} for line in notice.aside],
        "amount": asked, "fee": fee, "fee_item": notice.fee_item, "total": asked + fee,
        "accounts": accounts_of(ledger, currency),
    }  # fmt: skip


def company_of(ledger: Ledger) -> dict[str, Any]:
    """Who we are, as a letter may show it."""
    company = ledger.policy.company
    return {
        "name": company.name, "address": list(company.address), "country": company.country, "tax_id": company.tax_id,
        "email": company.email, "phone": company.phone,
    }  # fmt: skip


def addressee(customer: str, data: Customer) -> dict[str, Any]:
    """To whom a letter about what is owed goes."""
    email = data.email_for("dunning")
    person = next((contact.name for contact in data.contacts if contact.email == email and contact.name), "")
    return {
        "customer": customer, "name": data.name, "address": list(data.address), "country": data.country,
        "person": person, "email": email,
        "phone": next((contact.phone for contact in data.contacts if contact.phone), ""),
    }  # fmt: skip


def _line(ledger: Ledger, notice: Notice, line: NoticeLine | AsideLine) -> dict[str, Any]:
    row = ledger.item(item_and_part(line.item)[0])
    issued = date.fromordinal(row.date) if row else line.due
    return {
        "item": line.item, "date": issued, "due": line.due, "days": (notice.date - line.due).days,
        "amount": Money(minor_of(line.amount, notice.currency), notice.currency),
        "po": row.po if row else "", "level": line.level if isinstance(line, NoticeLine) else 0,
    }  # fmt: skip


def accounts_of(ledger: Ledger, currency: str) -> Sequence[dict[str, str]]:
    """Our bank accounts in the currency."""
    return [
        {"name": name, "iban": account.iban, "number": account.number, "shown": account.shown}
        for name, account in ledger.policy.bank_accounts.items()
        if account.currency == currency and (account.iban or account.number)
    ]


def sample(ledger: Ledger, day: date) -> dict[str, Any]:
    """The values of a made-up notice with everything a notice may have, to try templates with."""
    aside = tuple(AsideLine("INV-2", day, Decimal(1), kind) for kind in get_args(Why))
    notice = Notice(
        customer="SAMPLE", date=day, procedure="sample", level=1, channel="letter", pay_by=day,
        currency=ledger.policy.currency, lines=(NoticeLine("INV-1", day, Decimal(1), 1),), aside=aside,
        fee=Decimal(1), fee_item="DN-1", text="", amount=Decimal(1),
    )  # fmt: skip
    return values(ledger, "N-1", notice, day)
