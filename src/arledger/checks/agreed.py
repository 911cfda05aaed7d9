"""Agreements that were made twice, by two people on two branches: an item waits for one promise, and is under one plan.

A warning, not an error: neither is wrong by itself, and one payment must not be taken for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from arledger.checks import Finding
from arledger.checks.touched import among
from arledger.compute.plans import plans
from arledger.compute.promises import promises
from arledger.documents.plans import Plan
from arledger.documents.promises import Promise
from arledger.ledger.table import FactRow, Ledger


def agreed_twice(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """The later of two promises or plans for one item, made while the earlier one stood."""
    for customer in _customers(ledger, Promise.FOLDER, everything):
        for earlier, later, item in _sharing(ledger, Promise, customer):
            then = {p.fact: p for p in promises(ledger, later.date, customer)}
            if then[earlier.fact].state == "pending" and then[later.fact].promise.replaces != earlier.fact:
                yield Finding(later.path, ("items",), "promised-twice", f"{item} waits for {earlier.fact} too",
                              "ar reverse one of them", "warning")  # fmt: skip
    for customer in _customers(ledger, Plan.FOLDER, everything):
        for earlier, later, item in _sharing(ledger, Plan, customer):
            if any(p.fact == earlier.fact and p.state == "holds" for p in plans(ledger, later.date, customer)):
                yield Finding(later.path, ("items",), "planned-twice", f"{item} is under {earlier.fact} too",
                              "ar reverse one of them", "warning")  # fmt: skip


def _customers(ledger: Ledger, folder: str, everything: bool) -> list[str]:
    """The customers with more than one such fact, of those that were touched."""
    found = ledger.rows(
        f"SELECT customer FROM facts WHERE kind = ? AND data != '' AND customer IN (SELECT customer FROM facts "
        f"WHERE kind = ? AND data != '' AND {among(everything)}) GROUP BY customer HAVING COUNT(*) > 1 ORDER BY 1",
        folder, folder,
    )  # fmt: skip
    return [customer for (customer,) in found]


def _sharing(ledger: Ledger, kind: type[Promise | Plan], customer: str) -> Iterator[tuple[FactRow, FactRow, str]]:
    """Two facts of a customer that name one item, the earlier first, and the item."""
    told: list[tuple[FactRow, Promise | Plan]] = ledger.told(kind, date.max, customer)
    for (earlier, one), (later, other) in combinations(told, 2):
        if both := sorted(set(one.items) & set(other.items)):
            yield earlier, later, both[0]
