"""arledger at the job: `ar aging` on a generated ledger in each state a user meets it in."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from answers import Answer, add, cents, differences, expected, tidy
from facts import COLUMNS, ISO, LAST
from generate import close
from timing import Job, Sample, interleave, measure

AS_OF = ISO[LAST]
ENV = {"AR_TODAY": AS_OF, "NO_COLOR": "1"}
EXTRA = 100  # files added for the everyday case
RACY = 0.2  # seconds after which a file's time stamp is trusted
OPEN_MONTHS = 2


def read_aging(output: Path) -> Answer:
    """The answer in the JSON of `ar aging`."""
    answer: Answer = {}
    for row in json.loads(output.read_bytes())["rows"]:
        for column in COLUMNS:
            add(answer, row["customer"], column, cents(row[column]))
    return tidy(answer)


def drop_index(folder: Path) -> None:
    """Remove what arledger keeps beside the files, wherever it keeps it."""
    for place in (folder, folder / "ledgers"):
        shutil.rmtree(place / ".ar", ignore_errors=True)


def add_payments(folder: Path) -> list[Path]:
    """EXTRA new payments of 1.00 that stay unapplied, as a bank file or a `git pull` brings them."""
    month = folder / "ledgers" / "payments" / AS_OF[:7]
    month.mkdir(parents=True, exist_ok=True)
    paths = [month / f"{AS_OF}-{number:08x}-bench.yaml" for number in range(EXTRA)]
    for path in paths:
        path.write_text(
            f"customer: CUST-00001\ndate: {AS_OF}\ncurrency: EUR\nmethod: transfer\namount: 1.00\n", encoding="ascii"
        )
    return paths


@dataclass
class AgingBench:
    """arledger on one ledger, in every state a user meets it in."""

    ar: str
    folder: Path
    work: Path

    def once(self) -> Sample:
        """One ageing."""
        command = [self.ar, "aging", "--as-of", AS_OF, "--format", "json", "--ledger", str(self.folder)]
        return measure(command, self.work / "aging.json", ENV)

    def wrong(self, extra: int = 0) -> list[str]:
        """What is wrong with the last answer, where so many payments of 1.00 were added."""
        wanted = expected(self.folder)
        if extra:
            add(wanted, "CUST-00001", "unapplied", -100 * extra)
        return differences(read_aging(self.work / "aging.json"), wanted)

    def settle(self) -> None:
        """Bring the index up to date with files that are old enough to be believed."""
        time.sleep(RACY)
        self.once()

    def jobs(self) -> list[Job]:
        """Without an index; with one that is fresh; and with one that has missed some files."""
        added: list[Path] = []

        def add_some() -> None:
            added.extend(add_payments(self.folder))
            time.sleep(RACY)

        def take_away() -> None:
            while added:
                added.pop().unlink()
            self.settle()

        return [
            Job("arledger, cold", self.once, self.wrong, lambda: drop_index(self.folder), self.settle),
            Job("arledger, warm", self.once, self.wrong),
            Job(f"arledger, {EXTRA} files added", self.once, lambda: self.wrong(EXTRA), add_some, take_away),
        ]

    def closed(self) -> list[Job]:
        """With all but the last months closed. Closing stays: give it a ledger of its own."""
        close(self.folder, OPEN_MONTHS, self.ar)
        self.settle()
        self.settle()
        return [Job(f"arledger, all but {OPEN_MONTHS} months closed", self.once, self.wrong)]


def start_up(ar: str, python: str, folder: Path, work: Path, rounds: int) -> list[dict[str, object]]:
    """Small commands beside a bare interpreter; the ledger is a small one, its index warm."""
    small = ["open", "--customer", "CUST-00001", "--as-of", AS_OF, "--ledger", str(folder)]
    commands = {
        "python -c ''": [python, "-c", ""],
        "ar --version": [ar, "--version"],
        "ar --help": [ar, "--help"],
        "ar aging --help": [ar, "aging", "--help"],
        "ar aging": [ar, "aging", "--as-of", AS_OF, "--ledger", str(folder)],
        "ar open --customer CUST-00001": [ar, *small],
        "ar open --customer CUST-00001 --format json": [ar, *small, "--format", "json"],
    }
    jobs = [
        Job(name, lambda command=command: measure(command, work / "small.out", ENV))
        for name, command in commands.items()
    ]
    for _ in range(2):
        interleave(jobs, 1)  # not counted: byte code, index
        time.sleep(RACY)
    return interleave(jobs, rounds)
