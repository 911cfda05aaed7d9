"""Many at once: writers wait for each other, readers see no posting half done, and a signal stops all or nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import small_books
from arledger.errors import LockedError
from arledger.store.locks import locked
from console import ar, environment
from small_books import tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")

ENV = environment(AR_TODAY=small_books.TODAY)
NEW = ["invoice", "new", "--customer", "ACME", "--amount", "10.00", "--yes"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small ledger that was read once."""
    small_books.write(tmp_path)
    assert ar(["check"], tmp_path, ENV).status == 0
    return tmp_path


def fork(work: Callable[[], object]) -> int:
    """A process that does this work and ends with 0, or with 1 when it raised."""
    if (process := os.fork()) == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(status)
    return process


def wait(processes: Sequence[int]) -> list[int]:
    """How they ended."""
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]


def rows(home: Path) -> dict[str, dict[str, str]]:
    """The open items."""
    return {row["item"]: row for row in json.loads(ar(["open", "--format", "json"], home, ENV).out)["rows"]}


@pytest.mark.parametrize(("writers", "each"), [(8, 5), pytest.param(8, 25, marks=pytest.mark.slow),
                                               pytest.param(32, 8, marks=pytest.mark.slow)])  # fmt: skip
def test_many_issue_invoices(home: Path, writers: int, each: int) -> None:
    """As many numbers as invoices: none twice, none left out, nothing lost."""

    def issue() -> None:
        for _ in range(each):
            done = ar(NEW, home, ENV)
            assert done.status == 0, done

    assert set(wait([fork(issue) for _ in range(writers)])) == {0}
    added = sorted(path.stem for path in (home / "ledgers/invoices/2026-02").iterdir())[3:]
    assert added == [f"INV-2026-{5 + number:05}" for number in range(writers * each)]
    assert ar(["check"], home, ENV).status == 0


@pytest.mark.slow
def test_many_programs_issue_invoices(home: Path) -> None:
    """The same with whole programs, some of which are killed on the way."""
    shell = f'for i in $(seq 12); do "{sys.executable}" -m arledger {" ".join(NEW)} --key $0-$i || exit; done'
    kept = [subprocess.Popen(["sh", "-c", shell, f"w{n}"], cwd=home, env=ENV, stdout=subprocess.DEVNULL)
            for n in range(4)]  # fmt: skip
    dice, begun = random.Random(5), time.monotonic()
    while any(process.poll() is None for process in kept) and time.monotonic() < begun + 240:
        one = subprocess.Popen([sys.executable, "-m", "arledger", *NEW, "--key", "killed"], cwd=home, env=ENV,
                               stdout=subprocess.DEVNULL)  # fmt: skip
        time.sleep(dice.uniform(0.05, 1.5))
        one.kill()
        one.wait()
    assert [process.wait() for process in kept] == [0] * 4
    numbers = sorted(path.stem for path in (home / "ledgers/invoices/2026-02").iterdir())[3:]
    assert len(numbers) in (48, 49)  # those of the four, and the one with a key that was never twice
    assert numbers == [f"INV-2026-{5 + number:05}" for number in range(len(numbers))]
    assert ar(["check"], home, ENV).status == 0


def test_many_apply_to_one_invoice(home: Path) -> None:
    """Four clerks pay 21.00 in fives at once: four fives fit, each of the others is refused."""
    fit = home / "fit"

    def pay(clerk: int) -> None:
        for number in range(3):
            done = ar(["payment", "new", "--customer", "GLOBEX", "--amount", "5.00", "--apply", "INV-2026-00003=5.00",
                       "--reference", f"{clerk}-{number}", "--yes"], home, ENV)  # fmt: skip
            assert done.status in (0, 5), done
            if done.status == 0:
                fit.with_name(f"fit-{clerk}-{number}").touch()

    assert set(wait([fork(lambda clerk=clerk: pay(clerk)) for clerk in range(4)])) == {0}
    assert len(list(home.glob("fit-*"))) == 4
    assert rows(home)["INV-2026-00003"]["open"] == "1.00"
    assert ar(["check"], home, ENV).status == 0


@pytest.mark.parametrize("files", [6, pytest.param(40, marks=pytest.mark.slow)])
def test_readers_during_imports(home: Path, files: int) -> None:
    """Each report has whole files of twenty invoices, and never fewer than the one before."""

    def write() -> None:
        try:
            for file in range(files):
                lines = [f"F{file}-{n},ACME,2026-02-{1 + n % 9:02},10.00\n" for n in range(20)]
                (home / f"{file}.csv").write_text("invoice,customer,date,amount\n" + "".join(lines))
                done = ar(["import", "invoices", f"{file}.csv", "--yes"], home, ENV)
                assert done.status == 0, done
        finally:
            (home / "done").touch()

    def read() -> None:
        seen, over = 0, False
        while not over:
            over = (home / "done").exists()
            done = ar(["open", "--format", "csv"], home, ENV)
            assert done.status == 0, done
            now = sum(line.startswith("F") for line in done.out.splitlines())
            assert now % 20 == 0, now
            assert now >= seen, (now, seen)
            seen = now
        assert seen == files * 20

    assert set(wait([fork(write), *(fork(read) for _ in range(3))])) == {0}


PYTHON_STARTS = ("Fatal Python error: init_import_site", "Could not import runpy module")


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("shots", [4, pytest.param(80, marks=pytest.mark.slow)])
def test_signals(home: Path, which: signal.Signals, shots: int) -> None:
    """At any time: all or nothing, the status of the signal, no traceback."""
    lines = [f"F-{n},ACME,2026-02-{1 + n % 9:02},10.00\n" for n in range(60)]
    (home / "rows.csv").write_text("invoice,customer,date,amount\n" + "".join(lines))
    command, dice, old = ["import", "invoices", "rows.csv", "--yes"], random.Random(int(which)), len(tree(home))
    begun = time.monotonic()
    subprocess.run([sys.executable, "-m", "arledger", "check"], cwd=home, env=ENV, capture_output=True, check=True)
    usual = time.monotonic() - begun
    for _ in range(shots):
        process = subprocess.Popen([sys.executable, "-m", "arledger", *command], cwd=home, env=ENV, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        time.sleep(dice.uniform(0, usual * 1.5))
        process.send_signal(which)
        said = process.communicate()[1]
        if not any(text in said for text in PYTHON_STARTS):  # then it is Python that is stopped, and says so
            assert process.returncode in (0, -which, 128 + which), said
            assert "in main" not in said
        assert "bug" not in said
        assert ar(["check"], home, ENV).status == 0
        assert len(tree(home)) in (old, old + 60)


def test_trying_out_leaves_the_index_alone(home: Path) -> None:
    """What a command plans is tried out on the index without a lock, so nothing of it may reach the file."""
    time.sleep(0.06)
    assert ar(["open"], home, ENV).status == 0
    index = home / ".ar/index.sqlite"
    before = (index.read_bytes(), index.stat())
    assert ar([*NEW, "--dry-run"], home, ENV).status == 0
    assert (index.read_bytes(), index.stat().st_mtime_ns) == (before[0], before[1].st_mtime_ns)


def test_lock_that_is_held(tmp_path: Path) -> None:
    """Who waits too long is told who holds the lock. A lock file that somebody left behind holds nothing."""
    path = str(tmp_path / "lock")
    Path(path).write_text("99999999 elsewhere\n")
    with locked(path), pytest.raises(LockedError, match=f"process {os.getpid()}"), locked(path, wait=0.05):
        pass
    with locked(path, wait=0):
        pass
