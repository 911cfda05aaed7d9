"""References: the numbers in a remittance text, compared with the numbers on our documents.

A number is compared in several written forms, so that spaces, dashes, case and lost leading zeros do not
matter. A form is *strong* when hitting it by chance is out of the question, *weak* when a payer who agrees must
confirm it (RULES C2: four digits, or the full number with its prefix).

>>> sorted(written("INV-2026-00042").strong)
['202600042', 'INV202600042', 'INV|2026|42']
>>> [w.compact for w in windows("Rg. INV 2026-42")][:3]
['RGINV202642', 'RGINV2026', 'INV202642']
>>> damage("INV202600042", "INV202600024")
1
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from arledger.documents.bank import StatementLine

_SEGMENT = re.compile(r"[0-9]+|[^\W0-9_]+")
_LONGEST = 40  # characters of a number worth comparing: ISO 11649 has 25, Swiss QR 27
_WIDEST = 7  # segments one number may be written in: RF18 5390 0754 7034 is five
_MOST_SEGMENTS = 200  # of one text that are looked at: bounds the work on a hostile memo


class Window(NamedTuple):
    """Neighbouring segments of a text read as one number: where, joined as written, and without leading zeros."""

    first: int
    last: int  # inclusive
    compact: str
    canonical: str


def segments(text: str) -> list[str]:
    """Runs of letters and runs of digits of a text in capitals, full-width characters folded.

    >>> segments("Inv-2026/００42x")
    ['INV', '2026', '0042', 'X']
    """
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _SEGMENT.findall(folded.upper())[:_MOST_SEGMENTS]


def compact(text: str) -> str:
    """A number with nothing but its letters and digits."""
    return "".join(segments(text))


def _canonical(parts: list[str]) -> str:
    return "|".join([part.lstrip("0") or "0" if part[0] <= "9" else part for part in parts])


def digits_in(text: str) -> int:
    """How many digits a text has."""
    return sum(map(str.isdigit, text))


class Written(NamedTuple):
    """A document number as compared: in full, and the forms that are strong evidence by themselves."""

    full: str
    strong: tuple[str, ...]


def written(number: str) -> Written:
    """A number in full and in its strong forms. With a prefix four digits are strong, without one six are.

    >>> written("INV-2026-00042").strong, written("0042")
    (('202600042', 'INV|2026|42', 'INV202600042'), Written(full='0042', strong=()))
    """
    parts = segments(number)
    full = "".join(parts)
    runs = [part for part in parts if part[0] <= "9"]
    if not runs or len(number) > 2 * _LONGEST:
        return Written(full, ())
    digits = "".join(runs)
    bare = digits.lstrip("0")
    found = [bare] if len(bare) >= 7 else []
    if len(digits) >= 6 and digits not in found:
        found.append(digits)
    if len(runs) < len(parts):
        if sum(len(run.lstrip("0") or "0") for run in runs) >= 4:
            found.append(_canonical(parts))
        if len(digits) >= 4:
            found.append(full)
    return Written(full, tuple(found))


def weak_forms(number: str) -> set[str]:
    """The forms of a number that name it only when a payer who agrees confirms it: four digits, its last run.

    >>> sorted(weak_forms("INV-2026-00042"))
    ['00042', '2026|42']
    """
    parts = segments(number)
    runs = [part for part in parts if part[0] <= "9"]
    if not runs or len(number) > 2 * _LONGEST:
        return set()
    bare_runs = [run.lstrip("0") or "0" for run in runs]
    found: set[str] = set()
    if len(runs) > 1:
        found |= {run for run in (runs[-1], bare_runs[-1]) if len(runs[-1]) >= 4 and len(run) >= 4}
        if sum(map(len, bare_runs)) >= 4:
            found.add("|".join(bare_runs))
    digits = "".join(runs)
    found |= {run for run in (digits, digits.lstrip("0")) if len(run) >= 4}
    if len(runs) < len(parts):
        found |= {_canonical(parts), "".join(parts)}
    return found.difference(written(number).strong)


def windows(text: str) -> list[Window]:
    """Every reading of neighbouring segments as one number, longest first; readings without a digit are left out."""
    parts = segments(text)
    bare = [part.lstrip("0") or "0" if part[0] <= "9" else part for part in parts]
    found = []
    for first in range(len(parts)):
        joined, digit = "", False
        for last in range(first, min(first + _WIDEST, len(parts))):
            joined += parts[last]
            digit = digit or parts[last][0] <= "9"
            if len(joined) > _LONGEST:
                break
            if digit and len(joined) >= 3:
                found.append(Window(first, last, joined, "|".join(bare[first : last + 1])))
    found.sort(key=lambda window: (-len(window.compact), window.first))
    return found


def is_date(window: Window) -> bool:
    """Whether a reading is a date written in three parts, such as 2026-03-01 or 1.3.2026, rather than a number.

    >>> [is_date(window) for window in windows("2026-03-01")][:2], is_date(windows("2026-0301")[0])
    ([True, False], False)
    """
    parts = window.canonical.split("|")
    if len(parts) != 3 or not window.compact.isdigit() or len(window.compact) > 8:
        return False
    year, *rest = parts if len(parts[0]) == 4 else reversed(parts)
    one, other = map(int, rest)
    return len(year) == 4 and year[:2] in ("19", "20") and 1 <= min(one, other) <= 12 and max(one, other) <= 31


def spelled(line: StatementLine) -> list[str]:
    """The texts of a bank line in which numbers may stand: structured references first, then free text."""
    texts = [*(reference.number for reference in line.references), line.text, line.end_to_end]
    return list(dict.fromkeys(filter(None, texts)))


def inner_numbers(number: str) -> Iterator[tuple[str, str]]:
    """Numbers a payment reference with a right check digit carries inside, with the name of its scheme.

    Source: ISO 11649 (RF), Belgian OGM and Finnish viite (modulus 97; weights 7 3 1), Norwegian KID (modulus 10
    or 11), Swiss QR reference (recursive modulus 10).

    >>> list(inner_numbers("RF18539007547034"))
    [('539007547034', 'RF')]
    """
    if number[:2] == "RF" and 4 < len(number) <= 25:
        if _mod_97(number[4:] + number[:4]) == 1:
            yield number[4:].lstrip("0"), "RF"
    elif number.isdigit() and 5 <= len(number) <= 27:
        body = number[:-1].lstrip("0")
        if len(number) == 12 and (int(number[:10]) % 97 or 97) == int(number[10:]):
            yield number[:10].lstrip("0"), "OGM"
        if len(number) == 27 and _recursive_mod_10(number) == 0:
            yield body, "QR"
        elif _luhn(number) or _kid_11(number):
            yield body, "KID"
        if _viite(number):
            yield body, "viite"


def _mod_97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text if char.isascii() and char.isalnum()) or "0") % 97


def _luhn(number: str) -> bool:
    pairs = ((int(digit) * (1 + at % 2)) for at, digit in enumerate(reversed(number)))
    return sum(value // 10 + value % 10 for value in pairs) % 10 == 0


def _kid_11(number: str) -> bool:
    return sum(int(digit) * (at % 6 + 2 if at >= 0 else 1) for at, digit in enumerate(reversed(number), -1)) % 11 == 0


def _viite(number: str) -> bool:
    weighted = sum(int(digit) * (7, 3, 1)[at % 3] for at, digit in enumerate(reversed(number[:-1])))
    return (10 - weighted % 10) % 10 == int(number[-1]) and len(number) <= 20


def _recursive_mod_10(number: str) -> int:
    carry = 0
    for digit in number:
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(digit)) % 10]
    return carry


def shortened_by_one(number: str) -> set[str]:
    """The number and every text that is left when one of its characters is dropped."""
    return {number, *(number[:at] + number[at + 1 :] for at in range(len(number)))}


def allowed_damage(number: str) -> int:
    """How many slips a number of that length may have and still be recognised: 0, 1 or 2."""
    return 0 if len(number) < 6 else 1 if len(number) < 9 else 2


def damage(written: str, number: str) -> int | None:
    """Slips between what was written and a number (a character changed, lost, added, or two neighbours swapped).

    None when there are more than `allowed_damage`. A longer number cut off at either end counts as two slips.
    """
    limit = allowed_damage(number)
    slips = int(OSA.distance(written, number, score_cutoff=limit))
    if slips <= limit:
        return slips
    if len(written) >= 6 and 2 * len(written) > len(number) > len(written) + 2 and limit == 2:
        return 2 if number.startswith(written) or number.endswith(written) else None
    return None


def least_damage(read: Iterable[Window], numbers: Iterable[str]) -> int | None:
    """The fewest slips between any reading of a text and any of an item's numbers; None when none is near."""
    best: int | None = None
    spoken = [window.compact for window in read if len(window.compact) >= 5 and digits_in(window.compact) >= 4]
    for number in numbers:
        for written in spoken:
            if abs(len(written) - len(number)) <= 4:
                slips = damage(written, number)
                if slips is not None and (best is None or slips < best):
                    best = slips
    return best
