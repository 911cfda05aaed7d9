"""Editing a file people own: only what changes changes; comments, order and style of the rest stay.

The editor is lenient, so its result is read back strictly and compared with what was meant; anything else is
refused rather than written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arledger.errors import RefusedError
from arledger.store.file_text import Unreadable, decode
from arledger.store.yaml_text import load

Value = str | list[str] | list[dict[str, Any]] | None  # None removes the key


def edit(text: str, changes: Mapping[str, Value]) -> str:
    """`text` with the values at dotted paths set or removed. Raises RefusedError when that cannot be done safely."""
    from yaml_edit import Document

    meant = load(decode(text.encode()))
    document = Document.parse(text)
    for path, value in changes.items():
        _set(meant, path.split("."), value)
        if value is None:
            document.remove_path(path)
        else:
            document.set_path(path, value)
    edited = str(document)
    try:
        result = load(decode(edited.encode()))
    except Unreadable as error:
        raise _cannot(str(error)) from None
    if result != meant:
        raise _cannot("the result would not say what was meant")
    return edited


def learn(text: str, own_name: str, name: str, account: str) -> str:
    """A customer's file with a payer's name and account added to those it has. Unchanged when it has them."""
    payer = load(decode(text.encode())).get("payer", {})
    changes: dict[str, Value] = {}
    for key, value in (("names", name), ("accounts", account)):
        known = [*payer.get(key, []), *([own_name] if key == "names" else [])]
        if value and value.casefold() not in (text.casefold() for text in known):
            changes[f"payer.{key}"] = [*payer.get(key, []), value]
    return edit(text, changes) if changes else text


def _cannot(why: str) -> RefusedError:
    return RefusedError(
        f"the file cannot be edited safely: {why}", "edit it by hand, then run ar check", code="cannot-edit"
    )


def _set(mapping: dict[str, Any], path: list[str], value: Value) -> None:
    *above, last = path
    for key in above:
        mapping = mapping.setdefault(key, {})
    if value is None:
        mapping.pop(last, None)
    else:
        mapping[last] = value
