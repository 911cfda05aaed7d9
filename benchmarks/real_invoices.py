"""Roll-forward and metrics of real invoices month by month, reckoned again; and how good the cash forecast was on them.

    python benchmarks/real_invoices.py ibm_ar_dev_slice.csv --as-of 2013-11-30 --months 18

The file has one invoice a row: customerID, invoiceNumber, InvoiceDate, DueDate, InvoiceAmount, SettledDate (IBM's
sample of accounts receivable; days are written M/D/YYYY). Fails where a figure is not that of the rows.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from billing_export import Desk, assert_months


def main() -> None:
    """Checks the figures of every month, and prints the back-test."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--as-of", default="2013-11-30")
    parser.add_argument("--months", default="18")
    args = parser.parse_args()
    with args.file.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), "USD")
        assert_months(desk, desk.file("all.csv", rows), rows)
        print(f"{len(rows)} invoices: roll-forward and metrics of every month are those of the rows")
        print(desk.ar("report", "forecast", "--backtest", "--as-of", args.as_of, "--months", args.months).out)


if __name__ == "__main__":
    main()
