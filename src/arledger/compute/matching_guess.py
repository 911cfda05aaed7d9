"""Rules without a number in full: damaged numbers, and amounts of a known payer.

What a damaged number or an amount alone cannot prove, the payer must: these rules ask for a payer who agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import gcd

from arledger.compute.matching_amounts import Settlement
from arledger.compute.matching_identity import CERTAIN, LEARNED, Payer
from arledger.compute.matching_index import Case, Run
from arledger.compute.matching_lookup import Hit, Near, numbers_of
from arledger.compute.matching_references import compact, least_damage
from arledger.compute.matching_rules import (
    CLOSING,
    Named,
    Option,
    closing_option,
    exact_rivals,
    ids,
    money,
    owners,
    quoted,
    shape,
)
from arledger.compute.matching_subsets import chance, find

_ACCIDENT = 50  # a set found by its amount must be one in fifty or less likely to be there by accident
_SEVERAL, _ROUND = 8, 1000  # that many open items, all in multiples of that many minor units, meet sums by accident
_MANY = 1500  # open items beyond which only single ones are compared by amount


def damaged(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """Numbers with slips, read as the nearest of the payer's open items, together with those named in full."""
    who = owners(run, named.places) or payer.customers
    stretches = run.near_hits(case, who) if who else []
    if not stretches:
        return
    base = tuple(group for group in named.groups if group.strong)
    firmly = tuple(dict.fromkeys(place for group in base for place in group.items))
    extra = _nearest(stretches, firmly)
    tried = [extra, [stretch for stretch in extra if stretch.slips <= 1]]
    for chosen in tried:
        places = tuple(dict.fromkeys((*firmly, *(near.item for near in chosen))))
        settled = run.settle(places, case) if chosen else None
        if settled and settled.result in CLOSING:
            yield _damaged_option(run, case, payer, places, settled, base, chosen)
            return
    yield from _one_of(run, case, payer, stretches, base, firmly)
    if len(extra) == 1 and not base:
        yield from _damaged_part(run, case, payer, stretches)


def _nearest(stretches: Sequence[Sequence[Near]], known: Sequence[int]) -> list[Near]:
    chosen: dict[int, Near] = {}
    for stretch in stretches:
        if stretch[0].item not in known:
            chosen.setdefault(stretch[0].item, stretch[0])
    return list(chosen.values())


def _damaged_words(run: Run, chosen: Iterable[Near]) -> tuple[str, ...]:
    return tuple(
        f"text has {near.written}, {near.slips} {'slip' if near.slips == 1 else 'slips'} from {near.number} "
        f"({run.items[near.item].item})"
        for near in chosen
    )


def _damaged_option(
    run: Run,
    case: Case,
    payer: Payer,
    places: tuple[int, ...],
    settled: Settlement,
    base: Sequence[Hit],
    chosen: Sequence[Near],
) -> Option:
    words = (*quoted(run, base)[0], *_damaged_words(run, chosen))
    doubts = [doubt for near in chosen for doubt in _series_doubts(run, case, near, places)]
    return closing_option(run, case, payer, places, settled, (words, False), tuple(doubts))


def _series_doubts(run: Run, case: Case, near: Near, places: Sequence[int]) -> Iterator[str]:
    """In a running series a slip makes another number of ours: then it says little against an equal amount."""
    if shape(near.written) != shape(near.number) or not run.numbers.crowded(near.number):
        return
    if near.slips > 1 or exact_rivals(run, case, owners(run, places), places):
        yield f"numbers next to {near.number} are in use, so {near.written} may be another one"


def _one_of(
    run: Run,
    case: Case,
    payer: Payer,
    stretches: Sequence[Sequence[Near]],
    base: Sequence[Hit],
    firmly: tuple[int, ...],
) -> Iterator[Option]:
    """Of several items equally near to one damaged number, the one whose amount fits."""
    for stretch in stretches:
        fitting = []
        for near in stretch:
            places = tuple(dict.fromkeys((*firmly, near.item)))
            settled = run.settle(places, case)
            if settled and settled.result in ("exact", "discount"):
                fitting.append((places, settled, near))
        for places, settled, near in fitting:
            option = _damaged_option(run, case, payer, places, settled, base, [near])
            doubt = ("several items are as near and fit the amount",) if len(fitting) > 1 else ()
            yield option._replace(doubts=option.doubts + doubt)


def _damaged_part(run: Run, case: Case, payer: Payer, stretches: Sequence[Sequence[Near]]) -> Iterator[Option]:
    """A part payment whose number has slips: only of a certain payer, and when no other number is as near."""
    near = stretches[0][0]
    settled = run.settle([near.item], case)
    who = owners(run, [near.item])
    grade, why = run.agreement(payer, who, case.line.payer)
    if settled is None or settled.result != "short":
        return
    doubts = []
    if grade < LEARNED:
        doubts.append("payer is not certain and the number is damaged")
    if any(other.slips <= near.slips and other.item != near.item for stretch in stretches for other in stretch):
        doubts.append("another number is as near")
    if run.numbers.crowded(near.number) and (near.slips > 1 or shape(near.written) == shape(near.number)):
        doubts.append(f"numbers next to {near.number} are in use, so {near.written} may be another one")
    if rivals := exact_rivals(run, case, who, [near.item]):
        doubts.append(f"{ids(run, rivals)} is open with exactly this amount")
    if day := run.repeated(case, who, [near.item]):
        doubts.append(f"same customer, amount and reference as a payment of {day}: duplicate suspected")
    words = (*_damaged_words(run, [near]), why, f"{settled.why}: {money(case, case.line.amount)}")
    yield Option(who, (near.item,), settled, words, tuple(doubts))


