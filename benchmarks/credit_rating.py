"""Whether the rating of `ar credit review` says who will pay late: rated on a day, compared with what came after it.

    python benchmarks/credit_rating.py ibm_ar_dev_slice.csv --as-of 2013-06-30

The file has one invoice a row: customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, SettledDate (IBM's
sample of accounts receivable; days are written M/D/YYYY). Books are made of what was known on the day, customers are
rated through the command line, and their ratings are ranked against the days late, weighted by amount, of the invoices
issued afterwards. Prints the rank correlation (Spearman, ties shared): 1 is a perfect forecast, 0 is none.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One invoice with the day it was paid."""

    customer: str
    invoice: str
    date: date
    due: date
    amount: str
    settled: date

    @property
    def late(self) -> int:
        """Days late; paid early is not late."""
        return max((self.settled - self.due).days, 0)

    @property
    def cents(self) -> int:
        """The amount in cents."""
        return int(Fraction(self.amount) * 100)


def rows_of(path: Path) -> list[Row]:
    """The invoices of the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Row(r["customerID"], r["invoiceNumber"], _day(r["InvoiceDate"]), _day(r["DueDate"]), r["InvoiceAmount"],
                _day(r["SettledDate"]))
            for r in csv.DictReader(file)
        ]  # fmt: skip


def _day(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def ratings(rows: Sequence[Row], as_of: date, folder: Path) -> dict[str, dict[str, str]]:
    """Customer → the row of `ar credit review`, from books that hold what was known on the day."""
    known = [row for row in rows if row.date <= as_of]
    paid = [row for row in known if row.settled <= as_of]
    tables = {
        "customers": [("customer", "name"), *sorted({(row.customer, row.customer) for row in rows})],
        "invoices": [("invoice", "customer", "date", "due", "amount"),
                     *[(r.invoice, r.customer, r.date, r.due, r.amount) for r in known]],
        "payments": [("payment", "customer", "date", "amount", "invoice", "applied"),
                     *[(f"P-{r.invoice}", r.customer, r.settled, r.amount, r.invoice, r.amount) for r in paid]],
    }  # fmt: skip
    _ar(folder, "init", "books", "--name", "Rated", "--currency", "USD", "--yes")
    for kind, table in tables.items():
        text = io.StringIO()
        csv.writer(text).writerows(table)
        (folder / f"{kind}.csv").write_text(text.getvalue(), "utf-8")
        _ar(folder / "books", "import", kind, f"../{kind}.csv", "--yes")
    answer = json.loads(_ar(folder / "books", "credit", "review", "--as-of", str(as_of), "--format", "json"))
    return {row["customer"]: row for row in answer["rows"]}


def _ar(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "arledger", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def ranks(values: Sequence[float | Fraction]) -> list[Fraction]:
    """The rank of each value from 1 on; equal ones share theirs."""
    ordered = sorted(values)
    return [Fraction(2 * ordered.index(v) + ordered.count(v) + 1, 2) for v in values]


def spearman(one: Sequence[float | Fraction], other: Sequence[float | Fraction]) -> float:
    """The rank correlation of two series."""
    a, b = ranks(one), ranks(other)
    mean = Fraction(len(a) + 1, 2)
    both = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    spread = [sum((x - mean) ** 2 for x in series) for series in (a, b)]
    return float(both) / float(spread[0] * spread[1]) ** 0.5


def main() -> None:
    """Prints each customer's rating beside how late they paid afterwards, and the correlation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2013, 6, 30))
    given = parser.parse_args()
    rows = rows_of(given.file)
    with tempfile.TemporaryDirectory() as folder:
        rated = ratings(rows, given.as_of, Path(folder))
    found = []
    print("customer     grade  rating  late before  invoices after  late after")
    for customer, row in rated.items():
        after = [r for r in rows if r.customer == customer and r.date > given.as_of]
        if row["rating"] is None or not after:
            continue
        late = Fraction(sum(r.late * r.cents for r in after), sum(r.cents for r in after))
        found.append((100 - row["rating"], Fraction(row["days_late"]), late))
        print(f"{customer:<12} {row['grade']:<6} {row['rating']:>6}  {row['days_late']:>11}  {len(after):>14}  "
              f"{float(late):>10.1f}")  # fmt: skip
    risk, before, after_ = zip(*found, strict=True)
    print(f"{len(found)} customers; rank correlation with days late afterwards: {spearman(risk, after_):.2f}")
    print(f"of the average days late before alone: {spearman(before, after_):.2f}")


if __name__ == "__main__":
    main()
