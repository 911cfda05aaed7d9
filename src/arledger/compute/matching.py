"""Matching: which open items a bank line pays, who paid it, and what says so.

Pure functions over small values: no files, no clock. A line is posted automatically only when one explanation
stands out (RULES C3); everything else is listed with ranked candidates. Lines are worked through strongest
evidence first and in an order made from their content, so the order of the file cannot change the outcome.

All amounts are whole minor units of the line's currency. An item is paid only in its own currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from arledger.compute.matching_directed import oldest_first, remittance
from arledger.compute.matching_guess import by_amount, completed, damaged
from arledger.compute.matching_identity import Payer
from arledger.compute.matching_index import Case, Run, content_key
from arledger.compute.matching_rules import CLOSING, Named, Option, closing, money, named_items, owners, part_or_over
from arledger.compute.matching_types import (
    Candidate,
    Class,
    MatchBook,
    MatchCustomer,
    MatchItem,
    MatchPolicy,
    Offset,
    PastPayment,
    Proposal,
    Share,
    Tier,
)
from arledger.documents.bank import StatementLine

__all__ = [
    "Candidate",
    "Class",
    "MatchBook",
    "MatchCustomer",
    "MatchItem",
    "MatchPolicy",
    "Offset",
    "PastPayment",
    "Proposal",
    "Share",
    "Tier",
    "match",
]

Rule = Callable[[Run, Case, Payer, Named], Iterator[Option]]


_RULES: tuple[Rule, ...] = (remittance, closing, damaged, completed, part_or_over, by_amount, oldest_first)
_STAGES = (2, 5, len(_RULES))  # how many of the rules each sweep over the lines may use: the surest come first
_SHOWN = 6  # candidates a clerk is given


def match(lines: Sequence[StatementLine], book: MatchBook, policy: MatchPolicy) -> list[Proposal]:
    """A proposal for each credit line (amount above 0, booked, not a return), in the order of `lines`.

    No item is ever given more than it has open, over all lines together.
    """
    run = Run(book, policy)
    cases = [
        Case(at, line, run.numbers.read(line))
        for at, line in enumerate(lines)
        if line.amount > 0 and not line.pending and not line.returned
    ]
    cases.sort(key=lambda case: content_key(case.line))
    posted: dict[int, Proposal] = {}
    waiting = cases
    for reach in (*_STAGES, *_STAGES):  # twice: what is learned from one line may settle another
        waiting = _sweep(run, waiting, _RULES[:reach], posted)
    waiting = _complete_in_parts(run, waiting, posted)
    waiting = _sweep(run, waiting, _RULES, posted)
    reviewed = {case.at: _review(run, case) for case in waiting}
    return [(posted.get(case.at) or reviewed[case.at]) for case in sorted(cases, key=lambda case: case.at)]


def _sweep(run: Run, cases: Sequence[Case], rules: Sequence[Rule], posted: dict[int, Proposal]) -> list[Case]:
    """Post each line these rules leave no doubt about; the others, in order."""
    waiting = []
    for case in cases:
        option = _beyond_doubt(run, case, rules)
        if option is None:
            waiting.append(case)
        else:
            _post(run, case, option, posted)
    return waiting


def _post(run: Run, case: Case, option: Option, posted: dict[int, Proposal]) -> None:
    posted[case.at] = _posting(run, case, option)
    run.post(case, posted[case.at])


def _options(run: Run, case: Case, rules: Sequence[Rule]) -> Iterator[Option]:
    payer = run.payers.identify(case.line.payer, case.line.payer_account)
    named = named_items(run, case, payer)
    for rule in rules:
        yield from rule(run, case, payer, named)


def _beyond_doubt(run: Run, case: Case, rules: Sequence[Rule]) -> Option | None:
    """The first option without doubts, unless an earlier one would have settled other items in full."""
    rivals: set[frozenset[int]] = set()
    for option in _options(run, case, rules):
        places = frozenset(option.places)
        if not option.doubts:
            return None if rivals - {places} else option
        if option.settlement.result in CLOSING:
            rivals.add(places)
    return None


def _posting(run: Run, case: Case, option: Option) -> Proposal:
    settled = option.settlement
    who = option.customers[0] if len(option.customers) == 1 else run.payers.root(option.customers[0])
    notes = named_items(run, case, run.payers.identify(case.line.payer, case.line.payer_account)).notes
    evidence = (*option.evidence, *notes)
    return Proposal(
        case.at, "auto", settled.result, who, settled.shares, settled.unapplied, evidence, offsets=settled.offsets
    )


# -- several payments that complete each other -------------------------------------------------------------


def _complete_in_parts(run: Run, cases: Sequence[Case], posted: dict[int, Proposal]) -> list[Case]:
    """Post the lines of one unknown payer that name one item and together come to exactly what it has open."""
    parts: dict[tuple[int, str], list[tuple[Case, Option]]] = defaultdict(list)
    for case in cases:
        for option in _options(run, case, (part_or_over,)):
            if option.doubts == ("payer is not known",) and len(option.places) == 1:
                who = case.line.payer_account or case.line.payer
                parts[option.places[0], who].append((case, option))
    done = set()
    for (place, _), members in parts.items():
        if len(members) > 1 and sum(case.line.amount for case, _ in members) == run.open[place]:
            for case, option in members:
                words = f"{len(members)} payments of this payer together are what is open of it"
                share = Share(run.items[place].item, case.line.amount)
                result: Class = "exact" if run.open[place] == case.line.amount else "short"
                settled = option.settlement._replace(result=result, shares=(share,))
                agreed = option._replace(settlement=settled, evidence=(*option.evidence, words), doubts=())
                _post(run, case, agreed, posted)
                done.add(case.at)
    return [case for case in cases if case.at not in done]


# -- what is left for a clerk ------------------------------------------------------------------------------


def _review(run: Run, case: Case) -> Proposal:
    """A line that is not posted: what it may be, best first, and why it was not posted."""
    payer = run.payers.identify(case.line.payer, case.line.payer_account)
    named = named_items(run, case, payer)
    options = [option for rule in _RULES for option in rule(run, case, payer, named)]
    candidates = [_candidate(run, case, option) for option in options]
    for place in run.with_amount(None, case):
        why = f"open with exactly {money(case, case.line.amount)}"
        candidates.append(Candidate(run.items[place].customer, (run.items[place].item,), why))
    unique = {(one.customer, one.items): one for one in reversed(candidates)}
    shown = tuple(one for one in dict.fromkeys(candidates) if unique.get((one.customer, one.items)) == one)[:_SHOWN]
    customer = payer.customers[0] if len(payer.customers) == 1 else ""
    result = _result(run, case, payer, options)
    on_account = run.policy.post_on_account and payer.certain and result == "on-account"
    tier: Tier = "auto" if on_account else "suggest" if customer or shown else "hold"
    evidence = tuple(filter(None, (payer.why or "payer is not known", *named.notes)))
    return Proposal(case.at, tier, result, customer, (), case.line.amount, evidence, shown)


def _candidate(run: Run, case: Case, option: Option) -> Candidate:
    names = tuple(run.items[place].item for place in option.places)
    words = "; ".join((*option.evidence, *(f"not posted: {doubt}" for doubt in option.doubts)))
    return Candidate(option.customers[0], names, words)


def _result(run: Run, case: Case, payer: Payer, options: Sequence[Option]) -> Class:
    settled_places = [place for hit in case.reading.hits for place in hit.items]
    if any("duplicate suspected" in doubt for option in options for doubt in option.doubts):
        return "duplicate"
    if run.repeated(case, {*payer.customers, *owners(run, settled_places)}, settled_places):
        return "duplicate"
    certain = [option for option in options if option.settlement.why != "oldest due first"]
    if certain:
        return certain[0].settlement.result
    return "on-account" if payer.customers else "unidentified"
