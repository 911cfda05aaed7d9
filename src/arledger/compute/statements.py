"""A statement of account as a value: one section a currency, in one of three layouts that end on the same balance.

`open-item` lists what is unpaid, by date; `balance-forward` starts from the balance before the period and lists what
moved it; `activity` does so from a day of choice, or from the first fact. Ageing is that of `ar aging` on the same
day (RULES §13). A statement whose lines do not lead to the balance is refused, not printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from arledger.compute.activity import FIRST, Movement, balances, movements, running
from arledger.compute.aging import Aged, age
from arledger.compute.disputes import disputed
from arledger.compute.history import Touch, of_item
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import by_plan, holding
from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.table import Ledger
from arledger.money import plain

Style = Literal["open-item", "balance-forward", "activity"]


class Line(NamedTuple):
    """One line of a statement. Charge less payment is what it adds to the balance."""

    date: dt.date
    item: str
    kind: str
    due: dt.date | None
    charge: int  # minor units; of an open item: what it was billed for
    payment: int  # of an open item: what is paid of it; of a credit: what of it is left, or what it came to
    open: int | None  # of the item itself on the day of the statement; None: the line is no item
    balance: int  # after the line
    po: str
    references: tuple[str, ...]
    text: str
    days_past_due: int | None
    applied: tuple[Touch, ...] = ()  # of an open item: what was done to it since


class Section(NamedTuple):
    """What a customer owes in one currency."""

    currency: str
    opening: int  # the balance before the first day; 0 where there is no first day
    lines: tuple[Line, ...]
    aging: Aged
    closing: int
    overdue: int  # of the debits past due
    next_due: tuple[dt.date, int] | None  # the next day something falls due, and how much does
    disputed: frozenset[str] = frozenset()  # the open items that are, wholly or in part

    @property
    def unapplied(self) -> int:
        """Credits not yet applied, negative."""
        return self.aging.unapplied


class Statement(NamedTuple):
    """A statement of account of one customer."""

    customer: str
    as_of: dt.date
    first: dt.date | None  # the first day of the period; None: from the beginning
    style: Style
    sections: tuple[Section, ...]


def statement(
    ledger: Ledger, customer: str, as_of: dt.date, style: Style, first: dt.date | None = None, *, detail: bool = False
) -> Statement:
    """The statement of a customer, sections in the order of currencies.

    A section for each currency with an opening or closing balance or a line. With `detail`, each open item carries
    what was done to it. Raises LedgerError when the lines do not lead to the balance.
    """
    items, claims = open_items(ledger, as_of, customer), disputed(ledger, as_of, customer)
    held = holding(ledger, as_of, customer)
    parts = by_plan(items, held)
    moves = [] if style == "open-item" else movements(ledger, customer, first or FIRST, as_of)
    before = balances(ledger, customer, first - dt.timedelta(days=1)) if first and first > FIRST else {}
    after = balances(ledger, customer, as_of)
    found = []
    for currency in after:
        its = sorted((part for part in parts if part.currency == currency), key=lambda part: part.date)
        opening = before.get(currency, 0)
        if style == "open-item":
            lines = _unpaid(ledger, its, as_of, detail=detail)
        else:
            lines = _moves([_by_plan(move, its) if move.item in held else move for move in moves
                            if move.currency == currency], opening, as_of)  # fmt: skip
        if lines or its or opening or after[currency]:
            found.append(_section(ledger, currency, opening, lines, its, as_of, claims))
    _refuse_unless_it_foots(customer, style, found, after)
    return Statement(customer, as_of, first, style, tuple(found))


def _by_plan(move: Movement, parts: Sequence[OpenItem]) -> Movement:
    """A movement of an item under a payment plan: due when the first instalment that is open of it is."""
    return move._replace(
        due=min((part.due for part in parts if part.item.partition("/")[0] == move.item), default=move.due)
    )


def _unpaid(ledger: Ledger, items: Sequence[OpenItem], as_of: dt.date, *, detail: bool) -> list[Line]:
    """A line for each open item or instalment, also of a plan: the first of an item has what was paid of it."""
    lines, told, balance = list[Line](), set[str](), 0
    left: dict[str, int] = {}
    for item in items:
        left[item.item] = left.get(item.item, 0) + item.open
    for item in items:
        balance += item.open
        paid = item.total - left.pop(item.item) if item.item in left else 0
        name = item.item.partition("/")[0]
        lines.append(Line(
            item.date, item.item, item.kind, None if item.is_credit else item.due,
            0 if item.is_credit else paid + item.open, -item.open if item.is_credit else paid, item.open, balance,
            item.po, item.references, item.text, None if item.is_credit else item.days_past_due(as_of),
            _applied(ledger, item, as_of) if detail and name not in told else (),
        ))  # fmt: skip
        told.add(name)
    return lines


def _applied(ledger: Ledger, item: OpenItem, as_of: dt.date) -> tuple[Touch, ...]:
    """What was done to an open item after it was billed or came in, oldest first."""
    row = ledger.item(item.item.partition("/")[0])
    return tuple(touch for touch in of_item(ledger, row, as_of) if touch.fact != row.item) if row else ()


def _moves(moves: Sequence[Movement], opening: int, as_of: dt.date) -> list[Line]:
    balance = running(opening, [move.amount for move in moves])
    return [
        Line(
            move.date, move.item, move.kind, move.due, max(move.amount, 0), max(-move.amount, 0), move.open, after,
            move.po, move.references, move.text, (as_of - move.due).days if move.due and move.open else None,
        )
        for move, after in zip(moves, balance, strict=True)
    ]  # fmt: skip


def _section(
    ledger: Ledger, currency: str, opening: int, lines: Sequence[Line], items: Sequence[OpenItem], as_of: dt.date,
    claims: Mapping[str, int],
) -> Section:  # fmt: skip
    aging = ledger.aging
    rows = age(items, as_of, aging, lambda _: "", claims)
    aged = rows[0] if rows else Aged("", currency, (0,) * len(aging.names), 0)
    debits = [item for item in items if not item.is_credit]
    overdue = sum(item.open for item in debits if item.due < as_of)
    own = frozenset(item.item for item in items if claims.get(item.item))
    return Section(currency, opening, tuple(lines), aged, aged.total, overdue, next_due(debits, as_of), own)


def next_due(items: Sequence[OpenItem], as_of: dt.date) -> tuple[dt.date, int] | None:
    """The first day from `as_of` on that a debit falls due, and the minor units due on it; None when nothing will."""
    days = [item.due for item in items if not item.is_credit and item.due >= as_of]
    return (min(days), sum(i.open for i in items if not i.is_credit and i.due == min(days))) if days else None


def _refuse_unless_it_foots(customer: str, style: Style, sections: Sequence[Section], after: dict[str, int]) -> None:
    """Raises LedgerError unless the lines, the open items and the entries all come to one balance."""
    for section in sections:
        start = 0 if style == "open-item" else section.opening
        listed = start + sum(line.charge - line.payment for line in section.lines)
        if not listed == section.closing == after[section.currency]:
            shown = [plain(amount, section.currency) for amount in (listed, section.closing, after[section.currency])]
            message = f"{customer}: the lines lead to {shown[0]}, open items to {shown[1]}, the entries to {shown[2]}"
            raise LedgerError([Problem(Place("ledgers"), "does-not-foot", message, "run ar check; then report this")])
