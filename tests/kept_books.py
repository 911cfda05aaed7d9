"""Random books on the disk, as the program reads them, and the days on which to ask what they say."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from arledger.errors import Problem
from arledger.ledger.table import Ledger
from arledger.store.files import Books
from books import SPAN, START, write
from model import Facts, Key

END = START + dt.timedelta(SPAN + 200)


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder for a ledger."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@contextmanager
def opened(ledgers: Path) -> Iterator[tuple[Ledger, Sequence[Problem]]]:
    """The ledger in a folder as the program reads it, and what it finds wrong."""
    found = Books(str(ledgers), str(ledgers / ".ar"), cache=False).open()
    yield found.ledger, [*found.problems, *found.ledger.problems()]
    found.ledger.connection.close()


@contextmanager
def kept(facts: Facts, policy: str = "") -> Iterator[Ledger]:
    """The ledger of these facts, with more policy, written to files and read."""
    with folder() as ledgers:
        write(facts, ledgers)
        with (ledgers / "ledger.yaml").open("a") as file:
            file.write(policy)
        with opened(ledgers) as (ledger, problems):
            assert problems == []
            yield ledger


def interesting(facts: Facts) -> list[dt.date]:
    """Each day something happens, those around it, and one long after."""
    found = {dt.date.fromisoformat(doc["date"]) + dt.timedelta(n) for _, doc in facts.values() for n in (-1, 0, 1)}
    return [*sorted(found), END]


def by_currency(balances: Mapping[Key, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (_, currency), amount in balances.items():
        sums[currency] = sums.get(currency, 0) + amount
    return {currency: amount for currency, amount in sums.items() if amount}
