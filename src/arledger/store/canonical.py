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
from collections.abc import Callable, Mapping, Sequence
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
_PAIR = rf"{_KEY}: (?:{_SCALAR})"
# No group is repeated possessively: where it fails half way, Python before 3.11.5 goes on from there.
_MAPPING = rf"\{{{_PAIR}(?:, {_PAIR})*\}}"
_LIST = rf"\[(?:{_SCALAR})(?:, (?:{_SCALAR}))*\]"
_FORM = re.compile(rf"(?:{_KEY}:(?: (?:{_SCALAR}|{_MAPPING}|{_LIST})\n|\n(?:  - {_MAPPING}\n)+))+")
_BLOCK = re.compile(rf"^({_KEY}): \|2-\n((?:(?:  [^{_REFUSED}]+)?\n)*  [^{_REFUSED}]+(?<! )\n)", re.MULTILINE)
_PAIRS = re.compile(rf"({_KEY}): ({_SCALAR})")
_SCALARS = re.compile(_SCALAR)


def read(text: str) -> dict[str, Any] | None:
    """The mapping a file in canonical form holds, all scalars as text; None when it is not in that form."""
    if not _FORM.fullmatch(text):
        return _with_block(text) if ": |2-\n" in text else None
    result: dict[str, Any] = {}
    entries: list[dict[str, str]] = []  # of the list under way
    for line in text[:-1].split("\n"):
        if line[0] == " ":
            pairs = _mapping(line[5:-1])
            if pairs is None:
                return None
            entries.append(pairs)
            continue
        key, given, value = line.partition(": ")
        held: Any = value
        if not given:
            key, held = key[:-1], (entries := [])
        elif value[0] in '"{[':
            held = _READERS[value[0]](value[1:-1])
        if held is None or key in result:
            return None
        result[key] = held
    return result


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
    """The pairs between the braces; None when a key stands there twice."""
    pairs = _PAIRS.findall(inner) if '"' in inner else [pair.split(": ") for pair in inner.split(", ")]
    result = {key: value[1:-1] if value[0] == '"' else value for key, value in pairs}
    return result if len(result) == len(pairs) else None


def _list(inner: str) -> list[str]:
    return [scalar_[1:-1] if scalar_[0] == '"' else scalar_ for scalar_ in _SCALARS.findall(inner)]


#: What a value begins with → what reads the text between its quotes, braces or brackets.
_READERS: Mapping[str, Callable[[str], Any]] = {'"': str, "{": _mapping, "[": _list}


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
