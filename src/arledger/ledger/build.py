"""Putting facts into the table and taking them out again, and bringing what is derived from entries up to date.

A change is: take out what is no longer there, put in what is new, then `derive`. What was touched is collected
on the way, so that a change of a hundred facts costs a hundred facts' work.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from datetime import date

from arledger.dates import month_of
from arledger.ledger.rows import Lowered
from arledger.ledger.table import INDEXES, NEVER, SCHEMA

_TOUCHED = """
CREATE TEMP TABLE IF NOT EXISTS touched_items (item TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS touched_facts (fact TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS touched_days (date INTEGER PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS touched_months (month TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_TEMPORARY = ("touched_items", "touched_facts", "touched_days", "touched_months")


def create(connection: sqlite3.Connection) -> None:
    """Makes an empty table. Indexes come with `derive`: a first build is quicker without them."""
    connection.executescript(SCHEMA)


def touch_nothing(connection: sqlite3.Connection) -> None:
    """Begins a change: nothing is touched yet."""
    for statement in _TOUCHED.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    for table in _TEMPORARY:
        connection.execute(f"DELETE FROM {table}")


def insert(connection: sqlite3.Connection, facts: Iterable[tuple[str, str, Lowered]]) -> int:
    """Puts in facts, each with its path and SHA-256. Gives how many."""
    count = 0
    ((next_id,),) = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM facts")
    fact_rows, item_rows, entry_rows = [], [], []
    for path, sha, lowered in facts:
        owner = next_id + count
        fact = lowered.fact
        fact_rows.append((owner, path, sha, month_of(date.fromordinal(fact.date)), *fact))
        if lowered.item:
            item_rows.append((owner, *lowered.item))
        entry_rows += [(owner, *entry) for entry in lowered.entries]
        count += 1
    connection.executemany(f"INSERT INTO facts VALUES ({_marks(12)})", fact_rows)
    connection.executemany(f"INSERT INTO items VALUES ({_marks(15)}, 0, 0, 0)", item_rows)
    connection.executemany(f"INSERT INTO entries VALUES ({_marks(6)})", entry_rows)
    return count


def remove(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Takes out the facts at these paths, remembering what they touched."""
    for path in paths:
        found = connection.execute("SELECT id FROM facts WHERE path = ?", (path,)).fetchone()
        if found:
            _touch(connection, "= ?", found)
            for table, column in (("entries", "owner"), ("items", "owner"), ("facts", "id")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", found)


def touch_since(connection: sqlite3.Connection, first_new: int) -> None:
    """Remembers what the facts put in since that row id touch."""
    _touch(connection, ">= ?", (first_new,))


def _touch(connection: sqlite3.Connection, which: str, values: tuple[int, ...]) -> None:
    run = connection.execute
    run(f"INSERT OR IGNORE INTO touched_items SELECT item FROM entries WHERE owner {which}", values)
    run(f"INSERT OR IGNORE INTO touched_items SELECT item FROM items WHERE owner {which}", values)
    run(f"INSERT OR IGNORE INTO touched_facts SELECT fact FROM facts WHERE id {which}", values)
    run(f"INSERT OR IGNORE INTO touched_facts SELECT about FROM facts WHERE kind = 'reversals' AND id {which}", values)
    run(f"INSERT OR IGNORE INTO touched_days SELECT date FROM entries WHERE owner {which}", values)
    run(f"INSERT OR IGNORE INTO touched_months SELECT month FROM facts WHERE id {which}", values)


def derive(connection: sqlite3.Connection) -> None:
    """Brings everything that follows from the entries up to date, for what was touched."""
    _reverse(
        connection,
        "SELECT id FROM facts WHERE kind = 'reversals' AND about IN touched_facts",
    )
    connection.execute(
        "UPDATE items SET (open, last) = (SELECT COALESCE(SUM(e.amount), 0), COALESCE(MAX(e.date), items.date) "
        "FROM entries e WHERE e.item = items.item) WHERE item IN touched_items"
    )
    connection.execute(f"UPDATE items SET settled = iif(open = 0, last, {NEVER}) WHERE item IN touched_items")
    connection.execute("DELETE FROM control WHERE date IN touched_days")
    _control(connection, "WHERE e.date IN touched_days")
    for (month,) in connection.execute("SELECT month FROM touched_months").fetchall():
        digest_month(connection, month)


def derive_all(connection: sqlite3.Connection) -> None:
    """Makes the indexes and everything that follows from the entries: the end of a first build."""
    for statement in INDEXES.strip().split("\n"):
        connection.execute(statement)
    _reverse(connection, "SELECT id FROM facts WHERE kind = 'reversals'")
    connection.execute(
        "UPDATE items SET (open, last) = (SELECT COALESCE(SUM(e.amount), 0), COALESCE(MAX(e.date), items.date) "
        "FROM entries e WHERE e.item = items.item)"
    )
    connection.execute(f"UPDATE items SET settled = iif(open = 0, last, {NEVER})")
    _control(connection, "")
    for (month,) in connection.execute("SELECT DISTINCT month FROM facts").fetchall():
        digest_month(connection, month)


def _reverse(connection: sqlite3.Connection, which: str) -> None:
    """Writes the entries of reversals, oldest first: what the fact still does to the books, negated, on their date.

    An un-application takes back shares and discounts alone; any other reversal takes back everything that no
    earlier reversal of the same fact did.
    """
    run = connection.execute
    owners = run(f"{which} ORDER BY date, fact").fetchall()
    for owner in owners:
        run("INSERT OR IGNORE INTO temp.touched_items SELECT item FROM entries WHERE owner = ?", owner)
        run("DELETE FROM entries WHERE owner = ?", owner)
    for owner in owners:
        run(
            "INSERT INTO entries SELECT r.id, r.date, e.item, e.part, -SUM(e.amount), 'reversal' FROM facts r "
            "JOIN facts f ON f.fact = r.about AND f.kind != 'reversals' "
            "JOIN facts o ON o.id = f.id OR (o.kind = 'reversals' AND o.about = f.fact) JOIN entries e ON e.owner = o.id "
            "WHERE r.id = ? AND (r.key != 'unapply' OR e.why IN ('applied', 'discount')) "
            "GROUP BY e.item, e.part HAVING SUM(e.amount) != 0",
            owner,
        )
        run("INSERT OR IGNORE INTO temp.touched_items SELECT item FROM entries WHERE owner = ?", owner)
        run("INSERT OR IGNORE INTO temp.touched_days SELECT date FROM facts WHERE id = ?", owner)


def _control(connection: sqlite3.Connection, where: str) -> None:
    connection.execute(
        "INSERT INTO control SELECT e.date, i.currency, e.why, SUM(e.amount) FROM entries e "
        f"JOIN items i ON i.item = e.item {where} GROUP BY 1, 2, 3"
    )


def digest_month(connection: sqlite3.Connection, month: str) -> None:
    """Notes the checksum of a month's facts: the SHA-256 of the lines `sha256sum` prints for them, sorted."""
    lines = month_lines(connection, month, NEVER)
    connection.execute("DELETE FROM months WHERE month = ?", (month,))
    if lines:
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        connection.execute("INSERT INTO months VALUES (?, ?, ?)", (month, len(lines), digest))


def month_lines(connection: sqlite3.Connection, month: str, until: int) -> list[str]:
    """`<sha256>  <path>` of each fact dated in the month up to that day number, sorted, as `sha256sum` prints it."""
    found = connection.execute(
        "SELECT sha || '  ' || path || char(10) FROM facts WHERE month = ? AND date <= ? AND kind != 'periods' ORDER BY 1",
        (month, until),
    )
    return [line for (line,) in found]


def _marks(count: int) -> str:
    return ", ".join("?" * count)
