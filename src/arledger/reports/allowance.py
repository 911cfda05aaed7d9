"""`ar report allowance` and `ar report loss-rates`: expected credit loss, and where its rates may come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from arledger.compute.allowance import SPECIFIC, Movement, Provision, moved, provided, total
from arledger.compute.bookings import to_book
from arledger.compute.loss_rates import derived
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.policy.aging import Aging
from arledger.reports.bookings import of_allowance
from arledger.reports.report import Cell, Column, Report, Table

_ROLLED = (
    Column("currency", "Cur"), Column("opening", "Opening", "money"), Column("charge", "Charge", "money"),
    Column("write_offs", "Write-offs", "money"), Column("recoveries", "Recoveries", "money"),
    Column("closing", "Closing", "money"),
)  # fmt: skip


def build(ledger: Ledger, first: date, last: date) -> Report:
    """The allowance at the end of `last`: the matrix, how it came about since `first`, and what to post for it."""
    rows, movements = provided(ledger, last), moved(ledger, first, last)
    pools, factors = any(row.pool for row in rows), any(row.factor != 100 for row in rows)
    why = any(row.why for row in rows)
    columns = [
        Column("pool", "Pool", shown=pools), Column("bucket", "Days past due"), Column("currency", "Cur"),
        Column("balance", "Balance", "money"), Column("rate", "Rate %", "number"),
        Column("factor", "Factor %", "number", shown=factors), Column("allowance", "Allowance", "money"),
        Column("why", "Why", shown=why),
    ]  # fmt: skip
    cells: list[list[Cell]] = [
        [r.pool, r.band, r.currency, Money(r.balance, r.currency), r.rate, r.factor, Money(r.allowance, r.currency),
         r.why] for r in rows
    ]  # fmt: skip
    feet: list[list[Cell]] = [
        ["Total" if pools else None, None if pools else "Total", currency, Money(balance, currency), None, None,
         Money(allowance, currency), None] for currency, (balance, allowance) in total(rows).items()
    ]  # fmt: skip
    tables = [
        Table(columns, cells, feet, empty="Nothing is open."),
        Table(_ROLLED, [_movement(m) for m in movements], name="rollforward", title="How it came about"),
        of_allowance(ledger.policy.accounts, to_book(ledger, last), last),
    ]
    head = {"as_of": last, "from": first, "to": last}
    return Report("allowance", f"Allowance for expected credit losses on {last}", tables, head, _notes(rows))


def _notes(rows: Sequence[Provision]) -> list[str]:
    apart = [f"{row.pool}: {row.why}" for row in rows if row.band == SPECIFIC]
    return [f"Specific reserve for {text}" for text in apart]


def _movement(m: Movement) -> list[Cell]:
    return [m.currency, *(Money(x, m.currency) for x in (m.opening, m.charge, -m.written_off, m.recovered, m.closing))]


_RATES = (
    Column("currency", "Cur"), Column("bucket", "Days past due"), Column("reached", "Reached it", "money"),
    Column("lost", "Never collected", "money"), Column("open", "Still open", "money"),
    Column("rate", "Rate %", "number"),
)  # fmt: skip


def build_rates(ledger: Ledger, first: date, last: date, as_of: date) -> Report:
    """Loss rates of the invoices dated from `first` to `last`, in the bands of the policy's allowance or ageing."""
    policy = ledger.policy.allowance
    matrix = policy.matrix("", as_of) if policy else None
    aging = Aging("due", matrix.edges) if matrix else Aging("due", ledger.aging.buckets)
    rows: list[list[Cell]] = [
        [r.currency, r.band, *(Money(amount, r.currency) for amount in (r.reached, r.lost, r.open)), r.rate]
        for r in derived(ledger, first, last, as_of, aging)
    ]
    main = [row for row in rows if row[0] == ledger.policy.currency and isinstance(row[-1], Decimal)]
    shown = ", ".join(f"{row[1]}: {row[-1]}%" for row in main)
    notes = [f"As policy: rates: {{{shown}}}"] if shown else []
    title = f"Loss rates of invoices from {first} to {last}, as known on {as_of}"
    table = Table(_RATES, rows, empty="No invoices.")
    return Report("loss-rates", title, [table], {"from": first, "to": last, "as_of": as_of}, notes)
