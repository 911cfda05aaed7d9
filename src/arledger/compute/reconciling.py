"""Reconciling: two lists of movements or items paired, and what is left told by cause so that one side leads to the
other. Whatever is reconciled, the result adds up, or is not shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from arledger.compute.matching_references import Window, weak_forms, windows, written
from arledger.money import plain


class Move(NamedTuple):
    """One movement or item of one side. Amounts are signed minor units, as the side itself signs them."""

    date: date
    amount: int
    name: str  # the number it goes by
    text: str  # what it says
    place: str = ""  # where it stands: a path of ours, FILE:LINE of theirs


class Step(NamedTuple):
    """One cause of difference: the moves it consists of, each with what it adds on the way from theirs to ours."""

    cause: str  # a stable word
    title: str  # in words
    moves: tuple[Move, ...]

    @property
    def amount(self) -> int:
        """What this cause adds on the way from theirs to ours, minor units."""
        return sum(move.amount for move in self.moves)


class Reconciled(NamedTuple):
    """Their figure, the steps, our figure: minor units of one currency."""

    currency: str
    theirs: int
    steps: tuple[Step, ...]
    ours: int
    agreed: int  # how many pairs agree

    @property
    def adds_up(self) -> bool:
        """Whether the steps lead from their figure to ours exactly."""
        return self.theirs + sum(step.amount for step in self.steps) == self.ours


def reconciled(currency: str, theirs: int, steps: Iterable[Step], ours: int, agreed: int) -> Reconciled:
    """The reconciliation without empty steps. Raises AssertionError for one that does not add up: a bug of ours."""
    result = Reconciled(currency, theirs, tuple(step for step in steps if step.moves), ours, agreed)
    assert result.adds_up, (plain(theirs, currency), [(s.cause, s.amount) for s in result.steps], plain(ours, currency))
    return result


class Names:
    """What each of our things goes by, to be found in texts: compared as bank texts are, so that spaces, dashes, case
    and zeros that lead a number do not matter."""

    def __init__(self, things: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._known: dict[str, set[str]] = defaultdict(set)
        for thing, names in things:
            for name in names:
                told = {form for form in weak_forms(name) if not form.replace("|", "").isdigit()}
                for form in told.union(written(name).strong):
                    self._known[form].add(thing)

    def find(self, text: str) -> str:
        """The one thing a text names; "" where it names none, or several.

        >>> names = Names([("INV-2026-00042", ["INV-2026-00042"]), ("INV-4", ["INV-4"]), ("INV-42", ["INV-42"])])
        >>> names.find("Invoice INV 2026/42"), names.find("inv 4"), names.find("2026"), names.find("INV-4, INV-42")
        ('INV-2026-00042', 'INV-4', '', '')
        """
        found: set[str] = set()
        taken: list[Window] = []
        for window in windows(text):  # longest first: what lies within a longer number is no number of its own
            if any(other.first <= window.first and window.last <= other.last for other in taken):
                continue
            if things := self._known.get(window.compact) or self._known.get(window.canonical):
                taken.append(window)
                found |= things
        return next(iter(found)) if len(found) == 1 else ""


def pair_rest(ours: Sequence[Move], theirs: Sequence[Move], days: int) -> list[tuple[Move, Move]]:
    """Pairs of one amount and about one date, where each is the only one for the other within so many days.

    As many on both sides of one amount and one day are pairs whichever is whose. Else none is made where there is a
    choice.
    """
    pairs, left, right = _alike(ours, theirs)
    for within in (0, days):
        by_amount: dict[int, list[Move]] = defaultdict(list)
        for move in right:
            by_amount[move.amount].append(move)
        near = [(a, b) for a in left for b in by_amount[a.amount] if abs((a.date - b.date).days) <= within]
        firsts, seconds = Counter(id(a) for a, _ in near), Counter(id(b) for _, b in near)
        made = [(a, b) for a, b in near if firsts[id(a)] == seconds[id(b)] == 1]
        pairs += made
        taken = {id(move) for pair in made for move in pair}
        left = [move for move in left if id(move) not in taken]
        right = [move for move in right if id(move) not in taken]
    return pairs


def _alike(ours: Sequence[Move], theirs: Sequence[Move]) -> tuple[list[tuple[Move, Move]], list[Move], list[Move]]:
    """Pairs of as many moves on both sides of one amount and one day, and what is left of each side."""
    groups: dict[tuple[date, int], tuple[list[Move], list[Move]]] = defaultdict(lambda: ([], []))
    for side, moves in enumerate((ours, theirs)):
        for move in moves:
            groups[move.date, move.amount][side].append(move)
    pairs: list[tuple[Move, Move]] = []
    left: list[Move] = []
    right: list[Move] = []
    for mine, others in groups.values():
        if len(mine) == len(others):
            pairs += zip(mine, others, strict=True)
        else:
            left += mine
            right += others
    return pairs, left, right
