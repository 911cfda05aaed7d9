"""Rules that follow an instruction: what the payer's structured remittance says, or the customer's standing order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from arledger.compute.matching_amounts import Settlement, in_order
from arledger.compute.matching_identity import LEARNED, LIKELY
from arledger.compute.matching_question import Ask, Option
from arledger.compute.matching_rules import several_customers
from arledger.compute.matching_types import Class
from arledger.documents.bank import Reference

_WORST_FIRST: tuple[Class, ...] = ("over", "short", "tolerance", "discount", "exact")


def remittance(ask: Ask) -> Iterator[Option]:
    """Structured remittance that says how much is for each number and comes to the amount: as the payer says."""
    line = ask.case.line
    if not line.references or sum(reference.amount or 0 for reference in line.references) != line.amount:
        return
    paid: dict[int, Reference] = {}
    doubts: list[str] = []
    for reference in line.references:
        named = ask.run.named(reference.number, ask.payer.customers)
        found = [place for place in named if ask.run.payable(place, ask.case)]
        if len(found) != 1 or found[0] in paid or (reference.amount or 0) <= 0:
            doubts.append(f"{reference.number} is not one open item")
        else:
            paid[found[0]] = reference
    if paid:
        yield _as_said(ask, paid, doubts)


def _as_said(ask: Ask, paid: Mapping[int, Reference], doubts: list[str]) -> Option:
    who = ask.owners(paid)
    grade, why = ask.agreement(who)
    parts = [ask.run.settle_one(place, reference.amount or 0, ask.case) for place, reference in paid.items()]
    results = {part.result for part in parts}
    if "over" in results:
        doubts.append("more is said to be for an item than it has open")
    if grade < (LIKELY if results <= {"exact", "discount"} else LEARNED):
        doubts.append(why)
    doubts += several_customers(ask, who, grade)
    result = next(one for one in _WORST_FIRST if one in results)
    shares = tuple(share for part in parts for share in part.shares)
    left = ask.paid - sum(share.amount for share in shares)
    settled = Settlement(result, shares, left, "as the remittance says")
    return Option(who, tuple(paid), settled, (*_said(ask, paid), why), tuple(doubts))


def _said(ask: Ask, paid: Mapping[int, Reference]) -> Iterator[str]:
    for place, reference in paid.items():
        words = f"remittance gives {ask.money(reference.amount or 0)} for {ask.ids([place])}"
        if reference.reason:
            words += f", {ask.money(reference.adjustment)} withheld for reason {reference.reason}"
        yield words


def oldest_first(ask: Ask) -> Iterator[Option]:
    """Oldest due first, disputed items left out, no tolerance: for customers who pay the balance (RULES C4, C5)."""
    if len(ask.payer.customers) != 1 or ask.strong_dead:
        return
    run, customer = ask.run, ask.payer.customers[0]
    items, total = [], 0
    for place in run.open_in_turn(customer, ask.case):
        if total >= ask.paid:
            break
        if not run.items[place].disputed:
            items.append(place)
            total += run.open[place]
    shares = in_order([run.payable_as_is(place) for place in items], ask.paid)
    if not shares:
        return
    left = ask.paid - sum(share.amount for share in shares)
    whole = shares[-1].amount == run.open[items[len(shares) - 1]]
    settled = Settlement("over" if left else "exact" if whole else "short", shares, left, "oldest due first")
    doubts = [] if customer in run.policy.oldest_first else ["oldest due first is only one way to apply it"]
    if ask.payer.grade < LEARNED:
        doubts.append("payer is not certain")
    if ask.strong:
        doubts.append("the text names items")
    yield Option((customer,), tuple(items[: len(shares)]), settled, (ask.payer.why, "oldest due first"), tuple(doubts))
