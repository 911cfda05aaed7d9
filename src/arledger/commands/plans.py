"""Payment plans: what a customer pays when, for all that is open of some items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from arledger.commands.owed import owed, whole
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.disputes import disputed
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import holding
from arledger.dates import months_later
from arledger.documents.plans import Interest, Plan, PlanPart
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import Money, decimal, equal_parts, grouped

Every = Literal["month", "two-weeks", "week"]
MOST_PARTS = 120


@dataclass(frozen=True)
class Schedule:
    """How the instalments were asked for: so many equal ones, so much each time, or each by itself."""

    count: int = 0
    each: int = 0  # minor units
    parts: Sequence[tuple[date, int]] = ()
    first: date | None = None  # one period after the plan is made where nothing is said
    every: Every = "month"


def schedule(total: int, asked: Schedule, day: date) -> list[tuple[date, int]]:
    """Day and minor units of each instalment, by date: those asked for one by one, else equal parts of the total.

    The last has what does not divide. Raises UsageError for none, and for too many.

    >>> [amount for _, amount in schedule(100000, Schedule(each=30000), date(2026, 6, 1))]
    [30000, 30000, 30000, 10000]
    """
    if asked.parts:
        return sorted(asked.parts)
    count = asked.count or -(-total // asked.each)
    if not 1 <= count <= min(MOST_PARTS, total):
        raise UsageError(f"a plan of {count} instalments", f"make it 1 to {MOST_PARTS}")
    amounts = equal_parts(total, count) if asked.count else [asked.each] * (count - 1)
    if not asked.count:
        amounts.append(total - sum(amounts))
    first = asked.first or _later(day, asked.every, 1)
    return [(_later(first, asked.every, n), amount) for n, amount in enumerate(amounts)]


def _later(day: date, every: Every, count: int) -> date:
    if every == "month":
        return months_later(day, count)
    return day + timedelta(count * (7 if every == "week" else 14))


@dataclass(frozen=True)
class Conditions:
    """When a plan is lost, and what becomes of interest meanwhile. None: as policy has it."""

    default_after: int | None = None
    grace_days: int | None = None
    interest: Interest | None = None
    text: str = ""


def new(
    ledger: Ledger, customer: str, items: Sequence[str], currency: str, day: date, asked: Schedule, on: Conditions
) -> Planned:
    """A plan for all that is open of the items named, else of all that is overdue and not disputed.

    Raises RefusedError for items under a plan that holds, and for instalments that do not sum to what is open.
    """
    refuse_closed(ledger, day)
    chosen, notes = _chosen(ledger, customer, items, currency, day)
    names, money = whole(chosen), chosen[0].currency
    if under := [(item, p) for item, p in holding(ledger, day, customer).items() if item in names]:
        item, plan = under[0]
        raise RefusedError(f"{item} is under {plan.fact}", f"ar reverse {plan.fact} ends it, then make a new one",
                           code="planned-twice")  # fmt: skip
    total = sum(item.open for item in owed(ledger, customer, names, money, day))
    parts = schedule(total, asked, day)
    if (given := sum(amount for _, amount in parts)) != total:
        raise RefusedError(f"the instalments sum to {grouped(given, money)}, {grouped(total, money)} is open",
                           "make them sum to what is open", code="instalments-sum")  # fmt: skip
    policy = ledger.policy.collections.plans
    fact = Plan(
        customer=customer, date=day, items=names,
        default_after=policy.default_after if on.default_after is None else on.default_after,
        grace_days=policy.grace_days if on.grace_days is None else on.grace_days,
        interest=on.interest or policy.interest, text=on.text, currency=money,
        instalments=tuple(PlanPart(due=due, amount=decimal(amount, money)) for due, amount in parts),
        amount=decimal(total, money),
    )  # fmt: skip
    about = f"{customer} pays {fact.amount:,f} {money} in {len(parts)} instalments to {parts[-1][0]}"
    return Planned([(next_id(ledger, f"{customer}-{day}-PL"), fact)], notes=[about, *notes], about=about)


def _chosen(
    ledger: Ledger, customer: str, items: Sequence[str], currency: str, day: date
) -> tuple[list[OpenItem], list[str]]:
    """The debts a plan is for, and what the person who asked should know: what is left out, what could be applied."""
    chosen = owed(ledger, customer, items, currency, day)
    credit = -sum(i.open for i in open_items(ledger, day, customer) if i.is_credit and i.currency == currency)
    notes = [f"{Money(credit, currency).said()} of {customer} is unapplied and not counted"] if credit else []
    if items:
        return chosen, notes
    claims = disputed(ledger, day, customer)
    overdue = [item for item in chosen if item.due < day]
    if out := [item.item for item in overdue if claims.get(item.item)]:
        notes.append(f"{', '.join(out)}: disputed, so not in the plan")
    chosen = [item for item in overdue if not claims.get(item.item)]
    if not chosen:
        raise UsageError(f"{customer} owes nothing that is overdue in {currency}", "name the items")
    return chosen, notes
