"""Rules without a number in full: damaged numbers, and amounts of a known payer.

What a damaged number or an amount alone cannot prove, the payer must: these rules ask for a payer who agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from arledger.compute.matching_identity import CERTAIN, LEARNED
from arledger.compute.matching_lookup import Hit, Near, numbers_of
from arledger.compute.matching_met import is_for
from arledger.compute.matching_question import CLOSING, Ask, Option, shape
from arledger.compute.matching_references import compact, is_date, least_damage
from arledger.compute.matching_rules import closing_option, other_numbers, several_customers, short_doubts
from arledger.compute.matching_subsets import chance, find

_ACCIDENT, _OF_SETS = 50, 500  # an item, or a set of them, found by its amount is no likelier an accident than 1 in
_FEW = 4  # open items of which a set is not met by accident, and one more of which one is not
# What speaks against a part payment by a damaged number, until its other parts complete it.
TOO_DAMAGED = "the number is too damaged to be certain"
FORM_OF_OURS = "what is written has the form of our numbers and may be another one"
_HARDLY = 1000  # a shortfall of less than one part in that many confirms a damaged number
_LONG = 9  # characters of a number that is recognised with a slip in it though the amount does not confirm it
# In a text that names no item of ours they speak of money that is for none.
_SPEAKS = """refund refunded rebate erstattung rueckerstattung rückerstattung gutschrift remboursement reembolso
    rimborso terugbetaling prepayment prepaid deposit advance vorauszahlung vorkasse anzahlung acompte anticipo acconto
    voorschot"""
_NOT_FOR_AN_ITEM = frozenset(_SPEAKS.split())


# -- damaged numbers ---------------------------------------------------------------------------------------


def damaged(ask: Ask) -> Iterator[Option]:
    """Numbers with slips, read as the nearest of the payer's open items, together with those named in full."""
    firmly = tuple(dict.fromkeys(place for group in ask.strong for place in group.items))
    who = ask.owners(firmly) or ask.payer.customers
    stretches = ask.run.near_hits(ask.case, who) if who else []
    if not stretches:
        return
    nearest = {stretch[0].item: stretch[0] for stretch in reversed(stretches) if stretch[0].item not in firmly}
    extra = sorted(nearest.values(), key=lambda near: near.slips)
    for chosen in (extra, [near for near in extra if near.slips <= 1]):
        option = _with_damaged(ask, firmly, chosen) if chosen else None
        if option:
            yield option._replace(doubts=(*option.doubts, *_as_near(ask, stretches, chosen)))
            return
    yield from _one_of(ask, stretches, firmly)
    if extra and ask.strong:
        yield from _list_with_deduction(ask, firmly, extra)
    elif len(extra) == 1:
        yield from _damaged_part(ask, stretches)


def _with_damaged(ask: Ask, firmly: tuple[int, ...], chosen: Sequence[Near]) -> Option | None:
    """The option of closing items named in full and damaged, when the amount does."""
    places = tuple(dict.fromkeys((*firmly, *(near.item for near in chosen))))
    settled = ask.settle(places)
    if settled is None or settled.result not in CLOSING:
        return None
    doubts = tuple(doubt for near in chosen for doubt in _series_doubts(ask, near, places))
    return closing_option(ask, places, settled, (*ask.quoted(ask.strong), *_slips(ask, chosen)), doubts=doubts)


def _slips(ask: Ask, chosen: Iterable[Near]) -> tuple[str, ...]:
    return tuple(
        f"text has {near.written}, {near.slips} {'slip' if near.slips == 1 else 'slips'} from {near.number} "
        f"({ask.ids([near.item])})"
        for near in chosen
    )


def _series_doubts(ask: Ask, near: Near, places: Sequence[int]) -> Iterator[str]:
    """In a running series a slip makes another number of ours: then it says little against an equal amount."""
    if shape(near.written) != shape(near.number) or not ask.run.numbers.crowded(near.number):
        return
    if near.slips > 1 or ask.exact_rivals(places):
        yield f"numbers next to {near.number} are in use, so {near.written} may be another one"


def _as_near(ask: Ask, stretches: Sequence[Sequence[Near]], chosen: Sequence[Near]) -> Iterator[str]:
    """The doubt that another item is as near to what was written, and open with as much."""
    for near in chosen:
        for stretch in stretches:
            for other in stretch if near in stretch else ():
                same = ask.run.open[other.item] == ask.run.open[near.item]
                if other.item != near.item and other.slips <= near.slips and same:
                    yield f"{ask.ids([other.item])} is as near to {near.written} and open with the same amount"
                    return


