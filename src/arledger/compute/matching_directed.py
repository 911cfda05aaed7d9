"""Rules that follow an instruction: what the payer's structured remittance says, or the customer's standing order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from arledger.compute.matching_amounts import Settlement, in_order
from arledger.compute.matching_identity import LEARNED, LIKELY, Payer
from arledger.compute.matching_index import Case, Run
from arledger.compute.matching_rules import Named, Option, ids, money, owners
from arledger.compute.matching_types import Class
from arledger.documents.bank import Reference


def remittance(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """Structured remittance that says how much is for each number and comes to the amount: as the payer says."""
    said = case.line.references
    if not said or sum(reference.amount or 0 for reference in said) != case.line.amount:
        return
    paid: dict[int, Reference] = {}
    doubts: list[str] = []
    for reference in said:
        named_by_it = run.named(reference.number, payer.customers, case.line.currency)
        found = [place for place in named_by_it if run.payable(place, case)]
        if len(found) != 1 or found[0] in paid or (reference.amount or 0) <= 0:
            doubts.append(f"{reference.number} is not one open item")
        else:
            paid[found[0]] = reference
    if paid:
        yield _as_said(run, case, payer, paid, doubts)


def _as_said(run: Run, case: Case, payer: Payer, paid: Mapping[int, Reference], doubts: list[str]) -> Option:
    who = owners(run, paid)
    grade, why = run.agreement(payer, who, case.line.payer)
    parts = [run.settle_one(place, reference.amount or 0, case) for place, reference in paid.items()]
    results = {part.result for part in parts}
    if "over" in results:
        doubts.append("more is said to be for an item than it has open")
    if grade < (LIKELY if results <= {"exact", "discount"} else LEARNED):
        doubts.append(why)
    if len(who) > 1 and (grade < LEARNED or len({run.payers.root(one) for one in who}) > 1):
        doubts.append("items of several customers, and the payer is not known to pay for all")
    order: tuple[Class, ...] = ("short", "tolerance", "discount", "exact")
    result: Class = next((one for one in order if one in results), "over")
    shares = tuple(share for part in parts for share in part.shares)
    settled = Settlement(
        result, shares, case.line.amount - sum(share.amount for share in shares), "as the remittance says"
    )
    return Option(who, tuple(paid), settled, (*_said(run, case, paid), why), tuple(doubts))


def _said(run: Run, case: Case, paid: Mapping[int, Reference]) -> Iterator[str]:
    for place, reference in paid.items():
        words = f"remittance gives {money(case, reference.amount or 0)} for {ids(run, [place])}"
        if reference.reason:
            words += f", {money(case, reference.adjustment)} withheld for reason {reference.reason}"
        yield words


def oldest_first(run: Run, case: Case, payer: Payer, named: Named) -> Iterator[Option]:
    """Oldest due first, disputed items left out, no tolerance: for customers who pay the balance (RULES C4, C5)."""
    if len(payer.customers) != 1 or named.dead:
        return
    customer = payer.customers[0]
    items = [place for place in run.open_of([customer], case) if not run.items[place].disputed]
    shares = in_order([run.payable_as_is(place) for place in items], case.line.amount)
    if not shares:
        return
    left = case.line.amount - sum(share.amount for share in shares)
    whole = shares[-1].amount == run.open[items[len(shares) - 1]]
    settled = Settlement("over" if left else "exact" if whole else "short", shares, left, "oldest due first")
    doubts = [] if customer in run.policy.oldest_first else ["oldest due first is only one way to apply it"]
    if payer.grade < LEARNED:
        doubts.append("payer is not certain")
    if run.policy.oldest_first and any(group.strong for group in named.groups):
        doubts.append("the text names items")
    yield Option((customer,), tuple(items[: len(shares)]), settled, (payer.why, "oldest due first"), tuple(doubts))
