"""Whatever stops a command that posts: the books are as before or as after, and the same command then succeeds."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import small_books
from console import Done, ar, environment
from crash import powercut
from crash.faults import NOTHING, Change, Ended, Fault, run
from small_books import tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")

BANK = """date,amount,currency,name,account,reference,text
2026-02-08,88.75,EUR,ACME GMBH,,,INV-2026-00001
2026-02-09,21.00,EUR,GLOBEX,,,INV-2026-00003
2026-02-09,500.00,EUR,NOBODY,,,what is this
"""
ROWS = """invoice,customer,date,due,amount,currency
OLD-1,ACME,2026-01-05,2026-03-05,10.00,EUR
OLD-2,GLOBEX,2026-01-06,2026-03-06,20.00,EUR
"""
MANY = "invoice,customer,date,due,amount,currency\n" + "".join(
    f"OLD-{n},ACME,2026-01-05,2026-03-05,{n}.00,EUR\n" for n in range(1, 41)
)
COMMANDS = {
    "invoice": ["invoice", "new", "--customer", "ACME", "--amount", "10", "--key", "k1", "--yes"],
    "payment": ["payment", "new", "--customer", "ACME", "--amount", "12.00", "--key", "p1", "--apply",
                "INV-2026-00002", "--yes"],
    "apply": ["apply-payments", "bank.csv", "--account", "main", "--yes"],
    "import": ["import", "invoices", "rows.csv", "--yes"],
    "many": ["import", "invoices", "many.csv", "--yes"],
    "close": ["close", "2025-12", "--yes"],
    "edit": ["customer", "edit", "ACME", "--terms", "net 14", "--yes"],
}  # fmt: skip
FEW = [command for command in COMMANDS if command != "many"]
ENV = environment(AR_TODAY=small_books.TODAY)
CACHE = "/.ar/index"


class Place:
    """A ledger in a folder, put back to its beginning before each try."""

    def __init__(self, folder: Path) -> None:
        self.begin, self.home = folder / "begin", folder / "books"
        small_books.write(self.begin)
        (self.begin / "bank.csv").write_text(BANK)
        (self.begin / "rows.csv").write_text(ROWS)
        (self.begin / "many.csv").write_text(MANY)
        self.old = tree(self.begin)

    def fresh(self, *, settled: bool = False) -> None:
        """The ledger as it began; `settled`: its files old enough for an index to believe them.

        How often the index is written depends on that, and so which change a fault hits.
        """
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.begin, self.home)
        if settled:
            time.sleep(0.06)

    def ar(self, *arguments: str) -> Done:
        """Runs a command to its end."""
        return ar(arguments, self.home, ENV)

    def run(self, command: str, fault: Fault = NOTHING, aside: str = CACHE) -> Ended:
        """Runs a command with a fault; the index, which is only a cache, is left alone unless said otherwise."""
        return run(COMMANDS[command], self.home, fault, aside)

    def after(self, command: str, aside: str = CACHE) -> tuple[dict[str, str], list[Change]]:
        """The tree when nothing goes wrong, and the changes made on the way."""
        self.fresh(settled=not aside)
        done = self.run(command, aside=aside)
        assert done.status == 0, done.said
        assert self.ar("check").status == 0
        return tree(self.home), list(done.changes)

    def assert_whole(self, new: dict[str, str], where: str) -> None:
        """The books hold together, and are as before or as after."""
        checked = self.ar("check")
        assert checked.status == 0, (where, checked)
        assert tree(self.home) in (self.old, new), where

    def assert_again(self, command: str, new: dict[str, str], where: str) -> None:
        """The same command now succeeds, and all is as if nothing had happened."""
        again = self.ar(*COMMANDS[command])
        assert again.status == 0, (where, again)
        assert tree(self.home) == new, where


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A small ledger. Commands take the same day for today, whoever runs them."""
    monkeypatch.setattr("console.TODAY", small_books.TODAY)
    return Place(tmp_path)


def _shown(number: int, changes: list[Change]) -> str:
    change = changes[number - 1] if number <= len(changes) else Change("after the last", "")
    return f"{number}: {change.what} {os.path.basename(change.path)}"


@pytest.mark.parametrize(("command", "how", "step"), [
    ("invoice", "kill", 1), ("apply", "kill", 3), ("import", "kill", 3), ("edit", "kill", 3),
    *(pytest.param(command, how, 1, marks=pytest.mark.slow) for command in FEW for how in ("kill", "short")),
])  # fmt: skip
def test_killed_at_any_change(place: Place, command: str, how: str, step: int) -> None:
    """`kill -9` before each change to the disk, or after half of a write; every third of some commands when quick."""
    new, changes = place.after(command)
    for number in range(len(changes), 0, -step):
        place.fresh()
        assert place.run(command, Fault(number, how)).status == -signal.SIGKILL
        where = _shown(number, changes)
        place.assert_whole(new, where)
        place.assert_again(command, new, where)


