"""Money: a whole number of minor units (cents) of one currency. Never a float, never a silent rounding.

>>> Money.parse("440.50", "EUR")
Money(minor=44050, currency='EUR')
>>> str(Money(44050, "EUR") + Money(-50, "EUR"))
'440.00 EUR'
>>> str(Money(-1205, "JPY"))
'-1205 JPY'
>>> allocate(10000, [1, 1, 1])
[3334, 3333, 3333]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

# Digits after the point by ISO 4217 code. Source: SIX, list one, 2026-01-01; funds and metals without a minor unit
# (XAU, XXX, XTS …) are no currencies anybody is billed in. A test compares this with the `iso4217` package.
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
    "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
    "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
)
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

#: Digits after the decimal point, by currency code.
DIGITS: Mapping[str, int] = {
    code: digits for digits, codes in ((2, _TWO), (0, _ZERO), (3, _THREE), (4, _FOUR)) for code in codes.split()
}

_QUANTA = {code: Decimal(1).scaleb(-digits) for code, digits in DIGITS.items()}
_UNITS = {code: 10**digits for code, digits in DIGITS.items()}
_ONE = Decimal(1)

AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?", re.ASCII)
#: No amount of a fact has more minor units: SQLite adds in 64 bits, and thousands of these fit (INVARIANTS A8).
MOST = 10**15


class Money(NamedTuple):
    """An amount of one currency: positive when the customer owes it, negative when we hold it for them."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """The amount as written. Raises ValueError when it is no plain decimal or finer than the currency."""
        return cls(minor_units(text, currency), currency)

    def __add__(self, other: object) -> Money:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise ValueError(f"cannot add {other} to {self}")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{plain(self.minor, self.currency)} {self.currency}"

    def said(self) -> str:
        """The amount as people read it: `1,250.00 EUR`."""
        return f"{grouped(self.minor, self.currency)} {self.currency}"


def minor_units(text: str, currency: str) -> int:
    """Whole minor units of a plain ASCII decimal as written in a file or an argument. Never rounds.

    Raises ValueError with a reason for a person: no such currency, not a plain decimal, too many decimals.

    >>> minor_units("-12.5", "EUR"), minor_units("7", "JPY"), minor_units("1.25", "BHD")
    (-1250, 7, 1250)
    """
    digits = DIGITS.get(currency)
    if digits is None:
        raise ValueError(f"{currency!r} is no ISO 4217 currency")
    if not AMOUNT.fullmatch(text):
        raise ValueError(f"{shortened(text)!r} is not an amount")
    whole, _, fraction = text.partition(".")
    if len(fraction) > digits:
        raise ValueError(f"{text} has {len(fraction)} decimals, {currency} has {digits}")
    return int(whole + fraction.ljust(digits, "0"))


# Groups of three and then decimals, or digits without groups and then decimals; no sign stands for both.
_MEANT = re.compile(r"(-?[0-9]{1,3}(?:([ .,'])[0-9]{3}(?:\2[0-9]{3})*)?|-?[0-9]+)(?:(?!\2)([.,])([0-9]+))?", re.ASCII)


def meant(text: str, currency: str = "") -> str:
    """The amount or number in plain digits that can alone be meant by what is written otherwise; "" where none can.

    >>> meant("12,50", "EUR"), meant("1.250,00 EUR", "EUR"), meant("1'250'000")
    ('12.50', '1250.00', '1250000')
    >>> meant("1,250"), meant("12,505", "EUR"), meant("ten")
    ('', '', '')
    """
    found = _MEANT.fullmatch(text.replace(currency, "").strip())
    if not found:
        return ""
    whole, group, _, decimals = found.groups()
    if group and group in ".," and not decimals and whole.count(group) == 1:  # thousands, or three decimals
        return ""
    if decimals and currency and len(decimals) > DIGITS.get(currency, 0):
        return ""
    return re.sub("[ .,']", "", whole) + (f".{decimals}" if decimals else "")


def amount_hint(text: str, currency: str = "") -> str:
    """How to write an amount that was written otherwise: itself, where it can be told.

    >>> amount_hint("12,50", "EUR"), amount_hint("ten", "JPY")
    ('write 12.50', 'write plain digits such as 1250')
    """
    example = plain(minor_units("1250", currency), currency) if currency in DIGITS else "1250.00"
    return f"write {meant(text, currency) or f'plain digits such as {example}'}"


def minor_of(amount: Decimal, currency: str) -> int:
    """Whole minor units of an exact amount. Raises ValueError when it has more decimals than the currency.

    >>> minor_of(Decimal("-12.50"), "EUR"), minor_of(Decimal("7"), "EUR")
    (-1250, 700)
    """
    quantum = _QUANTA.get(currency)
    if quantum is not None and amount.same_quantum(quantum):  # the currency's decimals exactly, as most are written
        return int(amount * _UNITS[currency])
    return minor_units(f"{amount:f}", currency)


def plain(minor: int, currency: str) -> str:
    """The amount in plain digits with the currency's decimals, as files and JSON hold it.

    >>> plain(-5, "EUR"), plain(125000, "JPY")
    ('-0.05', '125000')
    """
    digits = DIGITS[currency]
    if not digits:
        return str(minor)
    text = str(abs(minor)).zfill(digits + 1)
    return f"{'-' if minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def grouped(minor: int, currency: str) -> str:
    """The amount as people read it, with thousands separators; no file and no program gets it so.

    >>> grouped(-5, "EUR"), grouped(125000, "JPY"), grouped(-123456789, "EUR")
    ('-0.05', '125,000', '-1,234,567.89')
    """
    whole, point, fraction = plain(abs(minor), currency).partition(".")
    return f"{'-' if minor < 0 else ''}{int(whole):,}{point}{fraction}"


def rounded(amount: Decimal, currency: str) -> int:
    """Whole minor units nearest to an exact amount of the currency, halves away from zero (RULES: half-up).

    >>> rounded(Decimal("1.005"), "EUR"), rounded(Decimal("-1.005"), "EUR"), rounded(Decimal("2.5"), "JPY")
    (101, -101, 3)
    """
    return int(amount.scaleb(DIGITS[currency]).quantize(_ONE, ROUND_HALF_UP))


def share_of(minor: int, percent: Decimal) -> int:
    """`percent` (2 means 2 %) of an amount, in whole minor units, halves away from zero.

    >>> share_of(14875, Decimal(2))
    298
    """
    return int((minor * percent / 100).quantize(_ONE, ROUND_HALF_UP))


def part_of(minor: int, part: int, whole: int) -> int:
    """`minor` × `part` / `whole`, in whole minor units, halves away from zero.

    >>> part_of(2375, 50, 100), part_of(100, 1, 3)
    (1188, 33)
    """
    return int((Decimal(minor * part) / whole).quantize(_ONE, ROUND_HALF_UP))


def decimal(minor: int, currency: str) -> Decimal:
    """The exact decimal amount, with the currency's decimals.

    >>> decimal(14877, "EUR")
    Decimal('148.77')
    """
    return Decimal(minor).scaleb(-DIGITS[currency])


def allocate(minor: int, weights: Sequence[int]) -> list[int]:
    """`minor` split in proportion to `weights`, losing nothing: the parts sum to it exactly.

    Largest remainder: each part is within one unit of its exact share; odd units go to the largest
    remainders, then to the earlier part. Raises ValueError for negative weights or weights that sum to zero.

    >>> allocate(-100, [1, 1, 1])
    [-34, -33, -33]
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be zero or more, and not all zero")
    sign, whole = (-1, -minor) if minor < 0 else (1, minor)
    parts = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def equal_parts(minor: int, count: int) -> list[int]:
    """`minor` in so many equal parts; what does not divide goes to the last (RULES T-P2).

    >>> equal_parts(100000, 3)
    [33333, 33333, 33334]
    """
    part = minor // count
    return [part] * (count - 1) + [minor - part * (count - 1)]


def shortened(text: str, limit: int = 40) -> str:
    """`text` cut to `limit` characters with an ellipsis, for messages."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
