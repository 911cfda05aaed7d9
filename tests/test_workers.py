"""Many processes, and little to start: what is read by several is read alike, and small commands import little."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from arledger.errors import WorkerError
from arledger.store import scan, update
from arledger.store.workers import in_order
from console import environment
from indexed import assert_same, everything, invoice, ledgers, state

__all__ = ["ledgers"]  # a fixture


def test_many_files_are_read_by_several_processes_alike(ledgers: Path, monkeypatch: Any) -> None:
    for number in range(40):
        invoice(ledgers, f"A-{number}", "x" if number in (7, 23) else "5.00")
    wanted = everything(ledgers, cache=False)
    monkeypatch.setattr(update, "_PARALLEL_ABOVE", 1)
    monkeypatch.setattr(update, "_BATCH", 7)
    monkeypatch.setattr(update, "processors", lambda: 3)
    monkeypatch.setattr("arledger.store.workers.processors", lambda: 3)
    assert everything(ledgers, cache=False) == wanted
    assert len(wanted[0]) == 2


def test_folders_are_looked_at_by_several_processes_alike(ledgers: Path, monkeypatch: Any) -> None:
    for number in range(40):
        invoice(ledgers, f"A-{number}", month=f"2026-{number % 8 + 1:02}")
    tops, ready = ("customers", "invoices", "payments"), []

    def found(owns: dict[str, bytes], known: dict[str, bytes]) -> list[scan.Change]:
        def states(paths: Any) -> dict[str, bytes]:
            return {path: known[path] for path in paths}

        found = scan.changes(str(ledgers), tops, owns, states, "", time.time_ns() + 10**9, lambda: ready.append(True))
        return sorted(found, key=lambda change: change.path)

    alone = found({}, {})
    assert not ready, "one process has nothing to do meanwhile"
    assert sum(len(change.read) for change in alone if change.path.startswith("invoices/")) >= 40
    monkeypatch.setattr(scan, "_LOT", 1)
    monkeypatch.setattr(scan, "processors", lambda: 3)
    monkeypatch.setattr("arledger.store.workers.processors", lambda: 3)
    assert found({}, {}) == alone
    assert ready == [True], "while others look, what reads files is made ready"
    folders = [change.folder for change in alone if change.folder]
    owns, known = {f.path: f.own for f in folders}, {f.path: f.pack() for f in folders}
    assert found(owns, known) == []
    assert ready == [True], "no folder moved: nothing to make ready for"
    invoice(ledgers, "A-NEW", month="2026-03")
    assert [change.read for change in found(owns, known)] == [("A-NEW.yaml",)]
    assert ready == [True, True]


def test_a_killed_helper_is_said_and_one_that_fails_is_stood_in_for(monkeypatch: Any) -> None:
    monkeypatch.setattr("arledger.store.workers.processors", lambda: 2)
    parent = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != parent and number == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        if os.getpid() != parent and number == 4:
            raise MemoryError
        return number * number

    assert list(in_order(work, 4)) == [0, 1, 4, 9]
    with pytest.raises(WorkerError, match="signal 9"):
        list(in_order(work, 8))
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda number: 1 // (number - 3), 8))


def test_helpers_end_with_the_process_that_wanted_them() -> None:
    script = (
        "import os, sys\nfrom arledger.store.workers import in_order\n"
        "for answer in in_order(lambda n: (os.getpid(), 'x' * 100_000), 100_000):\n"
        "    print(answer[0], flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    helpers = {int(process.stdout.readline()) for _ in range(4)}
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(500):
        if not any(_runs(helper) for helper in helpers - {process.pid}):
            return
        time.sleep(0.02)
    raise AssertionError("a helper runs on")


def _runs(process: int) -> bool:
    """Whether a process is there and no mere entry of one that ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def test_interrupting_a_first_build_leaves_nothing_broken(ledgers: Path) -> None:
    for number in range(3_500):
        invoice(ledgers, f"A-{number}")
    shutil.rmtree(state(ledgers))
    process = subprocess.Popen([sys.executable, "-m", "arledger", "aging"], cwd=ledgers, env=environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
    for _ in range(2000):
        if (state(ledgers) / "index.sqlite").exists():
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said, said
    assert process.returncode in (130, -signal.SIGINT)
    assert_same(ledgers)


HEAVY = ("pydantic", "yaml", "rich", "jinja2", "rapidfuzz", "xlsxwriter", "yaml_edit", "dateutil")
POLICY = ["arledger.policy.policy"]  # some fifty types


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["--help"], ["sqlite3", "decimal", "arledger.ledger.table"]),
        (["aging", "--help"], []),
        (["aging", "--format", "json"], POLICY),
        (["aging"], POLICY),
        (["open", "--customer", "ACME"], POLICY),
        (["open", "--format", "csv"], POLICY),
        (["customer", "show", "ACME"], []),
        (["payment", "list"], []),
        (["invoice", "show", "INV-1"], []),
        (["why", "INV-1"], POLICY),
        (["statement", "ACME"], []),
        (["facts", "--months"], []),
    ],
    ids=" ".join,
)
def test_small_reading_commands_import_little(ledgers: Path, arguments: list[str], more: list[str]) -> None:
    script = (
        "import sys\nfrom arledger.entry import main\nsys.argv[1:] = " + repr(arguments) + "\n"
        "try:\n    main()\nfinally:\n    sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ledgers, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0
    assert not {name for name in done.stderr.split() if name in (*HEAVY, *more)}
