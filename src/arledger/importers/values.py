"""Amounts and dates as banks write them. Exact or refused: nothing is rounded, nothing is guessed.

>>> bank_amount("1.234,56-", "EUR", decimal=",", thousands=".")
-123456
>>> day("27.4.19", "DD.MM.YY").isoformat()
'2019-04-27'
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from arledger.money import DIGITS, minor_units, shortened

_SIGNS = re.compile(r"[$€£¥₹₩₽฿¢]|(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|kr\.?|zł|Kč|Fr\.")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\t": " ", "\u2212": "-", "\u2013": "-", "\u2019": "'"})
_EXACT = re.compile(r"([+-]?)0*([0-9]{0,15})(?:[.,]([0-9]{0,15}))?", re.ASCII)
_TOKENS = re.compile(r"YYYY|YY|MMM|MM|M|DD|D|[^YMD]+")
_STRPTIME = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "MMM", "%B": "MMM"}
_TIME = r"(?:[ T,]+[0-9]{1,2}[:.][0-9]{2}.*)?"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gen ene",
            "feb february februar février fév fev febrero",
            "mar march märz mrz mars marzo maart",
            "apr april avril avr abril abr",
            "may mai mayo mei maj",
            "jun june juni juin junio",
            "jul july juli juillet juil julio",
            "aug august août aou agosto ago",
            "sep sept september septembre septiembre",
            "oct okt october oktober octobre octubre",
            "nov november novembre noviembre",
            "dec dez december dezember décembre déc diciembre dic",
        ),
        1,
    )
    for name in names.split()
}


def bank_amount(text: str, currency: str, *, decimal: str = ".", thousands: str = "") -> int:
    """Minor units of an amount in a bank's own way of writing: currency sign, grouped digits, `(1.00)` or `1.00-`.

    Raises ValueError for a sign the bank is not said to use, for groups that are not of three, and for more
    decimals than the currency has.

    >>> bank_amount("($1,036.47)", "USD", thousands=",")
    -103647
    """
    bare = _SIGNS.sub("", text.translate(_SPACES)).strip()
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1].strip(), True
    elif bare.startswith(("-", "+")):
        bare, negative = bare[1:].strip(), bare[0] == "-"
    elif bare.endswith(("-", "+")):
        bare, negative = bare[:-1].strip(), bare[-1] == "-"
    minor = minor_units(_ungrouped(bare, decimal, thousands, text), currency)
    return -minor if negative else minor


def _ungrouped(bare: str, decimal: str, thousands: str, text: str) -> str:
    whole, _, fraction = bare.partition(decimal)
    if thousands and thousands in whole:
        group = re.escape(thousands)
        # Groups of two before the last three are the Indian way: 12,34,567.
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}", whole, re.ASCII):
            raise ValueError(f"{shortened(text)!r} is not an amount: its digits are not grouped in threes")
        whole = whole.replace(thousands, "")
    if not whole.isascii() or not whole.isdigit() or not (fraction + "0").isdigit():
        raise ValueError(f"{shortened(text)!r} is not an amount with decimal {decimal!r}, thousands {thousands!r}")
    return f"{whole}.{fraction}" if fraction else whole


def compact(account: str) -> str:
    """An account number without spaces, in capitals.

    >>> compact("de02 1203 0000 0000 2020 51")
    'DE02120300000000202051'
    """
    return "".join(account.split()).upper()


def exact_amount(text: str, currency: str) -> int:
    """Minor units of an amount in a format that has one decimal sign, dot or comma, and no thousands.

    Zeros beyond the currency's decimals are taken; three decimals where the currency has two are refused, for
    they may be thousands. Raises ValueError.

    >>> exact_amount("-0012,5", "EUR"), exact_amount("1500.0000", "USD"), exact_amount(".5", "EUR")
    (-1250, 150000, 50)
    """
    digits = DIGITS.get(currency)
    if digits is None:
        raise ValueError(f"{currency!r} is no ISO 4217 currency")
    match = _EXACT.fullmatch(text)
    if not match or not any(sign.isdigit() for sign in text):
        raise ValueError(f"{shortened(text)!r} is not an amount")
    fraction = match[3] or ""
    if len(fraction) == 3 and digits != 3:
        raise ValueError(f"{text} has 3 decimals, {currency} has {digits}")
    if fraction[digits:].strip("0"):
        raise ValueError(f"{text} is finer than {currency}, which has {digits} decimals")
    minor = int((match[2] or "0") + fraction[:digits].ljust(digits, "0"))
    return -minor if match[1] == "-" else minor


def day(text: str, pattern: str = "YYYY-MM-DD") -> date:
    """The day written after the pattern; a time of day behind it is passed over. Years YY are 1980 to 2079.

    Raises ValueError, also for days that do not exist.

    >>> day("2/8/15", "M/D/YY"), day("23-Jan-15", "%d-%b-%y")
    (datetime.date(2015, 2, 8), datetime.date(2015, 1, 23))
    """
    match = _date_regex(pattern).fullmatch(text.strip())
    if not match:
        raise ValueError(f"{shortened(text)!r} is not a date: {pattern} was expected")
    parts = match.groupdict()
    month = _MONTHS.get(parts["MMM"].rstrip(".").casefold()) if "MMM" in parts else int(parts["MM"])
    if month is None:
        raise ValueError(f"{text!r}: {parts['MMM']!r} is no month")
    try:
        return date(full_year(parts["YY"]), month, int(parts["DD"]))
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar") from None


def check_pattern(pattern: str) -> None:
    """Raises ValueError for a date pattern that does not have year, month and day once each."""
    _date_regex(pattern)


def full_year(digits: str) -> int:
    """The year of two or four digits.

    >>> full_year("79"), full_year("80"), full_year("2026")
    (2079, 1980, 2026)
    """
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 80 else 1900)


@lru_cache(maxsize=64)
def _date_regex(pattern: str) -> re.Pattern[str]:
    plain = pattern
    for mark, token in _STRPTIME.items():
        plain = plain.replace(mark, token)
    tokens = _TOKENS.findall(plain)
    kinds = {"Y": "YY", "D": "DD"}
    names = [("MMM" if token == "MMM" else "MM") if token[0] == "M" else kinds.get(token[0], "") for token in tokens]
    if sorted(name[:1] for name in names if name) != ["D", "M", "Y"] or "%" in plain:
        raise ValueError(f"date pattern {pattern!r}: write D, M and Y once each, such as DD.MM.YYYY")
    apart = any(not name for name in names)  # something stands between the numbers: one digit is clear too
    regex = ""
    for token, name in zip(tokens, names, strict=True):
        if not name:
            regex += re.escape(token)
        elif name == "MMM":
            regex += r"(?P<MMM>[^\W\d_]+\.?)"
        else:
            count = f"{len(token)}" if name == "YY" else "1,2" if apart else "2"
            regex += f"(?P<{name}>[0-9]{{{count}}})"
    return re.compile(regex + _TIME)
