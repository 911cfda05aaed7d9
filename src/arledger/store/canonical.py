"""The form the ledger's own files are written in: `dump` writes it, `read` reads it fast.

`read` takes only the exact form `dump` gives and returns None for anything else, which then goes through the
full parser (`yaml_text.load`); so it can be quicker but never mean something different. A test holds the two
equal on every document of every test.

>>> print(dump({"customer": "ACME", "po": "0107", "applied": [{"item": "INV-1", "amount": "5.00"}]}), end="")
customer: ACME
po: "0107"
applied:
  - {item: INV-1, amount: "5.00"}
>>> read("po: \\"0107\\"\\napplied:\\n  - {item: INV-1}\\n")
{'po': '0107', 'applied': [{'item': 'INV-1'}]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

# Plain: starts with a letter, a digit or a slash-free sign, has no colon, comma, quote, bracket or hash, ends with no space.
_PLAIN = r"[A-Za-z0-9][A-Za-z0-9 ._/+%-]*+(?<! )"
_SCALAR = rf"-?{_PLAIN}|\"[^\"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*+\""
_PAIR = re.compile(rf"([a-z_]+): ({_SCALAR})(?:, (?=[a-z_])|$)")
_ENTRY = re.compile(rf"({_SCALAR})(?:, (?=.)|$)")
_LINE = re.compile(rf"([a-z_-]+):(?: (?:({_SCALAR})|\{{(.+)\}}|\[(.+)\]))?")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def read(text: str) -> dict[str, Any] | None:
    """The mapping a file in canonical form holds, all scalars as text; None when it is not in that form."""
    if text[-1:] != "\n" or _BIDI.search(text):
        return None
    result: dict[str, Any] = {}
    entries: list[dict[str, str]] | None = None  # of the list under way
    for line in text[:-1].split("\n"):
        if line.startswith("  - {") and entries is not None:
            if line[-1] != "}" or (entry := _mapping(line[5:-1])) is None:
                return None
            entries.append(entry)
            continue
        match = _LINE.fullmatch(line)
        if match is None or entries == [] or match[1] in result:
            return None
        entries = None
        value: Any
        if match[2] is not None:
            value = _text(match[2])
        elif match[3] is not None:
            value = _mapping(match[3])
        elif match[4] is not None:
            value = _list(match[4])
        else:
            value = entries = []
        if value is None:
            return None
        result[match[1]] = value
    return None if entries == [] else result


def _mapping(inner: str) -> dict[str, str] | None:
    end, result = 0, {}
    for match in _PAIR.finditer(inner):
        if match.start() != end or match[1] in result:
            return None
        result[match[1]] = _text(match[2])
        end = match.end()
    return result if end == len(inner) and result else None


def _list(inner: str) -> list[str] | None:
    end, result = 0, []
    for match in _ENTRY.finditer(inner):
        if match.start() != end or not match[0]:
            return None
        result.append(_text(match[1]))
        end = match.end()
    return result if end == len(inner) and result else None


def _text(scalar: str) -> str:
    return scalar[1:-1] if scalar[0] == '"' else scalar


class Bare(str):
    """Text to be written as it is: an amount or a rate, which no reader may take for anything else."""

    __slots__ = ()


# What other YAML readers would take for a number, a date, a truth value or nothing: such text is written in quotes.
_AMBIGUOUS = re.compile(
    r"[-+]?[0-9][0-9_.,:xobXOB]*([eE][-+]?[0-9]+)?|[0-9][0-9a-fA-F_]*|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
    r"|y|n|yes|no|true|false|on|off|null|nan|inf",
    re.IGNORECASE,
)
_BARE = re.compile(_PLAIN)


def dump(document: Mapping[str, Any]) -> str:
    """The text of a ledger file: keys in the order given, one level of flow mappings and lists below.

    Values: text, date, Decimal or int (all written as they are), bool, mapping, sequence; None is left out.
    """
    lines = []
    for key, value in document.items():
        if value is None or value == () or value == []:
            continue
        if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(value[0], Mapping):
            lines.append(f"{key}:")
            lines.extend(f"  - {_flow(entry)}" for entry in value)
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items() if v is not None and v not in ((), [])) + "}"
        )
    if isinstance(value, Bare):
        return str(value)
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def scalar(text: str) -> str:
    """`text` as YAML writes it: bare where every YAML reader takes it for this very text, else in quotes."""
    if _BARE.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
