"""How long finance charges take, by how many customers are late: a run shown, posted, and run again.

    python benchmarks/charges.py --sizes 2500,5000,10000

Each customer has three invoices past due, one paid in part, and every tenth a payment not applied. The sum of all
interest is worked out here too, without arledger, and compared to the cent. Writes the part of docs/benchmarks.md
between the markers `charges`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from fractions import Fraction
from math import floor
from pathlib import Path

from tables import insert, seconds, table
from timing import measure, parser_of

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
LEDGER = "company: {name: Northwind Supply Co.}\ncurrency: EUR\ncharges: {rate: 12%}\n"
AS_OF = date(2026, 6, 30)
DUES = (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))
PAID = date(2026, 5, 15)


def write(folder: Path, customers: int) -> int:
    """Writes a ledger with so many late customers; gives the interest all of them owe, in cents."""
    for name in ("customers", "payments/2026-05", *(f"invoices/{due:%Y-%m}" for due in DUES)):
        (folder / name).mkdir(parents=True)
    (folder / "ledger.yaml").write_text(LEDGER, "utf-8")
    total = 0
    for number in range(customers):
        who, free = f"C{number:06}", 5_000 if number % 10 == 0 else 0
        (folder / f"customers/{who}.yaml").write_text(f"name: Customer {number}\n", "utf-8")
        for place, due in enumerate(DUES):
            amount = 10_000 + 1_000 * place + number % 997
            text = f"customer: {who}\ndate: {due:%Y-%m-01}\ndue: {due}\ncurrency: EUR\ntotal: {cents(amount)}\n"
            (folder / f"invoices/{due:%Y-%m}/{who}-{place}.yaml").write_text(text, "utf-8")
            days, late = (AS_OF - due).days, (AS_OF - PAID).days
            exact = Fraction(amount * days * 12, 36_500)
            if place == 0:  # half of the oldest is paid, and what is not applied covers the rest of it first
                exact -= Fraction((amount // 2 + free) * late * 12, 36_500)
            total += floor(exact + Fraction(1, 2))
        paid = cents((10_000 + number % 997) // 2)
        share = f"applied:\n  - {{item: {who}-0, amount: {paid}}}\n"
        _payment(folder, who, share, paid, "a")
        if free:
            _payment(folder, who, "", cents(free), "b")
    return total


def _payment(folder: Path, who: str, share: str, amount: str, suffix: str) -> None:
    text = f"customer: {who}\ndate: {PAID}\ncurrency: EUR\n{share}amount: {amount}\n"
    (folder / f"payments/2026-05/{PAID}-{who}{suffix}.yaml").write_text(text, "utf-8")


def cents(amount: int) -> str:
    """Cents as a file has them."""
    return f"{amount // 100}.{amount % 100:02}"


def measured(ar: str, customers: int, work: Path) -> list[str]:
    """One row of the table. Raises AssertionError when the sum is not the one worked out here."""
    folder, out = work / str(customers), work / "out"
    expected = write(folder / "ledgers", customers)
    command = [ar, "charges", "--as-of", str(AS_OF), "--format", "json", "--ledger", str(folder)]
    measure([ar, "check", "--ledger", str(folder)], out)  # makes the index
    shown = measure(command, out)
    (total,) = json.loads(out.read_bytes())["totals"]
    assert total["charge"] == cents(expected), (total, expected)
    posted = measure([*command, "--post", "--yes"], out)
    again = measure(command, out)
    assert json.loads(out.read_bytes())["rows"] == []
    shutil.rmtree(folder)
    peak = max(shown.peak, posted.peak)
    times = [seconds(sample.cpu) for sample in (shown, posted, again)]
    return [f"{customers:,}", *times, f"{peak / 1e6:,.0f}", "yes"]


def main() -> None:
    """Measures each size and writes the page."""
    parser = parser_of(__doc__)
    parser.add_argument("--sizes", default="2500,5000,10000", help="late customers, with commas between")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arledger-bench-") as work:
        rows = [measured(args.ar, int(size), Path(work)) for size in args.sizes.split(",")]
    head = ["late customers", "shown, CPU s", "posted, CPU s", "again, CPU s", "peak MB", "exact to the cent"]
    text = """## Finance charges

`ar charges` from a fresh index: shown; posted, a finance charge for each customer; and once more, which adds nothing.
Three late invoices a customer, one paid in part. Posting waits for the disk too, once a file.
`python benchmarks/charges.py` makes these figures.
"""
    insert(PAGE, "charges", f"{text}\n{table(head, rows)}")


if __name__ == "__main__":
    main()
