"""Matching: which open items a bank line pays, who paid it, and what says so.

Pure functions over small values: no files, no clock. A line is posted automatically only when one explanation
stands out (RULES C3); everything else is listed with ranked candidates. Lines are worked through strongest
evidence first and in an order made from their content, so the order of the file cannot change the outcome.

All amounts are whole minor units of the line's currency. An item is paid only in its own currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from arledger.compute.matching_agreed import agreed
from arledger.compute.matching_credits import balance, less_credits
from arledger.compute.matching_directed import oldest_first, remittance
from arledger.compute.matching_guess import FORM_OF_OURS, TOO_DAMAGED, by_amount, completed, damaged
from arledger.compute.matching_identity import plain_name
from arledger.compute.matching_index import Case, Run
from arledger.compute.matching_question import CLOSING, Ask, Option
from arledger.compute.matching_rules import closing, part_or_over
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

Asked = tuple[object, list[Option]]  # the state a line was last asked in, and the options it then had
Rule = Callable[[Ask], Iterator[Option]]
Progress = Callable[[int, int], None]


_RULES: tuple[Rule, ...] = (
    remittance,
    closing,
    agreed,
    less_credits,
    damaged,
    completed,
    part_or_over,
    balance,
    by_amount,
    oldest_first,
)
_STAGES = (2, 7, len(_RULES))  # how many of the rules each sweep over the lines may use: the surest come first
_UNTIL_COMPLETE = frozenset({"payer is not known", TOO_DAMAGED, FORM_OF_OURS})  # doubts that the other parts settle
_SHOWN = 6  # candidates a clerk is given


def match(
    lines: Sequence[StatementLine], book: MatchBook, policy: MatchPolicy, progress: Progress | None = None
) -> list[Proposal]:
    """A proposal for each credit line (amount above 0, booked, not a return), in the order of `lines`.

    No item is ever given more than it has open, over all lines together. `progress` is told now and then how many
    lines are settled, and of how many.
    """
    run = Run(book, policy, lines)
    cases = [
        Case(at, line, run.numbers.read(line))
        for at, line in enumerate(lines)
        if line.amount > 0 and not line.pending and not line.returned
    ]
    cases.sort(key=lambda case: _content_key(case.line))
    posted: dict[int, Proposal] = {}
    asked: dict[int, Asked] = {}
    waiting = cases
    for reach in (*_STAGES, len(_RULES)):  # once more at the end: what was learned from one line may settle another
        waiting = _sweep(run, waiting, _RULES[:reach], posted, asked)
        if progress:
            progress(len(posted), len(cases))
    waiting = _complete_in_parts(run, waiting, posted)
    waiting = _sweep(run, waiting, _RULES, posted, asked)
    if progress:
        progress(len(cases), len(cases))
    reviewed = {case.at: _review(run, case, asked) for case in waiting}
    return [(posted.get(case.at) or reviewed[case.at]) for case in sorted(cases, key=lambda case: case.at)]


def _sweep(
    run: Run, cases: Sequence[Case], rules: Sequence[Rule], posted: dict[int, Proposal], asked: dict[int, Asked]
) -> list[Case]:
    """Post each line these rules leave no doubt about; the others, in order. A line is asked again only when what
    its answer depends on has changed."""
    waiting = []
    for case in cases:
        ask = Ask(run, case)
        state = (len(rules), ask.state())
        before = asked.get(case.at)
        if before is None or before[0] != state:
            options = list(_until_beyond_doubt(ask, rules))
            asked[case.at] = (state, options)
            if option := _beyond_doubt(options):
                _post(ask, option, posted)
                continue
        waiting.append(case)
    return waiting


def _post(ask: Ask, option: Option, posted: dict[int, Proposal]) -> None:
    settled = option.settlement
    who = option.customers[0] if len(option.customers) == 1 else ask.run.payers.root(option.customers[0])
    posted[ask.case.at] = Proposal(
        line=ask.case.at,
        tier="auto",
        result=settled.result,
        customer=who,
        shares=settled.shares,
        unapplied=settled.unapplied,
        evidence=(*option.evidence, *ask.notes),
        offsets=settled.offsets,
    )
    ask.run.post(ask.case, posted[ask.case.at])


def _until_beyond_doubt(ask: Ask, rules: Sequence[Rule]) -> Iterator[Option]:
    """What the rules offer in turn, up to the first option without doubts."""
    for rule in rules:
        for option in rule(ask):
            yield option
            if not option.doubts:
                return


def _beyond_doubt(options: Sequence[Option]) -> Option | None:
    """The last option when it has no doubts, unless an earlier one would have settled other items in full."""
    if not options or options[-1].doubts:
        return None
    rivals = {frozenset(option.places) for option in options if option.settlement.result in CLOSING}
    return None if rivals - {frozenset(options[-1].places)} else options[-1]


# -- several payments that complete each other -------------------------------------------------------------


def _complete_in_parts(run: Run, cases: Sequence[Case], posted: dict[int, Proposal]) -> list[Case]:
    """Post the lines of one payer that name one item, damaged or from nobody known, and together come to exactly what
    it has open."""
    parts: dict[tuple[int, str], list[tuple[Ask, Option]]] = defaultdict(list)
    for case in cases:
        ask = Ask(run, case)
        for option in (*part_or_over(ask), *damaged(ask)):
            if (
                option.settlement.result == "short"
                and len(option.places) == 1
                and _UNTIL_COMPLETE.issuperset(option.doubts)
            ):
                parts[option.places[0], case.line.payer_account or case.line.payer].append((ask, option))
                break
    for (place, _), members in parts.items():
        if len(members) > 1 and sum(ask.paid for ask, _ in members) == run.open[place]:
            for ask, option in members:
                words = f"{len(members)} payments of this payer together are what is open of it"
                result: Class = "exact" if run.open[place] == ask.paid else "short"
                shares = (Share(run.items[place].item, ask.paid),)
                settled = option.settlement._replace(result=result, shares=shares)
                _post(ask, option._replace(settlement=settled, evidence=(*option.evidence, words), doubts=()), posted)
    return [case for case in cases if case.at not in posted]


# -- what is left for a clerk ------------------------------------------------------------------------------


def _review(run: Run, case: Case, asked: Mapping[int, Asked]) -> Proposal:
    """A line that is not posted: what it may be, best first, and why it was not posted."""
    ask = Ask(run, case)
    state, options = asked[case.at]
    if state != (len(_RULES), ask.state()):
        options = list(_until_beyond_doubt(ask, _RULES))
    shown = _candidates(ask, options)
    customer = ask.payer.customers[0] if len(ask.payer.customers) == 1 else ""
    result = _result(ask, options)
    on_account = run.policy.post_on_account and ask.payer.certain and result == "on-account"
    tier: Tier = "auto" if on_account else "suggest" if customer or shown else "hold"
    evidence = (ask.payer.why or "payer is not known", *ask.notes)
    return Proposal(case.at, tier, result, customer, (), case.line.amount, evidence, shown)


def _candidates(ask: Ask, options: Sequence[Option]) -> tuple[Candidate, ...]:
    """Each set of items once, as the first rule explains it; then items of anybody open with exactly the amount."""
    found: dict[tuple[str, ...], Candidate] = {}
    for option in options:
        names = tuple(ask.run.items[place].item for place in option.places)
        words = "; ".join((*option.evidence, *(f"not posted: {doubt}" for doubt in option.doubts)))
        found.setdefault(names, Candidate(option.customers[0], names, words))
    for place in ask.run.anywhere(ask.case):
        item = ask.run.items[place]
        found.setdefault((item.item,), Candidate(item.customer, (item.item,), f"open with {ask.money(ask.paid)}"))
    return tuple(found.values())[:_SHOWN]


def _result(ask: Ask, options: Sequence[Option]) -> Class:
    if any("duplicate suspected" in doubt for option in options for doubt in option.doubts):
        return "duplicate"
    named = [place for hit in ask.case.reading.hits for place in hit.items]
    if any(ask.repeats({*ask.payer.customers, *ask.owners(named)}, named)):
        return "duplicate"
    told = [option.settlement.result for option in options if option.settlement.why != "oldest due first"]
    return told[0] if told else "on-account" if ask.payer.customers else "unidentified"


def _content_key(line: StatementLine) -> tuple[object, ...]:
    """What orders lines whatever file order they came in: value date, amount, then all the rest of their content."""
    return (
        line.value_date,
        line.amount,
        line.currency,
        line.booked,
        plain_name(line.payer),
        line.payer_account,
        line.text,
        tuple((ref.number, ref.amount or 0, ref.reason, ref.adjustment) for ref in line.references),
        line.end_to_end,
        line.bank_reference,
        line.check_number,
        line.charges,
        line.payer,
    )
