"""What is booked for the general ledger at a month's end: debits and credits, as a table of the report they are of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from arledger.compute.allowance import Movement
from arledger.money import Money
from arledger.policy.accounts import Accounts
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("date", "Date", "date"), Column("account", "Account"), Column("currency", "Cur"),
    Column("debit", "Debit", "money"), Column("credit", "Credit", "money"),
)  # fmt: skip
_OF, _TEXT = Column("of", "From"), Column("text", "Text")


def of_allowance(accounts: Accounts, movements: Sequence[Movement], day: date) -> Table:
    """What brings the allowance booked to the closing one.

    Write-offs and recoveries were posted to accounts of their own when they happened; they are taken over.
    """
    rows: list[list[Cell]] = []
    for m in movements:
        for debit, credit, amount, text in (
            (accounts.credit_losses, accounts.allowance, m.charge, "expected credit losses"),
            (accounts.allowance, accounts.write_offs, m.written_off, "written off against the allowance"),
            (accounts.recoveries, accounts.allowance, m.recovered, "recovered"),
        ):
            sides = (debit, credit) if amount > 0 else (credit, debit)
            if amount and debit != credit:
                money = Money(abs(amount), m.currency)
                rows.append([day, sides[0], m.currency, money, None, text])
                rows.append([day, sides[1], m.currency, None, money, text])
    title = "To be booked (ar book allowance)"
    return Table((*_COLUMNS, _TEXT), rows, name="journal", title=title, empty="It is booked.")


def of_gains(found: Iterable[tuple[date, str, str, int, str]], own: str) -> Table:
    """What books gains on paper and takes them back the day after: day, account, currency, amount and text of each."""
    rows: list[list[Cell]] = [
        [day, account, own, Money(amount, own) if amount > 0 else None, Money(-amount, own) if amount < 0 else None, of,
         text] for day, account, of, amount, text in found
    ]  # fmt: skip
    title = "To be booked, and taken back the day after (ar book fx)"
    return Table(
        (*_COLUMNS, _OF, _TEXT), rows, name="journal", title=title, empty="It is booked, or there is nothing to book."
    )


def build(table: Table, day: date, what: str) -> Report:
    """A booking before or after it is posted."""
    return Report("booking", f"{what} on {day}", [replace(table, title="")], {"as_of": day})
