"""Applying changed files to the table: reading them, many at once where there are many, and checking the book."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from arledger.checks import Finding
from arledger.checks.book import check_book
from arledger.errors import Place, Problem
from arledger.ledger import build
from arledger.ledger.restore import as_json
from arledger.ledger.table import Ledger
from arledger.store import reading
from arledger.store.file_text import Unreadable, decode, read_bytes
from arledger.store.locating import locate
from arledger.store.meaning import but_for_layout
from arledger.store.scan import Change
from arledger.store.workers import in_order, processors

_PARALLEL_ABOVE = 3_000  # files; below, starting processes costs more than it saves
_BATCH = 500  # files handed over at a time
_EVERYTHING_ABOVE = 20_000  # changed files from which a full check costs less than a narrowed one

Progress = Callable[[str, int, int], None]


class Batch(NamedTuple):
    """What a batch of files gave, as plain values: they may come from another process."""

    rows: build.Rows
    masters: list[tuple[str, str, str]]  # path, name and JSON of customers, and of the policy
    problems: list[tuple[Any, ...]]


def _read_batch(root: str, paths: Sequence[str], first_id: int) -> Batch:
    """What these files hold. A fact gets the row id of its place in the batch."""
    batch = Batch(build.Rows([], [], [], {}), [], [])
    files: list[tuple[str, bytes]] = []
    for path in paths:
        try:
            files.append((path, read_bytes(root, path)))
        except Unreadable as error:
            batch.problems.append(_plain(error.problem(path)))
    for owner, read in enumerate(reading.read_documents(files), first_id):
        if read.problems:
            batch.problems.extend(map(_plain, read.problems))
        elif read.path.startswith("customers/") or read.path == "ledger.yaml":
            batch.masters.append((read.path, getattr(read.document, "name", ""), as_json(read.document)))
        else:
            batch.rows.add(owner, read.path, read.sha, reading.lowered(read))
    return batch


def _plain(problem: Problem) -> tuple[Any, ...]:
    return (tuple(problem.place), *problem[1:])


def _read_all(root: str, paths: Sequence[str], first_id: int, progress: Progress | None) -> Iterator[Batch]:
    """What all files hold, in order; many are read by several processes at once."""

    def work(number: int) -> Any:
        start = number * _BATCH
        rows, masters, problems = _read_batch(root, paths[start : start + _BATCH], first_id + start)
        return tuple(rows), masters, problems

    count = -(-len(paths) // _BATCH)
    answers = map(work, range(count)) if len(paths) < _PARALLEL_ABOVE or processors() < 2 else in_order(work, count)
    for number, (rows, masters, problems) in enumerate(answers, 1):
        yield Batch(build.Rows(*rows), masters, problems)
        if progress:
            progress("reading", min(number * _BATCH, len(paths)), len(paths))


def update(root: str, connection: sqlite3.Connection, found: list[Change], progress: Progress | None) -> list[Problem]:
    """Brings the table up to date with these changes. Gives the problems of single files, sorted by place.

    Problems of the book as a whole are kept in the table. A file with a problem adds nothing and is read again
    next time.
    """
    first = not connection.execute("SELECT 1 FROM folders").fetchone()
    build.touch_nothing(connection)
    problems = [problem for change in found for problem in change.problems]
    gone = [_join(change.path, name) for change in found for name in change.gone]
    paths = sorted(_join(change.path, name) for change in found for name in change.read)
    removed = 0 if first else build.remove(connection, [*gone, *paths])
    customers = [(path,) for path in (*gone, *paths) if path.startswith("customers/")]
    policy = "ledger.yaml" in paths or "ledger.yaml" in gone
    connection.executemany("DELETE FROM customers WHERE path = ?", customers)
    if policy:
        connection.execute("DELETE FROM meta WHERE key = 'policy'")  # the one before says nothing of today
    first_new = build.next_id(connection)
    problems += _insert(root, connection, paths, first_new, progress)
    _remember(connection, found, {problem.place.path for problem in problems})
    everything = first or len(paths) > _EVERYTHING_ABOVE
    if everything:
        _fresh_indexes(connection, first, progress)
    else:
        build.touch_since(connection, first_new)
        build.derive(connection)
    everything = everything or bool(removed or problems or customers) or policy or _was_wrong(connection)
    _check(root, connection, everything, problems, progress)
    return sorted(set(problems))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _insert(
    root: str, connection: sqlite3.Connection, paths: Sequence[str], first_id: int, progress: Progress | None
) -> list[Problem]:
    """Reads the files and puts what they hold into the table. Gives what is wrong with any of them."""
    problems: list[Problem] = []
    for batch in _read_all(root, paths, first_id, progress):
        problems += [Problem(Place(*place), *rest) for place, *rest in batch.problems]
        build.insert_rows(connection, batch.rows)
        for path, name, data in batch.masters:
            if path == "ledger.yaml":
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('policy', ?)", (data,))
            else:
                row = (reading.id_of(path), path, name, data)
                connection.execute("INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?)", row)
    return problems


def _fresh_indexes(connection: sqlite3.Connection, first: bool, progress: Progress | None) -> None:
    if not first:
        made = connection.execute("SELECT name FROM sqlite_master WHERE type='index' AND sql NOT NULL").fetchall()
        for statement in (*(f"DROP INDEX {name}" for (name,) in made), "DELETE FROM months"):
            connection.execute(statement)
    build.derive_all(connection, partial(progress, "indexing") if progress else None)


def _remember(connection: sqlite3.Connection, found: list[Change], bad: set[str]) -> None:
    """Notes the state of each folder. A folder with something wrong in it is looked at again next time."""
    for change in found:
        connection.execute("DELETE FROM folders WHERE path = ?", (change.path,))
        if change.folder:
            wrong = {name for name in change.folder.names if _join(change.path, name) in bad}
            folder = change.folder.doubting(wrong, bool(change.problems))
            connection.execute("INSERT INTO folders VALUES (?, ?, ?)", (change.path, folder.own, folder.pack()))


def _was_wrong(connection: sqlite3.Connection) -> bool:
    """Whether anything was wrong before this change, in the book or in a file: what rests on that was not checked."""
    wrong = "SELECT 1 FROM problems UNION ALL SELECT 1 FROM meta WHERE key = 'unread' AND value != '0'"
    return connection.execute(wrong).fetchone() is not None


def _check(
    root: str, connection: sqlite3.Connection, everything: bool, problems: list[Problem], progress: Progress | None
) -> None:
    """Checks the book and keeps what was found. What only follows from an unreadable file is left out."""
    ledger = Ledger(connection)
    connection.execute("DELETE FROM problems")
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('unread', ?)", (str(int(bool(problems))),))
    if not connection.execute("SELECT 1 FROM meta WHERE key = 'policy'").fetchone():
        return  # no policy, no checks: ledger.yaml itself has problems
    unreadable = {problem.place.path.rpartition("/")[2].removesuffix(".yaml") for problem in problems}
    tell = partial(progress, "checking") if progress else None
    found = but_for_layout(root, ledger, check_book(ledger, everything=everything, progress=tell))
    findings = [finding for finding in found if not _follows(finding.message, finding.code, unreadable)]
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    for path, of_file in by_path.items():
        try:
            text = decode(read_bytes(root, path))
        except Unreadable:
            text = ""
        for problem in locate(text, path, of_file):
            row = (*problem.place, problem.code, problem.message, problem.hint, problem.severity)
            connection.execute("INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _follows(message: str, code: str, unreadable: set[str]) -> bool:
    """Whether a finding says no more than that another file could not be read."""
    if code == "number-gap":
        return bool(unreadable)
    return code.startswith("unknown-") and message.rpartition(" ")[2] in unreadable
