"""The benchmark of a collector's day: worklist and notices over many overdue customers.

    python benchmarks/collections_day.py --sizes 1000,3000,10000

makes a book of so many overdue customers for each size (a paid invoice, two overdue ones, and for some a promise that
was not kept, a dispute, a contact with a follow-up, a first notice), runs whole processes on it, and checks every
answer: all overdue customers are written to or spared, and a second run posts nothing. Writes its part of
docs/benchmarks.md.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tables import insert, seconds, table
from timing import CommandError, Sample, measure, parser_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
DAY = date(2026, 6, 30)
LEDGER = """company: {name: Northwind Handel GmbH, address: [Hafenstr. 12, 20457 Hamburg], email: ar@northwind.example}
currency: EUR
numbering: {gapless: false}
notices:
  procedures:
    standard:
      grace: 3
      levels:
        - {days: 5}
        - {days: 20, minimum: {amount: 10.00}, fee: 5.00}
        - {days: 45, final: true}
"""


def files(customers: int) -> Iterator[tuple[str, str]]:
    """Path and text of every file of a book with so many overdue customers."""
    yield "ledger.yaml", LEDGER
    for n in range(customers):
        name, late = f"C{n:06}", 6 + n % 60
        yield (
            f"customers/{name}.yaml",
            (
                f"name: Customer {n}\naddress: [Street {n}, 20457 Hamburg]\ncollector: clerk{n % 10}\n"
                f'contacts:\n  - {{name: Jo Doe, email: "ap{n}@customers.example", phone: "+49 40 {n:06}"}}\n'
            ),
        )
        yield from invoices(n, name, late)
        yield from said(n, name)


def invoices(n: int, name: str, late: int) -> Iterator[tuple[str, str]]:
    """A paid invoice and two overdue ones."""
    for number, days, total in ((1, late + 90, 100), (2, late, 50 + n % 900), (3, late // 2 + 1, 75)):
        due = DAY - timedelta(days)
        day = due - timedelta(30)
        yield (
            f"invoices/{day:%Y-%m}/I{n:06}-{number}.yaml",
            (f"customer: {name}\ndate: {day}\ndue: {due}\ncurrency: EUR\ntotal: {total}.00\n"),
        )
    paid = DAY - timedelta(late + 85 - n % 30)
    yield (
        f"payments/{paid:%Y-%m}/P{n:06}.yaml",
        (
            f"customer: {name}\ndate: {paid}\ncurrency: EUR\napplied:\n  - {{item: I{n:06}-1, amount: 100.00}}\n"
            "amount: 100.00\n"
        ),
    )


def said(n: int, name: str) -> Iterator[tuple[str, str]]:
    """What was said and sent: a promise, a dispute, a contact or a notice for some."""
    day, item = DAY - timedelta(5), f"I{n:06}-2"
    if n % 7 == 0:
        yield (
            f"promises/2026-06/R{n:06}.yaml",
            (
                f"customer: {name}\ndate: {day}\nitems: [{item}]\ndue: {DAY - timedelta(1)}\ncurrency: EUR\n"
                "amount: 50.00\n"
            ),
        )
    if n % 11 == 0:
        yield (
            f"disputes/2026-06/Q{n:06}.yaml",
            (f"customer: {name}\ndate: {day}\nitem: {item}\nreason: quality\ncurrency: EUR\namount: 10.00\n"),
        )
    if n % 5 == 0:
        yield (
            f"contacts/2026-06/K{n:06}.yaml",
            (
                f"customer: {name}\ndate: {day}\nchannel: call\nright_party: true\noutcome: spoke\ntext: calls back\n"
                f"next: call again\nnext_date: {DAY}\n"
            ),
        )
    if n % 3 == 0 and n % 60 > 14:
        sent = DAY - timedelta(10)
        yield (
            f"notices/2026-06/N{n:06}.yaml",
            (
                f"customer: {name}\ndate: {sent}\nprocedure: standard\nlevel: 1\nchannel: e-mail\ncurrency: EUR\n"
                f"lines:\n  - {{item: {item}, due: {DAY - timedelta(6 + n % 60)}, amount: 50.00, level: 1}}\n"
                "text: Please pay.\namount: 50.00\n"
            ),
        )


def write(folder: Path, customers: int) -> int:
    """Writes the book. Gives the number of its facts."""
    made: set[Path] = set()
    count = 0
    for path, text in files(customers):
        file = folder / "ledgers" / path
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        file.write_text(text, "utf-8")
        count += not path.startswith(("customers", "ledger"))
    return count


def timed(ar: str, folder: Path, out: Path, *arguments: str) -> tuple[Any, Any]:
    """How long a command took, and its answer."""
    command = [ar, "--ledger", str(folder), *arguments, "--format", "json"]
    sample = measure(command, out, {"AR_TODAY": DAY.isoformat()})
    return sample, json.loads(out.read_text("utf-8"))


def one_size(ar: str, customers: int, work: Path) -> dict[str, Any]:
    """The figures of one size. Raises CommandError for a wrong answer."""
    folder, out = work / f"book-{customers}", work / "out.json"
    shutil.rmtree(folder, ignore_errors=True)
    facts = write(folder, customers)
    check = measure([ar, "--ledger", str(folder), "check"], out)
    listed, tasks = timed(ar, folder, out, "worklist", "--all")
    shown, due = timed(ar, folder, out, "notices")
    posted, _ = timed(ar, folder, out, "notices", "run", "--yes")
    again, nothing = timed(ar, folder, out, "notices", "run", "--yes")
    written = {row["customer"] for row in due["notices"]} | {row["customer"] for row in due["spared"]}
    if len(written) != customers or nothing["notices"] or tasks["to_contact"] + tasks["held"] != customers:
        raise CommandError(
            f"{customers} customers: {len(written)} written to or spared, {len(nothing['notices'])} again"
        )
    peak = max(sample.peak for sample in (listed, shown, posted, again))
    return {
        "customers": customers, "facts": facts, "notices": len(due["notices"]), "first": both(check),
        "worklist": both(listed), "due": both(shown), "run": both(posted), "again": both(again), "peak": peak,
    }  # fmt: skip


def both(sample: Sample) -> str:
    """Wall time, and CPU time in brackets."""
    return f"{seconds(sample.wall)} ({seconds(sample.cpu)})"


def main() -> None:
    """Measures each size and writes the page."""
    parser = parser_of(__doc__)
    parser.add_argument("--sizes", default="1000,3000,10000")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    with tempfile.TemporaryDirectory() as work:
        rows = [one_size(args.ar, size, Path(work)) for size in sizes]
    cells = [
        [
            f"{r['customers']:,}", f"{r['facts']:,}", r["first"], r["worklist"], r["due"], f"{r['notices']:,}",
            r["run"], r["again"], f"{r['peak'] / 1e6:.0f}",
        ]
        for r in rows
    ]  # fmt: skip
    head = ["overdue customers", "facts", "first reading, s", "worklist, s", "notices shown, s", "notices sent",
            "sent, s", "again, s", "peak MB"]  # fmt: skip
    text = (
        "## A collector's day\n\n`ar worklist`, `ar notices` and `ar notices run` over overdue customers only: whole "
        "processes, from a fresh index; wall time, and CPU time in brackets. Every customer is written to or spared, "
        "and the second run posts nothing. Where wall time is far above CPU time, the processors were busy with other "
        "work, or the disk was waited for: what is posted is on it. `python benchmarks/collections_day.py` makes "
        "these figures.\n\n"
    )
    insert(PAGE, "collections", text + table(head, cells))


if __name__ == "__main__":
    main()
