"""Rules on references: what the texts of a line name, and which ways of paying just that they allow.

A rule gives options, best first. An option without doubts may be posted; doubts say why a clerk must look. RULES C2,
C3, C6, D7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arledger.compute.matching_amounts import Settlement
from arledger.compute.matching_identity import LEARNED, LIKELY, Payer
from arledger.compute.matching_index import DISAGREES, Case, Run
from arledger.compute.matching_lookup import Hit
from arledger.compute.matching_subsets import find
from arledger.money import plain

CLOSING = ("exact", "discount", "tolerance")
_SMALL = 50  # one part in fifty: a shortfall that leaves no doubt which items were meant
_OVER = 2  # more than twice what the named items come to is meant for something else too


class Option(NamedTuple):
    """One way to explain a line: what it pays and how, what speaks for it, and what against."""

    customers: tuple[str, ...]
    places: tuple[int, ...]
    settlement: Settlement
    evidence: tuple[str, ...]
    doubts: tuple[str, ...] = ()


class Named(NamedTuple):
    """The open items a line names, the customers they belong to, and remarks about numbers that cannot be paid."""

    groups: tuple[Hit, ...]
    notes: tuple[str, ...]
    dead: bool  # a number of ours was named that cannot be paid: settled, another currency, dated later, foreign

    @property
    def places(self) -> tuple[int, ...]:
        """All items named, each once."""
        return tuple(dict.fromkeys(place for group in self.groups for place in group.items))


def money(case: Case, minor: int) -> str:
    """An amount of the line's currency in words."""
    return f"{plain(minor, case.line.currency)} {case.line.currency}"


def ids(run: Run, places: Iterable[int], most: int = 8) -> str:
    """Item ids for a person."""
    names = [run.items[place].item for place in places]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def owners(run: Run, places: Iterable[int]) -> tuple[str, ...]:
    """The customers who owe these items, each once, in order of id."""
    return tuple(sorted({run.items[place].customer for place in places}))


def named_items(run: Run, case: Case, payer: Payer) -> Named:
    """What the texts name that can be paid: strong forms of anybody's numbers, weak forms of the payer's."""
    groups: list[Hit] = []
    notes: list[str] = []
    for hit in case.reading.hits:
        live = [place for place in hit.items if _live(run, place, case)]
        if live:
            groups.append(hit._replace(items=tuple(live)))
        else:
            notes.append(_why_dead(run, hit, case))
    groups, foreign = _of_the_payer(run, groups, payer)
    who = owners(run, (place for group in groups for place in group.items)) or payer.customers
    for weak in run.weak_hits(case, who):
        live = [place for place in weak.items if _live(run, place, case)]
        if live and not any(set(live) & set(group.items) for group in groups):
            groups.append(weak._replace(items=tuple(live)))
    return Named(tuple(groups), (*notes, *foreign), bool(notes))


def _live(run: Run, place: int, case: Case) -> bool:
    item = run.items[place]
    return run.open[place] != 0 and item.currency == case.line.currency and item.date <= case.day


def _why_dead(run: Run, hit: Hit, case: Case) -> str:
    item = run.items[hit.items[0]]
    if item.currency != case.line.currency:
        return f"{item.item} is named but is in {item.currency}"
    if item.date > case.day:
        return f"{item.item} is named but dated {item.date}, after the payment"
    return f"{item.item} is named but already settled"


def _of_the_payer(run: Run, groups: list[Hit], payer: Payer) -> tuple[list[Hit], list[str]]:
    """Numbers that name items of several customers mean the payer's, when the payer has one among them."""
    mine: list[Hit] = []
    others: list[Hit] = []
    for group in groups:
        own = [
            place
            for place in group.items
            if any(run.payers.same_family(run.items[place].customer, who) for who in payer.customers)
        ]
        (mine if own else others).append(group._replace(items=tuple(own or group.items)))
    if not mine or payer.grade < LEARNED:
        return mine + others, []
    return mine, [
        f"{ids(run, group.items[:1])} is named but is {run.items[group.items[0]].customer}'s" for group in others
    ]


# -- all that is named is paid -----------------------------------------------------------------------------


