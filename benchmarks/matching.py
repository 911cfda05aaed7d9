"""The benchmark of cash application: 10,000 bank lines against 100,000 open items, and how good and how quick it is.

    python benchmarks/matching.py

For each number of lines a book of open invoices and a bank file with the truth are made (bank_trade.py), the file
is applied by `ar apply-payments` in a process of its own, and what it posted is compared with the truth. Matching
alone is measured in another process. Writes docs/benchmarks/matching.md; exits with 1 when anything was posted wrongly
or a limit is passed: 10 s of CPU for matching 10,000 lines, 60 s of CPU with the posted files, 500 MB.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bank_trade import generate
from tables import insert, seconds, table
from timing import measure, parser_of

DOCS = Path(__file__).resolve().parent.parent / "docs"
ENV = {"NO_COLOR": "1", "AR_TODAY": "2026-08-31"}
MATCHING_CPU, ALL_CPU, PEAK = 10.0, 60.0, 500e6  # what must hold at 10,000 lines
FULL = 10_000


def alone(folder: Path) -> dict[str, float]:
    """Seconds of CPU for reading the file, taking the book from a fresh index, and matching; run as a process."""
    from arledger.commands.bank_lines import booked
    from arledger.compute.match_book import match_book, match_policy
    from arledger.compute.matching import match
    from arledger.importers import read_statements
    from arledger.store.files import find

    gc.set_threshold(200_000)  # as `ar` does
    ledger = find(str(folder), "/").read()
    start = time.process_time()
    statements = read_statements((folder / "bank.csv").read_bytes(), "bank.csv", currencies={"": "EUR"})
    lines = [line.line for read in booked(ledger.policy, statements, "bank.csv", "main") for line in read.lines]
    file_read = time.process_time()
    days = [line.value_date for line in lines]
    book = match_book(ledger, min(days), max(days))
    taken = time.process_time()
    match(lines, book, match_policy(ledger))
    return {"file": file_read - start, "book": taken - file_read, "match": time.process_time() - taken}


def verdicts(folder: Path, output: Path) -> Counter[str]:
    """How many lines were posted exactly as the truth has it, in part, wrongly, or left for review."""
    with (folder / "truth.csv").open(newline="") as file:
        truth = {row["line"]: set(filter(None, row["invoices"].split(";"))) for row in csv.DictReader(file)}
    found: Counter[str] = Counter()
    with output.open(newline="") as file:
        for row in csv.DictReader(file):
            paid, true = set(filter(None, row["pays"].split(", "))), truth[row["line"]]
            posted = "exact" if paid == true else "partial" if paid < true else "wrong"
            found[posted if row["status"] == "posted" else "review"] += 1
    return found


def run(lines: int, invoices: int, folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """One size: made, matched alone, applied and posted, judged."""
    generate(invoices, lines, folder, args.seed)
    there = ["--ledger", str(folder)]
    measure([args.ar, "open", "--customer", "CUST-00001", *there], folder / "warm.txt", ENV)  # makes the index
    time.sleep(2.5)  # until young files are trusted
    measure([args.ar, "open", "--customer", "CUST-00001", *there], folder / "warm.txt", ENV)
    itself = [sys.executable, __file__, "--alone", str(folder)]
    parts = json.loads(subprocess.run(itself, check=True, capture_output=True, text=True).stdout)
    command = [args.ar, "apply-payments", str(folder / "bank.csv"), "--account", "main", "--yes", "--format", "csv"]
    whole = measure([*command, *there], folder / "posted.csv", ENV)
    files = sum(len(names) for _, _, names in os.walk(folder / "ledgers")) - invoices - invoices // 50 - 1
    counts = verdicts(folder, folder / "posted.csv")
    return {"lines": lines, "invoices": invoices, **parts, **whole.document(), "files": files, **counts}


def failures(rows: list[dict[str, Any]]) -> list[str]:
    """What does not hold."""
    found = [f"{row['lines']} lines: {row['wrong']} posted wrongly" for row in rows if row.get("wrong")]
    for row in rows:
        if row["lines"] == FULL:
            if row["match"] > MATCHING_CPU:
                found.append(f"matching took {row['match']:.1f} s of CPU, more than {MATCHING_CPU}")
            if row["cpu"] > ALL_CPU:
                found.append(f"with the posted files it took {row['cpu']:.1f} s of CPU, more than {ALL_CPU}")
            if row["peak"] > PEAK:
                found.append(f"it took {row['peak'] / 1e6:.0f} MB, more than {PEAK / 1e6:.0f}")
    return found


def render(rows: list[dict[str, Any]], page: Path, seed: int) -> None:
    """The generated part of the page."""
    speed = [
        [f"{row['lines']:,}", f"{row['invoices']:,}", *(seconds(row[part]) for part in ("file", "book", "match")),
         seconds(row["cpu"]), seconds(row["wall"]), f"{row['files']:,}", f"{row['peak'] / 1e6:.0f}"]
        for row in rows
    ]  # fmt: skip
    head = ["lines", "open items", "read file, CPU s", "take book, CPU s", "match, CPU s", "whole command, CPU s",
            "wall s", "files posted", "peak MB"]  # fmt: skip
    kinds = ("exact", "partial", "wrong", "review")
    quality = [[f"{row['lines']:,}", *(f"{row.get(kind, 0):,}" for kind in kinds),
                f"{(row['lines'] - row.get('review', 0)) / row['lines']:.1%}"] for row in rows]  # fmt: skip
    python = platform.python_version()
    text = f"Measured on {os.cpu_count()} CPUs, Python {python}, seed {seed}.\n\n{table(head, speed)}\n"
    text += table(["lines", *kinds, "posted"], quality)
    insert(page, "matching", text)


def main() -> int:
    """0 when everything holds, else 1."""
    parser = parser_of(__doc__)
    parser.add_argument("--lines", default="2500,5000,10000", help="sizes of the bank file, with commas between")
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="folder for the data; default: a temporary one")
    parser.add_argument("--page", type=Path, default=DOCS / "benchmarks" / "matching.md")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        print(json.dumps(alone(args.alone)))
        return 0
    rows = []
    with tempfile.TemporaryDirectory(prefix="arledger-bench-", dir=args.work) as work:
        for lines in map(int, args.lines.split(",")):
            folder = Path(work) / str(lines)
            rows.append(run(lines, args.invoices, folder, args))
            print({name: round(value, 2) for name, value in rows[-1].items()}, file=sys.stderr, flush=True)
            shutil.rmtree(folder)
    render(rows, args.page, args.seed)
    for failure in (found := failures(rows)):
        print(failure, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
