"""`ar worklist`: who to contact today and why, best first; and how much of it each collector has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from arledger.compute.notices import accounts
from arledger.compute.worklist import Task, worklist
from arledger.documents.contacts import LoggedContact
from arledger.documents.customers import Contact, Customer
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_LIST = (
    Column("rank", "#", "number"), Column("customer", "Customer"), Column("name", "Name"),
    Column("collector", "Collector", spare=3), Column("currency", "Cur"), Column("late", "Late", "money"),
    Column("days", "Days", "number"), Column("worth", "Worth", "number", spare=2), Column("action", "Do next"),
    Column("person", "Whom", spare=4), Column("phone", "Phone"), Column("email", "E-mail", shown=False),
    Column("last_contact", "Last contact", "date", spare=1), Column("last_outcome", "Outcome", shown=False),
    Column("last_text", "Said", shown=False), Column("why", "Why", "data"),
)  # fmt: skip
_WAITING = (
    Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"), Column("late", "Late", "money"),
    Column("waits", "Waits for"),
)  # fmt: skip
_TOLD = 5  # of those left in peace, where not all are asked for
_PORTFOLIOS = (
    Column("collector", "Collector"), Column("currency", "Cur"), Column("customers", "Customers", "number"),
    Column("open", "Open", "money"), Column("overdue", "Overdue", "money"), Column("aside", "Set aside", "money"),
    Column("to_contact", "To contact", "number"), Column("waiting", "Waiting", "number"),
)  # fmt: skip


def build(ledger: Ledger, day: date, collector: str = "", *, top: int = 0, waiting: bool = False) -> Report:
    """Whom to contact on a day, worth most first; with `waiting` also who is left in peace and until when."""
    tasks = [task for task in worklist(ledger, day) if not collector or task.collector == collector]
    now = [task for task in tasks if not task.waits]
    held = [task for task in tasks if task.waits]
    customers = {task.customer: ledger.customer(task.customer) for task in now[: top or None]}
    shown = now[: top or None]
    rows = [_row(rank, task, customers[task.customer]) for rank, task in enumerate(shown, 1)]
    whose = f" of {collector}" if collector else ""
    title = f"Worklist{whose} on {day}: {len(now)} to contact, {len(held)} waiting"
    tables = [Table(_LIST, rows, name="tasks", empty="Nobody is to be contacted today.")]
    if waiting:
        cells = [_waiting(ledger.names, task) for task in held]
        tables.append(Table(_WAITING, cells, name="waiting", title="Left in peace today", empty="Nobody waits."))
    head = {"as_of": day, "collector": collector or None, "to_contact": len(now), "held": len(held)}
    notes = [note for rank, task in enumerate(shown, 1) for note in _notes(rank, task, customers[task.customer])]
    notes += [_in_peace(held)] if held and not waiting else []
    return Report("worklist", title, tables, head, notes)


def _row(rank: int, task: Task, customer: Customer | None) -> list[Cell]:
    contact, last = person(customer), task.last
    return [
        rank, task.customer, customer.name if customer else "", task.collector, task.currency,
        Money(task.late, task.currency), task.days, task.worth, task.action, contact.name, contact.phone, contact.email,
        last.date if last else None, last.outcome if last else None, last.text if last else None, list(task.why),
    ]  # fmt: skip


def _waiting(names: Mapping[str, str], task: Task) -> list[Cell]:
    return [task.customer, names.get(task.customer, ""), task.currency, Money(task.late, task.currency), task.waits]


def _in_peace(held: Sequence[Task]) -> str:
    """For people: the first of those left in peace, each with why."""
    told = ", ".join(f"{task.customer} ({task.waits})" for task in held[:_TOLD])
    more = f" and {len(held) - _TOLD} more" if len(held) > _TOLD else ""
    return f"Left in peace: {told}{more}; see --all"


def person(customer: Customer | None) -> Contact:
    """Whom to speak to: who has a phone, those for billing first; else the first there is."""
    people = customer.contacts if customer else ()
    ranked = sorted(people, key=lambda c: (not c.phone, c.role not in ("billing", "collections")))
    return ranked[0] if ranked else Contact()


def _notes(rank: int, task: Task, customer: Customer | None) -> list[str]:
    """For people: why, how to reach them, and what was said last."""
    whom = person(customer)
    mail = f"mail {customer.email}" if customer and customer.email else ""
    reach = [part for part in (whom.name, whom.phone, mail) if part]
    found = [f"{rank} {task.customer}: {'; '.join(task.why)}"]
    found += [f"  {', '.join(reach)}"] if reach else []
    return found + ([f"  {said(task.last)}"] if task.last else [])


def said(contact: LoggedContact) -> str:
    """A contact in one line: when, how, with whom, what came of it and what was said."""
    whom = f" with {contact.person}" if contact.person else ""
    by = "they: " if contact.inbound else ""
    text = f": {contact.text}" if contact.text else ""
    return f"{contact.date} {by}{contact.channel}{whom}, {contact.outcome.replace('-', ' ')}{text}"


def build_portfolios(ledger: Ledger, day: date) -> Report:
    """What each collector has, by currency: customers with something open, what is overdue, and whom to contact."""
    collectors = {customer: data.collector for customer, data in ledger.customers()}
    sums: dict[tuple[str, str], list[int]] = {}
    for account in accounts(ledger, day):
        row = sums.setdefault((collectors.get(account.customer, ""), account.currency), [0, 0, 0, 0, 0, 0])
        row[0] += 1
        row[1] += sum(item.open for item in account.items)
        row[2] += sum(item.open for item in account.items if not item.is_credit and item.due < day)
        row[3] += sum(part.amount for part in account.aside if part.due < day)
    for task in worklist(ledger, day):
        sums[task.collector, task.currency][5 if task.waits else 4] += 1
    rows = [_portfolio(collector, currency, row) for (collector, currency), row in sorted(sums.items())]
    table = Table(_PORTFOLIOS, rows, name="portfolios", empty="Nothing is open.")
    return Report("portfolios", f"Portfolios on {day}", [table], {"as_of": day})


def _portfolio(collector: str, currency: str, row: Sequence[int]) -> list[Cell]:
    money: Mapping[int, Money] = {i: Money(row[i], currency) for i in (1, 2, 3)}
    return [collector or "(nobody)", currency, row[0], money[1], money[2], money[3], row[4], row[5]]
