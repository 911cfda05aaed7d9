"""YAML as the ledger reads it: a strict subset, every scalar kept as the text that was written.

Refused, each with its line: what is not UTF-8, control and bidirectional characters, conflict markers of an
unresolved merge, anchors, aliases, merge keys, tags, a second document, keys given twice, nesting beyond
`MAX_DEPTH`, files over `MAX_BYTES`. So `NO`, `0107`, `440.50` and `12:30` mean what they show.

>>> load("po: 0107\\nlines: [{tax: 19%}]\\n")
{'po': '0107', 'lines': [{'tax': '19%'}]}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs do not list it

from arledger.store.file_text import CONTROL, Unreadable, shown

MAX_DEPTH = 12

Loc = tuple[str | int, ...]  # a place inside a document: keys and list positions
Marks = dict[Loc, tuple[int, int]]  # … and the line and column it was written at


def load(text: str, marks: Marks | None = None) -> dict[str, Any]:
    """The one mapping a ledger file holds: dicts, lists and texts. Raises Unreadable at the first thing wrong.

    With `marks`, also fills in where each key and list entry was written.
    """
    parser = CParser(text)
    try:
        return _Builder(parser, marks).document()
    except yaml.YAMLError as error:
        raise _syntax(error, text) from None
    finally:
        parser.dispose()


class _Builder:
    """Builds the mapping from parser events, without recursion: depth is a limit, not a crash."""

    def __init__(self, parser: CParser, marks: Marks | None) -> None:
        self._next: Callable[[], Any] = parser.get_event
        self._marks = marks

    def document(self) -> dict[str, Any]:
        """The one mapping of the file. Raises Unreadable for anything else."""
        self._next()  # stream start
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            raise Unreadable(1, 1, "empty-file", "the file is empty", "restore it from git, or delete it")
        if start.version or start.tags:
            _fail(start, "yaml-directive", "YAML directives are not used in ledger files", "delete the % line")
        root = self._next()
        if not isinstance(root, yaml.MappingStartEvent):
            _fail(root, "not-a-mapping", "a ledger file holds keys and values", "write lines such as `customer: ACME`")
        value = self._collection(root)
        self._next()  # document end
        if not isinstance(last := self._next(), yaml.StreamEndEvent):
            _fail(last, "second-document", "a second YAML document in the file", "give it a file of its own")
        return value

    def _collection(self, root: Any) -> dict[str, Any]:
        """Everything under `root`. A stack of open collections stands in for recursion."""
        result: dict[str, Any] = {}
        stack: list[tuple[Any, Loc, str | None]] = [(result, (), None)]
        self._plain(root)
        while stack:
            open_, loc, key = stack[-1]
            event = self._next()
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
                continue
            if isinstance(event, yaml.AliasEvent):
                _fail(event, "yaml-anchor", "anchors and aliases are not used in ledger files", "write the value out")
            self._plain(event)
            if isinstance(open_, dict) and key is None:
                stack[-1] = (open_, loc, self._key(event, open_, loc))
                continue
            here: Loc = (*loc, len(open_) if key is None else key)
            if key is None and self._marks is not None:
                self._marks[here] = _at(event)
            value: Any
            if isinstance(event, yaml.ScalarEvent):
                value = self._scalar(event)
            else:
                value = {} if isinstance(event, yaml.MappingStartEvent) else []
                if len(stack) >= MAX_DEPTH:
                    raise _too_deep(*_at(event))
            if key is None:
                open_.append(value)
            else:
                open_[key] = value
                stack[-1] = (open_, loc, None)
            if not isinstance(event, yaml.ScalarEvent):
                stack.append((value, here, None))
        return result

    def _key(self, event: Any, mapping: dict[str, Any], loc: Loc) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            _fail(event, "bad-key", "a key is a word, not a list or a mapping", "write `key: value`")
        key: str = event.value
        if key == "<<":
            _fail(event, "yaml-anchor", "merge keys are not used in ledger files", "write the values out")
        if key in mapping:
            _fail(event, "duplicate-key", f"the key {key} stands here twice", "keep one of them")
        if self._marks is not None:
            self._marks[(*loc, key)] = _at(event)
        return key

    def _scalar(self, event: Any) -> str:
        text: str = event.value
        if not text and event.implicit[0]:
            _fail(event, "empty-value", "a key without a value", "write the value, or leave the key out")
        if found := CONTROL.search(text):
            _fail(event, "control-character", f"control character {shown(found[0])} in a text", "remove it")
        return text

    def _plain(self, event: Any) -> None:
        if event.anchor:
            _fail(event, "yaml-anchor", "anchors and aliases are not used in ledger files", "write the value out")
        if event.tag and event.tag != "!":
            _fail(event, "yaml-tag", f"the tag {event.tag} is not used in ledger files", "delete it")


def _at(event: Any) -> tuple[int, int]:
    """Line and column an event starts at, from 1."""
    return event.start_mark.line + 1, event.start_mark.column + 1


def _fail(event: Any, code: str, message: str, hint: str) -> NoReturn:
    raise Unreadable(*_at(event), code, message, hint)


def _too_deep(line: int, column: int) -> Unreadable:
    return Unreadable(
        line, column, "too-deep", f"nested more than {MAX_DEPTH} deep", "no ledger file is nested like this"
    )


def _syntax(error: yaml.YAMLError, text: str) -> Unreadable:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = getattr(error, "problem", None) or str(error)
    if "nesting depth" in what:  # libyaml has a limit of its own
        return _too_deep(line, column)
    hint = "check quotes, colons and indentation on this line and the one before"
    if "\t" in text.split("\n")[line - 1 : line][0:1] or "tab" in what or "token" in what:
        hint = "indent with spaces, never with tabs; put text with special characters in quotes"
    if line > text.count("\n"):
        hint = "the file looks cut off: restore it from git"
    return Unreadable(line, column, "bad-yaml", what, hint)
