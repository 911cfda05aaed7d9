"""Contracts as of a day, and what of them is to be billed by another: each period and milestone once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from arledger.dates import months_later
from arledger.documents.contracts import Contract, Termination
from arledger.documents.lines import footing, net_of
from arledger.documents.orders import OrderLine
from arledger.ledger.table import FactRow, Ledger
from arledger.money import decimal, part_of

MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


class Running(NamedTuple):
    """A contract with its last day, as known on a day."""

    row: FactRow
    contract: Contract
    last: dt.date | None


class Billing(NamedTuple):
    """One invoice a contract asks for."""

    contract: str
    date: dt.date
    key: str  # of the invoice: with it, nothing is billed twice
    lines: tuple[OrderLine, ...]


def contracts(ledger: Ledger, as_of: dt.date, customer: str | None = None) -> list[Running]:
    """Every contract signed up to a day, oldest first, ended or not."""
    ends = {told.contract: told.last for _, told in ledger.told(Termination, as_of, customer)}
    found = []
    for row, contract in ledger.told(Contract, as_of, customer):
        lasts = [day for day in (contract.ends, ends.get(row.fact)) if day]
        found.append(Running(row, contract, min(lasts) if lasts else None))
    return found


class Period(NamedTuple):
    """What of a period a contract covers, and the whole of it. Days count inclusive."""

    first: dt.date
    last: dt.date
    begins: dt.date
    ends: dt.date

    @property
    def days(self) -> tuple[int, int]:
        """Days covered, and days there are."""
        return (self.last - self.first).days + 1, (self.ends - self.begins).days + 1


def billings(running: Running, until: dt.date) -> Iterator[Billing]:
    """What a contract asks to be billed up to a day, oldest first.

    A period that began is billed whole, unless the contract says that one is billed by its days.
    """
    contract, name, last = running.contract, running.row.fact, running.last or dt.date.max
    found = []
    for period in periods(contract, min(until, last), last):
        day = period.last if contract.in_arrears else period.first
        if day <= until:
            lines = tuple(for_period(contract, line, period) for line in contract.lines)
            found.append(Billing(name, day, f"{name} {period.first}", lines))
    for part in contract.schedule:
        if part.date <= min(until, last):
            found.append(Billing(name, part.date, f"{name} {part.date} {part.text}",
                                 (OrderLine(part.text, part.amount),)))  # fmt: skip
    yield from sorted(found, key=lambda billing: billing.date)


def periods(contract: Contract, until: dt.date, last: dt.date = dt.date.max) -> Iterator[Period]:
    """Each period that began by a day, the last of them cut off where the contract is billed by days.

    Counted from the start: the 31st stays the 31st.
    """
    if contract.every is None or not contract.lines:
        return
    number, months = 0, MONTHS[contract.every]
    anchor = _of_calendar(contract.starts, months) if contract.calendar else contract.starts
    while (first := max(begins := months_later(anchor, months * number), contract.starts)) <= until:
        number += 1
        ends = months_later(anchor, months * number) - dt.timedelta(1)
        yield Period(first, min(ends, last) if contract.pro_rata else ends, begins, ends)


def _of_calendar(day: dt.date, months: int) -> dt.date:
    """The first day of the month, quarter, half-year or year a day is in."""
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def for_period(contract: Contract, line: OrderLine, period: Period) -> OrderLine:
    """The line with the days it is for; of a part of a period its net by days, rounded half-up once."""
    text = f"{line.description} ({period.first} to {period.last})"
    days, whole = period.days
    if days == whole or not contract.pro_rata:
        return OrderLine(text, line.unit_price, line.quantity, line.discount, line.tax, line.unit)
    net = part_of(net_of(line, contract.currency), days, whole)
    many = "" if line.quantity == 1 else f"{line.quantity:f} × "
    text = f"{many}{line.description} ({period.first} to {period.last}, {days} of {whole} days)"
    return OrderLine(text, decimal(net, contract.currency), tax=line.tax)


def footed(lines: Sequence[OrderLine], currency: str, by_rate: bool) -> int:
    """What lines come to with tax, in minor units."""
    return footing(lines, currency).total(by_rate=by_rate)


def unbilled(ledger: Ledger, running: Running, until: dt.date) -> list[Billing]:
    """What a contract asks to be billed up to a day and no invoice bills yet, in the order of `billings`."""
    done = {key for (key,) in ledger.rows("SELECT key FROM facts WHERE kind = 'invoices' AND key LIKE ?",
                                          f"{running.row.fact} %")}  # fmt: skip
    return [billing for billing in billings(running, until) if billing.key not in done]
