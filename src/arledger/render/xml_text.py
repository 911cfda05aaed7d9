"""XML written as text: elements with nothing in them vanish, and all text is escaped."""

from __future__ import annotations

from html import escape

from arledger.errors import printable


class Xml(str):
    """Text that is XML already."""

    __slots__ = ()


def element(name: str, *parts: str | Xml | None, **attributes: str) -> Xml:
    """An element around its parts; nothing when there is nothing in it. Attributes without a value are left out.

    >>> element("cbc:ID", "A & B", schemeID="0088"), element("cbc:Note", "")
    ('<cbc:ID schemeID="0088">A &amp; B</cbc:ID>', '')
    """
    inner = "".join(part if isinstance(part, Xml) else _text(part) for part in parts if part)
    if not inner:
        return Xml()
    pairs = "".join(f' {key}="{_text(value)}"' for key, value in attributes.items() if value)
    return Xml(f"<{name}{pairs}>{inner}</{name}>")


def _text(text: str) -> str:
    return escape(printable(text, lines=True))
