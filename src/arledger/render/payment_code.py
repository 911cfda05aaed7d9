"""What a customer's banking app pays by: the EPC code for SEPA transfers, the Swiss slip where the account is Swiss."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from arledger.errors import LedgerError, Place, Problem
from arledger.money import decimal, plain

_SWISS = ("CH", "LI")
_LANGUAGES = ("de", "fr", "it", "en")  # of the Swiss slip
_TOWN = re.compile(r"(?:[A-Z]{1,3}-)?(\d{4,6})\s+(.+)", re.ASCII)
# Source: EPC409-09, the SEPA scheme's countries and territories.
_SEPA = (
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE "
    "SI SK SM VA"
)


class Code(NamedTuple):
    """A picture (SVG), and whether it is a `swiss` slip, which takes the foot of a page, or an `epc` code."""

    kind: str
    svg: bytes


def code(data: Mapping[str, Any], language: str) -> Code | None:
    """The code for what a paper asks to be paid; None where no account and amount can have one.

    `data` is the paper's; an amount of nothing has no code, and a currency no scheme carries neither.
    """
    pay = data.get("pay")
    if not pay or pay["amount"].minor <= 0 or pay.get("by") == "direct-debit":
        return None
    ibans = [account for account in pay["accounts"] if account["iban"]]
    swiss = next((a for a in ibans if a["iban"].startswith(_SWISS)), None)
    if swiss and pay["currency"] in ("CHF", "EUR"):
        return Code("swiss", _swiss(data, swiss["iban"], language))
    sepa = next((a for a in ibans if a["iban"][:2] in _SEPA.split()), None)
    return Code("epc", _epc(data, sepa)) if sepa and pay["currency"] == "EUR" else None


def _epc(data: Mapping[str, Any], account: Mapping[str, str]) -> bytes:
    """Source: EPC069-12, quick response code for a SEPA credit transfer."""
    from segno import helpers

    pay, out = data["pay"], io.BytesIO()
    reference = {"reference": pay["reference"]} if pay["reference"] else {"text": pay["number"]}
    made = helpers.make_epc_qr(
        name=data["company"]["name"][:70], iban=account["iban"], bic=account["bic"] or None,
        amount=decimal(pay["amount"].minor, pay["currency"]), encoding="utf-8", **reference,  # apps know few others
    )  # fmt: skip
    made.save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue()


def _swiss(data: Mapping[str, Any], iban: str, language: str) -> bytes:
    """Source: SIX, Swiss implementation guidelines QR-bill 2.3: addresses are structured."""
    import qrbill

    pay, company, to = data["pay"], data["company"], data["to"]
    creditor = _address(company, company["country"] or "CH")
    if creditor is None:
        raise LedgerError([Problem(
            Place("ledgers/ledger.yaml"), "bad-address", "company: the Swiss slip needs a town and its postal code",
            "let the last line of the address be such as 8001 Zürich")])  # fmt: skip
    out = io.StringIO()
    made = qrbill.QRBill(
        account=iban, creditor=creditor, debtor=_address(to, to["country"] or "CH"), currency=pay["currency"],
        amount=plain(pay["amount"].minor, pay["currency"]), reference_number=_swiss_reference(iban, pay),
        additional_information=pay["number"], language=language[:2] if language[:2] in _LANGUAGES else "en",
        font_factor=0.9,  # its own measure is of a narrower font
    )  # fmt: skip
    made.as_svg(out)
    return out.getvalue().replace("Arial,Helvetica", "Noto Sans").encode()


def _swiss_reference(iban: str, pay: Mapping[str, Any]) -> str | None:
    """The creditor reference; for a QR-IBAN, which takes no other, 26 digits with their check digit."""
    if not 30000 <= int(iban[4:9]) <= 31999:
        return pay["reference"] or None
    digits = re.sub(r"\D", "", pay["number"])[-26:].rjust(26, "0")
    table, carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5), 0
    for digit in digits:
        carry = table[(carry + int(digit)) % 10]
    return f"{digits}{(10 - carry) % 10}"


def _address(party: Mapping[str, Any], country: str) -> dict[str, str] | None:
    """Name, street and town as the slip has them; None where the last line names no postal code."""
    *street, last = ", ".join(party["address"]).split(", ")
    town = _TOWN.fullmatch(last.strip())
    if not town:
        return None
    return {"name": party["name"][:70], "street": ", ".join(street)[:70], "pcode": town[1], "city": town[2][:35],
            "country": country}  # fmt: skip
