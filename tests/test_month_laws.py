"""Laws of statements, shares, closes and what may be taken off an item (INVARIANTS C6, C14, D3 to D5, G1, G3, G5, G10).

Statements on random books against the oracle of `model.py`; closes and limits through the command line.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.compute.aging import age
from arledger.compute.open_items import open_items
from arledger.compute.shares import shares
from arledger.compute.statements import Section, statement
from books import CUSTOMERS, LEDGER, SPAN, START, books, write
from clerk import tree
from console import Done, ar, environment
from kept_books import by_currency, folder, kept
from model import DECIMALS, Facts, Model

ONE = dt.timedelta(1)
MARKS = st.lists(st.integers(-5, SPAN + 60), min_size=3, max_size=3, unique=True).map(
    lambda marks: [START + dt.timedelta(n) for n in sorted(marks)]
)


def _of(sections: tuple[Section, ...], currency: str) -> Section | None:
    return next((section for section in sections if section.currency == currency), None)


@given(books(), st.sampled_from(sorted(CUSTOMERS)), MARKS)
def test_statements_follow_each_other_and_agree(facts: Facts, customer: str, marks: list[dt.date]) -> None:
    """C6, RULES T-S1: opening is the closing before, lines lead to closing, and all three layouts end on one balance."""
    model = Model(facts)
    with kept(facts) as ledger:
        before: dict[str, int] = {c: m for (who, c), m in model.balances(marks[0] - ONE).items() if who == customer}
        for first, last in zip(marks, [marks[1] - ONE, marks[2] - ONE, marks[2]], strict=True):
            balances = {c: m for (who, c), m in model.balances(last).items() if who == customer}
            moved = statement(ledger, customer, last, "balance-forward", first).sections
            listed = statement(ledger, customer, last, "open-item").sections
            whole = statement(ledger, customer, last, "activity").sections
            items = open_items(ledger, last, customer)
            aged = {row.currency: row for row in age(items, last, ledger.aging, lambda item: item.customer)}
            for currency in {*before, *balances}:
                forward = _of(moved, currency)
                assert forward
                assert forward.opening == before.get(currency, 0)
                assert forward.opening + sum(line.charge - line.payment for line in forward.lines) == forward.closing
                assert forward.closing == balances.get(currency, 0)
            for section in (*moved, *listed, *whole):
                assert section.closing == balances.get(section.currency, 0)
                row = aged.get(section.currency)
                assert (section.aging.buckets, section.unapplied) == ((row.buckets, row.unapplied) if row else
                                                                      (section.aging.buckets, 0))  # fmt: skip
                assert sum(section.aging.buckets) + section.unapplied == section.closing
            for section in listed:
                assert sum(line.charge - line.payment for line in section.lines) == section.closing
            before = balances


@given(st.lists(st.integers(-5_000, 10**12), max_size=40))
def test_shares_add_up_as_shown(amounts: list[int]) -> None:
    """C14: percentages sum to 100.0, each within a tenth of the exact share."""
    found = shares(amounts)
    whole = sum(amount for amount in amounts if amount > 0)
    assert sum(found) == (100 if whole else 0)
    for share, amount in zip(found, amounts, strict=True):
        assert abs(share - (Decimal(max(amount, 0) * 100) / whole if whole else 0)) <= Decimal("0.1")


# closes


@given(books(), st.data())
@settings(max_examples=6)
def test_months_close_in_order_with_their_figures(facts: Facts, data: st.DataObject) -> None:
    """D3, D4, D5: a month is skipped by nobody; what a close says is reckoned again; a change of the past is found."""
    months = [f"2026-{n:02}" for n in range(1, 7)]
    with folder() as home:
        write(facts, home / "ledgers")
        (home / "ledgers" / "ledger.yaml").write_text(LEDGER)

        def run(*arguments: str) -> Done:
            return ar(arguments, home, environment(AR_TODAY="2026-12-31"))

        for number, month in enumerate(months):
            assert run("close", month, "--yes").status == 0
            if number + 2 < len(months):
                skipped = run("close", months[number + 2], "--yes")
                assert (skipped.status, "period-order" in skipped.err) == (5, True)
            close = yaml.safe_load((home / "ledgers" / "periods" / f"{month}.yaml").read_text())
            last = dt.date.fromisoformat(str(close["date"]))
            control = by_currency(Model(facts).balances(last))
            found = {b["currency"]: Decimal(str(b["balance"])) for b in close.get("balances", ())}
            assert {c: amount for c, amount in found.items() if amount} == {
                currency: Decimal(minor).scaleb(-DECIMALS.get(currency, 2)) for currency, minor in control.items()
            }
        assert run("check").status == 0
        closed = sorted(p for p in (home / "ledgers").rglob("*.yaml") if "2026-0" in str(p.parent) and
                        str(yaml.safe_load(p.read_text()).get("date", "2027")) <= "2026-06-30")  # fmt: skip
        if closed:
            data.draw(st.sampled_from(closed)).unlink()
            assert run("check").status == 1


# what may be taken off an item


BOOKS = {
    "ledger.yaml": "company: {name: Northwind Supply Co.}\ncurrency: EUR\n",
    "customers/ACME.yaml": "name: Acme Corporation\nterms: 2/10 net 30\n",
    "invoices/2026-06/INV-1.yaml": "customer: ACME\ndate: 2026-06-01\nterms: 2/10 net 30\ndue: 2026-07-01\n"
    "currency: EUR\ntotal: 100.00\n",
    "payments/2026-06/PAY-1.yaml": "customer: ACME\ndate: 2026-06-02\ncurrency: EUR\namount: 30.00\n",
}


def _run(home: Path, *arguments: str) -> Done:
    for name, text in BOOKS.items():
        (home / "ledgers" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "ledgers" / name).write_text(text)
    yes = [] if arguments[0] == "check" else ["--yes"]
    return ar([*arguments, *yes], home, environment(AR_TODAY="2026-06-30"))


@pytest.mark.parametrize(("arguments", "most"), [
    (("write-off", "INV-1", "--reason", "x", "--date", "2026-06-20"), "100.00"),
    (("payment", "refund", "PAY-1", "--date", "2026-06-20"), "30.00"),
    (("credit-note", "new", "--customer", "ACME", "--against", "INV-1", "--date", "2026-06-20"), "100.00"),
    (("deduction", "new", "INV-1", "--date", "2026-06-20"), "100.00"),
])  # fmt: skip
def test_no_more_than_there_is(tmp_path: Path, arguments: tuple[str, ...], most: str) -> None:
    """G3, G5, G10: a write-off, credit note or deduction takes no more than the item, a refund no more than is free."""
    _run(tmp_path, "check")
    before = tree(tmp_path / "ledgers")
    over = _run(tmp_path, *arguments, "--amount", f"{Decimal(most) + Decimal('0.01')}")
    assert over.status == 5, over
    assert tree(tmp_path / "ledgers") == before
    assert _run(tmp_path, *arguments, "--amount", most).status == 0
    assert _run(tmp_path, "check").status == 0
    again = _run(tmp_path, *arguments, "--amount", "0.01")
    assert again.status == 5, again


@pytest.mark.parametrize(("day", "settles"), [("2026-06-10", True), ("2026-06-11", True), ("2026-06-12", False)])
def test_a_discount_ends_on_its_last_day(tmp_path: Path, day: str, settles: bool) -> None:
    """G1: 2 % until the tenth day after the invoice, that day counted, and not a day later."""
    done = _run(
        tmp_path, "payment", "new", "--customer", "ACME", "--amount", "98.00", "--date", day, "--apply", "INV-1"
    )
    assert done.status == 0, done
    shown = ar(["open", "--as-of", day, "--format", "csv"], tmp_path, environment(AR_TODAY="2026-06-30")).out
    assert ("INV-1," not in shown) == settles, shown
