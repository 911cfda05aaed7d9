r"""The information field :86: of MT940, in the three manners banks have, and the older :NS:.

>>> read_details("166?00GUTSCHRIFT?20EREF+E1?21SVWZ+INV-7?31DE89370400440532013000?32ACME?33 GMBH").payer
'ACME GMBH'
>>> read_details("/IBAN/NL91ABNA0417164300/NAME/ACME BV/REMI/USTD//INV-7/EREF/E1").text
'INV-7'
"""

from __future__ import annotations

import re
from typing import NamedTuple

from arledger.importers.findings import one_line
from arledger.importers.values import compact

_STRUCTURED = re.compile(r"(\d{3})?([^\w\s/:.,;-])(?=\d\d)", re.ASCII)
# Source: Deutsche Kreditwirtschaft, DFÜ-Abkommen annex 3, chapter 8 (MT940).
_KEYWORD = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|IBAN|BIC|PURP|RREF|SQTP|ORCR|ORMR|DDAT|MDAT)\+|(MTLG):"
)
_SLASHED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|CNTP|PREF|MARF|CSID|RTRN|ISDT|PURP|ULTD|ULTC|SVCL|KREF|TRCD|OCMT|CHGS"
    r"|ULTB|PT|PY|BO|BI|OB)/"
)
_SUBFIELD = 27  # characters: what is as long goes on in the next subfield without a space
_WRAPPED = 60  # characters: lines are cut at 65, with or without their tag
_NOTHING = {"NOTPROVIDED", "NOT PROVIDED", "NONREF", ""}
# Business transaction codes (GVC) of annex 3.
_METHODS = {
    **dict.fromkeys(("051", "052", "152", "153", "154", "156", "166", "168", "169"), "transfer"),
    **dict.fromkeys(("005", "071", "104", "105", "171", "174"), "direct-debit"),
    **dict.fromkeys(("070", "170"), "check"),
    "082": "cash",
}
_RETURNS = {"009", "059", "108", "109", "159", "181", "184"}


class Details(NamedTuple):
    """What an :86: says of a line."""

    payer: str = ""
    payer_account: str = ""
    text: str = ""
    end_to_end: str = ""
    reference: str = ""
    method: str = ""
    returned: bool = False
    return_reason: str = ""


def read_details(text: str) -> Details:
    """The details in a field's text; lines are parted by line feeds."""
    if match := _STRUCTURED.match(text):
        return _structured(match[1] or "", _unwrapped(text)[match.start(2) :], match[2])
    if len(_SLASHED.findall(text)) > 1 or text.startswith("/REMI/"):
        return _slashed(_unwrapped(text))
    return Details(text=one_line(text))


def read_non_swift(text: str) -> Details:
    """The details of an :NS: field, one numbered part a line: 01 to 14 purpose, 15 and 16 name, 34 account."""
    parts = [(line[:2], line[2:].strip()) for line in text.split("\n")]
    return Details(
        payer=one_line(" ".join(value for key, value in parts if key in ("15", "16"))),
        payer_account=compact(next((value for key, value in parts if key == "34"), "")),
        text=one_line(" ".join(value for key, value in parts if "01" <= key <= "14")),
    )


def _unwrapped(text: str) -> str:
    """The text on one line: a long line was cut anywhere, after a short one the bank meant a new one."""
    joined = ""
    for number, line in enumerate(text.split("\n")):
        long = len(line) + (4 if number == 0 else 0) >= _WRAPPED  # its tag stands on the first
        joined += line if long else line.rstrip() + " "
    return joined


def _structured(code: str, text: str, sign: str) -> Details:
    """Subfields with two digits: 00 booking text, 20 to 29 and 60 to 63 purpose, 31 account, 32 and 33 name."""
    parts: dict[str, str] = {}
    for part in re.split(re.escape(sign) + r"(?=\d\d)", text)[1:]:
        parts.setdefault(part[:2], part[2:])
    purpose = ""
    for key in sorted(key for key in parts if key[0] == "2" or "60" <= key <= "63"):
        purpose += parts[key] if len(parts[key]) >= _SUBFIELD else parts[key].rstrip() + " "
    words = _keywords(purpose)
    account = re.match(r"[A-Z0-9/.-]*", compact(parts.get("31", "") or words.get("IBAN", "")))
    reason = parts.get("34", "").strip()
    return Details(
        payer=one_line(parts.get("32", "") + _gap(parts.get("32", "")) + parts.get("33", "")),
        payer_account=account[0] if account else "",
        text=one_line(f"{words.get('', '')} {words.get('SVWZ') or words.get('MTLG', '')}")
        or one_line(parts.get("00", "")),
        end_to_end=_given(words.get("EREF", "")),
        method=_METHODS.get(code, ""),
        returned=code in _RETURNS,
        return_reason=reason if code in _RETURNS and reason.startswith("9") else "",
    )


def _gap(name: str) -> str:
    return "" if len(name) >= _SUBFIELD else " "


def _keywords(purpose: str) -> dict[str, str]:
    """The purpose by SEPA keyword; "" is what stands before the first."""
    first, *rest = _KEYWORD.split(purpose)
    words = {"": first}
    for key, message, value in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        words.setdefault(key or message, value.strip())
    return words


def _slashed(text: str) -> Details:
    """Words between slashes, as Dutch and international banks write them."""
    first, *rest = _SLASHED.split(text)
    words: dict[str, str] = {"": first}
    for key, value in zip(rest[::2], rest[1::2], strict=True):
        words.setdefault(key, value.strip())
    account, name = words.get("IBAN", ""), words.get("NAME", "")
    if parts := words.get("CNTP", "").split("/"):  # account / bank / name / town
        account, name = account or parts[0], name or (parts[2] if len(parts) > 2 else "")
    remittance, reference = words.get("REMI", ""), ""
    if match := re.match(r"(?:USTD//|STRD/(?:CUR|ISO)/)", remittance):
        reference = remittance[match.end() :].strip("/ ") if match[0].startswith("STRD") else ""
        remittance = "" if reference else remittance[match.end() :]
    return Details(
        payer=one_line(name.strip("/ ")),
        payer_account=compact(account.strip("/ ")),
        text=one_line(remittance.strip("/ ")) or ("" if reference else one_line(text)),
        end_to_end=_given(words.get("EREF", "").strip("/ ")),
        reference=one_line(reference),
        returned="RTRN" in words,
        return_reason=words.get("RTRN", "").strip("/ "),
    )


def _given(reference: str) -> str:
    text = one_line(reference)
    return "" if text.upper() in _NOTHING else text
