"""`ar report month-end`: every report of a month's end at once, and a summary for those who only look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from arledger.compute.aging import Aged, aged_customers, totals
from arledger.compute.exposure import CreditBook, Draft
from arledger.compute.metrics import Metrics, measured
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import Money, decimal
from arledger.reports import (
    aging,
    allowance,
    collections,
    credit,
    debtors,
    forecast,
    fx,
    losses,
    metrics,
    rollforward,
    sales,
)
from arledger.reports.chart import Chart
from arledger.reports.report import Report

_TOP = 25


class Pack(NamedTuple):
    """The reports of a month's end: a summary, the few that a pull request shows, and all."""

    summary: Report
    brief: Sequence[Report]
    full: Sequence[Report]


def build(ledger: Ledger, first: date, last: date, year: date, drafts: Iterable[Draft] = ()) -> Pack:
    """The pack of the time from `first` to `last`; series and write-offs begin at `year`, drafts count as exposure.

    What the policy has no rule for (allowance, exchange rates, relief from tax) is left out; the summary names rates.
    """
    rolled = rollforward.build(ledger, first, last)
    aged = _with_charts(ledger, last, aging.build(ledger, last, ledger.policy.aging))
    figures, series = metrics.build(ledger, first, last), metrics.build_series(ledger, year, last)
    ahead, late = forecast.build(ledger, last), debtors.delinquents(ledger, last, _TOP)
    optional, notes = _optional(ledger, first, last)
    full = [
        rolled, aged, figures, series, ahead, forecast.build_backtest(ledger, last), late,
        debtors.concentration(ledger, last, _TOP), sales.build(ledger, first, last),
        losses.write_offs(ledger, year, last), collections.build(ledger, first, last, "month"),
        credit.build(CreditBook(ledger, last, drafts)),
        *optional, rollforward.build(ledger, first, last, "customer"),
    ]  # fmt: skip
    summary = _summary(ledger, first, last, notes)
    brief = [rolled, _only_totals(aged), figures, debtors.delinquents(ledger, last, 10)]
    return Pack(summary, brief, full)


def _optional(ledger: Ledger, first: date, last: date) -> tuple[list[Report], list[str]]:
    """The reports that need a rule in the policy, and which are left out and why."""
    foreign = any(currency != ledger.policy.currency for currency in ledger.control(last))
    wanted: list[tuple[bool, Callable[[], Report]]] = [
        (ledger.policy.allowance is not None, lambda: allowance.build(ledger, first, last)),
        (foreign, lambda: fx.build(ledger, first, last)),
        (ledger.policy.tax.relief is not None, lambda: losses.tax_relief(ledger, last)),
    ]
    found, notes = [], []
    for there, make in wanted:
        try:
            if there:
                found.append(make())
        except RefusedError as error:
            notes.append(f"Left out: {error.message}")
    return found, notes


def _summary(ledger: Ledger, first: date, last: date, notes: Sequence[str]) -> Report:
    """What a manager looks at first, currency by currency."""
    facts: list[tuple[str, str]] = []
    late = {row.currency: row for row in totals(aged_customers(ledger, last, ledger.policy.aging))}
    own = ledger.policy.currency
    for row in sorted(measured(ledger, first, last), key=lambda row: (row.currency != own, row.currency)):
        if row.closing or row.opening or row.sales:
            facts += _figures(row, late.get(row.currency), first - timedelta(1))
    company = ledger.policy.company.name
    return Report("month-end", f"{company}: receivables from {first} to {last}", [], {"from": first, "to": last}, notes,
                  facts=facts)  # fmt: skip


def _figures(row: Metrics, aged: Aged | None, before: date) -> list[tuple[str, str]]:
    def money(minor: int) -> str:
        return Money(minor, row.currency).said()

    overdue = sum(aged.buckets[1:]) if aged else 0
    share = (200 * overdue + row.debits) // (2 * row.debits) if row.debits else 0  # halves up
    change = row.closing - row.opening
    than = f"{money(abs(change))} {'more' if change > 0 else 'less'} than" if change else "as"
    days = f"; {row.dso} days of sales" if row.dso is not None else ""
    old = f"; {money(row.past_90)} for more than 90 days" if row.past_90 else ""
    return [
        (f"Receivables, {row.currency}", f"{money(row.closing)}, {than} on {before}{days}"),
        (f"Overdue, {row.currency}", f"{money(overdue)}, {share} % of what is open{old}"),
        (f"Sales, {row.currency}", money(row.sales)),
    ]


def _with_charts(ledger: Ledger, last: date, report: Report) -> Report:
    """The ageing with a chart of each currency."""
    names = ledger.policy.aging.names
    charts = [
        Chart(f"Open by days past due, {row.currency}", names,
              {"Open": [decimal(amount, row.currency) for amount in row.buckets]}, "bar")
        for row in totals(aged_customers(ledger, last, ledger.policy.aging))
    ]  # fmt: skip
    return replace(report, charts=charts)


def _only_totals(report: Report) -> Report:
    tables = [replace(table, rows=table.totals or (), totals=None) for table in report.tables]
    return replace(report, tables=tables, charts=())
