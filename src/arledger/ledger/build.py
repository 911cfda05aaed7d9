"""Putting facts into the table and taking them out again, and bringing what is derived from entries up to date.

A change is: take out what is no longer there, put in what is new, then `derive`. What was touched is collected
on the way, so that a change of a hundred facts costs a hundred facts' work.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from arledger.dates import month_of
from arledger.documents.customers import current
from arledger.ledger.rows import Lowered
from arledger.ledger.schema import INDEXES, NEVER, SCHEMA

_TOUCHED = """
CREATE TEMP TABLE IF NOT EXISTS touched_items (item TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS touched_facts (fact TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS touched_months (month TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_TEMPORARY = ("touched_items", "touched_facts", "touched_months")


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


class Rows(NamedTuple):
    """Rows of the tables facts go into, as plain values: they also come from other processes."""

    facts: list[tuple[object, ...]]
    items: list[tuple[object, ...]]
    entries: list[tuple[object, ...]]
    control: dict[tuple[int, str, str], int]  # date, currency and why → sum of entries

    def add(self, owner: int, path: str, sha: str, lowered: Lowered) -> None:
        """Adds a fact: `owner` is the row id it gets."""
        fact, item, entries = lowered
        self.facts.append((owner, path, sha, _month(fact.date), *fact))
        if item:
            self.items.append((owner, *item))
        for entry in entries:
            self.entries.append((owner, *entry))
            key = (entry.date, fact.currency, entry.why)
            self.control[key] = self.control.get(key, 0) + entry.amount


@lru_cache(4096)
def _month(day: int) -> str:
    return month_of(date.fromordinal(day))


def next_id(connection: sqlite3.Connection) -> int:
    """The first row id no fact has yet."""
    ((free,),) = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM facts")
    return int(free)


def insert(connection: sqlite3.Connection, facts: Iterable[tuple[str, str, Lowered]]) -> None:
    """Puts in facts, each with its path and SHA-256."""
    rows = Rows([], [], [], {})
    for owner, (path, sha, lowered) in enumerate(facts, next_id(connection)):
        rows.add(owner, path, sha, lowered)
    insert_rows(connection, rows)


_ADD_TO = "ON CONFLICT (date, currency, why) DO UPDATE SET amount = amount + excluded.amount"


def insert_rows(connection: sqlite3.Connection, rows: Rows) -> None:
    """Puts in rows."""
    connection.executemany(f"INSERT INTO facts VALUES ({_marks(13)})", rows.facts)
    connection.executemany(f"INSERT INTO items VALUES ({_marks(16)}, 0, 0, 0)", rows.items)
    connection.executemany(f"INSERT INTO entries VALUES ({_marks(6)})", rows.entries)
    sums = [(*key, amount) for key, amount in rows.control.items()]
    connection.executemany(f"INSERT INTO control VALUES ({_marks(4)}) {_ADD_TO}", sums)


def _control(connection: sqlite3.Connection, sign: str, owner: tuple[int]) -> None:
    """Adds the entries of a fact to the control account (sign "") or takes them off it ("-")."""
    connection.execute(
        f"INSERT INTO control SELECT e.date, f.currency, e.why, {sign}SUM(e.amount) FROM facts f JOIN entries e "
        f"ON e.owner = f.id WHERE f.id = ? GROUP BY e.date, f.currency, e.why {_ADD_TO}",
        owner,
    )


def remove(connection: sqlite3.Connection, paths: Iterable[str]) -> int:
    """Takes out the facts at these paths, remembering what they touched. Gives how many there were."""
    count = 0
    for path in paths:
        found = connection.execute("SELECT id FROM facts WHERE path = ?", (path,)).fetchone()
        if found:
            _touch(connection, "= ?", found)
            _control(connection, "-", found)
            for table, column in (("entries", "owner"), ("items", "owner"), ("merged", "owner"), ("facts", "id")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", found)
            count += 1
    return count


def touch_since(connection: sqlite3.Connection, first_new: int) -> None:
    """Remembers what the facts put in since that row id touch."""
    _touch(connection, ">= ?", (first_new,))


def _touch(connection: sqlite3.Connection, which: str, values: tuple[int, ...]) -> None:
    run = connection.execute
    run(f"INSERT OR IGNORE INTO touched_items SELECT item FROM entries WHERE owner {which}", values)
    run(f"INSERT OR IGNORE INTO touched_items SELECT item FROM items WHERE owner {which}", values)
    run(f"INSERT OR IGNORE INTO touched_facts SELECT fact FROM facts WHERE id {which}", values)
    run(f"INSERT OR IGNORE INTO touched_facts SELECT about FROM facts WHERE kind = 'reversals' AND id {which}", values)
    run(f"INSERT OR IGNORE INTO touched_months SELECT month FROM facts WHERE id {which}", values)


# Of an item: what is open after its last entry, and from which day on it stays at zero.
_SUM_UP = (
    "UPDATE items SET (open, last, settled) = (SELECT COALESCE(SUM(e.amount), 0), COALESCE(MAX(e.date), items.date), "
    f"iif(COALESCE(SUM(e.amount), 0) = 0, COALESCE(MAX(e.date), items.date), {NEVER}) "
    "FROM entries e WHERE e.item = items.item)"
)
_ZEROS = "DELETE FROM control WHERE amount = 0"


def derive(connection: sqlite3.Connection) -> None:
    """Brings everything that follows from the entries up to date, for what was touched."""
    _merge(connection)
    _reverse(
        connection,
        "SELECT id FROM facts WHERE kind = 'reversals' AND about != '' AND about IN touched_facts",
    )
    connection.execute(f"{_SUM_UP} WHERE item IN touched_items")
    connection.execute(_ZEROS)
    for (month,) in connection.execute("SELECT month FROM touched_months").fetchall():
        digest_month(connection, month)


def derive_all(connection: sqlite3.Connection, progress: Callable[[int, int], None] | None = None) -> None:
    """Makes the indexes and everything that follows from the entries: the end of a first build.

    `progress` is told how many steps are done, and of how many.
    """
    run = connection.execute
    statements = INDEXES.strip().split("\n")
    of_items = [statement for statement in statements if " ON items " in statement]
    steps: list[Callable[[], object]] = [
        *(partial(run, statement) for statement in statements if statement not in of_items),
        partial(_merge, connection),
        partial(_reverse, connection, "SELECT id FROM facts WHERE kind = 'reversals'"),
        partial(run, _SUM_UP),
        *(partial(run, statement) for statement in of_items),  # last: the sums are in them
        partial(run, _ZEROS),
        partial(_digest_months, connection),
    ]
    for number, step in enumerate(steps, 1):
        step()
        if progress:
            progress(number, len(steps))


def _digest_months(connection: sqlite3.Connection) -> None:
    for (month,) in connection.execute("SELECT DISTINCT month FROM facts").fetchall():
        digest_month(connection, month)


def _merge(connection: sqlite3.Connection) -> None:
    """Puts what was posted to customers that were merged under who they are now; `merged` keeps under whom it was.

    A file keeps the id it was posted under. Where the customers' files say otherwise than before, all is put back
    first.
    """
    run = connection.execute
    named = run("SELECT customer, json_extract(data, '$.merged_into') FROM customers WHERE data LIKE '%merged_into%'")
    known = {customer for (customer,) in run("SELECT customer FROM customers")}
    now = current({customer: into for customer, into in named if into}, known)
    said = json.dumps(now)
    before = run("SELECT value FROM meta WHERE key = 'merged'").fetchone()
    if before != (said,) and (before or now):
        for table, owner in (("facts", "id"), ("items", "owner")):
            run(f"UPDATE {table} SET customer = (SELECT customer FROM merged m WHERE m.owner = {table}.{owner}) "
                f"WHERE {owner} IN (SELECT owner FROM merged)")  # fmt: skip
        run("DELETE FROM merged")
        run("INSERT OR REPLACE INTO meta VALUES ('merged', ?)", (said,))
    for customer, new in now.items():
        run("INSERT INTO merged SELECT id, customer FROM facts WHERE customer = ?", (customer,))
        run("UPDATE facts SET customer = ? WHERE customer = ?", (new, customer))
        run("UPDATE items SET customer = ? WHERE customer = ?", (new, customer))


def _reverse(connection: sqlite3.Connection, which: str) -> None:
    """Writes the entries of reversals, oldest first: what the fact still does to the books, negated, on their date.

    An un-application takes back shares and the discounts on them alone (not the discount a credit note is itself
    without), unless the whole fact was taken back before it; any other reversal takes back everything that no earlier
    reversal of the same fact did.
    """
    run = connection.execute
    owners = run(f"{which} ORDER BY date, fact").fetchall()
    for owner in owners:
        run("INSERT OR IGNORE INTO temp.touched_items SELECT item FROM entries WHERE owner = ?", owner)
        _control(connection, "-", owner)
        run("DELETE FROM entries WHERE owner = ?", owner)
    for owner in owners:
        run(
            "INSERT INTO entries SELECT r.id, r.date, e.item, e.part, -SUM(e.amount), 'reversal' FROM facts r "
            "JOIN facts f ON f.fact = r.about COLLATE NOCASE AND f.fact = r.about AND f.kind != 'reversals' "
            "JOIN facts o ON o.id = f.id OR (o.kind = 'reversals' AND o.about = f.fact AND o.about != '') "
            "JOIN entries e ON e.owner = o.id WHERE r.id = ? "
            "AND (r.key != 'unapply' OR (e.why = 'applied' OR (e.why = 'discount' AND e.item != f.fact)) "
            "AND NOT EXISTS (SELECT 1 FROM facts w WHERE w.about = r.about AND w.kind = 'reversals' "
            "AND w.key != 'unapply' AND (w.date, w.fact) < (r.date, r.fact))) "
            "GROUP BY e.item, e.part HAVING SUM(e.amount) != 0",
            owner,
        )
        run("INSERT OR IGNORE INTO temp.touched_items SELECT item FROM entries WHERE owner = ?", owner)
        _control(connection, "", owner)


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
        "SELECT sha || '  ' || path || char(10) FROM facts WHERE month = ? AND date <= ? AND kind != 'periods' "
        "ORDER BY 1",
        (month, until),
    )
    return [line for (line,) in found]


def _marks(count: int) -> str:
    return ", ".join("?" * count)
