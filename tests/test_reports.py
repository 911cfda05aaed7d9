"""The reports of a month-end: worked examples with their exact figures, and laws on random books (INVARIANTS C)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.commands.bookings import book_allowance
from arledger.compute.allowance import moved, provided, total
from arledger.compute.bookings import to_book
from arledger.compute.forecast import expected, outlook, windows
from arledger.compute.fx import journal, rates_of, realised, revalued
from arledger.compute.metrics import collection_effectiveness, measured, ratio
from arledger.compute.postings import balances, postings
from arledger.compute.rollforward import LINES, rolled
from arledger.ledger.rows import Why
from arledger.store.writing import path_of, text_of
from books import SPAN, START, books, money, write
from kept_books import by_currency, folder, kept, opened
from model import Facts, Model, minor

DAYS = st.integers(-10, SPAN + 130).map(lambda n: START + dt.timedelta(n))
THREE_DAYS = st.lists(DAYS, min_size=3, max_size=3).map(sorted)
ONE = dt.timedelta(1)


def ledger_of(home: Path, files: dict[str, str], policy: str = "", currency: str = "EUR") -> Path:
    """A folder with ledger.yaml, the customer ACME and these files."""
    given_ = {
        "ledger.yaml": f"company: {{name: Northwind}}\ncurrency: {currency}\n{policy}",
        "customers/ACME.yaml": "name: Acme\n",
    }
    for name, text in {**given_, **files}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return home


def invoice(day: str, due: str, total: str, customer: str = "ACME", currency: str = "EUR") -> str:
    return f"customer: {customer}\ndate: {day}\ndue: {due}\ncurrency: {currency}\ntotal: {total}\n"


def payment(day: str, item: str, amount: str, currency: str = "EUR") -> str:
    return (f"customer: ACME\ndate: {day}\ncurrency: {currency}\napplied:\n"
            f"  - {{item: {item}, amount: {amount}}}\namount: {amount}\n")  # fmt: skip


def test_every_reason_for_an_entry_has_its_line() -> None:
    assert set(get_args(Why)) == set(LINES.values())


def test_dso(tmp_path: Path) -> None:
    """RULES T-K1: receivables of 212,000 after sales of 70,000, 80,000 and 100,000."""
    files = {
        "invoices/A.yaml": invoice("2026-01-15", "2026-02-14", "70000.00"),
        "invoices/B.yaml": invoice("2026-02-15", "2026-03-17", "80000.00"),
        "invoices/C.yaml": invoice("2026-03-15", "2026-04-14", "100000.00"),
        "payments/P.yaml": payment("2026-03-20", "A", "38000.00"),
    }
    with opened(ledger_of(tmp_path, files)) as (ledger, problems):
        assert problems == []
        (found,) = measured(ledger, dt.date(2026, 1, 1), dt.date(2026, 3, 31))
        assert (str(found.dso), str(found.countback_dso), found.countback_stopped) == ("76.32", "73.17", "")
        (found,) = measured(ledger, dt.date(2026, 1, 1), dt.date(2026, 3, 31), month_days=30)
        assert (str(found.dso), str(found.countback_dso)) == ("76.32", "73.71")
        (found,) = measured(ledger, dt.date(2026, 4, 1), dt.date(2026, 4, 30))  # a month without sales
        assert (found.dso, found.countback_dso, found.countback_stopped) == (None, None, "2026-04")


def test_published_examples() -> None:
    """CEI with sales divided by the months of the period; DSO, best possible DSO and their difference."""
    assert str(collection_effectiveness(6200, 10890, 6340, 3590, 3)) == "55.93"
    assert [str(ratio(part, 10_000, 30)) for part in (15_000, 4_000, 11_000)] == ["45.00", "12.00", "33.00"]


@given(books(), THREE_DAYS)
def test_rollforwards_add_up_and_follow_each_other(facts: Facts, days: list[dt.date]) -> None:
    """C5: opening and closing are those of the oracle, lines too; two periods come to the same as both at once."""
    before, middle, end = days
    model = Model(facts)
    with kept(facts) as ledger:
        whole = {row.currency: row for row in rolled(ledger, before + ONE, end)}
        early = {row.currency: row for row in rolled(ledger, before + ONE, middle)}
        late = {row.currency: row for row in rolled(ledger, middle + ONE, end)} if middle < end else {}
        opening, closing = by_currency(model.balances(before)), by_currency(model.balances(end))
        for currency, row in whole.items():
            assert (row.opening, row.closing) == (opening.get(currency, 0), closing.get(currency, 0))
            assert row.opening + sum(row.lines.values()) == row.closing
            assert row.lines["payments"] == -model.billed("payments", before + ONE, end, currency)
            assert row.lines["credit_notes"] == -model.billed("credit-notes", before + ONE, end, currency)
            billed = sum(row.lines[key] for key in ("invoices", "debit_notes", "charges"))
            assert billed == model.billed("invoices", before + ONE, end, currency)
            assert row.lines["applied"] == 0
            for key in LINES:
                parts = [found[currency].lines[key] for found in (early, late) if currency in found]
                assert sum(parts) == row.lines[key]
        assert set({**opening, **closing}) <= set(whole)


@given(books(), THREE_DAYS)
def test_every_grouping_comes_to_the_same(facts: Facts, days: list[dt.date]) -> None:
    """C11: by customer and by kind of item the roll-forward has the totals of the whole."""
    first, _, last = days
    with kept(facts) as ledger:
        whole = {row.currency: row for row in rolled(ledger, first, last)}
        for by in ("customer", "kind"):
            sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
            for row in rolled(ledger, first, last, by):  # type: ignore[arg-type]
                assert row.opening + sum(row.lines.values()) == row.closing
                for key, amount in {**row.lines, "opening": row.opening, "closing": row.closing}.items():
                    sums[row.currency][key] += amount
            for currency, found in sums.items():
                row = whole.get(currency)
                assert (
                    found == {**row.lines, "opening": row.opening, "closing": row.closing}
                    if row
                    else not any(found.values())
                )


@given(books(), THREE_DAYS)
def test_metrics_are_their_formulas(facts: Facts, days: list[dt.date]) -> None:
    """C8, C12: worked out again from the documents, and only from those dated up to the last day."""
    first, _, last = days
    model = Model(facts)
    known = {fact: kept_ for fact, kept_ in facts.items() if dt.date.fromisoformat(kept_[1]["date"]) <= last}
    with kept(facts) as ledger, kept(known) as then:
        found = measured(ledger, first, last)
        assert found == measured(then, first, last)
    for row in found:
        billed = [(doc, day) for folder, doc in facts.values() if folder == "invoices"
                  and doc["currency"] == row.currency and doc.get("kind") != "finance-charge"
                  and first <= (day := dt.date.fromisoformat(doc["date"])) <= last]  # fmt: skip
        sales = sum(minor(doc["total"], row.currency) for doc, _ in billed)
        ages = [cells for (_, currency), cells in model.aging(last, (90,)).items() if currency == row.currency]
        current, past, old, unapplied = (sum(column) for column in zip(*ages, strict=True)) if ages else (0, 0, 0, 0)
        closing = by_currency(model.balances(last)).get(row.currency, 0)
        assert (row.sales, row.closing, row.current, row.past_90) == (sales, closing, current, old)
        days_ = (last - first).days + 1
        assert row.dso == (_cents(Decimal(closing) * days_ / sales) if sales else None)
        assert row.best_possible_dso == (_cents(Decimal(current) * days_ / sales) if sales else None)
        debits = current + past + old
        assert row.unapplied_share == (_cents(Decimal(-unapplied) * 100 / debits) if debits else None)
        assert row.average_days_late == _late(model, row.currency, first, last)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def _late(model: Model, currency: str, first: dt.date, last: dt.date) -> Decimal | None:
    """Average days late of the debts settled in a period, by looking at every day of it."""
    weighed = total = 0
    before, now = model.open(last), {}
    for item, doc in model.items.items():
        folder = model.facts[item][0]
        if folder != "invoices" or doc["currency"] != currency or dt.date.fromisoformat(doc["date"]) > last:
            continue
        if item in before:
            continue
        day = last
        while day >= dt.date.fromisoformat(doc["date"]):
            now = model.open(day - ONE)
            touched = any(name == item for name, *_ in model._uses(day)) and _moved(model, item, day)
            if item in now or touched:
                break
            day -= ONE
        if first <= day <= last:
            dues = [part["due"] for part in doc.get("instalments", ())]
            due = dt.date.fromisoformat(max(dues) if dues else doc["due"])
            amount = minor(doc["total"], currency)
            total += amount
            weighed += amount * max((day - due).days, 0)
    return _cents(Decimal(weighed) / total) if total else None


def _moved(model: Model, item: str, day: dt.date) -> bool:
    """Whether anything was done to an item on a day."""
    for fact, (kind, doc) in model.facts.items():
        if dt.date.fromisoformat(doc["date"]) != day:
            continue
        if kind == "reversals":
            of = doc["of"]
            _kind, was = model.facts[of]
            if (
                of == item
                or item in {was.get("item", "").partition("/")[0], was.get("credit", "")}
                or any(share["item"].partition("/")[0] == item for share in was.get("applied", ()))
            ):
                return True
        elif (
            fact == item
            or item in {doc.get("item", "").partition("/")[0], doc.get("credit", "")}
            or any(share["item"].partition("/")[0] == item for share in doc.get("applied", ()))
        ):
            return True
    return False


RATES = "{current: 1%, 1-30: 2.5%, 31-60: 7%, 61+: 33%}"
ALLOWANCE = f"""allowance:
  rates: {RATES}
  pools: {{asia: {{customers: [NIPPON]}}}}
  matrices: [{{from: 2026-03-01, pool: asia, rates: {{current: 3%, 1-45: 4%, 46+: 50%}}, factor: 90%}}]
  specific: [{{customer: GULF, from: 2026-02-01, rate: 50%, reason: insolvent}}]
