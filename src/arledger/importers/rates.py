"""A file of exchange rates: `from,currency,rate`, what one unit of a currency is in the ledger's from a day on.

>>> read(b"from,currency,rate\\n2026-06-30,EUR,1.0850\\n", "rates.csv")
(Rate(currency='EUR', rate=Decimal('1.0850'), valid_from=datetime.date(2026, 6, 30)),)
"""

from __future__ import annotations

import re
from decimal import Decimal

from arledger.dates import parse_date
from arledger.errors import ImportFileError, Place, Problem
from arledger.importers.table import read_table
from arledger.money import DIGITS
from arledger.policy.credit import Rate

_FIELDS = ("from", "currency", "rate")
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


def read(data: bytes, name: str) -> tuple[Rate, ...]:
    """The rates of a file, in its order. Raises ImportFileError with every problem of it."""
    rates: list[Rate] = []
    problems: list[Problem] = []
    for row in read_table(data, name, fields=_FIELDS, required=_FIELDS):
        text, currency = row.values["rate"], row.values["currency"]
        try:
            day = parse_date(row.values["from"])
            if currency not in DIGITS:
                raise ValueError(f"{currency!r} is no ISO 4217 currency")
            if not _RATE.fullmatch(text) or not Decimal(text):
                raise ValueError(f"{text!r} is not a rate: write plain digits such as 1.0850")
            rates.append(Rate(currency, Decimal(text), day))
        except ValueError as error:
            problems.append(Problem(Place(name, row.number), "bad-value", str(error), "correct the row"))
    if problems:
        raise ImportFileError(problems)
    return tuple(rates)
