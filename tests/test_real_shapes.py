"""Files in the shapes real ones have, made up: a billing system's export, orders with lines, banks' own CSV.

Figures are worked out a second time from the rows themselves.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from billing_export import MAPPED, OF_INVOICE, OF_PAYMENT, Desk, aged, assert_months, exported
from console import ar, environment
from small_books import tree

# -- a billing system's export: one row an invoice, with the day it was settled


def test_export_of_a_billing_system(tmp_path: Path) -> None:
    """Customers, invoices and their payments from one file; aged, and worked out again, at several dates."""
    rows, desk = exported(90), Desk(tmp_path, "USD")
    whole, first, last = desk.file("all.csv", rows), desk.file("a.csv", rows[:60]), desk.file("b.csv", rows[30:])
    desk.ar("import", "customers", whole, "--map", "name=customerID", *MAPPED)
    for file in (first, last, whole):  # they overlap, and the last has nothing new
        desk.ar("import", "invoices", file, *OF_INVOICE, *MAPPED)
        desk.ar("import", "payments", file, *OF_PAYMENT, *MAPPED)
    assert (desk.facts("invoices"), desk.facts("payments")) == (90, 90)
    desk.ar("check")
    for day in (dt.date(2024, 3, 31), dt.date(2024, 12, 31), dt.date(2025, 2, 28), dt.date(2025, 9, 15)):
        assert desk.aging(day) == aged(rows, day)


def test_months_of_a_billing_system(tmp_path: Path) -> None:
    """Roll-forward and metrics of every month, worked out again from the rows of the export."""
    desk = Desk(tmp_path, "USD")
    assert_months(desk, desk.file("all.csv", rows := exported(90)), rows)


def test_payments_without_ids(tmp_path: Path) -> None:
    """Rows alike are as many payments; an overlapping file adds what is new; ids come out the same in any file."""
    desk = Desk(tmp_path, "EUR")
    row = {"date": "2026-03-01", "amount": "10.00", "reference": "cash sale"}
    other = {**row, "date": "2026-03-02"}
    (tmp_path / "ledgers/customers").mkdir()
    for rows, there in (([row, row], 2), ([row], 2), ([row, row, other], 3), ([other, row, row, row], 4)):
        desk.ar("import", "payments", desk.file("rows.csv", rows), "--yes")
        assert desk.facts("payments") == there
    desk.ar("check")


# -- orders: a row a line


def test_orders_with_lines_and_discounts(tmp_path: Path) -> None:
    """Rows with one number are one invoice, wherever they stand in the file; lines are rounded one by one."""
    dice, desk, rows = random.Random(3), Desk(tmp_path, "USD"), []
    for number in range(10_248, 10_288):
        day = dt.date(2026, 1, 5) + dt.timedelta(dice.randrange(100))
        for _ in range(dice.randrange(1, 6)):
            rows.append({
                "OrderID": str(number), "CustomerID": f"C{number % 7}", "OrderDate": str(day),
                "ProductName": dice.choice(["Chai", "Gnocchi di nonna Alice", "Côte de Blaye; 0.75 l", 'Tofu "fresh"']),
                "Quantity": str(dice.randrange(1, 130)), "UnitPrice": f"{dice.randrange(200, 26_350) / 100:g}",
                "Discount": f"{dice.choice([0, 0, 5, 15, 20, 25])}%",
            })  # fmt: skip
    dice.shuffle(rows)
    (tmp_path / "ledgers/customers").mkdir()
    for n in range(7):
        (tmp_path / f"ledgers/customers/C{n}.yaml").write_text(f"name: Customer {n}\n")
    columns = {"invoice": "OrderID", "customer": "CustomerID", "date": "OrderDate", "description": "ProductName",
               "unit_price": "Unit Price"}  # fmt: skip
    mapping = [word for field, column in columns.items() for word in ("--map", f"{field}={column}")]
    file = desk.file("orders.csv", rows)
    desk.ar("import", "invoices", file, *mapping, "--yes")
    before = tree(tmp_path)
    desk.ar("import", "invoices", file, *mapping, "--yes")
    assert tree(tmp_path) == before
    desk.ar("check")
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        exact = Fraction(row["Quantity"]) * Fraction(row["UnitPrice"]) * (100 - Fraction(row["Discount"][:-1])) / 100
        totals[row["OrderID"]] += int(exact * 100 + Fraction(1, 2))
    shown = json.loads(desk.ar("open", "--format", "json").out)["rows"]
    assert {row["item"]: int(row["total"].replace(".", "")) for row in shown} == totals


def test_rows_of_one_invoice_that_disagree(tmp_path: Path) -> None:
    (desk := Desk(tmp_path, "EUR")).home.joinpath("ledgers/customers").mkdir()
    (tmp_path / "ledgers/customers/ACME.yaml").write_text("name: Acme\n")
    row = {"invoice": "A1", "customer": "ACME", "date": "2026-01-05", "unit_price": "5.00"}
    file = desk.file("rows.csv", [row, {**row, "date": "2026-01-06"}])
    done = ar(["import", "invoices", file, "--yes"], tmp_path, environment())
    assert done.status == 4
    assert "rows.csv:3: imported-differently: date is 2026-01-06, but 2026-01-05 in line 2" in done.err


# -- banks' own CSV


BANKS = """bank_accounts:
  giro: {iban: DE02120300000000202051, currency: EUR, profile: giro}
  swiss: {number: 012345678901, currency: CHF, profile: swiss}
  check: {number: "4711", currency: USD, profile: check}
