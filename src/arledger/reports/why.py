"""`ar why`: every fact that touched an item, a fact or a customer, with where it is written and who added it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from arledger.compute.history import Touch, kind_of, of_customer, of_fact, of_item
from arledger.compute.said import Said, said_of, said_of_customer
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
_SAID = (
    Column("date", "Date", "date"), Column("fact", "Fact"), Column("kind", "Kind"), Column("text", "What"),
    Column("amount", "Amount", "money"), Column("currency", "Cur"), Column("place", "Where"),
    Column("commit", "Commit"), Column("author", "Author"), Column("committed", "On"),
)  # fmt: skip


def of_an_item(ledger: Ledger, item: ItemRow, tell: Tell) -> Report:
    """What happened to an invoice, a payment or a credit note; `open` is what was left after each."""
    touches = of_item(ledger, item)
    title = f"{item.item}, {item.kind} of {item.customer or 'an unknown payer'}"
    said = said_of(ledger, item.customer, item.item)
    return _report(title, "item", item.item, touches, tell, said, hidden=("item",))


def of_a_fact(ledger: Ledger, fact: FactRow, tell: Tell) -> Report:
    """What an application, write-off, refund or reversal did; `open` is what was left of the item on that day.

    Of a fact that moves no money, what it says and what was said about it since.
    """
    about = f" of {fact.about}" if fact.about else ""
    said = said_of(ledger, fact.customer, fact.fact)
    return _report(f"{fact.fact}, {kind_of(fact.kind)}{about}", "fact", fact.fact, of_fact(ledger, fact), tell, said)


def of_a_customer(ledger: Ledger, customer: str, tell: Tell) -> Report:
    """What moved a customer's balance; `open` is the balance after each."""
    title = f"{customer}  {ledger.names[customer]}"
    said = said_of_customer(ledger, customer)
    return _report(title, "customer", customer, of_customer(ledger, customer), tell, said, open_title="Balance")


def _report(
    title: str, what: Literal["item", "fact", "customer"], id_: str, touches: Sequence[Touch], tell: Tell,
    said: Sequence[Said], hidden: Sequence[str] = (), open_title: str = "Open",
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
    tables = [Table(columns, rows, empty="Nothing touched it.")] if rows or not said else []
    return Report("why", title, [*tables, *([_said_table(said, tell)] if said else [])], head)


def _said_table(said: Sequence[Said], tell: Tell) -> Table:
    """What was said, agreed and decided, with where it is written."""
    touches = [
        Touch(row.date, row.fact, row.path, row.kind, row.fact, "", row.amount, row.currency, 0, "")
        for row, _, _ in said
    ]
    told = tell(touches)
    columns = [
        Column(
            c.key,
            c.title,
            c.kind,
            c.shown and (c.key not in ("commit", "author", "committed") or any(t.commit for t in told)),
        )
        for c in _SAID
    ]
    rows: list[list[Cell]] = [
        [s.row.date, s.row.fact, kind_of(s.row.kind), s.text,
         Money(s.row.amount, s.row.currency) if s.row.currency else None, s.row.currency, where.path, where.commit,
         where.author, where.committed]
        for s, where in zip(said, told, strict=True)
    ]  # fmt: skip
    return Table(columns, rows, name="said", title="Said and agreed")


def _row(touch: Touch, told: Told) -> list[Cell]:
    return [
        touch.date, touch.fact, kind_of(touch.folder), touch.item, touch.why, touch.other,
        Money(touch.amount, touch.currency), touch.currency, Money(touch.open, touch.currency), told.reason,
        f"{told.path}:{told.line}", told.path, told.line, told.commit, told.author, told.committed,
    ]  # fmt: skip
