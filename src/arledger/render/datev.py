"""Postings as a DATEV booking batch (EXTF 700, Buchungsstapel 13): Windows-1252, semicolons, comma decimals, CRLF.

Every booking is between receivables and one other account, the amount positive, debit or credit (S, H) as receivables
see it. Amounts in a foreign currency are booked in the ledger's at the rate of the day. Days have no year, so a batch
lies within one.

Source: https://developer.datev.de/datev/platform/de/dtvf/formate/buchungsstapel
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from arledger.compute.fx import Rates
from arledger.compute.postings import Posting
from arledger.errors import RefusedError, printable
from arledger.money import decimal, plain, rounded
from arledger.policy.accounts import Datev

_COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz",
    "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto",
    "Buchungstext",
)  # fmt: skip
_ACCOUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


def batch(
    found: Sequence[Posting], names: dict[str, str], first: date, last: date, own: str, rates: Rates, who: Datev
) -> bytes:
    """The batch of a period. Raises RefusedError for accounts that are no numbers and for a period of two years."""
    if first.year != last.year:
        raise RefusedError(f"{first} to {last} is more than one year", "export each year by itself", code="two-years")
    began = date(last.year if last.month >= who.year_begins else last.year - 1, who.year_begins, 1)
    head = [
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", f"{last:%Y%m%d}000000000", "", '"AR"', '""', '""',
        str(who.consultant), str(who.client), f"{began:%Y%m%d}", str(who.account_length), f"{first:%Y%m%d}",
        f"{last:%Y%m%d}", '"Debitoren"', '""', "1", "0", "0", _text(own, 3), *[""] * 9,
    ]  # fmt: skip
    lines = [";".join(head), ";".join(_text(name, 40) for name in _COLUMNS)]
    lines += [line for posting in found for line in _bookings(posting, names, own, rates)]
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252", "replace")


def _bookings(posting: Posting, names: dict[str, str], own: str, rates: Rates) -> Iterator[str]:
    control, *others = posting.legs
    name = posting.name(names) if posting.customer else ""
    for (account, amount), minor in zip(others, _in_own(posting, own, rates), strict=True):
        for number in (control.account, account):
            if not _ACCOUNT.fullmatch(number):
                hint = "name the accounts by their numbers under `accounts` in ledger.yaml"
                raise RefusedError(f"DATEV takes no account {number!r}", hint, code="bad-account")
        if minor:
            said = f"{posting.kind} {name}" + (f" {plain(amount, posting.currency)} {posting.currency}"
                                               if posting.currency != own else "")  # fmt: skip
            yield ";".join([
                plain(abs(minor), own).replace(".", ","), '"H"' if minor > 0 else '"S"', _text(own, 3), "", "", '""',
                control.account, account, '""', f"{posting.date:%d%m}", _text(posting.fact, 36), '""', "",
                _text(said, 60),
            ])  # fmt: skip


def _in_own(posting: Posting, own: str, rates: Rates) -> list[int]:
    """What each leg but the first is in the ledger's currency: rounded, and together the first, rounded once."""
    if posting.currency == own:
        return [leg.amount for leg in posting.legs[1:]]
    rate = rates(posting.currency, posting.date.toordinal())
    total, *parts = (rounded(decimal(leg.amount, posting.currency) * rate, own) for leg in posting.legs)
    return [*parts[:-1], -total - sum(parts[:-1])]


def _text(text: str, most: int) -> str:
    """A text field: quoted, cut to what the field holds."""
    return '"' + printable(text)[:most].replace('"', "'") + '"'
