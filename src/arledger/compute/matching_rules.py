"""Rules on numbers named in full: closed by the amount, paid in part or with money to spare (RULES C2, C3, D7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arledger.compute.matching_amounts import Settlement
from arledger.compute.matching_identity import LEARNED, LIKELY
from arledger.compute.matching_index import DISAGREES
from arledger.compute.matching_lookup import Hit, numbers_of
from arledger.compute.matching_question import CLOSING, Ask, Option, shape
from arledger.compute.matching_references import compact, digits_in, is_date, least_damage
from arledger.compute.matching_subsets import find

_SMALL = 50  # one part in fifty: a shortfall that leaves no doubt which items were meant
_TINY = 100  # one part in a hundred: so near to the amount that the payer need not be known
_LIKE_OURS = 5  # digits that make an unknown number one that may be ours
_ALIKE = 4  # digits of a number whose form tells that another of that form may be ours
_OVER = 2  # more than twice what the named items come to is meant for something else too


def closing(ask: Ask) -> Iterator[Option]:
    """The items named, all of them closed by this amount: to the unit, with discount, or within tolerance."""
    sure = list(_closing_with(ask, ask.strong))
    yield from sure
    if not any(not option.doubts for option in sure) and ask.groups != ask.strong:
        yield from _closing_with(ask, ask.groups)


def _closing_with(ask: Ask, groups: Sequence[Hit]) -> Iterator[Option]:
    for places, unique in _sets(ask, groups):
        settled = ask.settle(places)
        if settled and settled.result in CLOSING:
            doubts = () if unique else ("several sets of items under that number add up to the amount",)
            strong = any(group.strong for group in groups)
            yield closing_option(ask, places, settled, ask.quoted(groups), strong=strong, doubts=doubts)


def closing_option(
    ask: Ask,
    places: Sequence[int],
    settled: Settlement,
    words: tuple[str, ...],
    *,
    strong: bool = False,
    doubts: tuple[str, ...] = (),
) -> Option:
    """An option that closes items: posted for a payer who agrees, or an unknown payer with strong numbers."""
    who = ask.owners(places)
    grade, why = ask.agreement(who)
    against = list(doubts)
    if grade == DISAGREES:
        against.append(why)
    elif grade < LIKELY and (not strong or settled.result == "tolerance"):
        against.append("payer is not known")
    against += several_customers(ask, who, grade)
    if settled.result == "tolerance" and (rivals := ask.exact_rivals(places)):
        against.append(f"{ask.ids(rivals)} is open with exactly this amount")
    evidence = (*words, why, f"{settled.why}: {ask.money(ask.paid)}")
    return Option(who, tuple(places), settled, evidence, tuple(against))


def several_customers(ask: Ask, who: Sequence[str], grade: int) -> Iterator[str]:
    """The doubt about paying for several customers, unless they are one family and the payer belongs to it."""
    if len(who) > 1 and (grade < LEARNED or len({ask.run.payers.root(one) for one in who}) > 1):
        yield "items of several customers, and the payer is not known to pay for all"


def _sets(ask: Ask, groups: Sequence[Hit]) -> Iterator[tuple[tuple[int, ...], bool]]:
    """The sets of items these numbers may mean, and whether a set is the only one of its kind."""
    if not groups:
        return
    everything = tuple(dict.fromkeys(place for group in groups for place in group.items))
    yield everything, True
    sure = tuple(dict.fromkeys(group.items[0] for group in groups if len(group.items) == 1))
    choices = [place for place in ask.run.served(everything) if place not in sure and ask.run.open[place] > 0]
    if not choices:
        return
    papers = {ask.run.items[place].document for place in choices}
    if len(papers) == 1 and papers != {""}:
        for count in range(1, len(choices)):  # instalments are paid in the order they fall due
            yield (*sure, *choices[:count]), True
        return
    found = find([ask.run.open[at] for at in choices], ask.paid - ask.open(sure), ask.run.policy.auto_subset_size)
    for subset in found.subsets:
        yield (*sure, *(choices[at] for at in subset)), len(found.subsets) == 1


def part_or_over(ask: Ask) -> Iterator[Option]:
    """The items named, paid in part or with money to spare."""
    groups = ask.strong or ask.groups
    places = ask.run.served(dict.fromkeys(place for group in groups for place in group.items))
    settled = ask.settle(places) if places else None
    if settled is None or settled.result in CLOSING:
        return
    who = ask.owners(places)
    _, why = ask.agreement(who)
    doubts = [*_payer_doubts(ask, places, settled)]
    if settled.result == "short":
        doubts += short_doubts(ask, places, settled)
    else:
        doubts += [*_over_doubts(ask, places), *other_numbers(ask, places)]
    if not ask.strong:
        doubts.append("the number is too short to be certain")
    if ask.dead or ask.foreign:
        doubts.append("the text also names what cannot be paid")
    if rivals := ask.exact_rivals(places):
        doubts.append(f"{ask.ids(rivals)} is open with exactly this amount")
    if settled.result == "short":
        doubts += ask.repeats(who, places)
        if rivals := ask.exact_set(places):
            doubts.append(f"{ask.ids(rivals)} together are exactly this amount")
    words = f"{settled.why}: {ask.money(ask.paid)} of {ask.money(ask.open(places))}"
    yield Option(who, tuple(places), settled, (*ask.quoted(groups), why, words), tuple(doubts))


def _payer_doubts(ask: Ask, places: Sequence[int], settled: Settlement) -> Iterator[str]:
    who = ask.owners(places)
    grade, why = ask.agreement(who)
    tiny = settled.result == "short" and (ask.open(places) - ask.paid) * _TINY <= ask.paid
    if grade == DISAGREES:
        yield why
    elif grade < LIKELY and not tiny:
        yield "payer is not known"
    if len(who) > 1:
        yield "items of several customers, and the amount does not settle them"


def short_doubts(ask: Ask, places: Sequence[int], settled: Settlement) -> Iterator[str]:
    """The doubt about a list paid short: not when little is missing, or exactly the discounts no longer due."""
    owed = [ask.run.open[place] for place in places]
    missing = sum(owed) - ask.paid
    papers = {ask.run.items[place].document or ask.run.items[place].item for place in places}
    if len(papers) == 1 or "reason 24" in settled.why:
        return
    if missing * _SMALL > sum(owed) or missing >= min(owed):
        yield "less was paid than the items named come to, and which were meant is open"


def _over_doubts(ask: Ask, places: Sequence[int]) -> Iterator[str]:
    if ask.paid > _OVER * ask.open(places):
        yield "more than twice what the items named come to"


def other_numbers(ask: Ask, places: Sequence[int]) -> Iterator[str]:
    """The doubt that the text names something else beside the items: a number as long as theirs, or of their form."""
    numbers = {compact(number) for place in places for number in numbers_of(ask.run.items[place])}
    shapes = {shape(number) for number in numbers if digits_in(number) >= _ALIKE}
    lengths = {len(number) for number in numbers}
    for window in ask.case.reading.rest:
        single = window.first == window.last and digits_in(window.compact) >= _LIKE_OURS
        long_as = single and any(abs(len(window.compact) - length) <= 3 for length in lengths)
        alike = shape(window.compact) in shapes
        if (alike or (long_as and least_damage([window], numbers) is None)) and not is_date(window):
            yield f"{window.compact} in the text may be another number of ours"
            return
