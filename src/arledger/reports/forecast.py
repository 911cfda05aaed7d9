"""`ar report forecast`: what should come in when, and how good such forecasts have been."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.compute.backtest import WAYS, Tried, tried
from arledger.compute.forecast import Expected, Outlook, Window, at_once, expected, outlook, windows
from arledger.compute.metrics import ratio
from arledger.ledger.table import Ledger
from arledger.money import Money, decimal
from arledger.reports.chart import Chart, sparkline
from arledger.reports.report import Cell, Column, Report, Table

_AMOUNTS = (
    Column("expected", "Expected", "money"), Column("low", "Low", "money"), Column("high", "High", "money"),
    Column("promised", "Promised", "money"),
)  # fmt: skip


def build(ledger: Ledger, as_of: date, weeks: int = 13) -> Report:
    """What is expected of the items open on a day, week by week, with the range of 80 % of outcomes."""
    spans = windows(as_of, weeks)
    found = outlook(ledger, as_of, spans)
    rows = expected(found)
    shown: list[list[Cell]] = [
        [spans[r.window].first, spans[r.window].last, r.currency, *_amounts(r)]
        for r in sorted(rows, key=lambda row: (row.window, row.currency))
    ]
    whole = at_once(found)
    sums = expected(whole)
    feet: list[list[Cell]] = [["Total", None, row.currency, *_amounts(row)] for row in sums]
    columns = [Column("from", "From", "date"), Column("to", "To", "date"), Column("currency", "Cur"), *_AMOUNTS]
    table = Table(columns, shown, feet, empty="Nothing is open.")
    head = {"as_of": as_of, "weeks": weeks, "open": _open(whole, sums)}
    charts = [_chart(rows, spans, currency) for currency in dict.fromkeys(row.currency for row in rows)]
    facts = [(f"Expected, {c.title[-3:]}", sparkline(c.series["Expected"])) for c in charts]
    return Report("forecast", f"Cash forecast on {as_of}, {weeks} weeks", [table], head, _notes(whole, sums),
                  facts=facts, charts=charts)  # fmt: skip


def _amounts(row: Expected) -> list[Cell]:
    return [Money(amount, row.currency) for amount in (row.amount, row.low, row.high, row.promised)]


def _chart(rows: Sequence[Expected], spans: Sequence[Window], currency: str) -> Chart:
    own = {row.window: row for row in rows if row.currency == currency}
    amounts = [decimal(own[n].amount, currency) if n in own else Decimal(0) for n in range(len(spans))]
    return Chart(f"Expected by week, {currency}", [f"{s.first:%m-%d}" for s in spans], {"Expected": amounts}, "bar")


def _open(found: Outlook, sums: Sequence[Expected]) -> list[dict[str, Any]]:
    """Of each currency the debts open, what of them is expected, later or never, disputed, covered by credits."""
    open_: dict[str, int] = {}
    for part in found.parts:
        open_[part.item.currency] = open_.get(part.item.currency, 0) + part.item.open
    came = {row.currency: row.amount for row in sums}
    rows: list[dict[str, Any]] = []
    for currency in sorted({*open_, *found.contested, *found.covered}):
        left, off, used = (sums_.get(currency, 0) for sums_ in (open_, found.contested, found.covered))
        amounts = {"open": left + off + used, "expected": came.get(currency, 0), "later": left - came.get(currency, 0),
                   "disputed": off, "covered": used}  # fmt: skip
        rows.append({"currency": currency, **{key: Money(amount, currency) for key, amount in amounts.items()}})
    return rows


_LEFT = (("expected", "is expected in this time"), ("later", "later or never"),
         ("disputed", "is disputed and left out"), ("covered", "is covered by credits not yet applied"))  # fmt: skip


def _notes(found: Outlook, sums: Sequence[Expected]) -> list[str]:
    notes = []
    for row in _open(found, sums):
        parts = [f"{row[key].said()} {said}" for key, said in _LEFT if row[key]]
        notes.append(f"Of {row['open'].said()} open, {', '.join(parts) or 'nothing is left'}")
    return notes


def build_customers(ledger: Ledger, as_of: date, weeks: int = 13) -> Report:
    """What is expected of each customer in the time, the most first."""
    span = Window(windows(as_of, weeks)[0].first, windows(as_of, weeks)[-1].last)
    found = outlook(ledger, as_of, [span])
    rows = sorted(expected(found, by_customer=True), key=lambda row: (row.currency, -row.amount, row.group))
    open_: dict[tuple[str, str], int] = {}
    for part in found.parts:
        key = (part.item.customer, part.item.currency)
        open_[key] = open_.get(key, 0) + part.item.open
    names = ledger.names
    columns = [Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
               Column("open", "Open", "money"), *_AMOUNTS, Column("likely", "Likely", "money")]  # fmt: skip
    shown: list[list[Cell]] = [
        [
            r.group,
            names.get(r.group, ""),
            r.currency,
            Money(open_[r.group, r.currency], r.currency),
            *_amounts(r),
            Money(r.likely, r.currency),
        ]
        for r in rows
    ]
    title = f"Cash forecast on {as_of} by customer, to {span.last}"
    return Report("forecast", title, [Table(columns, shown, empty="Nothing is open.")],
                  {"as_of": as_of, "from": span.first, "to": span.last}, _notes(found, expected(found)))  # fmt: skip


_TRIED = (
    Column("month", "Month"), Column("currency", "Cur"), Column("actual", "Came in", "money"),
    Column("forecast", "Forecast", "money"), Column("low", "Low", "money"), Column("high", "High", "money"),
    Column("in_range", "In range", "flag"), Column("due_date", "Due date", "money"),
    Column("average", "Average", "money"),
)  # fmt: skip
_ERRORS = (
    Column("currency", "Cur"), Column("way", "Way"), Column("error", "Off by %", "number"),
    Column("by_customer", "By customer %", "number"), Column("bias", "Too high %", "number"),
)  # fmt: skip


def build_backtest(ledger: Ledger, as_of: date, months: int = 12) -> Report:
    """The forecast made again on earlier month-ends, each for the month that followed, beside two simpler ways."""
    found = tried(ledger, as_of, months)
    rows: list[list[Cell]] = [
        [f"{t.month.last:%Y-%m}", t.currency, Money(t.actual, t.currency), Money(t.foretold[WAYS[0]], t.currency),
         Money(t.low, t.currency), Money(t.high, t.currency), t.low <= t.actual <= t.high,
         *(Money(t.foretold[way], t.currency) for way in WAYS[1:])] for t in found
    ]  # fmt: skip
    errors = [
        _error(currency, way, [t for t in found if t.currency == currency])
        for currency in sorted({t.currency for t in found}) for way in WAYS
    ]  # fmt: skip
    tables = [
        Table(
            _TRIED, rows, name="months", title="Back-test by month", empty="Nothing was ever paid before these months."
        ),
        Table(_ERRORS, errors, title="How far off the forecasts were, of what came in"),
    ]
    notes = [f"{currency}: what came in lay in the range in {sum(t.low <= t.actual <= t.high for t in own)} of "
             f"{len(own)} months" for currency in sorted({t.currency for t in found})
             if (own := [t for t in found if t.currency == currency])]  # fmt: skip
    title = f"Forecasts of {months} months up to {as_of}, made again with what was known before each"
    return Report("forecast-backtest", title, tables, {"as_of": as_of, "months_tried": months}, notes)


def _error(currency: str, way: str, found: Sequence[Tried]) -> list[Cell]:
    """How far a way was off: months added up, customers of each month added up, and how much too high in all."""
    came = sum(t.actual for t in found)
    off = sum(abs(t.foretold[way] - t.actual) for t in found)
    too_high = sum(t.foretold[way] - t.actual for t in found)
    return [currency, way, ratio(off, came, 100), ratio(sum(t.off[way] for t in found), came, 100),
            ratio(too_high, came, 100)]  # fmt: skip
