"""`ar worklist CUSTOMER`: everything for one call on one screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from arledger.compute.contacts import against_rules, contacts
from arledger.compute.disputes import disputes
from arledger.compute.listing import latest, taken_back
from arledger.compute.notice_types import Account
from arledger.compute.notices import accounts
from arledger.compute.notices_sent import blocks, notices_of, sent
from arledger.compute.plans import plans
from arledger.compute.promises import promises
from arledger.compute.settlements import settlements
from arledger.compute.worklist import Task, worklist
from arledger.documents.customers import Customer
from arledger.documents.notices import HandOver
from arledger.ledger.table import Ledger
from arledger.money import Money, grouped
from arledger.reports.report import Cell, Column, Report, Table
from arledger.reports.worklist import said

SHOWN = 12  # of what was said and done
_OWED = (
    Column("item", "Item"), Column("kind", "Kind"), Column("date", "Date", "date"), Column("due", "Due", "date"),
    Column("days", "Days", "number"), Column("currency", "Cur"), Column("open", "Open", "money"),
    Column("level", "Level", "number"), Column("po", "PO"), Column("state", "State"),
)  # fmt: skip
_DONE = (Column("date", "Date", "date"), Column("what", "What"), Column("id", "Id"), Column("text", "Text"))


class Done(NamedTuple):
    """One thing that was said or done."""

    date: dt.date
    what: str
    id: str
    text: str


def build(ledger: Ledger, customer: str, data: Customer, day: dt.date) -> Report:
    """One customer on the phone: what to do, how to reach them, what they owe item by item, what was said and done."""
    tasks, theirs = worklist(ledger, day, customer), accounts(ledger, day, customer)
    done = sorted(_done(ledger, customer, day), key=lambda one: one.date, reverse=True)
    levels = sent(ledger, day, customer).levels
    owed = [row for account in theirs for row in _owed(account, levels, day)]
    rows: list[list[Cell]] = [[*one] for one in done[:SHOWN]]
    tables = [
        Table(_OWED, owed, _totals(theirs), name="items", title="Owed", empty="Nothing is open."),
        Table(_DONE, rows, name="done", title="Said and done, latest first", empty="Nothing yet."),
    ]
    head = {
        "customer": customer, "name": data.name, "as_of": day,
        "tasks": [{"currency": t.currency, "late": Money(t.late, t.currency), "days": t.days, "worth": t.worth,
                   "action": t.action, "why": list(t.why), "waits": t.waits or None} for t in tasks],
        "contacts": [{"name": c.name, "role": c.role, "email": c.email, "phone": c.phone} for c in data.contacts],
    }  # fmt: skip
    return Report(
        "call-sheet", f"{customer}  {data.name}", tables, head, facts=_facts(ledger, customer, data, day, tasks)
    )


def _facts(
    ledger: Ledger, customer: str, data: Customer, day: dt.date, tasks: Sequence[Task]
) -> list[tuple[str, str]]:  # fmt: skip
    found = []
    for task in tasks:
        waits = f" (left in peace: {task.waits})" if task.waits else ""
        found += [("Do next", f"{task.action}{waits}"), *([("Why", "; ".join(task.why))] if task.why else [])]
    found += [("Do next", "nothing")] if not tasks else []
    for contact in data.contacts:
        parts = (contact.name, contact.role, contact.phone, contact.email)
        found.append(("Reach", ", ".join(part for part in parts if part)))
    where = ", ".join((*data.address, data.country)) if data.address else data.country
    found += [(label, text) for label, text in (("Where", where), ("Language", data.language),
              ("Collector", data.collector), ("Notes", data.notes)) if text]  # fmt: skip
    rules = ledger.policy.collections.contact_rules
    spoken = [contact for _, contact in contacts(ledger, day, customer)]
    if held := against_rules(rules, spoken, day) if rules else []:
        found.append(("Contact rules", "; ".join(held)))
    return found


def _owed(account: Account, levels: dict[str, int], day: dt.date) -> list[list[Cell]]:
    return [
        [item.item, item.kind, item.date, item.due if not item.is_credit else None,
         item.days_past_due(day) if not item.is_credit else None, item.currency, Money(item.open, item.currency),
         levels.get(item.item) or None, item.po, _state(account, item.item)]
        for item in account.items
    ]  # fmt: skip


def _state(account: Account, item: str) -> str:
    parts = [f"{part.why} ({grouped(part.amount, account.currency)})" for part in account.aside if part.item == item]
    return "; ".join(parts)


def _totals(theirs: Sequence[Account]) -> list[list[Cell]]:
    return [
        ["Total", None, None, None, None, account.currency,
         Money(sum(item.open for item in account.items), account.currency), None, None, None]
        for account in theirs
    ]  # fmt: skip


def _done(ledger: Ledger, customer: str, day: dt.date) -> list[Done]:
    """Contacts, notices, what was agreed, disputes and payments of a customer."""
    found = [Done(c.date, "contact", row.fact, said(c).partition(" ")[2]) for row, c in contacts(ledger, day, customer)]
    for row, n in notices_of(ledger, day, customer):
        level = f" of level {n.level}" if n.level else ""
        final = "final " if n.final else ""
        found.append(Done(n.date, f"{final}{n.kind}", row.fact, f"{n.amount:,f} {n.currency}{level} by {n.channel}"))
    found += [*_agreed(ledger, customer, day), *_held(ledger, customer, day)]
    for d in disputes(ledger, day, customer):
        end = f"resolved {d.ended}: {d.resolved[1].outcome}" if d.resolved else f"open with {d.owner or 'nobody'}"
        amount = Money(d.amount, d.dispute.currency).said()
        found.append(
            Done(d.dispute.date, "dispute", d.fact, f"{amount} of {d.dispute.item}, {d.dispute.reason}: {end}")
        )
    back = taken_back(ledger, day)
    for item in latest(ledger, customer, "payment", day, SHOWN):
        returned = " (taken back)" if item.item in back else ""
        text = f"{Money(-item.total, item.currency).said()}{returned}"
        found.append(Done(dt.date.fromordinal(item.date), "payment", item.item, text))
    return found


def _agreed(ledger: Ledger, customer: str, day: dt.date) -> Iterator[Done]:
    """Promises, payment plans and settlements, and what became of them."""
    for p in promises(ledger, day, customer):
        text = f"{Money(p.amount, p.promise.currency).said()} by {p.promise.due}: {p.state}"
        yield Done(p.promise.date, "promise", p.fact, text)
    for plan in plans(ledger, day, customer):
        text = f"{Money(plan.amount, plan.plan.currency).said()} in {len(plan.parts)} instalments: {plan.state}"
        text += f", {plan.missed} missed" if plan.missed else ""
        yield Done(plan.plan.date, "plan", plan.fact, text)
    for s in settlements(ledger, day, customer):
        whole, instead = (Money(amount, s.settlement.currency).said() for amount in (s.amount + s.waived, s.amount))
        text = f"{instead} for {whole} until {s.settlement.expires}: {s.state}"
        yield Done(s.settlement.date, "settlement", s.fact, text)


def _held(ledger: Ledger, customer: str, day: dt.date) -> Iterator[Done]:
    """What others collect, and the blocks that hold."""
    for row, over in ledger.told(HandOver, day, customer):
        yield Done(over.date, "hand-over", row.fact, f"{', '.join(over.items)} to {over.name or over.to}")
    for row, block in blocks(ledger, day, customer):
        until = f" until {block.until}" if block.until else ""
        yield Done(block.date, "block", row.fact, f"{block.item or 'no notices'}{until}: {block.reason}")
