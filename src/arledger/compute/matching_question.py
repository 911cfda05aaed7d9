"""One line put as a question: who pays, what the texts name, and the ways to answer as options with their doubts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from arledger.compute.matching_amounts import Settlement
from arledger.compute.matching_identity import LEARNED
from arledger.compute.matching_index import Case, Run
from arledger.compute.matching_lookup import Hit
from arledger.compute.matching_subsets import chance, find
from arledger.money import Money

CLOSING = ("exact", "discount", "tolerance")


class Option(NamedTuple):
    """One way to explain a line: what it pays and how, what speaks for it, and what against.

    An option without doubts may be posted; doubts say why a clerk must look.
    """

    customers: tuple[str, ...]
    places: tuple[int, ...]
    settlement: Settlement
    evidence: tuple[str, ...]
    doubts: tuple[str, ...] = ()


class Ask:
    """What the rules ask of one line, at this point of the run."""

    def __init__(self, run: Run, case: Case) -> None:
        self.run = run
        self.case = case
        self.payer = run.payers.identify(case.line.payer, case.line.payer_account, case.line.text)
        self.strong: tuple[Hit, ...]  # numbers of open items in strong forms
        self.notes: tuple[str, ...]  # remarks about numbers that cannot be paid, or are somebody else's
        self.strong_dead: bool  # a number of ours was named that is settled, in another currency or dated later
        self.foreign: bool  # a number was named beside the payer's own that is of somebody else
        self._read()

    def _read(self) -> None:
        groups: list[Hit] = []
        notes: list[str] = []
        for hit in self.case.reading.hits:
            if live := self._live(hit.items):
                groups.append(hit._replace(items=live))
            else:
                notes.append(self._why_dead(hit))
        self.strong_dead = bool(notes)
        groups, foreign = self._of_the_payer(groups)
        self.foreign = bool(foreign)
        self.strong, self.notes = tuple(groups), (*notes, *foreign)

    def _live(self, places: Iterable[int]) -> tuple[int, ...]:
        run, line, day = self.run, self.case.line, self.case.day
        return tuple(
            place
            for place in places
            if run.open[place] and run.items[place].currency == line.currency and run.items[place].date <= day
        )

    def _why_dead(self, hit: Hit) -> str:
        item = self.run.items[hit.items[0]]
        if item.currency != self.case.line.currency:
            return f"{item.item} is named but is in {item.currency}"
        if item.date > self.case.day:
            return f"{item.item} is named but dated {item.date}, after the payment"
        return f"{item.item} is named but already settled"

    def _of_the_payer(self, groups: list[Hit]) -> tuple[list[Hit], list[str]]:
        """Numbers that name items of several customers mean the payer's, when the payer has one among them."""
        mine: list[Hit] = []
        others: list[Hit] = []
        for group in groups:
            own = tuple(place for place in group.items if self._of_family(place))
            (mine if own else others).append(group._replace(items=own or group.items))
        if not mine or self.payer.grade < LEARNED:
            return mine + others, []
        words = "{} is named but is {}'s"
        return mine, [words.format(self.ids(group.items[:1]), self.owners(group.items[:1])[0]) for group in others]

    def _of_family(self, place: int) -> bool:
        owner = self.run.items[place].customer
        return any(self.run.payers.same_family(owner, who) for who in self.payer.customers)

    @cached_property
    def _weak(self) -> list[Hit]:
        """Weak forms of numbers of the same or the paying customers, settled items among them."""
        known = {place for group in self.strong for place in group.items}
        return self.run.weak_hits(self.case, self.owners(known) or self.payer.customers)

    @cached_property
    def groups(self) -> tuple[Hit, ...]:
        """The numbers named in strong forms, then those named in weak forms of the same or the paying customers."""
        known = {place for group in self.strong for place in group.items}
        weak = []
        for hit in self._weak:
            live = self._live(hit.items)
            if live and known.isdisjoint(live):
                known.update(live)
                weak.append(hit._replace(items=live))
        return (*self.strong, *weak)

    @cached_property
    def dead(self) -> bool:
        """Whether the text names an item that cannot be paid: settled, in another currency or dated later."""
        return self.strong_dead or not all(self._live(hit.items) for hit in self._weak)

    def unpaid_numbers(self, places: Iterable[int]) -> Iterator[str]:
        """Short numbers of ours in what is left of the text that name none of these items."""
        paid = set(places)
        for window in self.case.reading.rest:
            named = self.run.numbers.short(window)
            if named and paid.isdisjoint(named):
                yield window.compact

    @property
    def paid(self) -> int:
        """The amount of the line, in minor units."""
        return self.case.line.amount

    def open(self, places: Iterable[int]) -> int:
        """What is open of these items together."""
        return sum(self.run.open[place] for place in places)

    def settle(self, places: Iterable[int]) -> Settlement | None:
        """How the line settles these items; None when nothing is left of them to pay."""
        return self.run.settle(places, self.case)

    def agreement(self, customers: Iterable[str]) -> tuple[int, str]:
        """How far the payer speaks for these customers, and why in words."""
        return self.run.agreement(self.payer, customers, self.case.line)

    def owners(self, places: Iterable[int]) -> tuple[str, ...]:
        """The customers who owe these items, each once, in order of id."""
        return tuple(sorted({self.run.items[place].customer for place in places}))

    def exact_rivals(self, places: Iterable[int]) -> list[int]:
        """Other items of the same customers that the amount would pay to the unit, with or without discount."""
        taken = set(places)
        rivals = []
        for place in self.run.with_amount(self.owners(taken), self.case):
            settled = self.settle([place]) if place not in taken else None
            if settled and settled.result in ("exact", "discount"):
                rivals.append(place)
        return rivals

    def exact_set(self, places: Iterable[int]) -> list[int]:
        """Other items of the same customers of which two or three together are exactly the amount, and that hardly
        by accident; none when there is no such set."""
        taken = set(places)
        who = self.owners(taken)
        if self.run.many(who, self.case):
            return []
        others = [place for place in self.run.open_of(who, self.case) if place not in taken]
        amounts = [self.run.open[place] for place in others]
        for subset in find(amounts, self.paid, 3).subsets:
            hits, out_of = chance(amounts, self.paid, len(subset))
            if len(subset) > 1 and hits * 20 <= out_of:
                return [others[at] for at in subset]
        return []

    def repeats(self, customers: Iterable[str], places: Iterable[int], *, amount_alone: bool = False) -> Iterator[str]:
        """The doubt that the line repeats an earlier payment, if it does (RULES C6)."""
        day: dt.date | None = self.run.repeated(self.case, customers, places, amount_alone=amount_alone)
        if day:
            what = "customer and amount" if amount_alone else "customer, amount and reference"
            yield f"same {what} as a payment of {day}: duplicate suspected"

    def money(self, minor: int) -> str:
        """An amount of the line's currency in words."""
        return Money(minor, self.case.line.currency).said()

    def ids(self, places: Iterable[int], most: int = 8) -> str:
        """Item ids for a person."""
        names = [self.run.items[place].item for place in places]
        return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

    def quoted(self, groups: Iterable[Hit]) -> tuple[str, ...]:
        """What the text names, in words."""
        return tuple(f"text names {self.ids(group.items, 3)} as {group.written}" for group in list(groups)[:8])

    def state(self) -> tuple[object, ...]:
        """What the answer depends on besides the line itself: while it stays the same, so does the answer."""
        who = {*self.payer.customers, *self.owners(at for hit in self.case.reading.hits for at in hit.items)}
        family = sorted({relative for one in who for relative in self.run.family(one)})
        return self.payer, tuple(self.run.version[one] for one in family)


def shape(number: str) -> str:
    """The form of a number: its letters as they are, every digit a 9."""
    return "".join("9" if char.isdigit() else char for char in number.upper() if char.isalnum())
