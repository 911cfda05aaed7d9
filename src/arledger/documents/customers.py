"""A customer: who owes us, on what terms, and how to reach them. Edited by people; never changes an old fact.

A plain dataclass, as is the policy: a report made from a fresh index starts without pydantic. The store reads
both with pydantic, by the same field types as the facts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal

from arledger.documents.fields import Amount, Currency, Day, Flag, Id, TermsText, Text, record
from arledger.documents.former import Former
from arledger.documents.requirements import Requirement


@record
class Contact:
    """A person at the customer."""

    name: Text = ""
    role: Text = "billing"
    email: Text = ""
    phone: Text = ""


@record
class Payer:
    """How banks name the customer: exact names (learned aliases too) and account numbers."""

    names: tuple[Text, ...] = ()
    accounts: tuple[Text, ...] = ()


@record
class Cover:
    """What somebody else answers for: it is added to what the customer may owe, until a day."""

    amount: Amount  # in the customer's currency
    kind: Literal["insurance", "guarantee"] = "insurance"
    by: Text = ""
    until: Day | None = None


@record
class Credit:
    """What goes with a credit limit. `family_limit` is for the customer and all who have it as parent, together."""

    status: Literal["open", "cash-only", "stopped"] = "open"
    expires: Day | None = None
    review: Day | None = None
    family_limit: Amount | None = None
    cover: tuple[Cover, ...] = ()


@record
class TermsFrom:
    """Terms that count from a day on."""

    terms: TermsText
    valid_from: Day


@record
class Customer:
    """Who owes us. The id is the stem of the file."""

    name: Text
    address: tuple[Text, ...] = ()
    country: Text = ""
    tax_id: Text = ""
    currency: Currency = ""  # the ledger's where the file gives none
    terms: TermsText = ""  # likewise
    terms_from: tuple[TermsFrom, ...] = ()  # those agreed later
    credit_limit: Amount | None = None
    credit: Credit = Credit()
    contacts: tuple[Contact, ...] = ()
    payer: Payer = Payer()
    collector: Text = ""
    parent: Id = ""
    merged_into: Id = ""  # who they are now; no new invoices
    group: Text = ""
    language: Text = ""
    einvoice: Literal["", "en16931", "peppol", "xrechnung"] = ""  # the profile their e-invoices follow
    endpoint: Text = ""  # where e-invoices go: scheme:identifier
    buyer_reference: Text = ""  # what their office routes invoices by, such as a Leitweg-ID
    charges: Flag = True  # no: never charged interest, whatever is late
    notices: Id = ""  # the procedure, the default one where not given; `none`: no notices
    requirements: tuple[Requirement, ...] = ()  # what its invoices must meet
    former: tuple[Former, ...] = ()  # who they were, for papers dated then
    notes: Text = ""

    def terms_on(self, day: date, default: str) -> str:
        """The terms agreed on a day: the last that count from then or before, else the first ones, else the default."""
        later = [one for one in self.terms_from if one.valid_from <= day]
        return max(later, key=lambda one: one.valid_from).terms if later else self.terms or default

    def email_for(self, role: str) -> str:
        """The address of the contact of a role, else of the billing contact, else of the first that has one."""
        having = [contact for contact in self.contacts if contact.email]
        named = [contact for wanted in (role, "billing") for contact in having if contact.role == wanted]
        return next((contact.email for contact in (*named, *having)), "")

    @property
    def email(self) -> str:
        """The address invoices and statements go to."""
        return self.email_for("billing")


def topmost(customer: str, parents: Mapping[str, str]) -> str:
    """The topmost parent of a customer, itself when it has none. A loop of parents counts from its least id.

    >>> topmost("SHOP", {"SHOP": "REGION", "REGION": "HQ"}), topmost("B", {"A": "B", "B": "A"})
    ('HQ', 'A')
    """
    chain, at = [customer], parents.get(customer)
    while at and at not in chain:
        chain.append(at)
        at = parents.get(at)
    return min(chain[chain.index(at) :]) if at else chain[-1]


def current(merged: Mapping[str, str], known: Collection[str]) -> dict[str, str]:
    """Who each customer that was merged is now. Left out: what leads to nobody known, or in a circle.

    >>> current({"OLD": "NEWER", "NEWER": "NEW", "A": "B", "B": "A", "LOST": "NOBODY"}, ["NEW", "NEWER"])
    {'OLD': 'NEW', 'NEWER': 'NEW'}
    """
    found = {}
    for customer in merged:
        way = [customer]
        while way[-1] in merged and way.count(way[-1]) == 1:
            way.append(merged[way[-1]])
        if way[-1] in known and way[-1] not in merged:
            found[customer] = way[-1]
    return found


def same_family(one: str, other: str, parents: Mapping[str, str]) -> bool:
    """Whether the two are one customer or hang under one topmost parent: then either may pay for the other."""
    return one == other or topmost(one, parents) == topmost(other, parents)
