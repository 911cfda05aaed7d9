"""The whole of ledger.yaml, and its smaller blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Literal

from arledger.documents.bank import BankProfile
from arledger.documents.fields import Amount, Currency, Flag, Id, Percent, TermsText, Text, record
from arledger.documents.former import Former
from arledger.documents.requirements import DEFAULT_REQUIREMENTS, Requirement
from arledger.errors import BadValueError, did_you_mean
from arledger.policy.accounts import Accounts, Datev
from arledger.policy.aging import Aging
from arledger.policy.allowance import Allowance
from arledger.policy.approvals import ApprovalRule, Person
from arledger.policy.charges import Charges
from arledger.policy.closing import Closing
from arledger.policy.collections import Collections
from arledger.policy.credit import TERMS, CreditPolicy, Rate
from arledger.policy.mail import Mail
from arledger.policy.notices import Notices
from arledger.policy.paper import PaperLook
from arledger.policy.service import Service
from arledger.policy.taxes import Tax


@record
class Company:
    """Who bills: as printed on everything a customer receives."""

    name: Text
    address: tuple[Text, ...] = ()
    country: Text = ""
    tax_id: Text = ""
    email: Text = ""
    phone: Text = ""
    contact: Text = ""  # whom customers ask for
    registration: Text = ""  # the number of the company's register
    endpoint: Text = ""  # where we get e-invoices and answers: scheme:identifier
    former: tuple[Former, ...] = ()  # who we were, for papers dated then


@record
class Numbering:
    """Patterns of issued numbers. `{year}` starts the count anew each year; `{seq:05}` is the count."""

    invoice: Text = "INV-{year}-{seq:05}"
    credit_note: Text = "CN-{year}-{seq:05}"
    debit_note: Text = "DN-{year}-{seq:05}"
    finance_charge: Text = "FC-{year}-{seq:05}"
    order: Text = "SO-{year}-{seq:05}"
    gapless: Flag = True

    def __post_init__(self) -> None:
        for pattern in (self.invoice, self.credit_note, self.debit_note, self.finance_charge, self.order):
            if pattern.count("{seq:0") != 1 or not re.fullmatch(
                r"[A-Za-z0-9](?:[A-Za-z0-9._-]|\{year\})*\{seq:0[1-9]\}", pattern, re.ASCII
            ):
                raise ValueError(f"number pattern {pattern!r} must end with the count, such as INV-{{year}}-{{seq:05}}")


@record
class BankAccount:
    """One of our bank accounts: how its statements name it, and its currency."""

    currency: Currency
    iban: Text = ""
    number: Text = ""
    bic: Text = ""
    creditor_id: Text = ""  # ours, where we collect by direct debit
    bank: Text = ""  # the bank's name, as printed on papers
    profile: Text = ""  # the bank profile its CSV files are read with

    @property
    def shown(self) -> str:
        """The number as people read it: an IBAN in groups of four, else its own."""
        iban = self.iban.replace(" ", "").upper()
        return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4)) or self.number


@record
class Tolerance:
    """How much less or more than open still settles an item: the smaller of percent and max (RULES D5)."""

    percent: Percent = Decimal(0)
    max: Amount | Mapping[Currency, Amount] = Decimal(0)


@record
class Matching:
    """How payments are matched to items."""

    tolerance: Tolerance = Tolerance()
    duplicate_days: int = 5  # same customer, amount and reference within so many days: a duplicate is suspected
    short: Literal["open", "deduction"] = "open"


@record
class Discounts:
    """How early-payment discounts are granted beyond their day, and on part payments (RULES D3)."""

    grace_days: int = 0
    partial: Literal["none", "proportional"] = "none"


@record
class Policy:
    """The whole of ledger.yaml."""

    company: Company
    currency: Currency
    terms: TermsText = TERMS
    aging: Aging = Aging()
    numbering: Numbering = Numbering()
    bank_accounts: Mapping[Id, BankAccount] = field(default_factory=dict)
    bank_profiles: Mapping[Id, BankProfile] = field(default_factory=dict)
    tax: Tax = Tax()
    matching: Matching = Matching()
    discounts: Discounts = Discounts()
    charges: Charges | None = None
    notices: Notices = Notices()
    service: Service = Service()
    collections: Collections = Collections()
    allowance: Allowance | None = None
    accounts: Accounts = Accounts()
    datev: Datev | None = None
    closing: Closing = Closing()
    rates: tuple[Rate, ...] = ()
    credit: CreditPolicy = CreditPolicy()
    requirements: tuple[Requirement, ...] = DEFAULT_REQUIREMENTS
    people: Mapping[Id, Person] = field(default_factory=dict)
    approvals: tuple[ApprovalRule, ...] = ()
    paper: PaperLook = PaperLook()
    mail: Mail = Mail()

    def __post_init__(self) -> None:
        for number, rule in enumerate(self.approvals):
            for person in rule.by:
                if person not in self.people:
                    hint = did_you_mean(person, self.people) or "list them under `people`"
                    raise BadValueError(
                        "bad-value", f"{person} is not among `people`", hint, ("approvals", number, "by")
                    )


#: Keys of ledger.yaml that no Python name can spell: as in the file → as in the types.
SPELLED = {
    "credit-note": "credit_note",
    "debit-note": "debit_note",
    "finance-charge": "finance_charge",
    "from": "valid_from",
    "as": "as_",
}
