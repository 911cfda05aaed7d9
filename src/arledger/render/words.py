"""How a language writes amounts, numbers and days: everything on a paper becomes text here.

A language is a file of words (`templates/words/en.yaml`), and what it says of digits and days stands in it:
`decimal`, `group`, `date` (such as `D MMM YYYY`) and `months`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.money import Money, plain

Words = Mapping[str, Any]


def written(value: Any, words: Words) -> Any:
    """A value of a paper with every amount, number and day as the language writes it. Recursive.

    >>> written([Money(-123456, "EUR"), Decimal("2.50"), date(2026, 6, 1)], {"decimal": ",", "group": "."})
    ['-1.234,56', '2,5', '2026-06-01']
    """
    if isinstance(value, Money):
        return _grouped(plain(value.minor, value.currency), words)
    if isinstance(value, Decimal):
        return _grouped(_short(value), words)
    if isinstance(value, date):
        return day(value, words)
    if isinstance(value, Mapping):
        return {key: written(entry, words) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [written(entry, words) for entry in value]
    return value


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _grouped(text: str, words: Words) -> str:
    """Plain digits with the language's separators; thousands apart from 10 000 on where its group is a space."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, fraction = digits.partition(".")
    parts = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", "\0", whole).replace("\0", str(words.get("group", ",")))
    return f"{sign}{parts}{words.get('decimal', '.') if point else ''}{fraction}"


def day(value: date, words: Words) -> str:
    """A day in the language's form; YYYY-MM-DD where it has none.

    >>> day(date(2026, 6, 1), {"date": "D MMM YYYY", "months": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"})
    '1 Jun 2026'
    """
    months = str(words.get("months", "")).split()
    parts = {
        "YYYY": f"{value.year:04}", "MMM": months[value.month - 1] if len(months) == 12 else f"{value.month:02}",
        "MM": f"{value.month:02}", "DD": f"{value.day:02}", "D": str(value.day),
    }  # fmt: skip
    return re.sub("YYYY|MMM|MM|DD|D", lambda found: parts[found[0]], str(words.get("date", "YYYY-MM-DD")))
