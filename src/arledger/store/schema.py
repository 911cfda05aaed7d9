"""JSON Schemas of the ledger's files, made from the types that read them, for editors that complete and check.

An editor's YAML reader sees numbers where this product sees text (`po: 0107`, `total: 148.75`), so wherever a
file may hold text a number is welcome too. What needs more than one value to be judged, such as sums and
references, is left to `ar check`.

>>> schema("refund")["required"]
['customer', 'date', 'currency', 'credit', 'amount']
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any

from arledger.compute.history import kind_of
from arledger.dates import TERMS_FORMS
from arledger.documents import fields
from arledger.documents.customers import Customer
from arledger.documents.kinds import FACTS, keys_of
from arledger.money import DIGITS
from arledger.policy.charges import Pack
from arledger.policy.policy import SPELLED, Policy

#: Kind of file → the type that reads it.
KINDS: Mapping[str, type] = {
    "ledger": Policy, "customer": Customer, "pack": Pack,
    **{kind_of(folder): model for folder, model in FACTS.items()}
}  # fmt: skip


def _whole(kind: str) -> str:
    return f"^({fields.PATTERNS[kind]})$"


_WRITTEN = {name: key for key, name in SPELLED.items()}
_NUMBERS = {"type": ["string", "number"]}
_LEAVES: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("Id", fields.Id, {**_NUMBERS, "pattern": _whole("id"), "description": fields.ID_FORM}),
    ("ItemId", fields.ItemId, {**_NUMBERS, "pattern": _whole("item"),
                     "description": "an id, or an id and an instalment such as INV-7/2"}),
    ("Day", fields.Day, {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                  "description": "a day, YYYY-MM-DD"}),
    ("Amount", fields.Amount, {**_NUMBERS, "pattern": _whole("amount"),
                     "description": "an amount in plain digits, such as 1250.00"}),
    ("Quantity", fields.Quantity, {**_NUMBERS, "pattern": _whole("quantity")}),
    ("Percent", fields.Percent, {"type": "string", "pattern": _whole("percent"),
                      "description": "a rate with its sign, such as 19%"}),
    ("Currency", fields.Currency, {"type": "string", "enum": sorted(DIGITS), "description": "an ISO 4217 code"}),
    ("TermsText", fields.TermsText, {"type": "string", "description": f"one of {TERMS_FORMS}"}),
    ("Text", fields.Text, {**_NUMBERS, "maxLength": fields.MAX_TEXT}),
    ("Letter", fields.Letter, {"type": "string", "maxLength": fields.MAX_LETTER}),
    ("Flag", fields.Flag, {"enum": [True, False, "yes", "no"]}),
)  # fmt: skip
_PLAIN: Mapping[Any, dict[str, Any]] = {str: _NUMBERS, int: {"type": "integer"}, bool: {"type": "boolean"}}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file. Raises KeyError for a kind there is not."""
    parts: dict[str, Any] = {}
    whole = _object(KINDS[kind], parts)
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": f"arledger: {kind}", **whole, "$defs": dict(sorted(parts.items()))}


def _of(type_: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """The schema of one type; what has a name goes into `parts` and is referred to."""
    for name, leaf, found in _LEAVES:
        if type_ == leaf:
            parts[name] = found
            return {"$ref": f"#/$defs/{name}"}
    origin, inner = typing.get_origin(type_), typing.get_args(type_)
    if origin is typing.Literal:
        return {"enum": list(inner)}
    if origin is tuple:
        return {"type": "array", "items": _of(inner[0], parts)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(inner[1], parts)}
    if origin in (UnionType, typing.Union):
        choices = [_of(choice, parts) for choice in inner if choice is not NoneType]
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    if type_ in _PLAIN:
        return dict(_PLAIN[type_])
    if type_.__name__ not in parts:
        parts[type_.__name__] = {}  # the place is taken: a type may hold itself
        parts[type_.__name__] = _object(type_, parts)
    return {"$ref": f"#/$defs/{type_.__name__}"}


def _object(type_: Any, parts: dict[str, Any]) -> dict[str, Any]:
    keys = keys_of(type_)
    return {
        "description": inspect.cleandoc(type_.__doc__ or ""), "type": "object",
        "properties": {_WRITTEN.get(key.name, key.name): _of(key.type, parts) for key in keys},
        "required": [_WRITTEN.get(key.name, key.name) for key in keys if key.needed],
        "additionalProperties": False,
    }  # fmt: skip
