"""A billing system's export, one row an invoice with the day it was settled; and its figures, worked out from the rows.

Rows may be made up here or be somebody's own: `benchmarks/real_invoices.py` has real ones.
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

from console import Done, ar, environment

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


def assert_months(desk: Desk, file: str, rows: Sequence[Row]) -> None:
    """Imports an export, and compares each month's figures with those of its rows. Invoices are wholly paid at once."""
    desk.ar("import", "customers", file, "--map", "name=customerID", *MAPPED)
    desk.ar("import", "invoices", file, *OF_INVOICE, *MAPPED)
    desk.ar("import", "payments", file, *OF_PAYMENT, *MAPPED)
    days = [day_of(row[key]) for row in rows for key in ("InvoiceDate", "SettledDate")]
    first = min(days).replace(day=1)
    while first <= max(days):
        last = (first + dt.timedelta(32)).replace(day=1) - dt.timedelta(1)
        dates = ["--from", str(first), "--to", str(last), "--format", "json"]
        (moved,) = json.loads(desk.ar("report", "rollforward", *dates).out)["rows"]
        shown = json.loads(desk.ar("report", "metrics", *dates).out)
        again = month_again(rows, first, last)
        assert {key: shown[key] for key in again} == again
        paid = sum(cents(row) for row in rows if first <= day_of(row["SettledDate"]) <= last)
        assert (moved["opening"], moved["invoices"], moved["payments"], moved["closing"]) == tuple(
            as_text(Fraction(units, 100))
            for units in (open_on(rows, first - dt.timedelta(1)), billed(rows, first, last), -paid, open_on(rows, last))
        )
        first = last + dt.timedelta(1)


def cents(row: Row) -> int:
    return round(Fraction(row["InvoiceAmount"]) * 100)


def billed(rows: Iterable[Row], first: dt.date, last: dt.date) -> int:
    return sum(cents(row) for row in rows if first <= day_of(row["InvoiceDate"]) <= last)


def open_on(rows: Iterable[Row], day: dt.date, at_least: int = -99_999, at_most: int = 99_999) -> int:
    """What was open at the end of a day, of invoices that many days past due."""
    return sum(
        cents(row) for row in rows
        if day_of(row["InvoiceDate"]) <= day < day_of(row["SettledDate"])
        and at_least <= (day - day_of(row["DueDate"])).days <= at_most
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
    settled = [row for row in rows if first <= day_of(row["SettledDate"]) <= last]
    late = sum(cents(row) * max((day_of(row["SettledDate"]) - day_of(row["DueDate"])).days, 0) for row in settled)

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


def day_of(text: str) -> dt.date:
    month, day, year = map(int, text.split("/"))
    return dt.date(year, month, day)


def aged(rows: Iterable[Row], day: dt.date) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if day_of(row["InvoiceDate"]) <= day < day_of(row["SettledDate"]):
            late = (day - day_of(row["DueDate"])).days
            found[row["customerID"]][band(late)] += int(row["InvoiceAmount"].replace(".", ""))
    return {who: dict(of) for who, of in found.items()}
