"""An invoice or credit note as EN 16931 knows it: one value that both syntaxes, UBL and CII, are written from.

Source: EN 16931-1; the BT numbers beside the fields are its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arledger.dates import Terms
from arledger.documents.customers import Customer
from arledger.documents.former import on
from arledger.documents.invoices import Adjustment, CreditNote, Invoice, Line
from arledger.ledger.table import Ledger
from arledger.money import decimal, rounded, share_of
from arledger.reports.paper import creditor_reference, is_iban, payment

_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
#: Profile → what it is called in the file (BT-24), and the process (BT-23).
PROFILES: Mapping[str, tuple[str, str]] = {
    "en16931": ("urn:cen.eu:en16931:2017", ""),
    "peppol": ("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", _BILLING),
    "xrechnung": ("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", _BILLING),
}
#: Category of tax → why none is charged (BT-121). Source: the VATEX code list of the EU.
_REASONS = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
_TOWN = re.compile(r"(?:[A-Z]{1,3}-)?([0-9]{3}[0-9 ]{0,2}[0-9]{0,3}|[0-9]{4} ?[A-Z]{2})\s+(\D.*)", re.ASCII)


@dataclass(frozen=True)
class Party:
    """Who sells, who buys, or where it went."""

    name: str
    street: Sequence[str] = ()
    town: str = ""
    postcode: str = ""
    country: str = ""
    vat: str = ""  # with its country
    tax_number: str = ""  # of a tax office that gives no such
    registration: str = ""
    endpoint: tuple[str, str] = ("", "")  # scheme and identifier
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Part:
    """A rebate (negative) or surcharge on a document or line."""

    amount: Decimal
    reason: str
    category: str = ""
    rate: Decimal = Decimal(0)


@dataclass(frozen=True)
class Row:
    """One line."""

    number: int
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    category: str
    rate: Decimal
    article: str = ""
    rebate: Decimal = Decimal(0)


@dataclass(frozen=True)
class Tax:
    """What is taxed at one rate in one category, and the tax."""

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    reason: str = ""
    code: str = ""


@dataclass(frozen=True)
class EInvoice:
    """An invoice or credit note of EN 16931."""

    profile: str
    number: str
    type_code: str
    date: dt.date
    currency: str
    seller: Party
    buyer: Party
    lines: Sequence[Row]
    parts: Sequence[Part]
    taxes: Sequence[Tax]
    lines_net: Decimal  # BT-106
    net: Decimal  # BT-109
    tax: Decimal  # BT-110
    gross: Decimal  # BT-112
    prepaid: Decimal  # BT-113
    payable: Decimal  # BT-115
    due: dt.date | None = None
    terms: str = ""
    buyer_reference: str = ""
    po: str = ""
    against: str = ""
    notes: str = ""
    delivered: dt.date | None = None
    delivered_to: Party | None = None
    means: str = ""  # UNTDID 4461: how to pay
    mandate: str = ""  # of a direct debit, as are the next two
    creditor: str = ""
    debited: str = ""
    iban: str = ""
    bic: str = ""
    account: str = ""
    reference: str = ""


def einvoice(ledger: Ledger, number: str, document: Invoice | CreditNote, profile: str) -> EInvoice:
    """The document in the terms of EN 16931."""
    currency, company = document.currency, on(ledger.policy.company, document.date)
    known = ledger.customer(document.customer) or Customer(name=ledger.names.get(document.customer, ""))
    customer = on(known, document.date)
    lines, parts = _rows(document), _parts(document)
    taxes = _taxes(document, lines, parts)
    lines_net = sum((line.net for line in lines), Decimal(0))
    net = lines_net + sum((part.amount for part in parts), Decimal(0))
    tax = sum((part.tax for part in taxes), Decimal(0))
    prepaid = _prepaid(document)
    zero = decimal(0, currency)
    vat_free = any(part.category == "O" for part in taxes)
    return EInvoice(
        profile=profile, number=number, type_code=_type_code(document), date=document.date, currency=currency,
        seller=_party(company.name, company.address, company.country, "" if vat_free else company.tax_id,
                      company.endpoint, company.email, company.phone, company.contact, company.registration),
        buyer=_party(customer.name, customer.address, customer.country, "" if vat_free else customer.tax_id,
                     customer.endpoint, customer.email, "", ""),
        lines=lines, parts=parts, taxes=taxes, lines_net=lines_net, net=net, tax=tax + zero, gross=net + tax,
        prepaid=prepaid, payable=net + tax - prepaid,
        buyer_reference=document.buyer_reference or customer.buyer_reference,
        **_paying(ledger, number, document, profile), **_about(document),
    )  # fmt: skip


def _type_code(document: Invoice | CreditNote) -> str:
    """Source: UNTDID 1001."""
    if isinstance(document, CreditNote):
        return "381"
    return "383" if document.kind == "debit-note" else "380"


def _about(document: Invoice | CreditNote) -> dict[str, Any]:
    """What invoices and credit notes say in ways of their own."""
    if isinstance(document, CreditNote):
        return {"against": document.against or "", "notes": document.reason or ""}
    went = document.delivery
    to = _party(went.name or "", went.address, went.country or "") if went and (went.address or went.country) else None
    return {
        "po": document.po or "", "notes": document.notes or "", "delivered": went.date if went else None,
        "delivered_to": to,
    }  # fmt: skip


def _paying(ledger: Ledger, number: str, document: Invoice | CreditNote, profile: str) -> dict[str, Any]:
    """How and until when to pay; of a credit note that it is not defined (code 1), where Germany asks to be told."""
    if isinstance(document, CreditNote):
        german = profile == "xrechnung" or ledger.policy.company.country == "DE"
        return {"terms": "Nothing is to be paid.", "means": "1" if german else ""}
    pay = payment(ledger.policy, document.currency, document.minor(document.total), number, None, document.pay)
    account = next(iter(pay["accounts"]), None)
    found: dict[str, Any] = {"due": document.schedule()[-1][0], "terms": _terms(document, profile)}
    if pay["by"] == "direct-debit":
        found |= {"means": "59", "mandate": pay["mandate"], "creditor": account["creditor_id"] if account else "",
                  "debited": _debited(ledger, document.customer),
                  "reference": creditor_reference(number) or number}  # fmt: skip
    elif account:
        sepa = account["iban"] and document.currency == "EUR"
        found |= {"means": "58" if sepa else "30", "iban": account["iban"], "bic": account["bic"]}
        found |= {"account": account["iban"] or account["number"], "reference": creditor_reference(number) or number}
    return found


def _debited(ledger: Ledger, customer: str) -> str:
    """The account of a customer that is debited: the first of theirs that is an IBAN."""
    known = ledger.customer(customer)
    accounts = [account.replace(" ", "").upper() for account in known.payer.accounts] if known else []
    return next(filter(is_iban, accounts), "")


def _terms(document: Invoice, profile: str) -> str:
    """The terms in words; discounts as XRechnung has them where it is one (Source: XRechnung 3.0, BR-DE-18)."""
    tiers = Terms.parse(document.terms).discounts if document.terms and not document.instalments else ()
    parts = [f"{part.amount:f} {document.currency} by {part.due}" for part in document.instalments]
    if profile == "xrechnung" and tiers:
        return "".join(f"#SKONTO#TAGE={tier.days}#PROZENT={tier.percent:.2f}#\n" for tier in tiers)
    parts += [f"{tier.percent:f} % discount when paid by {tier.until(document.date)}" for tier in tiers]
    return "; ".join(parts)


def _rows(document: Invoice | CreditNote) -> list[Row]:
    """The lines; of a document without lines its net as one."""
    if document.lines:
        return [_row(number, line, document) for number, line in enumerate(document.lines, 1)]
    net = document.net if document.net is not None else document.total - (document.tax or Decimal(0))
    reason = document.reason if isinstance(document, CreditNote) else None
    return [_row(1, Line(description=reason or "As agreed", unit_price=net), document)]


def _row(number: int, line: Line, document: Invoice | CreditNote) -> Row:
    currency = document.currency
    net, gross = line.net(currency), rounded(line.quantity * line.unit_price, currency)
    sign = -1 if line.unit_price < 0 else 1  # a price is never negative (BR-27)
    return Row(
        number, line.description, line.quantity * sign, line.unit or "C62", line.unit_price * sign,
        decimal(net, currency), _category(line, document), line.tax, line.article or "", decimal(gross - net, currency),
    )  # fmt: skip


def _category(part: Line | Adjustment, document: Invoice | CreditNote) -> str:
    return part.tax_category or ("S" if part.tax else document.tax_category or "Z")


def _parts(document: Invoice | CreditNote) -> list[Part]:
    return [
        Part(part.amount * sign, part.reason, _category(part, document), part.tax)
        for sign, parts in ((-1, document.rebates), (1, document.surcharges)) for part in parts
    ]  # fmt: skip


def _taxes(document: Invoice | CreditNote, lines: Sequence[Row], parts: Sequence[Part]) -> list[Tax]:
    """Net and tax by category and rate. What rounding line by line made of it stands in the first that has tax."""
    currency = document.currency
    zero = decimal(0, currency)
    nets: dict[tuple[str, Decimal], Decimal] = {}
    for category, rate, net in [*((row.category, row.rate, row.net) for row in lines),
                                *((part.category, part.rate, part.amount) for part in parts)]:  # fmt: skip
        nets[category, rate] = nets.get((category, rate), zero) + net
    taxes = {key: decimal(share_of(document.minor(net), key[1]), currency) for key, net in nets.items()}
    over = document.total + (_prepaid(document) or zero) - sum(nets.values()) - sum(taxes.values())
    first = next((key for key in nets if key[1]), None)
    if over and first:
        taxes[first] += over
    return [
        Tax(category, rate, nets[category, rate], tax,
            (document.tax_reason or "") if category in ("E", *_REASONS) else "", _REASONS.get(category, ""))
        for (category, rate), tax in taxes.items()
    ]  # fmt: skip


def _prepaid(document: Invoice | CreditNote) -> Decimal:
    return (document.prepaid if isinstance(document, Invoice) else None) or Decimal(0)


def _party(
    name: str, address: Sequence[str], country: str, tax_id: str = "", endpoint: str = "", email: str = "",
    phone: str = "", contact: str = "", registration: str = "",
) -> Party:  # fmt: skip
    lines = ", ".join(address).split(", ") if address else []
    town = _TOWN.fullmatch(lines[-1].strip()) if lines else None
    vat = tax_id if re.match(r"[A-Z]{2}", tax_id) else ""
    scheme, colon, identifier = endpoint.partition(":")
    return Party(
        name, lines[:-1] if town else lines, town[2] if town else "", town[1] if town else "", country, vat,
        "" if vat else tax_id, registration,
        (scheme, identifier) if colon else ("EM", email) if email else ("", ""), contact, phone, email,
    )  # fmt: skip
