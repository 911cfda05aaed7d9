"""The index: the ledger's table in `.ar/index.sqlite`, brought up to date before anything is asked of it.

It is a cache and never trusted over the files: beside it lies a stamp of the very file we wrote, so an index
that was edited, copied, cut off or half written is not used but made anew; and every file of the ledger is
compared with what the index knows of it. Where `.ar` cannot be written the same is done in memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from arledger import __version__
from arledger.errors import DeviceError, LockedError, Problem
from arledger.ledger import build
from arledger.ledger.schema import IN_FORCE, INDEXES, SCHEMA
from arledger.ledger.table import Ledger
from arledger.store import scan
from arledger.store.locks import locked

_FORMAT = hashlib.sha256(f"{__version__} {SCHEMA}{INDEXES} 5".encode()).hexdigest()[:16]
TOPS = (
    "customers", "invoices", "credit-notes", "payments", "applications", "write-offs", "deductions", "refunds",
    "recoveries", "reversals", "deposits", "bank", "periods", "approvals", "disputes", "dispute-comments",
    "dispute-resolutions", "promises", "plans", "settlements", "contacts", "reopenings", "reconciliations",
    "allowances", "revaluations",
    "orders", "delivery-notes", "holds", "releases", "cancellations", "credit-references", "credit-decisions",
    "contracts", "terminations", "attachments",
    "notices", "notice-blocks", "hand-overs", "service-stops", "service-restores",
)  # fmt: skip
Progress = Callable[[str, int, int], None]  # what, done, of how many


class Opened:
    """A ledger that is up to date with its files, and what was wrong with any file."""

    def __init__(self, ledger: Ledger, problems: list[Problem], note: str = "") -> None:
        self.ledger = ledger
        self.problems = problems  # of single files; those of the book as a whole are `ledger.problems()`
        self.note = note  # why the index is not used, for people


def open_index(
    root: str, state: str, *, cache: bool, thorough: bool, now_ns: int, progress: Progress | None, strict: bool = False
) -> Opened:
    """The ledger under `root`, read from the index in `state` where that is good, else from the files.

    Raises DeviceError with `strict` when the index cannot be kept: a disk that fails here fails elsewhere too.
    """
    seen: tuple[str, list[scan.Change]] = ("", [])
    if cache and (connection := _trusted(state)):
        seen = _stamp_of(_paths(state)[0]), _changes(root, connection, now_ns, thorough)
        if not seen[1]:
            return Opened(Ledger(connection), [])
        connection.close()
    note = ""
    if cache:
        try:
            return _refresh(root, state, thorough, now_ns, progress, seen)
        except (OSError, sqlite3.Error, DeviceError, LockedError) as error:
            if strict and not isinstance(error, LockedError):
                hint = "check that .ar may be written and has room"
                raise DeviceError(f"the index cannot be kept: {getattr(error, 'message', error)}", hint) from None
            note = f"the index cannot be kept ({error}): everything was worked out in memory"
    connection = _memory(state) if cache else _empty(":memory:")
    opened = _update(root, connection, _changes(root, connection, now_ns, thorough), progress)
    opened.note = note
    return opened


def _paths(state: str) -> tuple[str, str]:
    return os.path.join(state, "index.sqlite"), os.path.join(state, "index.stamp")


def _stamp_of(path: str) -> str:
    found = os.stat(path)
    return f"{_FORMAT} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}\n"


def _trusted(state: str) -> sqlite3.Connection | None:
    """A connection to the index, in a read transaction, when it is the file we wrote; else None."""
    path, stamp = _paths(state)
    if not os.path.exists(stamp):
        return None
    try:
        connection = sqlite3.connect(f"file:{_quoted(path)}?mode=rw", uri=True, isolation_level=None, timeout=60)
    except sqlite3.Error:
        return None
    try:
        _tune(connection)
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM meta LIMIT 1").fetchone()  # takes the lock: from here the file stands still
        with open(stamp, encoding="ascii") as file:
            if file.read() == _stamp_of(path):
                return connection
    except (OSError, sqlite3.Error, UnicodeDecodeError):
        pass
    connection.close()
    return None


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _tune(connection: sqlite3.Connection) -> None:
    for pragma in (
        "journal_mode=MEMORY",
        "cache_size=-32768",
        "cache_spill=OFF",
        "temp_store=MEMORY",
        "cell_size_check=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _empty(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    _tune(connection)
    connection.execute("PRAGMA cache_spill=ON")
    connection.execute("PRAGMA synchronous=OFF")
    if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        build.create(connection)
    return connection


def _memory(state: str) -> sqlite3.Connection:
    """The index copied into memory where it is good, else an empty table in memory."""
    memory = _empty(":memory:")
    if trusted := _trusted(state):
        trusted.backup(memory)
        trusted.close()
        _tune(memory)
    return memory


def in_memory(ledger: Ledger) -> Ledger:
    """A copy of the ledger's table in memory; the ledger itself is let go."""
    memory = _empty(":memory:")
    ledger.connection.backup(memory)
    ledger.connection.close()
    _tune(memory)
    return Ledger(memory, ledger.where)


