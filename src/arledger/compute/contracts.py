"""Contracts as of a day, and what of them is to be billed by another: each period and milestone once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from arledger.dates import months_later
from arledger.documents.contracts import Contract, Termination
from arledger.documents.orders import OrderLine
from arledger.ledger.table import FactRow, Ledger

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


def billings(running: Running, until: dt.date) -> Iterator[Billing]:
    """What a contract asks to be billed up to a day, oldest first. A period that began is billed whole."""
    contract, name, last = running.contract, running.row.fact, running.last or dt.date.max
    found = []
    for first, end in periods(contract, min(until, last)):
        day = end if contract.in_arrears else first
        if day <= until:
            lines = tuple(_for(line, first, end) for line in contract.lines)
            found.append(Billing(name, day, f"{name} {first}", lines))
    for part in contract.schedule:
        if part.date <= min(until, last):
            found.append(Billing(name, part.date, f"{name} {part.date} {part.text}",
                                 (OrderLine(part.text, part.amount),)))  # fmt: skip
    yield from sorted(found, key=lambda billing: billing.date)


def periods(contract: Contract, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day of each period that began by a day. Counted from the start: the 31st stays the 31st."""
    if contract.every is None or not contract.lines:
        return
    number, months = 0, MONTHS[contract.every]
    while (first := months_later(contract.starts, months * number)) <= until:
        number += 1
        yield first, months_later(contract.starts, months * number) - dt.timedelta(1)


def _for(line: OrderLine, first: dt.date, end: dt.date) -> OrderLine:
    """The line with the days it is for."""
    text = f"{line.description} ({first} to {end})"
    return OrderLine(text, line.unit_price, line.quantity, line.discount, line.tax, line.unit)


def unbilled(ledger: Ledger, running: Running, until: dt.date) -> list[Billing]:
    """What a contract asks to be billed up to a day and no invoice bills yet."""
    done = {key for (key,) in ledger.rows("SELECT key FROM facts WHERE kind = 'invoices' AND key LIKE ?",
                                          f"{running.row.fact} %")}  # fmt: skip
    return [billing for billing in billings(running, until) if billing.key not in done]
