"""Facts that move no money: the items and facts they name are there, and of the customer they are about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from arledger.checks import Finding
from arledger.checks.touched import among
from arledger.documents.kinds import TOLD
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger

# Each name a fact gives in one of its fields, alone or in a list (of names, or of lines with an item); of an instalment
# its item.
_NAMED = """
SELECT f.path, f.customer, f.date, {text}, {table}.{name}, {table}.customer, {table}.date
FROM facts f, json_each(iif(json_type(f.data, '$.{field}') = 'array', json_extract(f.data, '$.{field}'),
  json_array(json_extract(f.data, '$.{field}')))) named
LEFT JOIN {table} ON {table}.{name} = {key}
WHERE f.kind = '{folder}' AND f.data != '' AND named.value IS NOT NULL AND {among}
AND ({table}.{name} IS NULL OR {table}.customer != f.customer OR {table}.date > f.date) ORDER BY f.path
"""
_TEXT = "iif(named.type = 'object', json_extract(named.value, '$.item'), named.value)"
_ITEM = f"iif(instr({_TEXT}, '/'), substr({_TEXT}, 1, instr({_TEXT}, '/') - 1), {_TEXT})"


def told_names(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Names of items and facts that are not there, are another customer's, or came later."""
    for kind in TOLD:
        for field, what in kind.NAMES.items():
            table, name, key = ("items", "item", _ITEM) if what == "item" else ("facts", "fact", _TEXT)
            query = _NAMED.format(text=_TEXT, table=table, name=name, key=key, field=field, folder=kind.FOLDER,
                                  among=among(everything, "f.fact"))  # fmt: skip
            for path, customer, day, named, found, theirs, since in ledger.rows(query):
                if found is None:
                    near = did_you_mean(named, ledger.known_ids(table, name)) or "correct the id"
                    yield Finding(path, (field,), f"unknown-{what}", f"there is no {what} {named}", near)
                elif theirs not in (customer, ""):
                    yield Finding(path, (field,), "wrong-customer", f"{named} is of {theirs}, not of "
                                  f"{customer or 'nobody'}", "name something of the same customer")  # fmt: skip
                elif since > day:
                    yield Finding(path, ("date",), "applied-too-early", f"dated {date.fromordinal(day)}, but {named} "
                                  f"is of {date.fromordinal(since)}", "date it on or after both")  # fmt: skip
