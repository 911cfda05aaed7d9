"""What was said, agreed or decided about an item, a customer or a fact: the facts that move no money, as written.

Any kind of them is found, and told in its own keys, so that a new kind shows by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from arledger.ledger.table import FactRow, Ledger

_OF_ALL = ("customer", "date", "currency", "amount")


class Said(NamedTuple):
    """A fact that moves no money, and the fact that took it back, if one did."""

    row: FactRow
    values: Mapping[str, Any]  # its keys, those that have their default left out
    taken_back: str

    @property
    def names(self) -> set[str]:
        """Everything it names: items (of an instalment its invoice) and facts."""
        parts = [part for value in self.values.values() for part in (value if isinstance(value, list) else [value])]
        texts = [part.get("item") if isinstance(part, Mapping) else part for part in parts]
        return {text.partition("/")[0] for text in texts if isinstance(text, str)}  # a paper's path names nothing

    @property
    def text(self) -> str:
        """All it says beyond date, customer and amount, such as `reason price, owner sales`; not a whole letter."""
        found = [
            f"«{value}»" if key == "text" else f"{key.replace('_', ' ')} {_text(value)}"
            for key, value in self.values.items() if key not in _OF_ALL and not (key == "text" and "\n" in value)
        ]  # fmt: skip
        return ", ".join([*found, *([f"taken back by {self.taken_back}"] if self.taken_back else [])])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    if isinstance(value, Mapping):
        return " ".join(map(_text, value.values()))
    return "yes" if value is True else str(value)


def said_of_customer(ledger: Ledger, customer: str) -> list[Said]:
    """Everything that was said about a customer or what is theirs, oldest first."""
    found = []
    moves_none = "NOT EXISTS (SELECT 1 FROM entries e WHERE e.owner = facts.id)"
    told = f"data != '' AND kind != 'periods' AND customer = ? AND {moves_none}"  # of a close it is a digest
    for row in ledger.facts(told, customer, order="date, fact"):
        ((data,),) = ledger.rows("SELECT data FROM facts WHERE id = ?", row.id)
        back = ledger.facts("kind = 'reversals' AND about = ?", row.fact)
        found.append(Said(row, json.loads(data), back[0].fact if back else ""))
    return found


def said_of(ledger: Ledger, customer: str, id_: str) -> list[Said]:
    """Everything that was said about an item or fact of a customer, and about what that names, oldest first."""
    told = said_of_customer(ledger, customer)
    found = {said.row.fact for said in told if said.row.fact == id_ or id_ in said.names}
    return _with_those_naming(told, found)


def _with_those_naming(told: Iterable[Said], found: set[str]) -> list[Said]:
    return [said for said in told if said.row.fact in found or said.names & found]
