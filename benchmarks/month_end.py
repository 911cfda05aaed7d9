"""The month-end pack of data from `generate.py`: what `ar report month-end` takes, from a fresh index.

    python benchmarks/generate.py --invoices 100000 --out /tmp/books
    python benchmarks/month_end.py /tmp/books

An allowance is added to the policy of the books, so that its report is in the pack. Writes docs/benchmarks.md.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tables import insert, seconds, table
from timing import Sample, measure, parser_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
LAST = "2026-06-30"
POLICY = "allowance:\n  rates: {current: 0.3%, 1-30: 1.2%, 31-60: 4%, 61-90: 10%, 91+: 25%}\n"


def measured(ar: str, books: Path, rounds: int) -> tuple[Sample, int]:
    """The least of several runs, and how many bytes the pack has."""
    policy = books / "ledgers" / "ledger.yaml"
    if POLICY not in policy.read_text():
        policy.write_text(policy.read_text() + POLICY)
    with tempfile.TemporaryDirectory() as folder:
        pack, out = Path(folder) / "pack", Path(folder) / "out"
        command = [ar, "report", "month-end", "--as-of", LAST, "--ledger", str(books), "--output", str(pack), "--force"]
        measure([ar, "aging", "--as-of", LAST, "--ledger", str(books)], out)
        runs = [measure(command, out) for _ in range(rounds)]
        size = sum(file.stat().st_size for file in pack.iterdir())
    return Sample(*(min(getattr(run, name) for run in runs) for name in ("wall", "cpu", "peak"))), size


def main() -> None:
    """Measures and writes the page."""
    parser = parser_of(__doc__)
    parser.add_argument("books", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    sample, size = measured(args.ar, args.books, args.rounds)
    invoices = sum(1 for _ in (args.books / "ledgers" / "invoices").rglob("*.yaml"))
    rows = [
        [f"{invoices:,}", seconds(sample.wall), seconds(sample.cpu), f"{sample.peak / 1e6:.0f}", f"{size / 1e6:.1f}"]
    ]
    text = (
        "## The month-end pack\n\n`ar report month-end`: workbook, page and summary, with the back-test of twelve "
        "forecasts, from a fresh index; the least of several runs. `python benchmarks/month_end.py` makes these "
        "figures.\n\n"
    )
    insert(PAGE, "month-end", text + table(["invoices", "wall s", "CPU s", "peak MB", "pack MB"], rows))


if __name__ == "__main__":
    main()
