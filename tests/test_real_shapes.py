"""Files in the shapes real ones have, made up: a billing system's export, orders with lines, banks' own CSV.

Figures are worked out a second time from the rows themselves.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from console import Done, ar, environment
from small_books import tree

BANDS = ("current", "1-30", "31-60", "61-90", "91+")
Row = Mapping[str, str]


class Desk:
    """An empty ledger and the files somebody brings."""

    def __init__(self, home: Path, currency: str, more: str = "") -> None:
        self.home = home
        (home / "ledgers").mkdir(parents=True)
        ledger = f"company: {{name: Northwind Supply Co.}}\ncurrency: {currency}\nterms: net 30\n{more}"
        (home / "ledgers/ledger.yaml").write_text(ledger)

    def file(self, name: str, rows: Sequence[Row]) -> str:
        """A CSV file with these rows."""
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        (self.home / name).write_text(text.getvalue())
        return name

    def ar(self, *arguments: str) -> Done:
        """Runs a command, which must succeed."""
        done = ar(arguments, self.home, environment(AR_TODAY="2026-06-30"))
        assert done.status == 0, done
        return done

    def facts(self, folder: str) -> int:
        """How many facts of a kind there are."""
        return sum(1 for _ in (self.home / "ledgers" / folder).rglob("*.yaml"))

    def aging(self, day: dt.date) -> dict[str, dict[str, int]]:
        """Minor units by customer and band, without the empty ones."""
        rows = json.loads(self.ar("aging", "--as-of", str(day), "--format", "json").out)["rows"]
        found = {row["customer"]: {band: int(row[band].replace(".", "")) for band in BANDS} for row in rows}
        return {who: {band: amount for band, amount in of.items() if amount} for who, of in found.items()}


def band(days: int) -> str:
    """The band of so many days past due."""
    return BANDS[0] if days <= 0 else BANDS[min((days - 1) // 30 + 1, 4)]


# -- a billing system's export: one row an invoice, with the day it was settled


def exported(count: int) -> list[Row]:
    """Invoices as a billing system exports them: American dates, numbers with leading zeros, columns of its own."""
    dice, rows = random.Random(7), []
    for number in range(count):
        billed = dt.date(2024, 1, 1) + dt.timedelta(dice.randrange(600))
        settled = billed + dt.timedelta(dice.randrange(5, 120))
        shown = {"InvoiceDate": billed, "DueDate": billed + dt.timedelta(30), "SettledDate": settled}
        rows.append({
            "countryCode": dice.choice(["770", "818", "391"]), "customerID": f"{dice.randrange(1, 8):04}-ABCDE",
            "invoiceNumber": f"{number * 7919 % 100_000:010}",
            "InvoiceAmount": f"{dice.randrange(100, 15_000) / 100:.2f}",
            "Disputed": dice.choice(["Yes", "No"]), "PaperlessBill": "Paper",
            **{name: f"{day.month}/{day.day}/{day.year}" for name, day in shown.items()},
        })  # fmt: skip
    return rows


MAPPED = ["--map", "customer=customerID", "--date-format", "M/D/YYYY", "--yes"]
OF_INVOICE = ["--map", "invoice=invoiceNumber", "--map", "date=InvoiceDate", "--map", "due=DueDate",
              "--map", "amount=InvoiceAmount"]  # fmt: skip
OF_PAYMENT = ["--map", "invoice=invoiceNumber", "--map", "date=SettledDate", "--map", "amount=InvoiceAmount"]


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
        assert desk.aging(day) == _aged(rows, day)


def test_months_of_a_billing_system(tmp_path: Path) -> None:
    """Roll-forward and metrics of every month, worked out again from the rows of the export."""
    desk = Desk(tmp_path, "USD")
    check_months(desk, desk.file("all.csv", rows := exported(90)), rows)


def check_months(desk: Desk, file: str, rows: Sequence[Row]) -> None:
    """Imports an export, and compares each month's figures with those of its rows. Invoices are wholly paid at once."""
    desk.ar("import", "customers", file, "--map", "name=customerID", *MAPPED)
    desk.ar("import", "invoices", file, *OF_INVOICE, *MAPPED)
    desk.ar("import", "payments", file, *OF_PAYMENT, *MAPPED)
    days = [_day(row[key]) for row in rows for key in ("InvoiceDate", "SettledDate")]
    first = min(days).replace(day=1)
    while first <= max(days):
        last = (first + dt.timedelta(32)).replace(day=1) - dt.timedelta(1)
        dates = ["--from", str(first), "--to", str(last), "--format", "json"]
        (moved,) = json.loads(desk.ar("report", "rollforward", *dates).out)["rows"]
        shown = json.loads(desk.ar("report", "metrics", *dates).out)
        again = month_again(rows, first, last)
        assert {key: shown[key] for key in again} == again
        paid = sum(cents(row) for row in rows if first <= _day(row["SettledDate"]) <= last)
        assert (moved["opening"], moved["invoices"], moved["payments"], moved["closing"]) == tuple(
            as_text(Fraction(units, 100))
            for units in (open_on(rows, first - dt.timedelta(1)), billed(rows, first, last), -paid, open_on(rows, last))
        )
        first = last + dt.timedelta(1)


