"""`ar report fx`: receivables in foreign currencies in the ledger's own; gains realised, and gains on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from arledger.compute.bookings import to_revalue
from arledger.compute.fx import Realised, Revalued, journal, rates_of, realised, revalued
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.policy.credit import Rate
from arledger.reports.bookings import of_gains
from arledger.reports.report import Cell, Column, Report, Table


def build(ledger: Ledger, first: date, last: date, more: Sequence[Rate] = ()) -> Report:
    """Revaluation at the end of `last`, gains realised since `first`, and what to post. `more`: rates beside policy's.

    Raises RefusedError where a rate is missing.
    """
    policy = replace(ledger.policy, rates=(*more, *ledger.policy.rates))
    own, accounts, rates = policy.currency, policy.accounts, rates_of(policy)
    open_, gains = revalued(ledger, last, rates), realised(ledger, first, last, rates)
    won = sum(g.gain for g in gains)
    gains_ = {one.currency: one.unrealised for one in to_revalue(ledger, last, rates)}
    booking = of_gains(journal(gains_, last, (accounts.fx_revaluation, accounts.fx_unrealised)), own)
    tables = [_revalued(open_, own), _realised(ledger, gains, own), booking]
    head = {
        "as_of": last, "from": first, "to": last, "currency": own, "realised": Money(won, own),
        "unrealised": Money(sum(r.unrealised for r in open_), own),
    }  # fmt: skip
    return Report("fx", f"Foreign currency from {first} to {last}, in {own}", tables, head)


def _revalued(found: Sequence[Revalued], own: str) -> Table:
    columns = [
        Column("currency", "Cur"), Column("open", "Open", "money"), Column("carried", f"Booked, {own}", "money"),
        Column("rate", "Rate", "number"), Column("worth", f"Worth, {own}", "money"),
        Column("unrealised", "Unrealised", "money"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [r.currency, Money(r.open, r.currency), Money(r.carried, own), r.rate, Money(r.worth, own),
         Money(r.unrealised, own)] for r in found
    ]  # fmt: skip
    sums = [Money(sum(getattr(r, key) for r in found), own) for key in ("carried", "worth", "unrealised")]
    feet = [["Total", None, sums[0], None, *sums[1:]]] if found else []
    return Table(columns, rows, feet, title="Open items, revalued", empty="Nothing is open in another currency.")


def _realised(ledger: Ledger, found: Sequence[Realised], own: str) -> Table:
    columns = [
        Column("date", "Date", "date"), Column("fact", "Fact"), Column("customer", "Customer"), Column("name", "Name"),
        Column("currency", "Cur"), Column("applied", "Applied", "money"), Column("gain", f"Gain, {own}", "money"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [g.date, g.fact, g.customer, ledger.names.get(g.customer, ""), g.currency, Money(g.amount, g.currency),
         Money(g.gain, own)] for g in found
    ]  # fmt: skip
    feet = [["Total", *[None] * 5, Money(sum(g.gain for g in found), own)]] if found else []
    return Table(columns, rows, feet, name="gains", title="Realised gains", empty="Nothing was realised.")