def _refresh(
    root: str, state: str, thorough: bool, now_ns: int, progress: Progress | None, seen: tuple[str, list[scan.Change]]
) -> Opened:
    """Brings the index file up to date, one process at a time, and opens it.

    `seen` is the stamp of an index and the changes against it: if it still stands, files are not looked at again.
    """
    path, stamp = _paths(state)
    with _making(state), locked(os.path.join(state, "index.lock")):
        if trusted := _trusted(state):
            trusted.close()
        else:
            for old in (stamp, path, path + "-journal"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(old)
        connection = _empty(path)
        found = seen[1] if trusted and seen[0] == _stamp_of(path) else _changes(root, connection, now_ns, thorough)
        if found or not os.path.exists(stamp):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(stamp)
            connection.execute("BEGIN EXCLUSIVE")
            opened = _update(root, connection, found, progress)
            connection.execute("COMMIT")
            connection.close()
            _seal(path, stamp)
        else:
            connection.close()
            opened = Opened(Ledger(connection), [])
        if not (readable := _trusted(state)):  # still under the lock: nobody else may change it now
            raise DeviceError("the index changed under our hands", "run the command again")
    return Opened(Ledger(readable), opened.problems)


def _seal(path: str, stamp: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    with open(stamp + ".new", "w", encoding="ascii") as file:
        file.write(_stamp_of(path))
    os.replace(stamp + ".new", stamp)


@contextlib.contextmanager
def _making(state: str) -> Iterator[None]:
    if not os.path.isdir(state):
        os.makedirs(state, exist_ok=True)
    ignore = os.path.join(state, ".gitignore")
    if not os.path.exists(ignore):
        with open(ignore, "w", encoding="ascii") as file:
            file.write("*\n")
    yield


def _changes(root: str, connection: sqlite3.Connection, now_ns: int, thorough: bool) -> list[scan.Change]:
    def states(paths: Sequence[str]) -> dict[str, bytes]:
        sql = "SELECT state FROM folders WHERE path = ?"
        return {path: connection.execute(sql, (path,)).fetchone()[0] for path in paths}

    owns: dict[str, bytes] = dict(connection.execute("SELECT path, own FROM folders WHERE path != ''"))
    last = f"SELECT MAX(+month) FROM facts WHERE {IN_FORCE}"  # +: by the index of periods, not through all months
    closed = connection.execute(last).fetchone()[0] or ""
    own = connection.execute("SELECT state FROM folders WHERE path = ''").fetchone()
    trusted = "" if thorough else closed
    found = scan.own_file(root, own and own[0], now_ns)
    return found + scan.changes(root, TOPS, owns, states, trusted, now_ns, _make_ready)


def _make_ready() -> None:
    """Loads what an update needs: a quarter of a second that goes by while the files are looked at."""
    import arledger.store.update  # noqa: F401


def _update(root: str, connection: sqlite3.Connection, found: list[scan.Change], progress: Progress | None) -> Opened:
    """Applies changes to the table and checks what they touched."""
    from arledger.store.update import update  # parses YAML: not needed while nothing changed

    problems = update(root, connection, found, progress)
    return Opened(Ledger(connection), problems)
