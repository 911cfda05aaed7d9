"""Finance charges: what they remember is of items there are, and no day of an item was charged twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from arledger.checks import Finding
from arledger.checks.touched import TOUCHED, among
from arledger.compute.charge_book import STANDS
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger

_ITEM = "substr({0}, 1, instr({0} || '/', '/') - 1)"
_KEY = "json_extract(c.value, '$.{}')"
_UNKNOWN = f"""
SELECT f.path, {_KEY.format("item")}, i.customer FROM facts f, json_each(f.data, '$.{{name}}') c
LEFT JOIN items i ON i.item = {_ITEM.format(_KEY.format("item"))}
WHERE f.kind = 'invoices' AND f.data != '' AND {{among}} AND (i.item IS NULL OR i.customer != f.customer)
GROUP BY 1, 2 ORDER BY f.path
"""
_DAYS = f"""
SELECT f.customer, {_KEY.format("item")}, {_KEY.format("valid_from")}, {_KEY.format("to")}, f.path, f.fact
FROM facts f, json_each(f.data, '$.charged') c WHERE {STANDS} AND {{among}} ORDER BY 1, 2, 3, 4, 5
"""


def charged(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Items charged that are not there or another customer's, and days charged by two finance charges."""
    for name in ("charged", "compensation"):
        for path, item, customer in ledger.rows(_UNKNOWN.format(name=name, among=among(everything, "f.fact"))):
            if customer is None:
                near = did_you_mean(item, ledger.known_ids("items", "item")) or "correct the id"
                yield Finding(path, (name, f"={item}"), "unknown-item", f"there is no item {item}", near)
            else:
                yield Finding(path, (name, f"={item}"), "wrong-customer", f"{item} is of {customer}",
                              "charge it to its own customer")  # fmt: skip
    kinds = "('invoices', 'credit-notes')"  # a credit note voids a charge, until it is taken back
    whose = f"SELECT customer FROM facts WHERE kind IN {kinds} AND data != '' AND fact IN ({TOUCHED})"
    of_whom = "1" if everything else f"f.customer IN ({whose})"
    for (_, item), days in groupby(ledger.rows(_DAYS.format(among=of_whom)), key=lambda row: row[:2]):
        for (*_, to, _, fact), (_, _, first, _, path, other) in pairwise(list(days)):
            if first < to and fact != other:
                yield Finding(path, ("charged", f"={item}"), "charged-twice", f"{fact} charged for {item} up to {to}, "
                              f"{other} from {first}", f"void one of them: ar invoice void {other}")  # fmt: skip
