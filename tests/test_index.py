"""The index is never trusted over the files: whatever is done to either, the answer is that of `--no-cache`."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arledger.errors import WorkerError
from arledger.store import update
from arledger.store.files import Books
from arledger.store.workers import in_order
from books import books, write
from console import ar, environment
from model import Facts

TABLES = (
    "SELECT path, sha, month, fact, kind, date, customer, currency, amount, about, key FROM facts",
    "SELECT f.path, i.* FROM items i JOIN facts f ON f.id = i.owner",
    "SELECT f.path, e.* FROM entries e JOIN facts f ON f.id = e.owner",
    "SELECT * FROM customers", "SELECT * FROM control", "SELECT * FROM months", "SELECT * FROM meta",
)  # fmt: skip


def state(ledgers: Path) -> Path:
    """Where the index of a ledger is."""
    return ledgers.parent / ".ar"


def everything(ledgers: Path, *, cache: bool) -> list[Any]:
    """All that is known of a ledger, but for row ids; and every problem."""
    where = Books(str(ledgers), str(state(ledgers)), cache=cache)
    opened = where.open()
    with closing(opened.ledger.connection) as connection:
        problems = sorted(where.problems(opened))
        if any(problem.place.path in ("ledger.yaml",) for problem in problems):
            return problems  # without a policy nothing is checked
        tables = []
        for sql in TABLES:
            found = connection.execute(sql)
            ids = [n for n, column in enumerate(found.description) if column[0] == "owner"]
            tables.append(sorted([tuple(v for n, v in enumerate(row) if n not in ids) for row in found], key=repr))
        return [problems, *tables]


def same(ledgers: Path) -> None:
    """Fails unless the index says what the files say."""
    assert everything(ledgers, cache=True) == everything(ledgers, cache=False)


@contextmanager
def written(facts: Facts, tmp: Path) -> Iterator[Path]:
    """A folder with these facts, and an index of them."""
    ledgers = tmp / "ledgers"
    shutil.rmtree(tmp, ignore_errors=True)
    ledgers.mkdir(parents=True)
    write(facts, ledgers)
    everything(ledgers, cache=True)
    yield ledgers


# Edits: each takes a file of the ledger and does to it what people, editors and git do.


def _add(file: Path) -> None:
    copy = file.with_name(f"{file.stem}9.yaml")
    copy.write_bytes(file.read_bytes())


def _change(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))


def _change_in_place(file: Path) -> None:
    """The same size and the same modification time: only the change time tells."""
    before = file.stat()
    with file.open("r+b") as handle:
        data = handle.read()
        handle.seek(0)
        handle.write(data.replace(b"3", b"4"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _delete(file: Path) -> None:
    file.unlink()


def _rename(file: Path) -> None:
    file.rename(file.with_name(f"{file.stem}-B.yaml"))


def _other_case(file: Path) -> None:
    file.with_name(f"{file.stem.lower()}.yaml").write_bytes(file.read_bytes())


def _move(file: Path) -> None:
    (file.parent / "deeper").mkdir(exist_ok=True)
    file.rename(file.parent / "deeper" / file.name)


def _touch(file: Path) -> None:
    os.utime(file)


def _crlf(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def _spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def _replace_by_link(file: Path) -> None:
    target = file.parent.parent / "elsewhere.txt"
    file.rename(target)
    file.symlink_to(target)


def _swap(file: Path) -> None:
    """Two files change places: every size and time that was there is there still."""
    other = next((path for path in sorted(file.parent.glob("*.yaml")) if path != file), file)
    between = file.with_name("between")
    file.rename(between)
    other.rename(file)
    between.rename(other)


EDITS = (
    _add, _change, _change_in_place, _delete, _rename, _other_case, _move, _touch, _crlf, _spoil, _replace_by_link, _swap
)  # fmt: skip


@given(books(), st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 99)), min_size=1, max_size=5))
def test_after_any_edits_the_index_says_what_the_files_say(
    tmp_path_factory: Any, facts: Facts, edits: list[tuple[Callable[[Path], None], int]]
) -> None:
    with written(facts, tmp_path_factory.mktemp("edits")) as ledgers:
        for edit, which in edits:
            files = [path for path in sorted(ledgers.glob("*/**/*.yaml")) if path.is_file() and not path.is_symlink()]
            if files:
                edit(files[which % len(files)])
            same(ledgers)


@given(books(size=16), st.data())
def test_facts_that_come_by_and_by_make_the_same_index(
    tmp_path_factory: Any, facts: Facts, data: st.DataObject
) -> None:
    with written({}, tmp_path_factory.mktemp("growing")) as ledgers:
        left = dict(data.draw(st.permutations(list(facts.items()))))
        while left:
            some = [left.popitem() for _ in range(min(len(left), data.draw(st.integers(1, 4))))]
            write(dict(some), ledgers)
            same(ledgers)
            assert left or everything(ledgers, cache=True)[0] == []


def invoice(ledgers: Path, name: str = "INV-1", amount: str = "100.00", month: str = "2026-01") -> Path:
    """An invoice, written."""
    file = ledgers / "invoices" / month / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"customer: ACME\ndate: {month}-15\ndue: {month}-28\ncurrency: EUR\ntotal: {amount}\n")
    return file


@pytest.fixture
def ledgers(tmp_path: Path) -> Path:
    """A ledger of two invoices, with an index that is past doubting them."""
    with written({}, tmp_path) as found:
        invoice(found)
        invoice(found, "INV-2", "50.00", "2026-02")
        settle(found)
        return found


def settle(ledgers: Path) -> None:
    """Makes every file old enough to be believed, and the index know them."""
    old = 1_700_000_000_000_000_000
    for path in ledgers.glob("*/**/*.yaml"):
        os.utime(path, ns=(old, old))
    time.sleep(0.06)  # the change time is the kernel's alone
    everything(ledgers, cache=True)
    everything(ledgers, cache=True)


def stamp(ledgers: Path) -> None:
    """Makes the stamp fit the index as it is: what no accident does, and no cheap check can see through."""
    from arledger.store.index import _stamp_of

    (state(ledgers) / "index.stamp").write_text(_stamp_of(str(state(ledgers) / "index.sqlite")))


def _sql(statement: str) -> Callable[[Path], None]:
    def run(ledgers: Path) -> None:
        with closing(sqlite3.connect(state(ledgers) / "index.sqlite")) as connection, connection:
            connection.execute(statement)

    return run


def _cut(ledgers: Path) -> None:
    with (state(ledgers) / "index.sqlite").open("r+b") as file:
        file.truncate(5000)


def _cut_and_stamped(ledgers: Path) -> None:
    _cut(ledgers)
    stamp(ledgers)


def _garbage(ledgers: Path) -> None:
    (state(ledgers) / "index.sqlite").write_bytes(b"no database " * 1000)
    stamp(ledgers)


def _of_another_ledger(ledgers: Path) -> None:
    with written({}, ledgers.parent / "other") as other:
        invoice(other, "INV-7", "7.00")
        everything(other, cache=True)
        shutil.rmtree(state(ledgers))
        shutil.copytree(state(other), state(ledgers))


def _older(ledgers: Path) -> None:
    found = (state(ledgers) / "index.stamp").read_text()
    (state(ledgers) / "index.stamp").write_text("0123456789abcdef" + found[16:])


def _hot_journal(ledgers: Path) -> None:
    (state(ledgers) / "index.sqlite-journal").write_bytes(os.urandom(4096))


DAMAGE = {
    "deleted": lambda ledgers: (state(ledgers) / "index.sqlite").unlink(),
    "all of .ar deleted": lambda ledgers: shutil.rmtree(state(ledgers)),
    "stamp deleted": lambda ledgers: (state(ledgers) / "index.stamp").unlink(),
    "stamp empty": lambda ledgers: (state(ledgers) / "index.stamp").write_bytes(b""),
    "stamp garbage": lambda ledgers: (state(ledgers) / "index.stamp").write_bytes(os.urandom(64)),
    "empty": lambda ledgers: (state(ledgers) / "index.sqlite").write_bytes(b""),
    "cut off": _cut,
    "cut off, stamped": _cut_and_stamped,
    "garbage, stamped": _garbage,
    "amounts edited": _sql("UPDATE items SET open = open * 2, total = total * 2"),
    "entries deleted": _sql("DELETE FROM entries"),
    "table dropped": _sql("DROP TABLE months"),
    "of another ledger": _of_another_ledger,
    "older format": _older,
    "journal left behind": _hot_journal,
    "a folder": lambda ledgers: ((state(ledgers) / "index.sqlite").unlink(), (state(ledgers) / "index.sqlite").mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_index_changes_no_answer(ledgers: Path, damage: Callable[[Path], Any]) -> None:
    wanted = [ar([*command, "--no-cache"], ledgers) for command in COMMANDS]
    damage(ledgers)
    assert [ar(command, ledgers) for command in COMMANDS] == wanted
    assert [ar(command, ledgers) for command in COMMANDS] == wanted
    same(ledgers)


COMMANDS = (["aging", "--format", "json"], ["open", "--format", "csv"], ["check"])


def test_where_the_index_cannot_be_written_the_answer_is_the_same(ledgers: Path, monkeypatch: Any) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    wanted = everything(ledgers, cache=False)
    invoice(ledgers, "INV-3")
    monkeypatch.setattr("arledger.store.index._seal", refuse)
    opened = Books(str(ledgers), str(state(ledgers))).open()
    assert "cannot be kept" in opened.note
    opened.ledger.connection.close()
    assert everything(ledgers, cache=True) == everything(ledgers, cache=False) != wanted


def test_a_rewrite_of_the_same_size_and_time_is_seen(ledgers: Path) -> None:
    file = ledgers / "invoices" / "2026-01" / "INV-1.yaml"
    before = file.stat()
    file.write_text(file.read_text().replace("100.00", "900.00"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    same(ledgers)
    assert '"950.00"' in ar(["aging", "--format", "json"], ledgers).out


def test_a_change_in_the_same_tick_of_the_clock_is_seen(ledgers: Path) -> None:
    for amount in range(200, 240):
        invoice(ledgers, amount=f"{amount}.00")
        assert f'"{amount + 50}.00"' in ar(["aging", "--format", "json"], ledgers).out


def test_a_policy_that_was_wrong_at_first_is_read_again(ledgers: Path) -> None:
    policy = ledgers / "ledger.yaml"
    good = policy.read_text()
    shutil.rmtree(state(ledgers))
    policy.write_text(good + "colour: blue\n")
    assert ar(["check"], ledgers).status == 1
    invoice(ledgers, "INV-3")
    assert ar(["check"], ledgers).status == 1
    policy.write_text(good)
    same(ledgers)
    assert ar(["check"], ledgers).status == 0


def test_files_with_problems_are_read_again_until_they_are_right(ledgers: Path) -> None:
    file = invoice(ledgers, "INV-3", "1,00")
    for _ in range(2):
        assert "invoices/2026-01/INV-3.yaml:5:1: bad-amount" in ar(["aging"], ledgers).err
    invoice(ledgers, "INV-3", "1.00")
    settle(ledgers)
    same(ledgers)
    assert ar(["check"], ledgers).status == 0
    file.unlink()
    same(ledgers)


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
    same(ledgers)


HEAVY = ("pydantic", "yaml", "rich", "jinja2", "rapidfuzz", "xlsxwriter", "yaml_edit", "arledger.documents.invoices")


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["--help"], ["sqlite3", "decimal", "arledger.ledger.table"]),
        (["aging", "--help"], []),
        (["aging", "--format", "json"], []),
        (["aging"], []),
        (["open", "--customer", "ACME"], []),
        (["open", "--format", "csv"], []),
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
