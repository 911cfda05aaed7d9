"""Trying a change out on the table before it is posted: what `ar check` would refuse is never written.

The change is made in a view of the index of our own, which takes no locks and is never written back: so whoever
brings the index up to date at the same time and we need not wait for each other. The ledger's own connection
reads on meanwhile, and its lock keeps the file as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from arledger.checks.book import check_book
from arledger.documents.kinds import FACTS
from arledger.errors import Place, Problem, RefusedError
from arledger.ledger import build
from arledger.ledger.restore import as_json
from arledger.ledger.rows import Lowered
from arledger.ledger.table import Ledger
from arledger.store import reading


class _Change(NamedTuple):
    facts: list[tuple[str, str, Lowered]]
    customers: list[tuple[str, str, str, str]]
    policy: str | None


def try_out(ledger: Ledger, files: Mapping[str, str | None]) -> None:
    """Raises RefusedError when the ledger with these files would not pass its checks. The table stays as it was.

    Afterwards the ledger's connection may no longer keep others from changing the index: read no more from it.
    """
    change = _read(files)
    own = _view(ledger.connection)
    run = own.execute
    run("SAVEPOINT trial")
    try:
        tried = Ledger(own)
        _apply(tried, change, list(files))
        findings = check_book(tried, everything=bool(change.policy))
    finally:
        run("ROLLBACK TO trial")
        run("RELEASE trial")
        if own is not ledger.connection:
            own.close()
    for finding in findings:
        if finding.severity == "error":
            text = files.get(finding.path)
            problems = reading.locate(text, finding.path, [finding]) if text else []
            raise _refused([*problems, Problem(Place(finding.path), *finding[2:5])][0])


def _view(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection to the same index that locks nothing and keeps what it changes in memory."""
    ((_, _, path),) = [row for row in connection.execute("PRAGMA database_list") if row[1] == "main"]
    if not path:
        return connection  # in memory anyway
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    own = sqlite3.connect(f"file:{quoted}?mode=rw&vfs=unix-none", uri=True, isolation_level=None)
    for pragma in ("journal_mode=MEMORY", "cache_spill=OFF", "temp_store=MEMORY"):
        own.execute(f"PRAGMA {pragma}")
    own.execute("BEGIN")  # never to be committed
    return own


def _read(files: Mapping[str, str | None]) -> _Change:
    """What the files add to the table. Raises RefusedError for one that is wrong by itself."""
    change = _Change([], [], None)
    for path, text in files.items():
        folder = path.partition("/")[0]
        if text is None or folder not in (*FACTS, "customers", "ledger.yaml"):
            continue
        read = reading.read_document(text.encode(), path)
        if read.problems:
            raise _refused(read.problems[0])
        if folder in FACTS:
            change.facts.append((path, read.sha, reading.lowered(read)))
        elif folder == "customers":
            customer = path.rpartition("/")[2].removesuffix(".yaml")
            change.customers.append((customer, path, read.document.name, as_json(read.document)))
        else:
            change = change._replace(policy=as_json(read.document))
    return change


def _apply(ledger: Ledger, change: _Change, paths: list[str]) -> None:
    connection = ledger.connection
    ((first_new,),) = ledger.rows("SELECT COALESCE(MAX(id), 0) + 1 FROM facts")
    build.touch_nothing(connection)
    build.remove(connection, paths)
    connection.executemany("INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?)", change.customers)
    build.insert(connection, change.facts)
    build.touch_since(connection, first_new)
    build.derive(connection)


def _refused(problem: Problem) -> RefusedError:
    return RefusedError(problem.message, problem.hint, code=problem.code)
