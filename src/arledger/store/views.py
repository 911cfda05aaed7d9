"""The table with other files in place of some: what the books would be, or were, without writing anything.

A view is a connection of its own to the index that takes no locks and is never written back. So whoever brings the
index up to date at the same time and we need not wait for each other; the ledger's own connection reads on meanwhile,
and its lock keeps the file as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from arledger.errors import LedgerError, Problem
from arledger.ledger import build
from arledger.ledger.restore import as_json
from arledger.ledger.rows import Lowered
from arledger.ledger.table import Ledger
from arledger.store.index import TOPS


class Change(NamedTuple):
    """What files add to the table, and what is wrong with any of them."""

    facts: list[tuple[str, str, Lowered]]  # path, SHA-256, what it lowers to
    customers: list[tuple[str, str, str, str]]  # id, path, name, JSON
    policy: str | None
    problems: list[Problem]


def read_change(files: Mapping[str, bytes | None]) -> Change:
    """What these files of the ledger add, by path under its folder; None and other files add nothing."""
    change = Change([], [], None, [])
    wanted = [(path, data) for path, data in files.items()
              if data is not None and path.partition("/")[0] in (*TOPS, "ledger.yaml")]  # fmt: skip
    if not wanted:
        return change
    from arledger.store import reading  # knows every kind of document: not for files that are only taken away

    for read in reading.read_documents(wanted):
        folder = read.path.partition("/")[0]
        if read.problems:
            change.problems.extend(read.problems)
        elif folder not in ("customers", "ledger.yaml"):
            change.facts.append((read.path, read.sha, reading.lowered(read)))
        elif folder == "customers":
            customer = (reading.id_of(read.path), read.path, read.document.name, as_json(read.document))
            change.customers.append(customer)
        else:
            change = change._replace(policy=as_json(read.document))
    return change


def apply(ledger: Ledger, change: Change, paths: Sequence[str]) -> None:
    """Puts a change in place of whatever the table has of these paths, and derives what follows from it."""
    connection = ledger.connection
    build.touch_nothing(connection)
    build.remove(connection, paths)
    gone = [(path,) for path in paths if path.startswith("customers/")]
    connection.executemany("DELETE FROM customers WHERE path = ?", gone)
    connection.executemany("INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?)", change.customers)
    if change.policy:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('policy', ?)", (change.policy,))
    first_new = build.next_id(connection)
    build.insert(connection, change.facts)
    build.touch_since(connection, first_new)
    build.derive(connection)


def view(connection: sqlite3.Connection) -> sqlite3.Connection | None:
    """A connection to the same index that locks nothing and keeps what it changes in memory; None for one that is in
    memory itself."""
    ((_, _, path),) = [row for row in connection.execute("PRAGMA database_list") if row[1] == "main"]
    if not path:
        return None
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    own = sqlite3.connect(f"file:{quoted}?mode=rw&vfs=unix-none", uri=True, isolation_level=None)
    for pragma in ("journal_mode=MEMORY", "cache_spill=OFF", "temp_store=MEMORY"):
        own.execute(f"PRAGMA {pragma}")
    own.execute("BEGIN")  # never to be committed
    return own


def with_files(ledger: Ledger, files: Mapping[str, bytes | None]) -> Ledger:
    """The books as they would be with these files (None: without the file): a ledger of its own.

    The ledger given must stay open as long as it is used. Raises LedgerError for files that cannot be read.
    """
    change = read_change(files)
    if change.problems:
        raise LedgerError(change.problems)
    own = view(ledger.connection)
    if own is None:
        own = sqlite3.connect(":memory:", isolation_level=None)
        ledger.connection.backup(own)
    other = Ledger(own)
    apply(other, change, list(files))
    return other
