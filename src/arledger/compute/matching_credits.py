"""Rules for a payer who deducts its credits without naming them: credit notes, and money we hold of it already."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.compute.matching_identity import LEARNED
from arledger.compute.matching_question import Ask, Option
from arledger.compute.matching_rules import closing_option
from arledger.compute.matching_subsets import find


def less_credits(ask: Ask) -> Iterator[Option]:
    """The items named less one open credit of the same customer, or less all of them, when that is the amount."""
    places = tuple(dict.fromkeys(place for group in ask.groups for place in group.items))
    missing = ask.open(places) - ask.paid
    credits_ = [place for place in ask.run.credits_of(ask.owners(places), ask.case) if place not in places]
    if not places or missing <= 0 or not credits_:
        return
    sets: list[tuple[int, ...]] = [(place,) for place in credits_ if ask.open([place]) == -missing]
    if len(credits_) > 1 and ask.open(credits_) == -missing:
        sets.append(tuple(credits_))
    for deducted in sets:
        yield from _deducting(ask, places, deducted, several=len(sets) > 1)


def balance(ask: Ask) -> Iterator[Option]:
    """All a payer owes less all we owe it, when that is the amount."""
    if len(ask.payer.customers) != 1:
        return
    debts = ask.run.open_of(ask.payer.customers, ask.case)
    credits_ = ask.run.credits_of(ask.payer.customers, ask.case)
    if not debts or not credits_ or ask.open((*debts, *credits_)) != ask.paid:
        return
    for option in _deducting(ask, tuple(debts), tuple(credits_)):
        doubts = list(option.doubts)
        if ask.payer.grade < LEARNED:
            doubts.append("payer is not certain and no number is given")
        if disputed := [place for place in debts if ask.run.items[place].disputed]:
            doubts.append(f"{ask.ids(disputed)} is disputed")
        if find([ask.run.open[place] for place in debts], ask.paid, ask.run.policy.auto_subset_size).subsets:
            doubts.append("some of what is open comes to this amount without the credits")
        if ask.dead or ask.foreign:
            doubts.append("the text also names what cannot be paid")
        yield option._replace(doubts=tuple(doubts))


def _deducting(
    ask: Ask, places: tuple[int, ...], deducted: tuple[int, ...], *, several: bool = False
) -> Iterator[Option]:
    settled = ask.settle((*places, *deducted))
    if settled is None or settled.result != "exact":
        return
    words = (*ask.quoted(ask.groups), f"less what is open of {ask.ids(deducted)}")
    doubts = ("several credits come to what is missing",) if several else ()
    yield closing_option(ask, (*places, *deducted), settled, words, strong=bool(ask.strong), doubts=doubts)
