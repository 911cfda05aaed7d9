"""What Peppol BIS Billing and XRechnung ask of an e-invoice beyond EN 16931, as far as a ledger can get it wrong.

Not their complete rules: what follows from how we write, or from EN 16931, is left out, and so are the national rules
of Peppol but Germany's. Source: Peppol BIS Billing 3.0 (PEPPOL-EN16931, PEPPOL-COMMON, DE-R) and XRechnung 3.0 (BR-DE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import NamedTuple

from arledger.reports.einvoice import EInvoice, Party


class Unmet(NamedTuple):
    """A rule that is not kept: its id, what it says, and what to mend in the ledger."""

    rule: str
    text: str
    mend: str
    fatal: bool = True


#: Scheme of an electronic address → its rule, the form, and who knows the check digits (of python-stdnum).
_SCHEMES: Mapping[str, tuple[str, str, str]] = {
    "0088": ("PEPPOL-COMMON-R040", r"[0-9]{8,14}", "ean"), "0192": ("PEPPOL-COMMON-R041", r"[0-9]{9}", "no.orgnr"),
    "0184": ("PEPPOL-COMMON-R042", r"DK[0-9]{8}", ""), "0208": ("PEPPOL-COMMON-R043", r"[0-9]{10}", "be.vat"),
    "0007": ("PEPPOL-COMMON-R049", r"[0-9]{10}", "se.orgnr"), "0151": ("PEPPOL-COMMON-R050", r"[0-9]{11}", "au.abn"),
}  # fmt: skip


def unmet(invoice: EInvoice) -> list[Unmet]:
    """What the profile of an e-invoice asks for and does not find."""
    if invoice.profile == "xrechnung":
        return [*_german(invoice, "BR-DE-{}"), *_addresses(invoice)]
    if invoice.profile != "peppol":
        return []
    found = [*_addresses(invoice)]
    for who, party, mend in (("buyer", invoice.buyer, "the customer's endpoint"),
                             ("seller", invoice.seller, "company: endpoint")):  # fmt: skip
        if party.endpoint[1] and not party.endpoint[0].isdigit():  # EN 16931 takes mail addresses, Peppol does not
            text = f"the {who}'s electronic address is a number of a scheme in the Peppol network"
            found.append(Unmet("PEPPOL-EN16931-CL008", text, mend))
    if not (invoice.buyer_reference or invoice.po):
        text = "a buyer reference or an order is needed"
        found.append(Unmet("PEPPOL-EN16931-R003", text, "buyer_reference or po"))
    if invoice.seller.country == invoice.buyer.country == "DE":
        found += _german(invoice, "DE-R-{:03}")
    return found


def _addresses(invoice: EInvoice) -> Iterator[Unmet]:
    """Electronic addresses that are missing, or cannot be of their scheme."""
    for rule, who, party, mend in (
        ("PEPPOL-EN16931-R010", "the buyer's", invoice.buyer, "the customer's endpoint"),
        ("PEPPOL-EN16931-R020", "the seller's", invoice.seller, "company: endpoint"),
    ):
        if not party.endpoint[1]:
            yield Unmet(rule, f"{who} electronic address is needed", mend)
        elif wrong := _unfit(party):
            yield Unmet(wrong, f"{who} electronic address {':'.join(party.endpoint)} cannot be right", mend)


def _unfit(party: Party) -> str:
    """The rule an electronic address breaks; "" for none."""
    scheme, identifier = party.endpoint
    rule, form, module = _SCHEMES.get(scheme, ("", ".*", ""))
    fits = re.fullmatch(form, identifier) and (not module or import_module(f"stdnum.{module}").is_valid(identifier))
    return "" if fits else rule


def _german(invoice: EInvoice, form: str) -> Iterator[Unmet]:
    """The rules that Germany has in XRechnung, and under the same numbers in Peppol."""
    collected = invoice.means == "59"
    seller, buyer, to = invoice.seller, invoice.buyer, invoice.delivered_to
    ours, theirs = "the last line of company: address", "the last line of the customer's address"
    asks: list[tuple[int, str, str, object]] = [
        (1, "how to pay is needed", "bank_accounts", invoice.means),
        (3, "the seller's town is needed", ours, seller.town),
        (4, "the seller's postal code is needed", ours, seller.postcode),
        (5, "the seller's contact is needed", "company: contact", seller.contact),
        (6, "the seller's phone is needed", "company: phone", seller.phone),
        (7, "the seller's email is needed", "company: email", seller.email),
        (8, "the buyer's town is needed", theirs, buyer.town),
        (9, "the buyer's postal code is needed", theirs, buyer.postcode),
        (10, "the town delivered to is needed", "the last line of delivery: address", not to or to.town),
        (11, "the postal code delivered to is needed", "the last line of delivery: address", not to or to.postcode),
        (15, "the buyer's reference is needed", "buyer_reference", invoice.buyer_reference),
        (30, "the creditor identifier is needed", "bank_accounts: creditor_id", not collected or invoice.creditor),
        (31, "the debited account is needed", "the customer's payer: accounts", not collected or invoice.debited),
    ]  # fmt: skip
    yield from (Unmet(form.format(number), text, mend) for number, text, mend, given in asks if not given)
    if not invoice.delivered and invoice.type_code != "381":
        yield Unmet("BR-DE-TMP-32", "the day of delivery ought to be told", "delivery: date", fatal=False)