bank_profiles:
  giro:
    columns: {date: Buchungstag, value_date: Wertstellung, amount: Betrag, currency: Währung, own_account: Konto,
              name: Auftraggeber/Empfänger, text: [VWZ1, VWZ2]}
    encoding: cp1252
    date: DD.MM.YY
    decimal: ","
    thousands: "."
  swiss:
    columns: {date: Date de valeur, debit: Débit, credit: Crédit, currency: Monn., text: [Description], balance: Solde}
    date: DD.MM.YYYY
    thousands: "'"
  check:
    columns: {date: Posting Date, amount: Amount, text: [Memo]}
    date: M/D/YYYY
    sign: inverted
"""
FILES = {
    "giro": ("cp1252", [
        "Konto;Buchungstag;Wertstellung;Auftraggeber/Empfänger;VWZ1;VWZ2;Betrag;Währung",
        "DE02120300000000202051;05.01.26;05.01.26;Müller & Söhne;Rechnung;4711;1.234,50;EUR",
        "DE02120300000000202051;05.01.26;05.01.26;Stadtwerke;Strom;;-98,76;EUR",
        "DE02120300000000202051;06.01.26;07.01.26;Kiosk;bar;;20,00;EUR",
        "DE02120300000000202051;06.01.26;07.01.26;Kiosk;bar;;20,00;EUR",
    ], [123450, 2000, 2000]),
    "swiss": ("utf-8", [
        "Date de valeur;Description;Monn.;Débit;Crédit;Solde",
        "31.03.2026;Solde prix prestations;CHF;10.00;;11'373.94",
        "30.03.2026;ASSOCIATION FOO-BAR;CHF;;240.00;11'383.94",
        "29.03.2026;REMB-CASH;CHF;200.00;;11'143.94",
    ], [24000]),
    "check": ("utf-8", ["Posting Date,Memo,Amount", "1/5/2026,DEPOSIT,-100.00", "1/5/2026,FEE,3.00"], [10000]),
}  # fmt: skip


@pytest.mark.parametrize("bank", FILES)
def test_csv_of_a_bank(tmp_path: Path, bank: str) -> None:
    """Every credit once, rows alike each; the same rows again in another file are known."""
    encoding, lines, credited = FILES[bank]
    desk = Desk(tmp_path, "EUR", BANKS)
    command = ["apply-payments", "bank.csv", "--account", bank, "--on-account", "--yes", "--format", "json"]
    for ending, posted in (("\r\n", len(credited)), ("\n", 0)):
        (tmp_path / "bank.csv").write_bytes((ending.join(lines) + ending).encode(encoding))
        told = json.loads(desk.ar(*command).out)
        assert (told["lines"], told["posted"]) == (len(lines) - 1, posted)
    assert sorted(int(row["amount"].replace(".", "")) for row in told["payments"]) == sorted(credited)
    assert desk.facts("payments") == len(credited)
    desk.ar("check")


def test_overlapping_statements(tmp_path: Path) -> None:
    """However the rows of a month are cut into files, each becomes one payment."""
    encoding, (header, *rows), credited = FILES["giro"]
    desk = Desk(tmp_path, "EUR", BANKS)
    for cut in (rows[:2], rows[1:], rows):
        (tmp_path / "bank.csv").write_bytes("\n".join([header, *cut, ""]).encode(encoding))
        desk.ar("apply-payments", "bank.csv", "--account", "giro", "--on-account", "--yes")
    assert desk.facts("payments") == len(credited)
