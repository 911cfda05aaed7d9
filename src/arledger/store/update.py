"""Applying changed files to the table: reading them, many at once where there are many, and checking the book."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence

from arledger.checks import Finding
from arledger.checks.book import check_book
from arledger.errors import Problem
from arledger.ledger import build
from arledger.ledger.rows import Lowered
from arledger.ledger.table import Ledger
from arledger.store import reading
from arledger.store.scan import Change
from arledger.store.yaml_text import Unreadable, decode

_PARALLEL_ABOVE = 3_000  # files; below, starting processes costs more than it saves
_BATCH = 500  # files handed to a process at a time
_EVERYTHING_ABOVE = 20_000  # changed files from which a full check costs less than a narrowed one

Progress = Callable[[str, int, int], None]
Row = tuple[str, str, Lowered | tuple[str, str], tuple[Problem, ...]]  # path, sha, what it adds (or name and JSON)


def read_one(root: str, path: str) -> Row:
    """A file as rows of the table, or the problems of it (then with nothing it adds)."""
    try:
        read = reading.read_document(reading.read_bytes(root, path), path)
    except Unreadable as error:
        return path, "", ("", ""), (error.problem(path),)
    if read.problems:
        return path, read.sha, ("", ""), read.problems
    if path.startswith("customers/") or path == "ledger.yaml":
        return path, read.sha, (getattr(read.document, "name", ""), reading.as_json(read.document)), ()
    return path, read.sha, reading.lowered(read), ()


def _read_batch(task: tuple[str, Sequence[str]]) -> list[Row]:
    root, paths = task
    return [read_one(root, path) for path in paths]


def _read_all(root: str, paths: Sequence[str], progress: Progress | None) -> Iterator[Row]:
    batches = [(root, paths[i : i + _BATCH]) for i in range(0, len(paths), _BATCH)]
    if len(paths) < _PARALLEL_ABOVE or (os.cpu_count() or 1) < 2:
        answers: Iterable[list[Row]] = map(_read_batch, batches)
        yield from _counted(answers, len(paths), progress)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor() as pool:
        yield from _counted(pool.map(_read_batch, batches, chunksize=1), len(paths), progress)


def _counted(answers: Iterable[list[Row]], total: int, progress: Progress | None) -> Iterator[Row]:
    done = 0
    for rows in answers:
        yield from rows
        done += len(rows)
        if progress:
            progress("reading", done, total)


def update(root: str, connection: sqlite3.Connection, found: list[Change], progress: Progress | None) -> list[Problem]:
    """Brings the table up to date with these changes. Gives the problems of single files, sorted by place.

    Problems of the book as a whole are kept in the table. A file with a problem adds nothing and is read again
    next time.
    """
    first = not connection.execute("SELECT 1 FROM meta WHERE key = 'policy'").fetchone()
    build.touch_nothing(connection)
    problems = [problem for change in found for problem in change.problems]
    gone = [_join(change.path, name) for change in found for name in change.gone]
    paths = sorted(_join(change.path, name) for change in found for name in change.read)
    if not first:
        build.remove(connection, [*gone, *paths])
    connection.executemany("DELETE FROM customers WHERE path = ?", [(path,) for path in (*gone, *paths)])
    bad = _insert(root, connection, paths, progress)
    problems += bad
    _remember(connection, found, {problem.place.path for problem in problems})
    master_data = first or any(path.startswith(("customers/", "ledger.yaml")) for path in (*gone, *paths))
    if first or len(paths) > _EVERYTHING_ABOVE:
        _fresh_indexes(connection, first)
    else:
        build.derive(connection)
    _check(root, connection, bool(problems) or master_data or _had_problems(connection), problems)
    return sorted(set(problems))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _insert(
    root: str, connection: sqlite3.Connection, paths: Sequence[str], progress: Progress | None
) -> list[Problem]:
    """Reads the files and puts what they hold into the table. Gives what is wrong with any of them."""
    ((first_new,),) = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM facts")
    problems: list[Problem] = []
    facts: list[tuple[str, str, Lowered]] = []
    for path, sha, adds, wrong in _read_all(root, paths, progress):
        if wrong:
            problems += wrong
        elif isinstance(adds, Lowered):
            facts.append((path, sha, adds))
            if len(facts) >= 5_000:
                build.insert(connection, facts)
                facts.clear()
        elif path == "ledger.yaml":
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('policy', ?)", (adds[1],))
        else:
            customer = path.rpartition("/")[2].removesuffix(".yaml")
            connection.execute("INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?)", (customer, path, *adds))
    build.insert(connection, facts)
    build.touch_since(connection, first_new)
    return problems


def _fresh_indexes(connection: sqlite3.Connection, first: bool) -> None:
    if not first:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='index' AND sql NOT NULL"
        ).fetchall():
            connection.execute(f"DROP INDEX {name}")
        connection.execute("DELETE FROM control")
        connection.execute("DELETE FROM months")
    build.derive_all(connection)


def _remember(connection: sqlite3.Connection, found: list[Change], bad: set[str]) -> None:
    """Notes the state of each folder. A folder with something wrong in it is looked at again next time."""
    for change in found:
        connection.execute("DELETE FROM folders WHERE path = ?", (change.path,))
        if change.folder:
            wrong = [name for name in change.folder.stamps() if _join(change.path, name) in bad]
            folder = change.folder.forgetting(wrong, bool(change.problems))
            connection.execute("INSERT INTO folders VALUES (?, ?)", (change.path, folder.pack()))


def _had_problems(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM problems").fetchone() is not None


def _check(root: str, connection: sqlite3.Connection, everything: bool, problems: list[Problem]) -> None:
    """Checks the book and keeps what was found. What only follows from an unreadable file is left out."""
    ledger = Ledger(connection)
    connection.execute("DELETE FROM problems")
    if not connection.execute("SELECT 1 FROM meta WHERE key = 'policy'").fetchone():
        return  # no policy, no checks: ledger.yaml itself has problems
    unreadable = {problem.place.path.rpartition("/")[2].removesuffix(".yaml") for problem in problems}
    findings = [f for f in check_book(ledger, everything=everything) if not _follows(f.message, f.code, unreadable)]
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    for path, of_file in by_path.items():
        try:
            text = decode(reading.read_bytes(root, path))
        except Unreadable:
            text = ""
        for problem in reading.locate(text, path, of_file):
            row = (*problem.place, problem.code, problem.message, problem.hint, problem.severity)
            connection.execute("INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _follows(message: str, code: str, unreadable: set[str]) -> bool:
    """Whether a finding says no more than that another file could not be read."""
    if code == "number-gap":
        return bool(unreadable)
    return code.startswith("unknown-") and message.rpartition(" ")[2] in unreadable
