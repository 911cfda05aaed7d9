"""The peers: other plain-text accounting tools at the same job on the same facts, as whole processes.

    python benchmarks/peers.py DIR [--beancount-python PATH] [--runs 3]

DIR comes from generate.py. Nothing is installed here: hledger and ledger are Debian packages of those names;
beancount and beanquery go into a virtual environment of their own, whose python --beancount-python names.
Each tool is asked in the quickest way we found that gives the whole answer; every answer is compared to the cent.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from answers import Answer, add, cents, differences, expected
from facts import BUCKETS
from timing import Job, Sample, interleave, measure

# Buckets at 2026-06-30 by the first due date they hold; before the last of them it is 91+.
EDGES = (("current", "2026-06-30"), ("1-30", "2026-05-31"), ("31-60", "2026-05-01"), ("61-90", "2026-04-01"))
OLDEST_FIRST = ("91+", "61-90", "31-60", "1-30")


@dataclass
class Peer:
    """One tool at the job: its command for a folder of data, and how to read what it printed."""

    name: str
    missing: str  # what to install when `program` is not there
    program: str | None
    version: Callable[[str], str]
    command: Callable[[str, Path], list[str]]
    read: Callable[[Path], Answer]
    env: dict[str, str] = field(default_factory=dict)
    warm: bool = False  # one run, unmeasured, goes before

    def job(self, folder: Path, work: Path) -> Job:
        """This tool on that folder, to be measured."""
        assert self.program
        output = work / "answer.out"
        command = self.command(self.program, folder)

        def once() -> Sample:
            return measure(command, output, self.env)

        def wrong() -> list[str]:
            return differences(self.read(output), expected(folder))

        primed: list[Sample] = []
        return Job(self.name, once, wrong, lambda: self.warm and (primed or primed.append(once())))


def account(text: str) -> tuple[str, str]:
    """The customer of an account, and `unapplied` or nothing."""
    _, kind, customer = text.rsplit(":", 2)
    return customer, "unapplied" if kind == "Unapplied" else ""


def hledger_command(program: str, folder: Path) -> list[str]:
    """Balances at the end of 30-day periods by due date: the first holds 91+, the fifth and later are current."""
    periods = "every 30 days from 2026-03-02 to 2026-09-28"
    query = ["Assets:AR", "Assets:Unapplied", "-O", "csv"]
    return [program, "-f", str(folder / "journal.hledger"), "balance", "-H", "-p", periods, *query]


def read_hledger(output: Path) -> Answer:
    """Buckets as differences of running balances; the last balance is the total."""
    answer: Answer = {}
    with output.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    for name, *cells in rows:
        if name.lower().startswith("total"):
            continue
        customer, unapplied = account(name)
        balances = [cents(cell) for cell in cells]
        if unapplied:
            add(answer, customer, unapplied, balances[-1])
            continue
        before = 0
        for column, balance in zip(OLDEST_FIRST, balances, strict=False):
            add(answer, customer, column, balance - before)
            before = balance
        add(answer, customer, "current", balances[-1] - before)
    return answer


def ledger_nested(program: str, folder: Path) -> list[str]:
    """One balance with due dates as effective dates, the bucket put before the account: the usual way to ask."""
    form = "%(account)\\t%(quantity(display_total))\\n"
    options = [
        "--effective",
        "--flat",
        "--no-total",
        "--balance-format",
        form,
        "--account",
        f'{_bucket()} + ":" + account',
    ]
    return [program, "-f", str(folder / "journal.ledger"), "balance", *options, "Assets:AR", "Assets:Unapplied"]


def read_ledger_nested(output: Path) -> Answer:
    """Lines of bucket, account, tab, amount."""
    answer: Answer = {}
    for line in output.read_text(encoding="utf-8").splitlines():
        name, tab, amount = line.partition("\t")
        if tab and ":" in name:
            customer, unapplied = account(name)
            add(answer, customer, unapplied or name.partition(":")[0], cents(amount))
    return answer


def _bucket() -> str:
    """The bucket of a posting as an expression; the oldest is asked for first, because most postings are in it."""
    bucket = '"current"'
    for older, (_, first) in zip(reversed(OLDEST_FIRST), EDGES, strict=True):
        bucket = f'((date < [{first.replace("-", "/")}]) ? "{older}" : {bucket})'
    return bucket


def ledger_command(program: str, folder: Path) -> list[str]:
    """One balance with due dates as effective dates, grouped by bucket: the quickest way we found to ask."""
    bucket = _bucket()
    form = "%(account)\\t%(quantity(display_total))\\n"
    options = ["--effective", "--flat", "--no-total", "--balance-format", form]
    groups = ["--group-by", bucket, "--group-title-format", "%(value)\\n"]
    return [
        program,
        "-f",
        str(folder / "journal.ledger"),
        "balance",
        *options,
        *groups,
        "Assets:AR",
        "Assets:Unapplied",
    ]


def read_ledger(output: Path) -> Answer:
    """Groups: a line with the bucket, then lines of account, tab, amount."""
    answer: Answer = {}
    bucket = ""
    for line in output.read_text(encoding="utf-8").splitlines():
        name, tab, amount = line.partition("\t")
        if tab:
            customer, unapplied = account(name)
            add(answer, customer, unapplied or bucket, cents(amount))
        elif name:
            bucket = name
    return answer


def beancount_command(program: str, folder: Path) -> list[str]:
    """One BQL query over due dates binned by 30 days."""
    query = (
        "SELECT account, date_bin('30 days', date(meta('due')), 2026-06-30) AS bin, sum(number) AS open "
        "WHERE account ~ '^Assets:(AR|Unapplied)' GROUP BY account, bin"
    )
    bean_query = str(Path(program).with_name("bean-query"))
    return [bean_query, "-q", "-f", "csv", str(folder / "journal.beancount"), query]


def read_beancount(output: Path) -> Answer:
    """Rows of account, first day of the bin, amount."""
    answer: Answer = {}
    with output.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    for name, first, amount in rows:
        customer, unapplied = account(name)
        column = next((column for column, edge in EDGES if first >= edge), BUCKETS[-1])
        add(answer, customer, unapplied or column, cents(amount))
    return answer


def first_line(program: str) -> str:
    """The version a program prints."""
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return next(word.strip(",") for word in text.split() if word[0].isdigit())


def beancount_version(program: str) -> str:
    """The versions of beancount and beanquery in that python."""
    code = "from importlib.metadata import version as v; print(v('beancount'), '+ beanquery', v('beanquery'))"
    return subprocess.run([program, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def beancount_there(python: str | None) -> str | None:
    """The python given, when it has both packages."""
    if not python or not Path(python).with_name("bean-query").exists():
        return None
    return python


def peers(beancount_python: str | None) -> list[Peer]:
    """All peers, those that are missing too."""
    hledger, ledger = shutil.which("hledger"), shutil.which("ledger")
    beancount = beancount_there(beancount_python)
    need = "a virtual environment with beancount and beanquery, named by --beancount-python"
    need_ledger = "the Debian package ledger"
    cold = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    bean = (need, beancount, beancount_version, beancount_command, read_beancount)
    return [
        Peer("ledger, nested accounts", need_ledger, ledger, first_line, ledger_nested, read_ledger_nested),
        Peer("ledger, --group-by", need_ledger, ledger, first_line, ledger_command, read_ledger),
        Peer("hledger", "the Debian package hledger", hledger, first_line, hledger_command, read_hledger),
        Peer("beancount, its cache warm", *bean, warm=True),
        Peer("beancount, no cache", *bean, env=cold),
    ]


def main() -> None:
    """Run every peer there is on one folder; exit 1 when an answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--beancount-python")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    there = [peer for peer in peers(args.beancount_python) if peer.program]
    for peer in peers(args.beancount_python):
        if not peer.program:
            print(f"{peer.name}: not there; it needs {peer.missing}", file=sys.stderr)
    rows = interleave([peer.job(args.folder, args.folder) for peer in there], args.runs)
    for row in rows:
        print(json.dumps(row))
    sys.exit(0 if all(row.get("exact") for row in rows) else 1)


if __name__ == "__main__":
    main()
