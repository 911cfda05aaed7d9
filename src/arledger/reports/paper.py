"""Papers: what a customer receives, as plain values for a template. What every paper has in common.

Amounts are Money, days are dates and numbers are Decimal; how they are written is the language's affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from arledger.documents.customers import Customer
from arledger.documents.former import on
from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.table import Ledger
from arledger.money import Money

if TYPE_CHECKING:
    from arledger.documents.invoices import Pay
    from arledger.policy.policy import BankAccount, Policy

_LETTER = ("US", "CA", "MX", "PH", "CL", "CO")  # where paper is not A4


@dataclass(frozen=True)
class Paper:
    """A paper: which template makes it, what it is called, and everything printed on it."""

    kind: str  # the template: invoice, credit-note, statement, receipt …
    name: str  # of its file, without ending
    customer: str
    date: date
    language: str  # the customer's; "" is the company's own
    data: Mapping[str, Any]


def head(ledger: Ledger, customer: str, day: date) -> dict[str, Any]:
    """What every paper to a customer carries: from whom and to whom, as they were on its day, and how it looks."""
    company, look = on(ledger.policy.company, day), ledger.policy.paper
    size = look.size or ("us-letter" if company.country in _LETTER else "a4")
    return {
        "company": {
            "name": company.name, "address": list(company.address), "country": company.country,
            "tax_id": company.tax_id, "email": company.email, "phone": company.phone,
        },
        "to": addressee(ledger, customer, day), "logo": look.logo, "color": look.color, "size": size,
        "footer": look.footer,
    }  # fmt: skip


def addressee(ledger: Ledger, customer: str, day: date) -> dict[str, Any]:
    """The customer as an envelope named them on a day. The country only where it is not ours."""
    found = on(ledger.customer(customer) or Customer(name=ledger.names.get(customer, customer)), day)
    abroad = found.country and found.country != on(ledger.policy.company, day).country
    return {
        "customer": customer, "name": found.name, "address": list(found.address), "tax_id": found.tax_id,
        "country": found.country, "abroad": bool(abroad),
    }  # fmt: skip


def language_of(ledger: Ledger, customer: str) -> str:
    """The customer's language, else the company's."""
    found = ledger.customer(customer)
    return (found.language if found else "") or ledger.policy.paper.language


def payment(
    policy: Policy, currency: str, amount: int, reference: str, due: date | None, pay: Pay | None = None
) -> dict[str, Any]:
    """How to pay an amount (minor units): our accounts of the currency or the one agreed on, and the reference to give.

    Raises LedgerError for an IBAN of ours that is none: nobody is asked to pay to an account there is not.
    """
    chosen = pay.account if pay else None
    if chosen and chosen not in policy.bank_accounts:
        problem = Problem(Place("ledgers/ledger.yaml"), "unknown-account", f"there is no account {chosen}, which "
                          f"{reference} names", "add it to bank_accounts in ledger.yaml")  # fmt: skip
        raise LedgerError([problem])
    accounts = [
        _account(name, a) for name, a in policy.bank_accounts.items()
        if (name == chosen if chosen else a.currency == currency)
    ]  # fmt: skip
    return {
        "by": pay.by if pay else "transfer", "mandate": (pay.mandate if pay else None) or "",
        "accounts": [account for account in accounts if account["iban"] or account["number"]],
        "amount": Money(amount, currency), "currency": currency, "due": due, "number": reference,
        "reference": creditor_reference(reference),
    }  # fmt: skip


def _account(name: str, account: BankAccount) -> dict[str, str]:
    iban = account.iban.replace(" ", "").upper()
    if iban and not is_iban(iban):
        message = f"bank_accounts: {name}: {account.iban!r} is no IBAN: its check digits do not fit"
        raise LedgerError([Problem(Place("ledgers/ledger.yaml"), "bad-iban", message, "see the bank's papers")])
    return {"iban": iban, "number": account.number, "creditor_id": account.creditor_id,
            "bic": account.bic, "bank": account.bank, "shown": account.shown}  # fmt: skip


def is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN without spaces fit.

    Source: ISO 13616.

    >>> is_iban("DE02120300000000202051"), is_iban("DE03120300000000202051")
    (True, False)
    """
    form = re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text)
    return form is not None and _mod_97(text[4:] + text[:4]) == 1


def creditor_reference(number: str) -> str:
    """A number as a reference banks carry whole and check, or "" where it is too long to be one.

    Source: ISO 11649: RF, two check digits, up to 21 letters and digits.

    >>> creditor_reference("INV-2026-00042")
    'RF36INV202600042'
    """
    core = re.sub(r"[^A-Z0-9]", "", number.upper())
    return f"RF{98 - _mod_97(core + 'RF00'):02}{core}" if 1 <= len(core) <= 21 else ""


def _mod_97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97


def carried(amounts: Sequence[int], currency: str, start: int = 0) -> list[Money]:
    """The sum after each amount: what a page carries forward when it ends there."""
    sums, total = [], start
    for amount in amounts:
        total += amount
        sums.append(Money(total, currency))
    return sums
