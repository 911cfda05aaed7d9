"""`ar plan list` and `ar plan show`: payment plans, what is paid of them, and whether they hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.plans import Planned, State, plans
from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("plan", "Plan"), Column("customer", "Customer"), Column("name", "Name"), Column("date", "Made", "date"),
    Column("state", "State"), Column("currency", "Cur"), Column("amount", "Amount", "money"),
    Column("open", "Open", "money"), Column("instalments", "Parts", "number"), Column("missed", "Missed", "number"),
    Column("overdue", "Overdue", "money"), Column("next_due", "Next due", "date"),
    Column("next_amount", "Then", "money"), Column("defaulted", "Lost on", "date"), Column("items", "Items"),
)  # fmt: skip
_PARTS = (
    Column("instalment", "Part", "number"), Column("due", "Due", "date"), Column("amount", "Amount", "money"),
    Column("open", "Open", "money"), Column("late", "Late", "flag"),
)  # fmt: skip


def build(ledger: Ledger, as_of: date, customer: str | None = None, state: State | None = None) -> Report:
    """The payment plans agreed up to a day, oldest first, with their state."""
    found = [p for p in plans(ledger, as_of, customer) if state in (None, p.state)]
    return Report("plans", f"Payment plans on {as_of}", [table(ledger, found, as_of)], {"as_of": as_of})


def table(ledger: Ledger, found: Sequence[Planned], as_of: date) -> Table:
    """Plans with their state."""
    rows: list[list[Cell]] = []
    for p in found:
        currency = p.plan.currency
        left = [part for part in p.parts if part.open and part.due >= as_of]
        ahead = left[0] if left and p.state == "holds" else None
        rows.append([
            p.fact, p.plan.customer, ledger.names.get(p.plan.customer, ""), p.plan.date, p.state, currency,
            Money(p.amount, currency), Money(p.open, currency), len(p.parts), p.missed, Money(p.overdue, currency),
            ahead.due if ahead else None, Money(ahead.open, currency) if ahead else None, p.defaulted,
            list(p.plan.items),
        ])  # fmt: skip
    return Table(_COLUMNS, rows, empty="There are no payment plans.")


def build_show(ledger: Ledger, id_: str, as_of: date) -> Report:
    """One plan with its instalments. Raises UsageError for none, and for a customer with more than one."""
    p = named(ledger, id_, as_of)
    plan, currency = p.plan, p.plan.currency
    rows: list[list[Cell]] = [
        [number, part.due, Money(part.amount, currency), Money(part.open, currency), part.late]
        for number, part in enumerate(p.parts, 1)
    ]
    total: list[Cell] = ["Total", None, Money(p.amount, currency), Money(sum(q.open for q in p.parts), currency), None]
    lost = f"{plan.default_after} instalments unpaid at one time, {plan.grace_days} days of grace"
    facts = [
        ("Customer", f"{plan.customer}  {ledger.names.get(plan.customer, '')}"), ("Items", ", ".join(plan.items)),
        ("State", p.state + (f", lost on {p.defaulted}" if p.defaulted else "")),
        ("Open", Money(p.open, currency).said()), ("Lost after", lost),
        ("Interest", f"{plan.interest}s while it holds"), ("Notes", plan.text),
    ]  # fmt: skip
    head = {
        "plan": p.fact, "customer": plan.customer, "as_of": as_of, "state": p.state, "defaulted": p.defaulted,
        "items": list(plan.items), "currency": currency, "amount": Money(p.amount, currency),
        "open": Money(p.open, currency), "missed": p.missed, "overdue": Money(p.overdue, currency),
        "default_after": plan.default_after, "grace_days": plan.grace_days, "interest": plan.interest,
    }  # fmt: skip
    return Report("plan", f"{p.fact}, payment plan of {plan.date}, on {as_of}", [Table(_PARTS, rows, [total])], head,
                  facts=[(label, text) for label, text in facts if text])  # fmt: skip


def named(ledger: Ledger, id_: str, as_of: date) -> Planned:
    """The plan of an id, or the one plan of a customer or item. Raises UsageError for none and for several."""
    told = plans(ledger, as_of)
    found = [p for p in told if p.fact == id_] or [p for p in told if id_ in (p.plan.customer, *p.plan.items)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"PLAN: {id_} has {len(found)}", f"name one: {', '.join(p.fact for p in found)}")
    near = did_you_mean(id_, [p.fact for p in told])
    raise UsageError(f"PLAN: there is no payment plan {id_} on {as_of}", near or "see ar plan list")