def closing(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """The items named, all of them closed by this amount: to the unit, with discount, or within tolerance."""
    strong = tuple(group for group in named.groups if group.strong)
    for groups in dict.fromkeys((named.groups, strong)):
        for places, unique in _sets(run, case, groups):
            settled = run.settle(places, case)
            if settled and settled.result in CLOSING:
                doubts = () if unique else ("several sets of items under that number add up to the amount",)
                yield closing_option(run, case, payer, places, settled, quoted(run, groups), doubts)


def quoted(run: Run, groups: Sequence[Hit]) -> tuple[tuple[str, ...], bool]:
    """What the text names in words, and whether any of it is strong."""
    words = tuple(f"text names {ids(run, group.items, 3)} as {group.written}" for group in groups[:8])
    return words, any(group.strong for group in groups)


def closing_option(
    run: Run,
    case: Case,
    payer: Payer,
    places: Sequence[int],
    settled: Settlement,
    said: tuple[tuple[str, ...], bool],
    doubts: tuple[str, ...] = (),
) -> Option:
    """An option that closes items: posted for a payer who agrees, or an unknown payer with strong numbers."""
    who = owners(run, places)
    grade, why = run.agreement(payer, who, case.line.payer)
    words, strong = said
    against = list(doubts)
    if grade == DISAGREES:
        against.append(why)
    elif grade < LIKELY and (not strong or settled.result == "tolerance"):
        against.append("payer is not known")
    if len(who) > 1 and not (len({run.payers.root(one) for one in who}) == 1 and grade >= LEARNED):
        against.append("items of several customers, and the payer is not known to pay for all")
    if settled.result == "tolerance" and (rival := exact_rivals(run, case, who, places)):
        against.append(f"{ids(run, rival)} is open with exactly this amount")
    evidence = (*words, why, f"{settled.why}: {money(case, case.line.amount)}")
    return Option(who, tuple(places), settled, evidence, tuple(against))


def _sets(run: Run, case: Case, groups: Sequence[Hit]) -> Iterator[tuple[tuple[int, ...], bool]]:
    """The sets of items these numbers may mean, and whether a set is the only one of its kind."""
    if not groups:
        return
    everything = tuple(dict.fromkeys(place for group in groups for place in group.items))
    yield everything, True
    sure = tuple(dict.fromkeys(group.items[0] for group in groups if len(group.items) == 1))
    choices = [place for place in run.served(everything) if place not in sure and run.open[place] > 0]
    if not choices:
        return
    if len({run.items[place].document for place in choices}) == 1 and run.items[choices[0]].document:
        for count in range(1, len(choices)):  # instalments are paid in the order they fall due
            yield (*sure, *choices[:count]), True
        return
    rest = case.line.amount - sum(run.open[place] for place in sure)
    found = find([run.open[place] for place in choices], rest, run.policy.auto_subset_size)
    for subset in found.subsets:
        yield (*sure, *(choices[at] for at in subset)), len(found.subsets) == 1


def exact_rivals(run: Run, case: Case, customers: Iterable[str], places: Sequence[int]) -> list[int]:
    """Other items of these customers that the amount would pay to the unit, with or without discount."""
    rivals = []
    for place in run.with_amount(customers, case):
        settled = run.settle([place], case) if place not in places else None
        if settled and settled.result in ("exact", "discount"):
            rivals.append(place)
    return rivals


# -- less or more than what is named -----------------------------------------------------------------------


def part_or_over(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """The items named, paid in part or with money to spare."""
    strong = tuple(group for group in named.groups if group.strong)
    groups = strong or named.groups
    places = run.served(dict.fromkeys(place for group in groups for place in group.items))
    settled = run.settle(places, case) if places else None
    if settled is None or settled.result in CLOSING:
        return
    who = owners(run, places)
    grade, why = run.agreement(payer, who, case.line.payer)
    doubts = [*_payer_doubts(run, who, grade, why, settled, places, case)]
    doubts += (
        _short_doubts(run, case, places, settled) if settled.result == "short" else _over_doubts(run, case, places)
    )
    if not strong:
        doubts.append("the number is too short to be certain")
    if named.dead:
        doubts.append("the text also names what cannot be paid")
    if rival := exact_rivals(run, case, who, places):
        doubts.append(f"{ids(run, rival)} is open with exactly this amount")
    if settled.result == "short" and (day := run.repeated(case, who, places)):
        doubts.append(f"same customer, amount and reference as a payment of {day}: duplicate suspected")
    evidence = (
        *quoted(run, groups)[0],
        why,
        f"{settled.why}: {money(case, case.line.amount)} of {_total(run, case, places)}",
    )
    yield Option(who, tuple(places), settled, evidence, tuple(doubts))


def _total(run: Run, case: Case, places: Iterable[int]) -> str:
    return money(case, sum(run.open[place] for place in places))


def _payer_doubts(
    run: Run, who: Sequence[str], grade: int, why: str, settled: Settlement, places: Sequence[int], case: Case
) -> Iterator[str]:
    short_by = sum(run.open[place] for place in places) - case.line.amount
    if grade == DISAGREES:
        yield why
    elif grade < LIKELY and not (settled.result == "short" and short_by * 2 * _SMALL <= case.line.amount):
        yield "payer is not known"
    if len(who) > 1:
        yield "items of several customers, and the amount does not settle them"


def _short_doubts(run: Run, case: Case, places: Sequence[int], settled: Settlement) -> Iterator[str]:
    owed = [run.open[place] for place in places]
    missing = sum(owed) - case.line.amount
    one_paper = len({run.items[place].document or run.items[place].item for place in places}) == 1
    explained = len(settled.shares) == len(places) and "reason 24" in settled.why
    if one_paper or explained:
        return
    if missing * _SMALL > sum(owed) or missing >= min(owed):
        yield "less was paid than the items named come to, and which were meant is open"


def _over_doubts(run: Run, case: Case, places: Sequence[int]) -> Iterator[str]:
    owed = sum(run.open[place] for place in places)
    if case.line.amount > _OVER * owed:
        yield "more than twice what the items named come to"
    shapes = {shape(number) for place in places for number in (run.items[place].item, *run.items[place].references)}
    if any(shape(window.compact) in shapes for window in case.reading.rest):
        yield "the text names another number like ours that is not known"


def shape(number: str) -> str:
    """The form of a number: its letters as they are, every digit a 9."""
    return "".join("9" if char.isdigit() else char for char in number.upper() if char.isalnum())
