"""`ar report metrics`: how well money comes in, for a period or month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from arledger.compute.metrics import Metrics, measured, ratio
from arledger.compute.work import work
from arledger.dates import months, parse_month
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.chart import Chart, sparkline
from arledger.reports.report import Cell, Column, Report, Table

#: Key in JSON → what people read; money where the key is in `_MONEY`.
_LABELS = {
    "sales": "Sales", "net_sales": "Sales less credit notes", "opening": "Opening balance",
    "closing": "Closing balance", "current": "Not yet due", "past_90": "More than 90 days past due",
    "unapplied": "Unapplied cash and credits", "disputed": "Disputed", "written_off": "Written off",
    "recovered": "Recovered",
    "dso": "DSO, days", "countback_dso": "DSO by countback, days", "best_possible_dso": "Best possible DSO, days",
    "average_days_delinquent": "Average days delinquent (DSO less best possible)",
    "average_days_late": "Average days late, of what was settled",
    "average_days_to_pay": "Average days to pay, of what was settled",
    "cei": "Collection effectiveness (CEI), %", "turnover": "Turnover, times",
    "current_share": "Not yet due, % of open", "past_90_share": "More than 90 days past due, % of open",
    "unapplied_share": "Unapplied, % of open", "disputed_share": "Disputed, % of open",
    "write_off_rate": "Net write-offs, % of sales",
    "applied_at_once": "Applied as it came in, % of what the bank brought",
    "promises_kept": "Promises kept, % of those that came due",
}  # fmt: skip
_MONEY = {
    "sales",
    "net_sales",
    "opening",
    "closing",
    "current",
    "past_90",
    "unapplied",
    "disputed",
    "written_off",
    "recovered",
}
_IN_SERIES = ("sales", "closing", "dso", "countback_dso", "best_possible_dso", "average_days_late", "cei",
              "past_90_share", "write_off_rate")  # fmt: skip
_SHORT = {
    "sales": "Sales", "closing": "Closing", "dso": "DSO", "countback_dso": "Countback", "best_possible_dso": "Best DSO",
    "average_days_late": "Days late", "cei": "CEI %", "past_90_share": "> 90 %", "write_off_rate": "Written off %",
}  # fmt: skip


def build(ledger: Ledger, first: date, last: date, currency: str = "", month_days: int = 0) -> Report:
    """The figures of a period. At the top of the JSON stand those of `currency`; `rows` has every currency."""
    found = measured(ledger, first, last, month_days=month_days)
    chosen = _chosen(found, currency or _main(ledger, found))
    rows: list[list[Cell]] = [
        [label, key, *(_cell(row, key) for row in found)] for key, label in _LABELS.items()
    ]  # fmt: skip
    columns = [Column("figure", "Figure"), Column("key", "Key", shown=False),
               *(Column(row.currency, row.currency, "number") for row in found)]  # fmt: skip
    reached = _reached(ledger, first, last)
    head = {**_json(chosen), "right_party_contacts_a_day": reached, "rows": [_json(row) for row in found]}
    notes = [f"{row.currency}: the countback stopped at {row.countback_stopped}, a month without sales"
             for row in found if row.countback_stopped]  # fmt: skip
    if reached is not None:
        notes.append(f"Contacts with the right party: {reached} a collector and day")
    table = Table(columns, rows, in_json=False)
    return Report("metrics", f"Metrics from {first} to {last}", [table], head, notes)


def _reached(ledger: Ledger, first: date, last: date) -> Decimal | None:
    """Contacts with somebody who can pay or decide, for each day a collector had any contact; None without any."""
    done = work(ledger, first, last, "month")
    return ratio(sum(one.right_party for one in done), sum(one.days for one in done))


def build_series(ledger: Ledger, first: date, last: date, currency: str = "", month_days: int = 0) -> Report:
    """The figures month by month, the first and last month cut at `first` and `last`."""
    spans = [parse_month(month) for month in months(first, last)]
    by_month = [
        measured(ledger, max(start, first), min(end, last), month_days=month_days) for start, end in spans
    ]  # fmt: skip
    wanted = currency or _main(ledger, by_month[-1])
    rows = [next((row for row in found if row.currency == wanted), None) for found in by_month]
    shown = [row for row in rows if row]
    if not shown:
        _chosen(by_month[-1], wanted)
    columns = [Column("from", "From", "date"), Column("to", "To", "date"), Column("currency", "Cur", shown=False)]
    columns += [Column(key, _SHORT.get(key, key), "money" if key in _MONEY else "number", shown=key in _IN_SERIES)
                for key in _LABELS]  # fmt: skip
    cells: list[list[Cell]] = [
        [row.first, row.last, row.currency, *(_cell(row, key) for key in _LABELS)] for row in shown
    ]
    head = {"from": first, "to": last, "currency": wanted}
    names = [row.first.isoformat()[:7] for row in shown]
    lines = {key: [_number(row, key) for row in shown] for key in ("dso", "countback_dso", "best_possible_dso")}
    charts = [Chart("Days sales outstanding", names, {_SHORT[key]: values for key, values in lines.items()})]
    facts = [(_SHORT[key], sparkline([_number(row, key) for row in shown])) for key in _IN_SERIES]
    title = f"Metrics by month from {first} to {last}, {wanted}"
    return Report("metrics", title, [Table(columns, cells)], head, facts=facts, charts=charts)


def _main(ledger: Ledger, found: Sequence[Metrics]) -> str:
    """The ledger's currency where there is anything in it, else the first there is."""
    known = [row.currency for row in found]
    return ledger.policy.currency if ledger.policy.currency in known else known[0]


def _chosen(found: Sequence[Metrics], currency: str) -> Metrics:
    for row in found:
        if row.currency == currency:
            return row
    known = ", ".join(row.currency for row in found)
    raise UsageError(f"--currency: nothing was ever billed in {currency}", f"there is {known}")


def _cell(row: Metrics, key: str) -> Cell:
    value = getattr(row, key)
    return Money(value, row.currency) if key in _MONEY else value


def _json(row: Metrics) -> dict[str, object]:
    return {"from": row.first, "to": row.last, "currency": row.currency, **{key: _cell(row, key) for key in _LABELS}}


def _number(row: Metrics, key: str) -> Decimal | None:
    value: int | Decimal | None = getattr(row, key)
    return Decimal(value) if isinstance(value, int) else value
