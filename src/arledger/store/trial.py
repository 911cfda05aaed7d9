"""Trying a change out on the table before it is posted: what `ar check` would refuse is never written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from arledger.checks.book import check_book
from arledger.documents.kinds import FACTS
from arledger.errors import Place, Problem, RefusedError
from arledger.ledger import build
from arledger.ledger.rows import Lowered
from arledger.ledger.table import Ledger
from arledger.store import reading


class _Change(NamedTuple):
    facts: list[tuple[str, str, Lowered]]
    customers: list[tuple[str, str, str, str]]
    policy: str | None


def try_out(ledger: Ledger, files: Mapping[str, str | None]) -> None:
    """Raises RefusedError when the ledger with these files would not pass its checks. The table stays as it was."""
    change = _read(files)
    run = ledger.connection.execute
    run("SAVEPOINT trial")
    try:
        _apply(ledger, change, list(files))
        findings = check_book(ledger, everything=bool(change.policy))
    finally:
        run("ROLLBACK TO trial")
        run("RELEASE trial")
    for finding in findings:
        if finding.severity == "error":
            text = files.get(finding.path)
            problems = reading.locate(text, finding.path, [finding]) if text else []
            raise _refused([*problems, Problem(Place(finding.path), *finding[2:5])][0])


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
            change.customers.append((customer, path, read.document.name, reading.as_json(read.document)))
        else:
            change = change._replace(policy=reading.as_json(read.document))
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
