"""`ar notices`: who gets which notice and why, who gets none and why not; what was sent, and one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from arledger.compute.notice_types import Due, Outcome, Ready, Spared
from arledger.compute.notices_sent import blocks, handed_over, notices_of
from arledger.documents.notices import Notice
from arledger.errors import many
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money, minor_of
from arledger.reports.report import Cell, Column, Report, Table

_RUN = (
    Column("notice", "Notice", shown=False), Column("customer", "Customer"), Column("name", "Name"),
    Column("kind", "Kind"), Column("level", "Level", "number"), Column("items", "Items", "number"),
    Column("currency", "Cur"), Column("amount", "Asked for", "money"), Column("credits", "Credits", "money"),
    Column("fee", "Fee", "money"), Column("channel", "Channel"), Column("to", "To"),
    Column("instead_of", "Instead of"), Column("pay_by", "Pay by", "date"), Column("why", "Why"),
    Column("lines", "Lines", "data"), Column("aside", "Aside", "data"),
)  # fmt: skip
_SPARED = (
    Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("overdue", "Overdue", "money"), Column("days", "Days", "number"), Column("why", "Why not"),
)  # fmt: skip
_LIST = (
    Column("notice", "Notice"), Column("date", "Date", "date"), Column("customer", "Customer"),
    Column("kind", "Kind"), Column("level", "Level", "number"), Column("items", "Items", "number"),
    Column("currency", "Cur"), Column("amount", "Asked for", "money"), Column("fee", "Fee", "money"),
    Column("channel", "Channel"), Column("to", "To"), Column("pay_by", "Pay by", "date"),
)  # fmt: skip
_BLOCKS = (
    Column("block", "Block"), Column("customer", "Customer"), Column("item", "Item"), Column("date", "From", "date"),
    Column("until", "Until", "date"), Column("reason", "Reason"),
)  # fmt: skip
_OVER = (
    Column("customer", "Customer"), Column("item", "Item"), Column("date", "Since", "date"), Column("to", "To"),
    Column("name", "Name"), Column("reason", "Reason"),
)  # fmt: skip


def build_run(
    names: Mapping[str, str], day: date, outcome: Outcome, notices: Sequence[tuple[str, Notice]], verb: str
) -> Report:
    """What a run sends (or would: `verb`), and the customers with something late to whom it sends nothing."""
    rows = [_due(names, fact, notice, due) for (fact, notice), due in zip(notices, outcome.due, strict=True)]
    spared = [_spared(names, one) for one in outcome.spared]
    title = f"Notices of {day}: {len(rows)} {verb}, {many(len(spared), 'customer')} spared"
    tables = [Table(_shown(_RUN, rows), rows, name="notices", empty="No notice is due.")]
    head = {"date": day, "hand_over": _ready(outcome), **({} if spared else {"spared": []})}
    if spared:
        tables.append(Table(_SPARED, spared, name="spared", title="Overdue, and not written to"))
    return Report("notices", title, tables, head, [_may_go(one) for one in outcome.ready])


def _ready(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"customer": one.customer, "items": list(one.items), "amount": Money(one.amount, one.currency),
         "currency": one.currency, "to": one.to, "name": one.name}
        for one in outcome.ready
    ]  # fmt: skip


def _may_go(one: Ready) -> str:
    """For people: what may be handed over, and how."""
    amount = Money(one.amount, one.currency).said()
    return (f"{one.customer}: {amount} unpaid after the final notice of {one.noticed}, may go to "
            f"{one.name or one.to}: ar notices hand-over {one.customer}")  # fmt: skip


def _shown(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[Column]:
    """The columns; those nobody has anything in are for programs alone."""
    optional = {"credits", "fee", "instead_of", "pay_by", "to"}
    return [
        Column(c.key, c.title, c.kind, c.shown and (c.key not in optional or any(row[i] for row in rows)))
        for i, c in enumerate(columns)
    ]


def _due(names: Mapping[str, str], fact: str, notice: Notice, due: Due) -> list[Cell]:
    currency = due.currency
    return [
        fact, due.customer, names.get(due.customer, ""), _kind(notice), due.level or None, len(due.lines),
        currency, Money(due.amount, currency), Money(due.credits, currency), Money(due.fee, currency), notice.channel,
        notice.to, notice.instead_of, notice.pay_by, due.why, _lines(notice), _aside(notice),
    ]  # fmt: skip


def _kind(notice: Notice) -> str:
    return "final notice" if notice.final else notice.kind


def _lines(notice: Notice) -> list[Any]:
    return [
        {"item": line.item, "due": line.due, "amount": Money(minor_of(line.amount, notice.currency), notice.currency),
         "level": line.level}
        for line in notice.lines
    ]  # fmt: skip


def _aside(notice: Notice) -> list[Any]:
    return [
        {"item": line.item, "due": line.due, "amount": Money(minor_of(line.amount, notice.currency), notice.currency),
         "kind": line.kind, "why": line.why}
        for line in notice.aside
    ]  # fmt: skip


def _spared(names: Mapping[str, str], one: Spared) -> list[Cell]:
    name = names.get(one.customer, "")
    return [one.customer, name, one.currency, Money(one.overdue, one.currency), one.days, one.why]


def build_list(ledger: Ledger, first: date, last: date, customer: str | None = None) -> Report:
    """The notices from `first` to `last`, oldest first; below, the blocks and what is handed over at its end."""
    rows = [_sent(row, notice) for row, notice in notices_of(ledger, last, customer) if notice.date >= first]
    found: list[list[Cell]] = [
        [row.fact, b.customer, b.item, b.date, b.until, b.reason] for row, b in blocks(ledger, last, customer)
    ]
    over: list[list[Cell]] = [
        [fact.customer, item, fact.date, fact.to, fact.name, fact.reason]
        for item, fact in handed_over(ledger, last, customer).items()
    ]
    tables = [Table(_LIST, rows, name="notices", empty="There are no notices.")]
    if found:
        tables.append(Table(_BLOCKS, found, name="blocks", title="Blocked"))
    if over:
        tables.append(Table(_OVER, over, name="handed_over", title="Handed over"))
    span = f"{first} to {last}" if first > date.min else f"up to {last}"
    return Report("notices", f"Notices {span}", tables, {"from": first if first > date.min else None, "to": last})


def _sent(row: FactRow, notice: Notice) -> list[Cell]:
    currency = notice.currency
    fee = Money(minor_of(notice.fee, currency), currency) if notice.fee else None
    return [
        row.fact, notice.date, notice.customer, _kind(notice), notice.level or None, len(notice.lines), currency,
        Money(row.amount, currency), fee, notice.channel, notice.to, notice.pay_by,
    ]  # fmt: skip


def build_show(row: FactRow, notice: Notice, path: str) -> Report:
    """One notice as it was sent: for people the letter itself, for programs everything about it."""
    head = {
        "notice": row.fact, "path": path, "date": notice.date, "customer": notice.customer, "kind": notice.kind,
        "level": notice.level, "final": notice.final, "procedure": notice.procedure, "channel": notice.channel,
        "instead_of": notice.instead_of, "to": notice.to, "language": notice.language, "pay_by": notice.pay_by,
        "currency": notice.currency, "amount": Money(row.amount, notice.currency),
        "fee": Money(minor_of(notice.fee, notice.currency), notice.currency) if notice.fee else None,
        "fee_item": notice.fee_item or None, "lines": _lines(notice), "aside": _aside(notice), "text": notice.text,
    }  # fmt: skip
    return Report("notice", row.fact, [], head, plain=notice.text.split("\n"))
