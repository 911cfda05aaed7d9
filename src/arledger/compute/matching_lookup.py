"""Looking numbers up: which items the texts of a bank line name, by index, as written or damaged.

The index over all items holds strong forms only. The finer index of one customer (weak forms, damaged numbers) is
built when a line of that customer first needs it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from arledger.compute.matching_references import (
    Window,
    compact,
    damage,
    digits_in,
    forms,
    inner_numbers,
    shortened_by_one,
    spelled,
    windows,
)
from arledger.compute.matching_types import MatchItem
from arledger.documents.bank import StatementLine

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


class Customer:
    """The items of one customer in one currency by every written form, and by damaged forms once asked for."""

    def __init__(self, items: Sequence[MatchItem], places: Sequence[int]) -> None:
        self.places = places
        self._numbers = [(place, number) for place in places for number in numbers_of(items[place])]
        self.by_form: dict[str, list[int]] = {}
        for place, number in self._numbers:
            for form in forms(number):
                if place not in (named := self.by_form.setdefault(form, []))[-1:]:
                    named.append(place)
        self._near: dict[str, list[tuple[int, str]]] | None = None

    def look_up(self, window: Window) -> list[int]:
        """The items a reading names in any form, also by a number inside a reference with a right check digit."""
        found = self.by_form.get(window.compact) or self.by_form.get(window.canonical)
        if not found and len(window.compact) >= 7:
            inner = (self.by_form.get(number) for number, _ in inner_numbers(window.compact))
            found = next(filter(None, inner), None)
        return found or []

    def near(self, window: Window) -> list[Near]:
        """The items whose numbers a reading comes nearest to, least damaged first."""
        if self._near is None:
            self._near = defaultdict(list)
            for place, number in self._numbers:
                for spelt in {compact(number), "".join(filter(str.isdigit, number))}:
                    if len(spelt) >= 6 and digits_in(spelt) >= 4:
                        for short in shortened_by_one(spelt):
                            self._near[short].append((place, spelt))
        best: dict[int, Near] = {}
        for short in shortened_by_one(window.compact):
            for place, number in self._near.get(short, ()):
                slips = damage(window.compact, number)
                if slips is not None and (place not in best or slips < best[place].slips):
                    best[place] = Near(window.compact, place, number, slips)
        return sorted(best.values(), key=lambda near: (near.slips, near.item))


class Numbers:
    """Every strong form of every number in the book, settled items included."""

    def __init__(self, items: Sequence[MatchItem]) -> None:
        self._by_form: dict[str, int | list[int]] = {}
        for place, item in enumerate(items):
            for number in numbers_of(item):
                for form, strong in forms(number).items():
                    if strong:
                        self._enter(form, place)

    def _enter(self, form: str, place: int) -> None:
        known = self._by_form.setdefault(form, place)
        if isinstance(known, list):
            if known[-1] != place:
                known.append(place)
        elif known != place:
            self._by_form[form] = [known, place]

    def read(self, line: StatementLine) -> Reading:
        """What the texts of a line say; where readings overlap the longest that is a number of ours counts."""
        hits: dict[tuple[int, ...], Hit] = {}
        rest: list[Window] = []
        for text_at, text in enumerate(spelled(line)):
            found = windows(text)
            used: set[int] = set()
            for window in found:
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
