"""Payment plans as of a date: which instalments are paid, and whether the plan holds (RULES P3).

While a plan holds, ageing uses the dates of its instalments. Once as many of them as agreed are unpaid at one time,
each beyond its day and the days of grace, the plan is lost for good and the items have their own due dates again. That
changes no report for an earlier day: on that day the plan still held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from arledger.compute.disputes import Span
from arledger.compute.open_items import OpenItem
from arledger.compute.reductions import Reduction, open_of_items, reductions
from arledger.documents.plans import Plan
from arledger.ledger.table import FactRow, Ledger
from arledger.money import minor_of

State = Literal["holds", "completed", "defaulted"]


class Part(NamedTuple):
    """One instalment of a plan on a day."""

    due: date
    amount: int  # minor units
    open: int
    late: bool  # open beyond its day and the days of grace


class Planned(NamedTuple):
    """A payment plan with what became of it up to a day."""

    fact: str
    path: str
    plan: Plan
    amount: int  # minor units, of all instalments
    open: int  # of its items
    parts: tuple[Part, ...]
    state: State
    defaulted: date | None  # the first day it no longer held

    @property
    def missed(self) -> int:
        """Instalments unpaid beyond their day and the days of grace."""
        return sum(part.late for part in self.parts)

    @property
    def overdue(self) -> int:
        """Minor units of the missed instalments."""
        return sum(part.open for part in self.parts if part.late)


def plans(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Planned]:
    """Every plan agreed up to a day and not taken back, oldest first, with its state at the end of the day."""
    return _as_of(ledger, ledger.told(Plan, as_of, customer), as_of)


def _as_of(ledger: Ledger, told: Sequence[tuple[FactRow, Plan]], as_of: date) -> list[Planned]:
    if not told:
        return []
    items = {item for _, plan in told for item in plan.items}
    left, lowered = open_of_items(ledger, items, as_of), reductions(ledger, items, as_of)
    return [
        _planned(row, plan, sum(left.get(item, 0) for item in plan.items),
                 [r for item in plan.items for r in lowered.get(item, ())], as_of)
        for row, plan in told
    ]  # fmt: skip


def _planned(row: FactRow, plan: Plan, open_: int, lowered: Sequence[Reduction], as_of: date) -> Planned:
    paid = row.amount - open_
    parts: list[Part] = []
    sums: list[int] = []  # of the instalments up to each
    lost: date | None = None
    for part in plan.instalments:
        amount, last = minor_of(part.amount, plan.currency), part.due + timedelta(plan.grace_days)
        sums.append(amount + (sums[-1] if sums else 0))
        left = min(max(sums[-1] - paid, 0), amount)
        parts.append(Part(part.due, amount, left, late=left > 0 and last < as_of))
        if lost is None and last < as_of:
            by_then = paid - sum(r.amount for r in lowered if r.value > last.toordinal())
            if sum(reached > by_then for reached in sums) >= plan.default_after:
                lost = last + timedelta(1)
    state: State = "completed" if open_ <= 0 else "defaulted" if lost else "holds"
    return Planned(row.fact, row.path, plan, row.amount, open_, tuple(parts), state, lost)


def holding(ledger: Ledger, as_of: date, customer: str | None = None) -> dict[str, Planned]:
    """Item → the plan it is under, of the plans that hold on a day; of two the later."""
    return {item: p for p in plans(ledger, as_of, customer) if p.state == "holds" for item in p.plan.items}


def by_plan(items: Sequence[OpenItem], held: Mapping[str, Planned]) -> list[OpenItem]:
    """The open items with those under a plan in parts, each due when its instalment is; the order is kept.

    The oldest items are paid by the first instalments. What is open beyond the plan keeps its own due date.
    """
    if not held:
        return list(items)
    queues = {p.fact: [(part.due, part.open) for part in p.parts if part.open] for p in held.values()}
    found: list[OpenItem] = []
    for item in items:
        plan = held.get(item.item.partition("/")[0])
        found += _replanned(item, queues[plan.fact]) if plan else [item]
    return found


def _replanned(item: OpenItem, queue: list[tuple[date, int]]) -> Iterator[OpenItem]:
    """The item in parts, as many as the head of the queue needs to hold it; what they take is taken off the queue."""
    left = item.open
    while left and queue:
        due, room = queue.pop(0)
        taken = min(left, room)
        yield item._replace(due=due, open=taken)
        left -= taken
        if room > taken:
            queue.insert(0, (due, room - taken))
    if left:
        yield item._replace(open=left)


def rescheduled(items: Sequence[OpenItem], held: Mapping[str, Planned]) -> list[OpenItem]:
    """The open items, each once, those under a plan due when their first open instalment is; in the usual order."""
    if not held:
        return list(items)
    dues: dict[str, date] = {}
    for part in by_plan(items, held):
        dues[part.item] = min(part.due, dues.get(part.item, part.due))
    return sorted((item._replace(due=dues[item.item]) for item in items), key=lambda i: (i.is_credit, i.due, i.item))


def plan_spans(ledger: Ledger, as_of: date, customer: str | None = None) -> list[tuple[Span, Planned]]:
    """From when to when which item was under a plan that held, as known at the end of `as_of`; one that was taken back
    held until then."""
    found = [(p, p.defaulted) for p in plans(ledger, as_of, customer)]
    for row, plan, back in ledger.taken_back(Plan, as_of, customer):
        (p,) = _as_of(ledger, [(row, plan)], back - timedelta(1))
        found.append((p, min(p.defaulted or back, back)))
    return [(Span(item, p.plan.date, ended), p) for p, ended in found for item in p.plan.items]
