"""Roll-forward: opening + billed − received ± adjusted = closing, between any two days (RULES §11).

Every line is the sum of the entries made for one reason, so the lines of two periods that follow each other add up
to those of both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.rows import Why
from arledger.ledger.table import Ledger
from arledger.money import plain

By = Literal["currency", "customer", "kind"]

#: Line of the roll-forward → why its entries were made, in the order they are shown.
LINES: Mapping[str, Why] = {
    "invoices": "invoice", "debit_notes": "debit-note", "charges": "finance-charge", "payments": "payment",
    "credit_notes": "credit-note", "discounts": "discount", "write_offs": "write-off", "recoveries": "recovery",
    "refunds": "refund", "reversals": "reversal", "applied": "applied",
}  # fmt: skip


class Forward(NamedTuple):
    """How the balance of a group in one currency came from one day to another, minor units."""

    group: str
    currency: str
    opening: int
    lines: Mapping[str, int]  # by the keys of `LINES`
    closing: int


def rolled(ledger: Ledger, first: date, last: date, by: By = "currency", customer: str | None = None) -> list[Forward]:
    """The roll-forward from the start of `first` to the end of `last`, by group and currency.

    Groups where nothing was open and nothing moved are left out. Within a group what credits were applied to moves
    balances between its rows (of other customers, of other kinds) under `applied`; over all it comes to nothing.
    Raises LedgerError when it does not foot to the control account.
    """
    if by == "currency" and customer is None:
        opening = {("", currency): amount for currency, amount in control_before(ledger, first).items()}
        moves = {("", currency): found for currency, found in ledger.movements(first, last).items()}
    else:
        opening, moves = _grouped(ledger, first, last, by, customer)
    rows = []
    for group, currency in sorted({*opening, *moves}):
        found = moves.get((group, currency), {})
        lines = {key: found.get(why, 0) for key, why in LINES.items()}
        start = opening.get((group, currency), 0)
        if start or any(lines.values()):
            rows.append(Forward(group, currency, start, lines, start + sum(found.values())))
    if customer is None:
        _refuse_unless_it_foots(ledger, last, rows)
    return rows


def control_before(ledger: Ledger, first: date) -> dict[str, int]:
    """Currency → the control account at the end of the day before, minor units."""
    return ledger.control(first - timedelta(days=1)) if first > date.min else {}


_GROUPS: Mapping[By, str] = {"currency": "''", "customer": "i.customer", "kind": "i.kind"}
_Grouped = dict[tuple[str, str], dict[str, int]]


def _grouped(
    ledger: Ledger, first: date, last: date, by: By, customer: str | None
) -> tuple[dict[tuple[str, str], int], _Grouped]:
    whose, values = ("AND i.customer = ?", [customer]) if customer is not None else ("", [])
    opening: dict[tuple[str, str], int] = {}
    moves: _Grouped = {}
    for group, currency, why, before, within in ledger.rows(
        f"SELECT {_GROUPS[by]}, i.currency, e.why, SUM(iif(e.date < ?, e.amount, 0)), "
        "SUM(iif(e.date >= ?, e.amount, 0)) FROM items i JOIN entries e ON e.item = i.item "
        f"WHERE e.date <= ? {whose} GROUP BY 1, 2, 3",
        first.toordinal(), first.toordinal(), last.toordinal(), *values,
    ):  # fmt: skip
        opening[group, currency] = opening.get((group, currency), 0) + before
        moves.setdefault((group, currency), {})[why] = within
    return opening, moves


def _refuse_unless_it_foots(ledger: Ledger, last: date, rows: list[Forward]) -> None:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.closing
    control = ledger.control(last)
    for currency in sorted({*sums, *control}):
        ours, theirs = sums.get(currency, 0), control.get(currency, 0)
        if ours != theirs:
            message = (
                f"the roll-forward to {last} ends at {plain(ours, currency)} {currency}, the control account is "
                f"{plain(theirs, currency)}"
            )
            raise LedgerError([Problem(Place("ledgers"), "does-not-foot", message, "run ar check; then report this")])


def added(rows: list[Forward]) -> list[Forward]:
    """One row a currency: what the rows come to together."""
    found: dict[str, Forward] = {}
    for row in rows:
        before = found.get(row.currency)
        if before:
            lines = {key: amount + row.lines[key] for key, amount in before.lines.items()}
            row = Forward("", row.currency, before.opening + row.opening, lines, before.closing + row.closing)  # noqa: PLW2901
        found[row.currency] = row._replace(group="")
    return [found[currency] for currency in sorted(found)]
