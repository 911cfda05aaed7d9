"""Looking numbers up: which items the texts of a bank line name, by index, as written or damaged.

The index over all items holds strong forms only. The finer index of one customer (weak forms, damaged numbers) is
built when a line of that customer first needs it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from arledger.compute.matching_references import (
    Window,
    compact,
    damage,
    digits_in,
    inner_numbers,
    is_date,
    shortened_by_one,
    spelled,
    weak_forms,
    windows,
    written,
)
from arledger.compute.matching_types import MatchItem
from arledger.documents.bank import StatementLine

_DIGITS = re.compile("[0-9]+")
_FEW = 2000  # numbers of one customer that are compared one by one: 0.1 ms
_WARNS = 3  # digits of a number that is too short to find an item by, and long enough to speak against another
_SHARED_BY_MANY = 64  # items under one number, beyond which it says nothing without a known payer
_APART = 10_000  # distance between the positions of two texts, so that they never seem neighbours


class Hit(NamedTuple):
    """A number found in a text: as written, and the positions of the items that bear it."""

    written: str
    items: tuple[int, ...]
    strong: bool


class Near(NamedTuple):
    """A damaged number: as written, the item it comes nearest to, the number meant, how many slips."""

    written: str
    item: int
    number: str
    slips: int


class Reading(NamedTuple):
    """What the texts of one line say: numbers of ours, and the readings of what is left, longest first."""

    hits: tuple[Hit, ...]
    rest: tuple[Window, ...]
    key: str  # the free text reduced to letters and digits, to recognise a repetition


def numbers_of(item: MatchItem) -> tuple[str, ...]:
    """Every number a customer may quote for an item."""
    return tuple(dict.fromkeys((item.item, item.document or item.item, *item.references)))


class Damage:
    """The numbers of one customer's items, to be found by what a slip has made of them.

    A few are compared one by one; many are indexed by what is left of each when a character is dropped, which two
    texts one slip apart always share.
    """

    def __init__(self, items: Sequence[MatchItem], places: Sequence[int]) -> None:
        self._spelt = [
            (place, spelt)
            for place in places
            for number in numbers_of(items[place])
            if len(digits := "".join(_DIGITS.findall(number))) >= 4
            for spelt in {compact(number): 0, digits: 0}
            if len(spelt) >= 6
        ]
        self._texts = [spelt for _, spelt in self._spelt]
        self._shortened: dict[str, list[int]] = {}
        if len(self._spelt) > _FEW:
            for at, spelt in enumerate(self._texts):
                for short in shortened_by_one(spelt):
                    self._shortened.setdefault(short, []).append(at)

    def near(self, window: Window) -> list[Near]:
        """The items whose numbers a reading comes nearest to, least damaged first."""
        best: dict[int, Near] = {}
        for at in self._candidates(window.compact):
            place, number = self._spelt[at]
            slips = damage(window.compact, number)
            if slips is not None and (place not in best or slips < best[place].slips):
                best[place] = Near(window.compact, place, number, slips)
        return sorted(best.values(), key=lambda near: (near.slips, near.item))

    def _candidates(self, written: str) -> list[int]:
        if self._shortened:
            found = {at for short in shortened_by_one(written) for at in self._shortened.get(short, ())}
            return sorted(found)
        close = process.extract(written, self._texts, scorer=OSA.distance, score_cutoff=2, limit=None)
        return [at for _, _, at in close]


def _enter(known: dict[str, int | list[int]], form: str, place: int) -> None:
    if (before := known.setdefault(form, place)) != place:
        if isinstance(before, int):
            known[form] = [before, place]
        elif before[-1] != place:
            before.append(place)


class Numbers:
    """Every form of every number in the book, settled items included: strong ones of all, weak ones by customer."""

    def __init__(self, items: Sequence[MatchItem]) -> None:
        self._items = items
        self._by_form: dict[str, int | list[int]] = {}
        self._short: dict[str, int | list[int]] = {}  # numbers in full that are too short to be strong
        self._weak: dict[str, dict[str, int | list[int]]] = {}  # by customer, made when first needed
        self._of: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            self._of[item.customer].append(place)
            for number in numbers_of(item):
                full, strong = written(number)
                for form in strong:
                    _enter(self._by_form, form, place)
                if full not in strong and digits_in(full) >= _WARNS:
                    _enter(self._short, full, place)

    def _weak_of(self, customer: str) -> dict[str, int | list[int]]:
        """The weak forms of a customer's numbers; of a settled item, which only ever warns, its number in full."""
        if customer not in self._weak:
            weak = self._weak[customer] = {}
            for place in self._of.get(customer, ()):
                for number in numbers_of(self._items[place]):
                    for form in weak_forms(number):
                        if self._items[place].open or form == compact(number):
                            _enter(weak, form, place)
        return self._weak[customer]

    def short(self, window: Window) -> tuple[int, ...]:
        """The items of anybody that bear a number too short to be strong, settled ones too: enough to warn."""
        known = self._short.get(window.compact, ())
        return (known,) if isinstance(known, int) else tuple(known)

    def weak(self, customer: str, window: Window) -> tuple[int, ...]:
        """The items of a customer a reading names in a weak form, or by a number before a right check digit."""
        forms_of = self._weak_of(customer)
        for form in (window.compact, window.canonical):
            if (known := forms_of.get(form)) is not None:
                return (known,) if isinstance(known, int) else tuple(known)
        if len(window.compact) >= 7 and window.compact.isdigit():
            for number, _ in inner_numbers(window.compact):
                known = forms_of.get(number, self._by_form.get(number))
                if isinstance(known, int) and self._items[known].customer == customer:
                    return (known,)
        return ()

    def read(self, line: StatementLine) -> Reading:
        """What the texts of a line say; where readings overlap the longest that is a number of ours counts."""
        hits: dict[tuple[int, ...], Hit] = {}
        rest: list[Window] = []
        for text_at, text in enumerate(spelled(line)):
            found = windows(text)
            used: set[int] = set()
            for window in found:
                if is_date(window):
                    continue
                if used.isdisjoint(range(window.first, window.last + 1)) and (places := self.look_up(window)):
                    used.update(range(window.first, window.last + 1))
                    hits.setdefault(places, Hit(window.compact, places, True))
            apart = text_at * _APART
            rest += [
                window._replace(first=window.first + apart, last=window.last + apart)
                for window in found
                if used.isdisjoint(range(window.first, window.last + 1))
            ]
        return Reading(tuple(hits.values()), tuple(rest), compact(line.text))

    def look_up(self, window: Window) -> tuple[int, ...]:
        """The items a reading names in a strong form, or by an RF, OGM or QR reference with a right check digit."""
        for form in (window.compact, window.canonical):
            if (known := self._by_form.get(form)) is not None:
                if isinstance(known, int):
                    return (known,)
                return tuple(known) if len(known) <= _SHARED_BY_MANY else ()
        if len(window.compact) >= 7:
            for number, scheme in inner_numbers(window.compact):
                known = self._by_form.get(number)
                if isinstance(known, int) and scheme in ("RF", "OGM", "QR"):
                    return (known,)
        return ()

    def crowded(self, number: str) -> bool:
        """Whether a number of ours differs from this one in one of its last three digits, as in a running series."""
        for at in range(max(0, len(number) - 3), len(number)):
            for digit in "0123456789":
                other = number[:at] + digit + number[at + 1 :]
                if other != number and other in self._by_form:
                    return True
        return False