# -- amounts -----------------------------------------------------------------------------------------------


def completed(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """The items named, and beside them the one set of the same customers' other items that makes up the amount."""
    strong = tuple(group for group in named.groups if group.strong and len(group.items) == 1)
    base = tuple(dict.fromkeys(group.items[0] for group in strong))
    rest = case.line.amount - sum(run.open[place] for place in base)
    if not base or rest <= 0:
        return
    who = owners(run, base)
    others = [place for place in run.open_of(who, case) if place not in base][:_MANY]
    found = find([run.open[place] for place in others], rest, run.policy.auto_subset_size)
    for subset in found.subsets:
        places = (*base, *(others[at] for at in subset))
        settled = run.settle(places, case)
        if settled and settled.result == "exact":
            words = (*quoted(run, strong)[0], f"{ids(run, places[len(base) :])} make up the rest")
            option = closing_option(run, case, payer, places, settled, (words, False))
            doubts = _set_doubts(
                run, case, payer, places[len(base) :], [run.open[at] for at in others], len(found.subsets)
            )
            yield option._replace(doubts=(*option.doubts, *doubts))


def by_amount(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """Without a number: the one set of the payer's open items that comes to exactly the amount (RULES C3)."""
    if not payer.customers:
        return
    options = list(_amount_options(run, case, payer, payer.customers))
    family = run.family(payer.customers[0]) if len(payer.customers) == 1 else []
    if not options and len(family) > 1:
        options = list(_amount_options(run, case, payer, family))
    for option in options:
        doubts = list(option.doubts)
        if len(options) > 1:
            doubts.append(f"{len(options)} or more sets of open items come to this amount")
        if named.dead or not set(named.places) <= set(option.places):
            doubts.append("the text names other items")
        if not payer.certain:
            doubts.append("payer is not certain and no number is given")
        if day := run.repeated(case, option.customers, option.places):
            doubts.append(f"same customer, amount and reference as a payment of {day}: duplicate suspected")
        doubts += _contradiction(run, case, option.places)
        yield option._replace(doubts=tuple(doubts))


def _amount_options(run: Run, case: Case, payer: Payer, customers: Sequence[str]) -> Iterator[Option]:
    items = run.open_of(customers, case)
    seen: set[tuple[int, ...]] = set()
    if len(items) > _MANY:
        items = run.served(run.with_amount(customers, case))
    for offers in _amounts_asked(run, case, items):
        found = find(offers, case.line.amount, run.policy.auto_subset_size)
        for subset in found.subsets:
            places = tuple(items[at] for at in subset)
            settled = run.settle(places, case)
            if places not in seen and settled and settled.result in ("exact", "discount"):
                seen.add(places)
                option = closing_option(run, case, payer, places, settled, ((), False))
                yield option._replace(doubts=(*option.doubts, *_set_doubts(run, case, payer, places, offers, 1)))


def _amounts_asked(run: Run, case: Case, items: Sequence[int]) -> Iterator[list[int]]:
    """What is open of each item; then what is expected with the discounts still to be had, if any are."""
    opened = [run.open[place] for place in items]
    yield opened
    for lateness in ("due", "grace"):
        asked = [run.asked(place, case, lateness) for place in items]
        if asked != opened:
            yield asked
            opened = asked


def _set_doubts(
    run: Run, case: Case, payer: Payer, places: Sequence[int], amounts: Sequence[int], rivals: int
) -> Iterator[str]:
    if rivals > 1:
        yield "several sets of open items make up the amount"
    if any(run.items[place].disputed for place in places):
        yield f"{ids(run, [place for place in places if run.items[place].disputed])} is disputed"
    if len(places) == len(amounts) > 1:
        return  # the whole account is paid: no accident
    if len(places) > run.policy.auto_subset_size:
        yield f"more than {run.policy.auto_subset_size} items on the amount alone"
    amounts = [amount for amount in amounts if 0 < amount <= case.line.amount]
    hits, out_of = chance(amounts, len(places))
    if hits * _ACCIDENT > out_of and len(places) > 1:
        yield "with so many open items a set of this sum may be an accident"
    if len(amounts) >= _SEVERAL and gcd(*amounts) >= _ROUND and hits * gcd(*amounts) * 5 > out_of:
        yield "round amounts: many sums would be met by accident"
    if len(places) > 1 and payer.grade < CERTAIN:
        yield "payer is known from a single posting only, and several items would be paid on the amount alone"


def _contradiction(run: Run, case: Case, places: Sequence[int]) -> Iterator[str]:
    """A number in the form of ours that is not near any of the items the amount suggests."""
    numbers = [compact(number) for place in places for number in numbers_of(run.items[place])]
    shapes = {shape(number) for number in numbers if len(number) >= 5}
    for window in case.reading.rest:
        if shape(window.compact) in shapes and (least_damage([window], numbers) or 9) > 1:
            yield f"text names {window.compact}, which is none of these items"
            return
