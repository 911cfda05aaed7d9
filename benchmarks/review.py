"""The benchmark of review: what a branch of 200 facts does to a large ledger in git.

    python benchmarks/review.py --sizes 10000,100000

makes for each size a ledger with two years of trade, commits it, and adds a branch: payments, invoices, write-offs and
credit notes, customers with new limits. Runs `ar diff` and its neighbours as whole processes on it, from a fresh
index, and compares what is told with what was added. Writes its part of docs/benchmarks.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tables import insert, seconds, table
from timing import CommandError, Sample, least, measure, parser_of

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
DAY = "2026-06-30"
ENV = {"AR_TODAY": DAY}
MADE = {"payments": 100, "invoices": 60, "write offs": 30, "credit notes": 10}
COMMANDS = (
    ("diff",), ("diff", "main..work", "--format", "md"), ("aging", "--at", "main"), ("check", "--since", "main"),
)  # fmt: skip


def git(home: Path, *arguments: str) -> None:
    """Runs git; raises CalledProcessError when it fails."""
    who = ("-c", "user.name=Jo Reyes", "-c", "user.email=jo@northwind.example", "-c", "gc.auto=0")
    subprocess.run(["git", *who, *arguments], cwd=home, check=True, capture_output=True)


def ledger(home: Path, invoices: int) -> int:
    """A generated ledger, committed and packed; how many facts it has."""
    command = [sys.executable, str(HERE / "generate.py"), "--invoices", str(invoices), "--out", str(home)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    (home / ".gitignore").write_text(".ar/\n*.json\njournal.*\n", "ascii")
    git(home, "init", "-q", "-b", "main")
    for arguments in (("add", "-A"), ("commit", "-q", "-m", "Books"), ("gc", "-q"), ("checkout", "-q", "-b", "work")):
        git(home, *arguments)
    return int(json.loads(done.stdout)["facts"])


def branch(home: Path, rows: list[dict[str, Any]]) -> None:
    """Adds the facts of the branch: on the oldest open invoices, and new ones."""
    debts = [row for row in rows if float(row["open"]) > 10 and "/" not in row["item"]]
    for number in range(100):
        row = debts[number]
        share = f"applied:\n  - {{item: {row['item']}, amount: {row['open']}}}\n"
        _fact(home, f"payments/2026-06/P-{number}", row, share, f"amount: {row['open']}\n")
    for number in range(100, 130):
        row = debts[number]
        _fact(
            home, f"write-offs/2026-06/{row['item']}-W9", row, f"item: {row['item']}\nreason: small\n", "amount: 1.00\n"
        )
    for number in range(10):
        _fact(home, f"credit-notes/2026-06/C-{number}", debts[number], "reason: goodwill\n", "total: 5.00\n")
    for number in range(60):
        _fact(home, f"invoices/2026-06/X-{number}", debts[number], "due: 2026-07-30\n", f"total: {100 + number}.00\n")
    for row in {row["customer"]: row for row in debts[:130]}.values():
        path = home / "ledgers/customers" / f"{row['customer']}.yaml"
        kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("credit_limit:")]
        path.write_text("\n".join([*kept, "credit_limit: 5000.00", ""]), "utf-8")
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "A day's work")


def _fact(home: Path, path: str, row: dict[str, Any], body: str, last: str) -> None:
    file = home / "ledgers" / f"{path}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"customer: {row['customer']}\ndate: {DAY}\ncurrency: {row['currency']}\n{body}{last}", "utf-8")


def right(answer: Path) -> None:
    """Raises CommandError when other facts are told than were added."""
    found = json.loads(answer.read_text("utf-8"))
    counted: dict[str, int] = {}
    for row in found["added"]:
        counted[row["kind"]] = counted.get(row["kind"], 0) + row["count"]
    if counted != MADE or not found["ok"]:
        raise CommandError(f"ar diff tells of {counted}, not of {MADE}")


def one_size(ar: str, invoices: int, home: Path, rounds: int) -> list[list[str]]:
    """The rows of a size: the least of some rounds for each command."""
    out = home.with_suffix(".json")
    facts = ledger(home, invoices)
    measure([ar, "--ledger", str(home), "open", "--format", "json"], out, ENV)
    branch(home, json.loads(out.read_text("utf-8"))["rows"])
    measure([ar, "--ledger", str(home), "diff", "--format", "json"], out, ENV)
    right(out)
    rows = []
    for command in COMMANDS:
        samples: list[Sample] = [measure([ar, "--ledger", str(home), *command], out, ENV) for _ in range(rounds)]
        best = least(samples)
        rows.append([f"`ar {' '.join(command)}`", f"{invoices:,}", f"{facts:,}", seconds(best.wall), seconds(best.cpu),
                     f"{best.peak / 1e6:.0f}"])  # fmt: skip
    return rows


def main() -> None:
    """Measures each size and writes the page."""
    parser = parser_of(__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="invoices")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as work:
        for invoices in map(int, args.sizes.split(",")):
            home = Path(work) / f"books-{invoices}"
            home.mkdir()
            rows += one_size(args.ar, invoices, home, args.rounds)
    head = ["command", "invoices", "facts", "wall s", "CPU s", "peak MB"]
    text = (
        "## Review\n\nA branch of 200 facts (payments, invoices, write-offs, credit notes) and some 100 customers with "
        "new limits, beside a ledger in git: whole processes with git's own time, every file looked at, from a fresh "
        "index, the least of several runs. What is told is compared with what was added. "
        "`python benchmarks/review.py` makes these figures.\n\n"
    )
    insert(PAGE, "review", text + table(head, rows))


if __name__ == "__main__":
    main()
