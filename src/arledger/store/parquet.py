"""The table as Parquet files, one for each of its parts, for DuckDB, Spark and the like. Needs the extra `scale`."""

from __future__ import annotations

import csv
import os
import sqlite3
import tempfile
from typing import Any

from arledger.errors import DeviceError, UsageError

#: File → what is in it. Days are dates, amounts whole minor units: sums stay exact.
_DAY = "(DATE '1970-01-01' + CAST({0} - 719163 AS INTEGER)) AS {0}"
TABLES = {
    "entries": f"SELECT {_DAY.format('date')}, item, part, amount, why, owner AS fact_row FROM book.entries",
    "items": (
        f"SELECT item, kind, customer, currency, {_DAY.format('date')}, {_DAY.format('due')}, total, tax, open, terms, "
        "po, refs FROM book.items"
    ),
    "facts": (
        "SELECT id AS fact_row, fact, kind, path, sha, month, "
        f"{_DAY.format('date')}, customer, currency, amount, about FROM book.facts"
    ),
    "customers": "SELECT customer, name FROM book.customers",
}


def written(connection: sqlite3.Connection, folder: str) -> list[str]:
    """Writes the files into a folder; gives their paths. Raises UsageError without duckdb, DeviceError on failure."""
    try:
        import duckdb
    except ImportError:
        raise UsageError("Parquet needs duckdb, which is not installed", "pip install 'arledger[scale]'") from None
    paths = []
    try:
        os.makedirs(folder, exist_ok=True)
        with duckdb.connect() as duck:
            for name, query in TABLES.items():
                _copied(duck, connection, name, folder)
                paths.append(path := os.path.join(folder, f"{name}.parquet"))
                duck.execute(f"COPY ({query.replace('book.', 'book_')}) TO ? (FORMAT parquet)", [path])
    except (OSError, duckdb.IOException) as error:
        raise DeviceError(f"{folder}: {error}", "make room or allow writing, then try again") from None
    return paths


def _copied(duck: Any, connection: sqlite3.Connection, name: str, folder: str) -> None:
    """Copies a table of ours into DuckDB, types and all, by way of a file that is gone afterwards."""
    columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
    kinds = {column[1]: "BIGINT" if column[2] == "INTEGER" else "VARCHAR" for column in columns}
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".csv", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(connection.execute(f"SELECT * FROM {name}"))
        file.flush()
        duck.execute(
            f"CREATE TABLE book_{name} AS SELECT * FROM read_csv(?, header=false, columns={kinds}, quote='\"', "
            "escape='\"', delim=',', allow_quoted_nulls=false, nullstr='\x01', auto_detect=false)",
            [file.name],
        )