def cents(row: Row) -> int:
    return round(Fraction(row["InvoiceAmount"]) * 100)


def billed(rows: Iterable[Row], first: dt.date, last: dt.date) -> int:
    return sum(cents(row) for row in rows if first <= _day(row["InvoiceDate"]) <= last)


def open_on(rows: Iterable[Row], day: dt.date, at_least: int = -99_999, at_most: int = 99_999) -> int:
    """What was open at the end of a day, of invoices that many days past due."""
    return sum(
        cents(row) for row in rows
        if _day(row["InvoiceDate"]) <= day < _day(row["SettledDate"])
        and at_least <= (day - _day(row["DueDate"])).days <= at_most
    )  # fmt: skip


def as_text(value: Fraction) -> str:
    """Two decimals, halves away from zero."""
    units = (abs(value) * 200 + 1) // 2
    return f"{'-' if value < 0 and units else ''}{units // 100}.{units % 100:02}"


def month_again(rows: Sequence[Row], first: dt.date, last: dt.date) -> dict[str, str | None]:
    """The metrics of a month by their formulas (RULES §9)."""
    sales, days = billed(rows, first, last), (last - first).days + 1
    opening, closing = open_on(rows, first - dt.timedelta(1)), open_on(rows, last)
    current, old = open_on(rows, last, at_most=0), open_on(rows, last, at_least=91)
    settled = [row for row in rows if first <= _day(row["SettledDate"]) <= last]
    late = sum(cents(row) * max((_day(row["SettledDate"]) - _day(row["DueDate"])).days, 0) for row in settled)

    def over(part: int, whole: int, times: int = 1) -> str | None:
        return as_text(Fraction(part * times, whole)) if whole else None

    back, left, end = Fraction(0), closing, last
    while left > 0 and (sold := billed(rows, end.replace(day=1), end)):
        back += end.day * min(Fraction(left, sold), 1)
        left, end = left - sold, end.replace(day=1) - dt.timedelta(1)
    return {
        "sales": as_text(Fraction(sales, 100)), "dso": over(closing, sales, days),
        "best_possible_dso": over(current, sales, days), "average_days_delinquent": over(closing - current, sales, days),
        "countback_dso": as_text(back) if back or closing <= 0 else None,
        "average_days_late": over(late, sum(map(cents, settled))),
        "cei": over(opening + sales - closing, opening + sales - current, 100),
        "turnover": over(2 * sales, opening + closing), "current_share": over(current, closing, 100),
        "past_90_share": over(old, closing, 100),
    }  # fmt: skip


def _day(text: str) -> dt.date:
    month, day, year = map(int, text.split("/"))
    return dt.date(year, month, day)


def _aged(rows: Iterable[Row], day: dt.date) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if _day(row["InvoiceDate"]) <= day < _day(row["SettledDate"]):
            late = (day - _day(row["DueDate"])).days
            found[row["customerID"]][band(late)] += int(row["InvoiceAmount"].replace(".", ""))
    return {who: dict(of) for who, of in found.items()}


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