def test_killed_while_the_index_is_made(place: Place) -> None:
    new, changes = place.after("invoice", aside="")
    for number in [n for n, change in enumerate(changes, 1) if CACHE in change.path]:
        place.fresh(settled=True)
        place.run("invoice", Fault(number), aside="")
        place.assert_whole(new, _shown(number, changes))
        place.assert_again("invoice", new, _shown(number, changes))


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_while_recovering(place: Place, step: int) -> None:
    """Killed after the commit point, then again at each change of the command that finishes what was left."""
    new, changes = place.after("apply")
    committed = 1 + next(n for n, c in enumerate(changes, 1) if c.other.endswith("COMMIT"))
    for first in range(committed, len(changes) + 1, step):
        second, status = 0, -signal.SIGKILL
        while status == -signal.SIGKILL:
            second += 1
            place.fresh()
            place.run("apply", Fault(first))
            status = run(["check"], place.home, Fault(second), CACHE).status
            place.assert_whole(new, f"{_shown(first, changes)}, then {second}")
        assert status == 0
        assert tree(place.home) == new
        place.assert_again("apply", new, _shown(first, changes))


ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)


@pytest.mark.parametrize(("command", "how", "error"), [
    ("invoice", "errno", errno.ENOSPC), ("edit", "sticky", errno.EIO),
      *(pytest.param(command, how, error, marks=pytest.mark.slow)
      for command in FEW for how in ("errno", "sticky") for error in ERRORS),
])  # fmt: skip
def test_disk_that_fails(place: Place, command: str, how: str, error: int) -> None:
    """Exit 7 with the system's reason, nothing half-written; once the disk works the same command does its work."""
    new, changes = place.after(command)
    for number in range(1, len(changes) + 1):
        place.fresh()
        done, where = place.run(command, Fault(number, how, error)), _shown(number, changes)
        assert done.status == 7, (where, done.said)
        assert os.strerror(error) in done.said
        assert "hint: " in done.said
        if "do not give this one again" not in done.said:
            assert tree(place.home) == place.old, where
        place.assert_whole(new, where)
        place.assert_again(command, new, where)


def test_index_that_cannot_be_written(place: Place) -> None:
    """A report does without; a command that posts says so, for a disk that fails here fails elsewhere too."""
    _, changes = place.after("invoice", aside="")
    for number in [n for n, change in enumerate(changes, 1) if CACHE in change.path][:9:3]:
        place.fresh(settled=True)
        whole = run(["open", "--format", "csv"], place.home, Fault(number, "sticky"))
        assert whole.status == 0, _shown(number, changes)
        assert place.run("invoice", Fault(number, "sticky"), aside="").status == 7, _shown(number, changes)
        assert tree(place.home) == place.old


@pytest.mark.parametrize(("command", "step"), [
    ("apply", 5), *(pytest.param(command, 1, marks=pytest.mark.slow) for command in FEW)
])  # fmt: skip
def test_power_cut(place: Place, command: str, step: int) -> None:
    """Whatever of the unsynchronised arrived on the disk; and what was reported done is there."""
    new, changes = place.after(command)
    place.fresh()
    states = list(powercut.states(place.home, changes))
    for done, left in states[::-step]:
        shutil.rmtree(place.home)
        powercut.build(left)
        where = f"after {_shown(done, changes)}"
        place.assert_whole(new, where)
        if done == len(changes):
            assert tree(place.home) == new
        place.assert_again(command, new, where)


def test_many_files_are_synchronised_together(place: Place) -> None:
    """Nothing of many files is sure before the one synchronisation, and the journal stands until it is done."""
    new, changes = place.after("many")
    (synced,) = [n for n, change in enumerate(changes, 1) if change.what == "syncfs"]
    assert not [change for change in changes if change.what == "fsync" and "OLD-" in change.path]
    for number, fault in ((synced - 20, Fault(synced - 20)), (synced, Fault(synced, "errno", errno.EIO)),
                          (synced + 1, Fault(synced + 1))):  # fmt: skip
        place.fresh()
        place.run("many", fault)
        place.assert_whole(new, _shown(number, changes))
        place.assert_again("many", new, _shown(number, changes))
    place.fresh()
    states = [state for state in powercut.states(place.home, changes) if state[0] > synced - 3]
    for done, left in states[:: max(len(states) // 12, 1)]:
        shutil.rmtree(place.home)
        powercut.build(left)
        place.assert_whole(new, _shown(done, changes))
        place.assert_again("many", new, _shown(done, changes))


@pytest.mark.slow
def test_program_killed_at_any_change(place: Place) -> None:
    """The program itself, started anew each time, without anything of the tests but the fault."""
    new, changes = place.after("invoice")
    program = "import sys; from crash import faults; from arledger.entry import main; at = int(sys.argv.pop(1));"
    program += f"faults.install('.', faults.Fault(at), aside='{CACHE}'); main()"
    path = os.pathsep.join((str(Path(__file__).parent), str(Path(__file__).parent.parent / "src")))
    for number in range(1, len(changes) + 1):
        place.fresh()
        done = subprocess.run([sys.executable, "-c", program, str(number), *COMMANDS["invoice"]], cwd=place.home,
                              env={**ENV, "PYTHONPATH": path}, capture_output=True)  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr
        place.assert_whole(new, _shown(number, changes))
        place.assert_again("invoice", new, _shown(number, changes))