"""


@given(books(), THREE_DAYS)
def test_allowance(facts: Facts, days: list[dt.date]) -> None:
    """G4, and: pools and specific reserves share out the ageing, each debt once; credits of nobody count."""
    first, middle, last = days
    with kept(facts, ALLOWANCE) as ledger:
        for day in days:
            debits: dict[str, int] = {}
            for (_, currency), cells in Model(facts).aging(day, (30,)).items():
                debits[currency] = debits.get(currency, 0) + sum(cells[:-1])
            found = {currency: balance for currency, (balance, _) in total(provided(ledger, day)).items()}
            assert {c: m for c, m in found.items() if m} == {c: m for c, m in debits.items() if m}
        whole = {m.currency: m for m in moved(ledger, first + ONE, last)} if first < last else {}
        parts = [moved(ledger, a + ONE, b) for a, b in ((first, middle), (middle, last)) if a < b]
        for currency, m in whole.items():
            assert m.opening + m.charge - m.written_off + m.recovered == m.closing
            for key in ("charge", "written_off", "recovered"):
                assert getattr(m, key) == sum(getattr(p, key) for part in parts for p in part if p.currency == currency)


def test_published_allowances(tmp_path: Path) -> None:
    """OpenStax Financial Accounting 9.2: 58,097 in three bands, 78,097 to charge after 20,000 were written off; 15 % of
    324,850 is 48,727.50, and 25,727.50 of it to charge where 23,000 are booked."""
    bands = "allowance: {rates: {current: 10%, 1-30: 10%, 31-90: 20%, 91+: 30%}}\n"
    files = {
        "invoices/A.yaml": invoice("2026-06-01", "2026-06-30", "145740.00"),
        "invoices/B.yaml": invoice("2026-04-01", "2026-05-01", "122100.00"),
        "invoices/C.yaml": invoice("2026-01-01", "2026-02-01", "77010.00"),
        "write-offs/B-W1.yaml": "customer: ACME\ndate: 2026-06-10\ncurrency: EUR\nitem: B\nreason: gone\n"
        "amount: 20000.00\n",
    }
    with opened(ledger_of(tmp_path / "a", files, bands)) as (ledger, problems):
        assert problems == []
        (found,) = to_book(ledger, dt.date(2026, 6, 30))
        assert (found.closing, found.charge) == (5_809_700, 7_809_700)
    files = {
        "invoices/A.yaml": invoice("2026-06-01", "2026-06-30", "324850.00"),
        "allowances/allowance-EUR-2026-05-31.yaml": "date: 2026-05-31\ncurrency: EUR\nsince: 2026-05-01\nopening: 0.00\n"
        "charge: 23000.00\nwritten_off: 0.00\nrecovered: 0.00\nclosing: 23000.00\n",
    }
    flat = "allowance: {rates: {current: 15%, 1-30: 15%, 31+: 15%}}\n"
    with opened(ledger_of(tmp_path / "b", files, flat)) as (ledger, problems):
        assert problems == []
        (found,) = to_book(ledger, dt.date(2026, 6, 30))
        assert (found.opening, found.charge, found.closing) == (2_300_000, 2_572_750, 4_872_750)


@given(books(), DAYS)
def test_bookings_go_on_from_each_other(facts: Facts, day: dt.date) -> None:
    """G4, C2: month after month booked, allowances in the general ledger are those worked out; nothing is left to book."""
    ends = [day - dt.timedelta(60), day - dt.timedelta(30), day]
    with folder() as home:
        write(facts, home)
        with (home / "ledger.yaml").open("a") as policy:
            policy.write(f"allowance: {{rates: {RATES}}}\n")
        for end in ends:
            with opened(home) as (ledger, _):
                planned = book_allowance(ledger, end, START)
            for fact, document in planned.facts:
                path = home / path_of(fact, document)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text_of(document))
        with opened(home) as (ledger, problems):
            assert problems == []
            assert to_book(ledger, day) == []
            sums = balances(postings(ledger, dt.date.min, day))
            booked = {
                currency: -amount for (account, currency), amount in sums.items() if account == "Assets:Allowance"
            }
            worth = {currency: allowance for currency, (_, allowance) in total(provided(ledger, day)).items()}
            assert {c: m for c, m in booked.items() if m} == {c: m for c, m in worth.items() if m}
            assert sum(sums.values()) == 0


@given(books(), DAYS)
def test_forecast(facts: Facts, day: dt.date) -> None:
    """C8, C11: what is expected is never more than what is owed; customers come to the whole; the future is unknown."""
    known = {fact: kept_ for fact, kept_ in facts.items() if dt.date.fromisoformat(kept_[1]["date"]) <= day}
    with kept(facts) as ledger, kept(known) as then:
        found, whole = outlook(ledger, day, windows(day, 8)), outlook(ledger, day, windows(day, 1, 56))
        assert found == outlook(then, day, windows(day, 8))
    debts: dict[str, int] = defaultdict(int)
    for (_, currency), cells in Model(facts).aging(day, (30,)).items():
        debts[currency] += sum(cells[:-1])
    for part in found.parts:
        assert min(part.chances) >= 0
        assert sum(part.chances) <= 1_000_000
    for total_ in expected(whole):
        weeks = [row for row in expected(found) if row.currency == total_.currency]
        people = [row for row in expected(whole, by_customer=True) if row.currency == total_.currency]
        assert 0 <= total_.low <= total_.amount <= total_.high
        assert total_.amount <= debts[total_.currency] - whole.covered.get(total_.currency, 0)
        assert abs(sum(row.amount for row in weeks) - total_.amount) <= 8 + total_.amount // 100_000
        assert abs(sum(row.amount for row in people) - total_.amount) <= len(people)


@given(
    st.lists(st.tuples(st.integers(1, 40_000), st.integers(1, 30_000)), min_size=1, max_size=5), st.integers(1, 30_000)
)
@settings(max_examples=15)
def test_fx(parts: list[tuple[int, int]], booked: int) -> None:
    """G7, G8: what partial payments realise comes to the same as the whole, with no cent left over; paper gains go back."""
    whole = sum(amount for amount, _ in parts)
    day = dt.date(2026, 1, 1)
    rates = [f"{{currency: EUR, rate: {Decimal(booked).scaleb(-4):f}, from: {day}}}"]
    files = {"invoices/I.yaml": invoice(str(day), "2026-01-31", money(whole, "EUR"))}
    for n, (amount, rate) in enumerate(parts, 1):
        paid_on = day + dt.timedelta(n)
        files[f"payments/P{n}.yaml"] = payment(str(paid_on), "I", money(amount, "EUR"))
        rates.append(f"{{currency: EUR, rate: {Decimal(rate).scaleb(-4):f}, from: {paid_on}}}")
    with (
        folder() as home,
        opened(ledger_of(home, files, f"rates: [{', '.join(rates)}]\n", "USD")) as (ledger, problems),
    ):
        assert problems == []
        at = rates_of(ledger.policy)
        worth = [_cents(Decimal(amount * rate) / 1_000_000) for amount, rate in parts]
        gains = realised(ledger, day, dt.date(2026, 12, 31), at)
        last = day + dt.timedelta(len(parts))
        assert Decimal(sum(g.gain for g in gains)) / 100 == sum(worth) - _cents(Decimal(whole * booked) / 1_000_000)
        assert revalued(ledger, last, at) == []
        if len(parts) > 1:
            (open_,) = revalued(ledger, day, at)
            assert (open_.open, open_.unrealised) == (whole, 0)
            (open_,) = revalued(ledger, day + ONE, at)
            posted = list(journal({"EUR": open_.unrealised}, day, ("A", "B")))
            assert sum(amount for _, account, _, amount, _ in posted if account == "A") == 0
