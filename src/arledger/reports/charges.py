"""`ar charges`: what late items cost, item by item, and what is given back of earlier charges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from arledger.compute.charge_rates import ChargeTerms
from arledger.compute.charges import Correction, CustomerCharge, ItemCharge, Run
from arledger.compute.interest import Segment
from arledger.money import Money
from arledger.policy.charges import Pack, effective_rate
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("customer", "Customer"), Column("name", "Name", shown=False), Column("item", "Item"), Column("kind", "Kind"),
    Column("document", "Corrects"), Column("from", "From", "date"), Column("to", "To", "date"),
    Column("days", "Days", "number"), Column("rate", "Rate"), Column("principal", "Principal", "money"),
    Column("charge", "Charge", "money"), Column("currency", "Cur"), Column("segments", "Segments", "data", shown=False),
)  # fmt: skip


def build(found: Run, terms: ChargeTerms, as_of: date, names: dict[str, str], *, detail: bool = False) -> Report:
    """A run: a row for interest on each item, its compensation, and each item given back; totals by currency.

    With `detail` interest has a row for each segment of one principal and rate instead.
    """
    rows = [row for one in found.charges for row in _charge_rows(one, names, detail=detail)]
    rows += [row for one in found.corrections for row in _correction_rows(one, names)]
    sums: dict[str, int] = {}
    for row in rows:
        if isinstance(row[10], Money):
            sums[row[10].currency] = sums.get(row[10].currency, 0) + row[10].minor
    blank: list[Cell] = [None] * len(_COLUMNS)
    totals = [["Total", *blank[1:10], Money(sums[c], c), c, None] for c in sorted(sums)]
    corrects = any(found.corrections)
    columns = [replace(c, shown=c.shown and (corrects or c.key != "document")) for c in _COLUMNS]
    shown = [item for made in (found.charges, found.corrections) for one in made for item in one.items]
    if not detail and any(len({one.principal for one in item.segments}) > 1 for item in shown):
        columns = [replace(c, title="First principal") if c.key == "principal" else c for c in columns]
    table = Table(columns, rows, totals, empty="Nothing to charge.")
    head = {"as_of": as_of, "pack": terms.charges.pack or None, "terms_ref": terms.charges.terms_ref or None,
            "cap": _percent(terms.charges.cap), "effective_rates": _effective(found, terms)}  # fmt: skip
    return Report("charges", f"Finance charges up to {as_of}", [table], head, _notes(found, terms))


def none(as_of: date) -> Report:
    """What there is to say where policy has no charges."""
    notes = ["ledger.yaml has no charges: nothing is charged for late payment"]
    return Report("charges", "", [Table(_COLUMNS, (), (), empty="")], {"as_of": as_of}, notes)


def _charge_rows(charge: CustomerCharge, names: dict[str, str], *, detail: bool) -> Iterator[list[Cell]]:
    who, currency = [charge.customer, names.get(charge.customer, "")], charge.currency
    fixed = {one.item: one for one in charge.compensation}
    for one in charge.items:
        if detail:
            for segment, share in zip(one.segments, one.shares, strict=True):
                yield [*who, one.item, "interest", "", *_cells((segment,), share, currency)]
        else:
            yield [*who, one.item, "interest", "", *_cells(one.segments, one.charge, currency)]
        if paid := fixed.get(one.item):
            yield [*who, one.item, "compensation", "", paid.since, None, None, "", Money(paid.debt, currency),
                   Money(paid.amount, currency), currency, []]  # fmt: skip


def _correction_rows(correction: Correction, names: dict[str, str]) -> Iterator[list[Cell]]:
    """The items of a finance charge that cost less than it charged. Their sum is what is given back of it."""
    document = correction.charge
    who, currency, left = [document.customer, names.get(document.customer, "")], document.currency, correction.amount
    changed = [one for one in correction.items if one.charge != correction.before[one.item]]
    for place, one in enumerate(changed, 1):
        back = left if place == len(changed) else min(left, correction.before[one.item] - one.charge)
        left -= back
        yield [*who, one.item, "correction", document.fact, *_cells(one.segments, -back, currency)]


def _cells(segments: Sequence[Segment], charge: int, currency: str) -> list[Cell]:
    days = sum(one.days for one in segments)
    principal = next((one.principal for one in segments if one.principal), 0)
    nested: list[Cell] = [
        {"from": one.start, "to": one.end, "days": one.days, "rate": _percent(one.rate),
         "principal": Money(one.principal, currency)} for one in segments
    ]  # fmt: skip
    rates = ", ".join(dict.fromkeys(f"{one.rate:f}%" for one in segments if one.principal))
    return [segments[0].start, segments[-1].end, days, rates, Money(principal, currency), Money(charge, currency),
            currency, nested]  # fmt: skip


def _percent(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate:f}%"


def _rates(found: Run) -> list[Decimal]:
    items: Iterable[ItemCharge] = (item for charge in found.charges for item in charge.items)
    return sorted({one.rate for item in items for one in item.segments if one.principal})


def _effective(found: Run, terms: ChargeTerms) -> dict[str, str | None]:
    return {f"{rate:f}%": _percent(effective_rate(rate, terms.charges.reckoning)) for rate in _rates(found)}


def _notes(found: Run, terms: ChargeTerms) -> list[str]:
    """What people should know: what each rate comes to in a year, and what it rests on."""
    charges = terms.charges
    cap = f", cap {charges.cap:f}%" if charges.cap is not None else ""
    how = f"{'compound' if charges.compound == 'monthly' else 'simple'}, " + (
        "by whole months" if charges.per == "month" else charges.basis)  # fmt: skip
    notes = [
        f"{rate:f}% a year, {how}: {effective_rate(rate, charges.reckoning):f}% effective{cap}"
        for rate in _rates(found)
    ]
    if found.charges and (charges.terms_ref or terms.pack):
        notes.append(f"by {charges.terms_ref or (terms.pack.law if terms.pack else '')}")
    if any(one.raised for one in found.charges):
        bound = f", or what the cap of {charges.cap:f}% comes to" if charges.cap is not None else ""
        notes.append(f"raised to the least a run charges a customer: {charges.minimum.amount:,f}{bound}")
    return notes


def packs(found: Sequence[tuple[str, Pack]], ours: str) -> Report:
    """The statutory packs there are, with every period they have a rate for; `ours`: where those of ar lie."""
    columns = (
        Column("pack", "Pack"), Column("law", "Law"), Column("from", "From", "date"), Column("to", "To", "date"),
        Column("rate", "Rate"), Column("source", "Source"),
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for name, pack in found:
        rows += [[name, pack.law, one.valid_from, one.to, f"{one.rate:f}%", one.source] for one in pack.rates]
        if not pack.rates:
            rows.append([name, pack.law, None, None, "", pack.source])
    notes = [f"those that come with ar lie in {ours}: a copy in ledgers/packs/ takes the place of one"]
    return Report("packs", "Statutory packs", [Table(columns, rows)], notes=notes)
