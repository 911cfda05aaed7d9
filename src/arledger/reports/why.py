"""`ar why`: every fact that touched an item, a fact or a customer, with where it is written and who added it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from arledger.compute.history import Touch, kind_of, of_customer, of_fact, of_item
from arledger.ledger.table import FactRow, ItemRow, Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table


class Told(NamedTuple):
    """What files and git tell of a fact: the line that names the item, the reason given, the commit that added it."""

    path: str  # as people see it
    line: int
    reason: str = ""
    commit: str | None = None
    author: str | None = None
    committed: str | None = None  # YYYY-MM-DD


Tell = Callable[[Sequence[Touch]], Sequence[Told]]

_COLUMNS = (
    Column("date", "Date", "date"), Column("fact", "Fact"), Column("kind", "Kind", shown=False), Column("item", "Item"),
    Column("why", "What"), Column("with", "With"), Column("amount", "Amount", "money"), Column("currency", "Cur"),
    Column("open", "Open", "money"), Column("reason", "Reason"), Column("place", "Where"),
    Column("path", "File", shown=False), Column("line", "Line", "number", shown=False), Column("commit", "Commit"),
    Column("author", "Author"), Column("committed", "On"),
)  # fmt: skip


def of_an_item(ledger: Ledger, item: ItemRow, tell: Tell) -> Report:
    """What happened to an invoice, a payment or a credit note; `open` is what was left after each."""
    touches = of_item(ledger, item)
    title = f"{item.item}, {item.kind} of {item.customer or 'an unknown payer'}"
    return _report(title, "item", item.item, touches, tell, hidden=("item",))  # fmt: skip


def of_a_fact(ledger: Ledger, fact: FactRow, tell: Tell) -> Report:
    """What an application, write-off, refund or reversal did; `open` is what was left of the item on that day."""
    about = f" of {fact.about}" if fact.about else ""
    return _report(f"{fact.fact}, {kind_of(fact.kind)}{about}", "fact", fact.fact, of_fact(ledger, fact), tell)


def of_a_customer(ledger: Ledger, customer: str, tell: Tell) -> Report:
    """What moved a customer's balance; `open` is the balance after each."""
    title = f"{customer}  {ledger.names[customer]}"
    return _report(title, "customer", customer, of_customer(ledger, customer), tell, open_title="Balance")


def _report(
    title: str, what: Literal["item", "fact", "customer"], id_: str, touches: Sequence[Touch], tell: Tell,
    hidden: Sequence[str] = (), open_title: str = "Open",
) -> Report:  # fmt: skip
    told = tell(touches)
    unseen = {*hidden, *(() if any(t.commit for t in told) else ("commit", "author", "committed"))}
    unseen |= set() if any(t.reason for t in told) else {"reason"}
    columns = [
        Column(c.key, open_title if c.key == "open" else c.title, c.kind, c.shown and c.key not in unseen)
        for c in _COLUMNS
    ]
    rows = [_row(touch, where) for touch, where in zip(touches, told, strict=True)]
    open_ = {touch.currency: Money(touch.open, touch.currency) for touch in touches}  # the last of each currency
    head: dict[str, Any] = {"id": id_, "is": what}
    if what != "fact":
        head["open"] = open_ if what == "customer" else next(iter(open_.values()), None)
    return Report("why", title, [Table(columns, rows, empty="Nothing touched it.")], head)


def _row(touch: Touch, told: Told) -> list[Cell]:
    return [
        touch.date, touch.fact, kind_of(touch.folder), touch.item, touch.why, touch.other,
        Money(touch.amount, touch.currency), touch.currency, Money(touch.open, touch.currency), told.reason,
        f"{told.path}:{told.line}", told.path, told.line, told.commit, told.author, told.committed,
    ]  # fmt: skip
