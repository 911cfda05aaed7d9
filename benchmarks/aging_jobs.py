"""arledger at the job: `ar aging` on a generated ledger in each state a user meets it in, every answer compared."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from answers import Answer, add, cents, differences, expected, tidy
from facts import COLUMNS, ISO, LAST
from generate import close
from timing import CommandError, Sample, measure, repeat

AS_OF = ISO[LAST]
ENV = {"AR_TODAY": AS_OF, "NO_COLOR": "1"}
EXTRA = 100  # files added for the everyday case
RACY = 2.5  # seconds after which a file's time stamp is trusted
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


def add_payments(folder: Path, batch: int) -> list[Path]:
    """EXTRA new payments of 1.00 that stay unapplied, as a bank file or a `git pull` brings them."""
    month = folder / "ledgers" / "payments" / AS_OF[:7]
    month.mkdir(parents=True, exist_ok=True)
    paths = [month / f"{AS_OF}-{batch:04x}{number:04x}-bench.yaml" for number in range(EXTRA)]
    for path in paths:
        path.write_text(
            f"customer: CUST-00001\ndate: {AS_OF}\ncurrency: EUR\nmethod: transfer\namount: 1.00\n", encoding="ascii"
        )
    return paths


@dataclass
class AgingBench:
    """The measurements of one ledger; each row is a document for the tables."""

    ar: str
    folder: Path
    work: Path
    runs: int
    close: bool = True  # measure with closed months too; closing itself takes its time

    def _once(self) -> Sample:
        command = [self.ar, "aging", "--as-of", AS_OF, "--format", "json", "--ledger", str(self.folder)]
        return measure(command, self.work / "aging.json", ENV)

    def _row(self, state: str, sample: Sample, wanted: Answer) -> dict[str, object]:
        wrong = differences(read_aging(self.work / "aging.json"), wanted)
        return {"tool": f"arledger, {state}", **sample.document(), "exact": not wrong, "differences": wrong[:5]}

    def _settle(self) -> None:
        """Bring the index up to date and past the time in which it doubts young files."""
        self._once()
        time.sleep(RACY)
        self._once()

    def rows(self) -> Iterator[dict[str, object]]:
        """One row per state; closing comes last, because it stays. A state that fails gives a row with `failed`."""
        states: list[tuple[str, Callable[[str], dict[str, object]]]] = [
            ("cold", self._cold),
            ("warm", self._warm),
            (f"{EXTRA} files added", self._changed),
        ]
        if self.close:
            states.append((f"all but {OPEN_MONTHS} months closed", self._closed))
        for state, job in states:
            try:
                yield job(state)
            except (CommandError, subprocess.CalledProcessError, OSError) as error:
                yield {"tool": f"arledger, {state}", "failed": str(error)}

    def _cold(self, state: str) -> dict[str, object]:
        sample = repeat(self._once, min(self.runs, 3), prepare=lambda: drop_index(self.folder))
        return self._row(state, sample, expected(self.folder))

    def _warm(self, state: str) -> dict[str, object]:
        self._settle()
        return self._row(state, repeat(self._once, self.runs), expected(self.folder))

    def _changed(self, state: str) -> dict[str, object]:
        wanted = expected(self.folder)
        added: list[Path] = []

        def prepare() -> None:
            added.extend(add_payments(self.folder, len(added)))
            time.sleep(RACY)

        try:
            sample = repeat(self._once, self.runs, prepare)
            add(wanted, "CUST-00001", "unapplied", -100 * len(added))
            return self._row(state, sample, wanted)
        finally:
            for path in added:
                path.unlink()

    def _closed(self, state: str) -> dict[str, object]:
        start = time.perf_counter()
        close(self.folder, OPEN_MONTHS, self.ar)
        took = time.perf_counter() - start
        self._settle()
        row = self._row(state, repeat(self._once, self.runs), expected(self.folder))
        return {**row, "closing": took}


def start_up(ar: str, python: str, folder: Path, work: Path, runs: int) -> Iterator[dict[str, object]]:
    """Small commands beside a bare interpreter; the ledger is a small one, its index warm."""
    small = ["open", "--customer", "CUST-00001", "--as-of", AS_OF, "--ledger", str(folder)]
    commands = {
        "python -c ''": [python, "-c", ""],
        "python -I -S -c ''": [python, "-I", "-S", "-c", ""],
        "ar --version": [ar, "--version"],
        "ar --help": [ar, "--help"],
        "ar aging --help": [ar, "aging", "--help"],
        "ar open --customer CUST-00001": [ar, *small],
        "ar open --customer CUST-00001 --format json": [ar, *small, "--format", "json"],
    }
    for name, command in commands.items():
        try:
            measure(command, work / "small.out", ENV)  # not counted: byte code, index
            sample = repeat(lambda command=command: measure(command, work / "small.out", ENV), runs)
        except (CommandError, OSError) as error:
            yield {"tool": name, "failed": str(error)}
            continue
        yield {"tool": name, **sample.document()}
