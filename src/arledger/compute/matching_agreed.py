"""The rule on amounts that were agreed: a payment that is exactly what a customer promised, what is next due of their
payment plan, or what settles an offer.

It goes to the items that was agreed on, those the text names first, then the oldest due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from arledger.compute.matching_amounts import Settlement, in_order
from arledger.compute.matching_identity import LIKELY
from arledger.compute.matching_index import DISAGREES
from arledger.compute.matching_met import is_for
from arledger.compute.matching_question import Ask, Option
from arledger.compute.matching_types import Agreed

_SOON = dt.timedelta(14)  # before the day an amount is due: until then a payment of it repeats no earlier one


def agreed(ask: Ask) -> Iterator[Option]:
    """What was agreed with the payer, or with those who owe what the text names, and comes to exactly the amount."""
    named = tuple(dict.fromkeys(place for group in ask.groups for place in group.items))
    who, line = (*ask.payer.customers, *ask.owners(named)), ask.case.line
    for one, due in ask.run.agreements.met_by(who, line.currency, ask.case.day, ask.paid):
        yield _option(ask, one, due, named)


def _option(ask: Ask, one: Agreed, due: Sequence[dt.date], named: Sequence[int]) -> Option:
    run = ask.run
    its = [place for place in run.open_of((one.customer,), ask.case) if is_for(one, run.items[place])]
    its = [*(place for place in its if place in named), *(place for place in its if place not in named)]
    shares = in_order([run.payable_as_is(place) for place in its], ask.paid)
    places = tuple(its[: len(shares)])
    whole = ask.paid == ask.open(places)
    words = f"amount equals {one.words.format(' and '.join(map(str, due)))}"
    settled = Settlement("exact" if whole else "short", shares, ask.paid - sum(s.amount for s in shares), words)
    grade, why = ask.agreement((one.customer,))
    evidence = (*ask.quoted(ask.groups), why, f"{words}: {ask.money(ask.paid)}")
    return Option((one.customer,), places, settled, evidence, tuple(_doubts(ask, settled, places, due, grade)))


def _doubts(ask: Ask, settled: Settlement, places: Sequence[int], due: Sequence[dt.date], grade: int) -> Iterator[str]:
    """What speaks against it: another payer, other items named, another item of that amount, a repetition."""
    if settled.unapplied or not places:
        yield "less is open of the items this was agreed on"
    if grade == DISAGREES:
        yield "the payer is somebody else"
    elif not ask.payer.certain and (grade < LIKELY or not ask.strong):
        yield "payer is not certain"
    if ask.dead or ask.foreign or not {place for group in ask.groups for place in group.items} <= set(places):
        yield "the text names other items"
    if rivals := [] if ask.groups else ask.exact_rivals(places):
        yield f"{ask.ids(rivals)} is open with exactly this amount"
    if due[-1] > ask.case.day + _SOON:
        yield from ask.repeats(ask.owners(places), places, amount_alone=not ask.groups)
