"""Ledgers with an index, and what is asked of both: the index must say what the files say."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from arledger.store.files import Books
from books import write
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


def assert_same(ledgers: Path) -> None:
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