def _one_of(ask: Ask, stretches: Sequence[Sequence[Near]], firmly: tuple[int, ...]) -> Iterator[Option]:
    """Of several items equally near to one damaged number, the one whose amount fits."""
    for stretch in stretches:
        found = [option for near in stretch if (option := _with_damaged(ask, firmly, [near]))]
        fitting = [option for option in found if option.settlement.result != "tolerance"]
        for option in fitting:
            doubt = ("several items are as near and fit the amount",) if len(fitting) > 1 else ()
            yield option._replace(doubts=option.doubts + doubt)


def _list_with_deduction(ask: Ask, firmly: tuple[int, ...], extra: Sequence[Near]) -> Iterator[Option]:
    """A list of numbers, some damaged, that comes to a little more than was paid."""
    places = ask.run.served(dict.fromkeys((*firmly, *(near.item for near in extra))))
    settled = ask.settle(places)
    if settled is None or settled.result != "short":
        return
    who = ask.owners(places)
    grade, why = ask.agreement(who)
    doubts = [*short_doubts(ask, places, settled), *several_customers(ask, who, grade)]
    if grade < LEARNED:
        doubts.append("payer is not certain and a number is damaged")
    doubts += [doubt for near in extra for doubt in _series_doubts(ask, near, places)]
    words = (*ask.quoted(ask.strong), *_slips(ask, extra), why, f"{settled.why}: {ask.money(ask.paid)}")
    yield Option(who, tuple(places), settled, words, tuple(doubts))


def _damaged_part(ask: Ask, stretches: Sequence[Sequence[Near]]) -> Iterator[Option]:
    """A part payment whose number has slips: only of a certain payer, and when no other number is as near."""
    near = stretches[0][0]
    settled = ask.settle([near.item])
    if settled is None or settled.result != "short":
        return
    who = ask.owners([near.item])
    grade, why = ask.agreement(who)
    doubts = []
    if grade < LEARNED:
        doubts.append("payer is not certain and the number is damaged")
    confirmed = (ask.open([near.item]) - ask.paid) * _HARDLY <= ask.open([near.item])
    if not confirmed and (near.slips > 1 or len(near.number) < _LONG):
        doubts.append(TOO_DAMAGED)
    if any(other.slips <= near.slips and other.item != near.item for stretch in stretches for other in stretch):
        doubts.append("another number is as near")
    if not confirmed and shape(near.written) == shape(near.number):
        doubts.append(FORM_OF_OURS)
    if rivals := ask.exact_rivals([near.item]):
        doubts.append(f"{ask.ids(rivals)} is open with exactly this amount")
    if ask.dead:
        doubts.append("the text also names what cannot be paid")
    doubts += ask.repeats(who, [near.item])
    words = (*_slips(ask, [near]), why, f"{settled.why}: {ask.money(ask.paid)}")
    yield Option(who, (near.item,), settled, words, tuple(doubts))


# -- amounts -----------------------------------------------------------------------------------------------


def completed(ask: Ask) -> Iterator[Option]:
    """The items named, and beside them the one set of the same customers' other items that makes up the amount."""
    named: list[Hit] = [group for group in ask.strong if len(group.items) == 1]
    base = tuple(dict.fromkeys(group.items[0] for group in named))
    rest = ask.paid - ask.open(base)
    if not base or rest <= 0:
        return
    if ask.run.many(ask.owners(base), ask.case):
        return
    others = [place for place in ask.run.open_of(ask.owners(base), ask.case) if place not in base]
    amounts = [ask.run.open[place] for place in others]
    found = find(amounts, rest, ask.run.policy.auto_subset_size)
    for subset in found.subsets:
        added = tuple(others[at] for at in subset)
        settled = ask.settle((*base, *added))
        if settled and settled.result == "exact":
            words = (*ask.quoted(named), f"{ask.ids(added)} make up the rest")
            option = closing_option(ask, (*base, *added), settled, words)
            doubts = [*option.doubts, *_set_doubts(ask, added, amounts), *other_numbers(ask, option.places)]
            if ask.foreign:
                doubts.append("the text also names what the payer does not owe")
            if len(found.subsets) > 1:
                doubts.append("several sets of open items make up the rest")
            yield option._replace(doubts=tuple(doubts))


