"""What of each debt bears interest, day by day: what is open, less what is held out, less what credits cover.

Held out is, as policy says, what is contested, what waits for a promise, what is under a payment plan that says so, and
what is blocked.
Money a customer has paid but nobody applied yet counts against the oldest of their debts that are past due, so that
nobody pays interest on what they have paid (RULES F4, INVARIANTS G6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from arledger.compute.charge_book import Debt
from arledger.compute.disputes import Span, dispute_spans
from arledger.compute.interest import Steps, at
from arledger.compute.notices_sent import block_spans
from arledger.compute.plans import plan_spans
from arledger.compute.promises import promises
from arledger.documents.charges import Excluded, Reckoning
from arledger.ledger.table import Ledger

Spans = Mapping[Excluded, Mapping[str, Sequence[Span]]]  # why → item (or instalment) → when


def spans(ledger: Ledger, as_of: date, customer: str = "") -> Spans:
    """When which item was contested, promised, planned or blocked, as known at the end of `as_of`."""
    whose = customer or None
    pause = timedelta(ledger.policy.collections.promises.pause_days + 1)
    promised = [
        Span(item, one.promise.date, min(one.last + timedelta(days=1), one.promise.date + pause))
        for one in promises(ledger, as_of, whose) for item in one.promise.items
    ]  # fmt: skip
    planned = [span for span, one in plan_spans(ledger, as_of, whose) if one.plan.interest == "pause"]
    return {
        "disputed": _by_item(dispute_spans(ledger, as_of, whose)),
        "promised": _by_item(promised), "planned": _by_item(planned),
        "blocked": _by_item(block_spans(ledger, as_of, whose)),
    }  # fmt: skip


def _by_item(found: Sequence[Span]) -> dict[str, list[Span]]:
    by_item: dict[str, list[Span]] = {}
    for span in found:
        by_item.setdefault(span.item, []).append(span)
    return by_item


def principals(debts: Sequence[Debt], credits_: Steps, held: Spans, how: Reckoning) -> dict[str, Steps]:
    """Item → the amount that bears interest from the end of each day on, minor units; `debts` oldest due first."""
    debts = [debt for debt in debts if debt.kind != "finance-charge" or how.compound != "no"]
    open_ = {debt.item: _less_held(debt, held, how) for debt in debts}
    if how.credits == "ignore" or not any(amount > 0 for _, amount in credits_):
        return open_
    return _less_credits(debts, open_, credits_)


def _less_held(debt: Debt, held: Spans, how: Reckoning) -> Steps:
    """What is open of a debt less what is held out of it. A span of an invoice counts for each of its instalments."""
    names = {debt.item, debt.item.partition("/")[0]}
    found = [span for why in how.exclude for name in names for span in held[why].get(name, ())]
    if not found:
        return debt.steps
    ends = (day for span in found for day in (span.first, span.last) if day)
    steps: list[tuple[date, int]] = []
    for day in sorted({*(day for day, _ in debt.steps), *ends}):
        amount = at(debt.steps, day)
        for span in found:
            if span.first <= day and (span.last is None or day < span.last):
                amount -= amount if span.amount is None else min(amount, span.amount)
        steps.append((day, amount))
    return steps


def _less_credits(debts: Sequence[Debt], open_: Mapping[str, Steps], credits_: Steps) -> dict[str, Steps]:
    days = {day for steps in (credits_, *open_.values()) for day, _ in steps} | {debt.due for debt in debts}
    found: dict[str, list[tuple[date, int]]] = {debt.item: [] for debt in debts}
    for day in sorted(days):
        left = at(credits_, day)
        for debt in debts:
            amount = at(open_[debt.item], day)
            covered = min(left, amount) if debt.due <= day else 0
            left -= covered
            steps = found[debt.item]
            if not steps or steps[-1][1] != amount - covered:
                steps.append((day, amount - covered))
    return {item: tuple(steps) for item, steps in found.items()}
