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

# Plain: starts with a letter or digit, has no colon, comma, quote, bracket or hash, and ends with no space.
_PLAIN = r"[A-Za-z0-9][A-Za-z0-9 ._/+%-]*+(?<! )"
# In quotes: nothing to be unescaped, and no character that a reader of YAML or `decode` refuses.
_REFUSED = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff"
_QUOTED = rf"\"[^\"\\{_REFUSED}]*+\""
_SCALAR = rf"-?{_PLAIN}|{_QUOTED}"
_KEY = r"[a-z][a-z_-]{0,63}"
_LINE = re.compile(
    rf"^(?:({_KEY}):(?: ({_SCALAR}|\{{.+\}}|\[.+\]))?|  - \{{(.+)\}})\n",  # key: scalar, {{…}} or […]; - {{…}}
    re.MULTILINE,
)
_BLOCK = re.compile(rf"^({_KEY}): \|2-\n((?:(?:  [^{_REFUSED}]+)?\n)*  [^{_REFUSED}]+(?<! )\n)", re.MULTILINE)
_PAIR = re.compile(rf"({_KEY}): ({_SCALAR})")
_ENTRY = re.compile(_SCALAR)


def read(text: str) -> dict[str, Any] | None:
    """The mapping a file in canonical form holds, all scalars as text; None when it is not in that form."""
    if ": |2-\n" in text:
        return _with_block(text)
    lines = _LINE.findall(text)
    if not lines or len(lines) != text.count("\n") or text[-1] != "\n":
        return None  # some line is in no canonical form
    result: dict[str, Any] = {}
    entries: list[dict[str, str]] | None = None  # of the list under way
    for key, value, entry in lines:
        if entry:
            pairs = _mapping(entry)
            if entries is None or pairs is None:
                return None
            entries.append(pairs)
            continue
        if entries == [] or key in result:
            return None
        entries = None
        if not value:
            result[key] = entries = []
        elif value[0] not in '"{[':
            result[key] = value
        elif value[0] == '"':
            result[key] = value[1:-1]
        else:
            result[key] = held = (_mapping if value[0] == "{" else _list)(value[1:-1])
            if held is None:
                return None
    return None if entries == [] else result


def _with_block(text: str) -> dict[str, Any] | None:
    """The same of a file with one text of several lines, neither first nor last in it."""
    found = _BLOCK.search(text)
    if not found or ": |2-\n" in text[found.end() :]:
        return None
    before, after = read(text[: found.start()]), read(text[found.end() :])
    if before is None or after is None or not {found[1], *before}.isdisjoint(after) or found[1] in before:
        return None
    return {**before, found[1]: "\n".join([line[2:] for line in found[2][:-1].split("\n")]), **after}


def _mapping(inner: str) -> dict[str, str] | None:
    """The pairs between the braces; None when they are not all of it, or a key stands there twice."""
    pairs = _PAIR.findall(inner)
    if ", ".join([": ".join(pair) for pair in pairs]) != inner:
        return None
    result = {key: value[1:-1] if value[0] == '"' else value for key, value in pairs}
    return result if len(result) == len(pairs) else None


def _list(inner: str) -> list[str] | None:
    entries = _ENTRY.findall(inner)
    return [_text(entry) for entry in entries] if ", ".join(entries) == inner else None


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
    """The text of a ledger file: keys in the order given, one level of flow mappings and lists below; a text of
    several lines, such as a letter, line by line.

    Values: text, date, Decimal or int (all written as they are), bool, mapping, sequence; None is left out.
    """
    lines = []
    for key, value in document.items():
        if value in (None, (), []):
            continue
        if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(value[0], Mapping):
            lines.append(f"{key}:")
            lines.extend(f"  - {_flow(entry)}" for entry in value)
        elif isinstance(value, str) and "\n" in value and _is_block(value):
            lines.append(f"{key}: |2-")
            lines.extend(f"  {line}" if line else "" for line in value.split("\n"))
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _is_block(text: str) -> bool:
    """Whether a text of several lines can be written line by line and be read as the very same text."""
    return text.strip() != "" and text[-1] not in " \n" and text.replace("\n", "").isprintable()


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items() if v not in (None, (), [])) + "}"
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