def by_amount(ask: Ask) -> Iterator[Option]:
    """Without a number: the one set of the payer's open items that comes to exactly the amount (RULES C3)."""
    if not ask.payer.customers:
        return
    options = list(_amount_options(ask, ask.payer.customers))
    family = ask.run.family(ask.payer.customers[0]) if len(ask.payer.customers) == 1 else []
    if not options and len(family) > 1:
        options = list(_amount_options(ask, family))
    named = {place for group in ask.groups for place in group.items}
    for option in options:
        doubts = list(option.doubts)
        if len(options) > 1:
            doubts.append("several sets of open items come to this amount")
        if ask.dead or not named <= set(option.places):
            doubts.append("the text names other items")
        if not ask.payer.certain:
            doubts.append("payer is not certain and no number is given")
        doubts += ask.repeats(option.customers, option.places, amount_alone=True)
        doubts += _contradiction(ask, option.places)
        doubts += _elsewhere(ask, option.places)
        doubts += _agreed_too(ask, option)
        yield option._replace(doubts=tuple(doubts))


def _amount_options(ask: Ask, customers: Sequence[str]) -> Iterator[Option]:
    many = ask.run.many(customers, ask.case)
    items = ask.run.served(ask.run.with_amount(customers, ask.case)) if many else ask.run.open_of(customers, ask.case)
    seen: set[tuple[int, ...]] = set()
    for offers in _amounts_asked(ask, items):
        for subset in find(offers, ask.paid, ask.run.policy.auto_subset_size).subsets:
            places = tuple(items[at] for at in subset)
            settled = ask.settle(places)
            if places not in seen and settled and settled.result in ("exact", "discount"):
                seen.add(places)
                option = closing_option(ask, places, settled, ())
                yield option._replace(doubts=(*option.doubts, *_set_doubts(ask, places, offers)))


def _amounts_asked(ask: Ask, items: Sequence[int]) -> Iterator[list[int]]:
    """What is open of each item; then what is expected with the discounts still to be had, if any are."""
    opened = [ask.run.open[place] for place in items]
    yield opened
    if any(ask.run.items[place].discounts for place in items):
        due = [ask.run.asked(place, ask.case, "due") for place in items]
        grace = [ask.run.asked(place, ask.case, "grace") for place in items]
        if due != opened:
            yield due
        if grace not in (due, opened):
            yield grace


def _set_doubts(ask: Ask, places: Sequence[int], offers: Sequence[int]) -> Iterator[str]:
    """What speaks against a set found by its sum: disputed items, too many of them, or likely an accident."""
    run = ask.run
    if disputed := [place for place in places if run.items[place].disputed]:
        yield f"{ask.ids(disputed)} is disputed"
    if len(places) == len(offers) > 1:
        return  # the whole account is paid: no accident
    if len(places) > run.policy.auto_subset_size:
        yield f"more than {run.policy.auto_subset_size} items on the amount alone"
    hits, out_of = chance(offers, ask.paid, len(places))
    single = len(places) == 1
    if hits * (_ACCIDENT if single else _OF_SETS) > out_of and len(offers) >= _FEW + single:
        yield "with these open items an amount like this may be met by accident"
    if len(places) > 1 and ask.payer.grade < CERTAIN:
        yield "payer is known from postings only, and several items would be paid on the amount alone"


def _contradiction(ask: Ask, places: Sequence[int]) -> Iterator[str]:
    """What the text says against the items the amount suggests: another number, in the form of ours or short; or
    that the money is for no item at all."""
    numbers = [compact(number) for place in places for number in numbers_of(ask.run.items[place])]
    shapes = {shape(number) for number in numbers if len(number) >= 5}
    for window in ask.case.reading.rest:
        if shape(window.compact) in shapes and not is_date(window):
            slips = least_damage([window], numbers)
            if slips is None or slips > 1:
                yield f"text names {window.compact}, which is none of these items"
                return
    for written in ask.unpaid_numbers(places):
        yield f"text names {written}, which is the number of another item"
        return
    if said := _NOT_FOR_AN_ITEM.intersection(ask.case.line.text.casefold().split()):
        yield f"text speaks of a {min(said)}"


def _agreed_too(ask: Ask, option: Option) -> Iterator[str]:
    """That the amount is also what was agreed on other items of the same customers."""
    line = ask.case.line
    for one, due in ask.run.agreements.met_by(option.customers, line.currency, ask.case.day, ask.paid):
        if not all(is_for(one, ask.run.items[place]) for place in option.places):
            yield f"the amount is also {one.words.format(' and '.join(map(str, due)))}"
            return


def _elsewhere(ask: Ask, places: Sequence[int]) -> Iterator[str]:
    """Of a payer known from postings only: that somebody else owes exactly this amount too."""
    if ask.payer.grade >= CERTAIN:
        return
    family = {relative for one in ask.owners(places) for relative in ask.run.family(one)}
    others = [place for place in ask.run.anywhere(ask.case) if ask.run.items[place].customer not in family]
    if others:
        yield f"payer is known from postings only, and {ask.ids(others[:1])} of another customer is open with this too"
