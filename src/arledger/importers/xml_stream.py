"""XML as small trees, one finished element at a time, each knowing its line. No entity is ever expanded.

A document type declaration is refused whole: it is how XML reads other files, calls servers and grows without end.

>>> data = b"<a><b><c>1</c></b>\\n<b><c x='y'>2</c></b></a>"
>>> [(node.line, node.get("c")) for node in stream(data, Findings("f.xml"), depth=2)]
[(1, '1'), (2, '2'), (1, '')]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from arledger.importers.findings import Findings

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

_DEPTH = 60  # ISO 20022 statements are about 15 deep
_CHUNK = 1 << 16


class Node:
    """An element: its name without namespace, the line it starts on, its attributes, text and children."""

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(self, name: str, line: int, attributes: Mapping[str, str]) -> None:
        self.name, self.line, self.attributes = name, line, attributes
        self.text = ""
        self.children: list[Node] = []

    def all(self, name: str) -> list[Node]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def find(self, path: str) -> Node | None:
        """The first element under the path of names, or None."""
        node = self
        for name in path.split("/"):
            for child in node.children:
                if child.name == name:
                    node = child
                    break
            else:
                return None
        return node

    def get(self, *paths: str) -> str:
        """The text under the first of the paths that has any, stripped; "" when none has."""
        for path in paths:
            node = self.find(path)
            if node and (text := node.text.strip()):
                return text
        return ""


def stream(data: bytes, file: Findings, depth: int) -> Iterator[Node]:
    """The elements at that depth (the root is 1), and after their children the elements above them, as they end.

    An element above keeps only children that are not given out themselves. Stops at a document type
    declaration, at XML that is not well formed, and at elements nested deeper than any statement.
    """
    from xml.parsers import expat

    parser = expat.ParserCreate()
    builder = _Builder(file, depth, parser)
    for start in range(0, len(data) or 1, _CHUNK):
        try:
            parser.Parse(data[start : start + _CHUNK], start + _CHUNK >= len(data))
        except expat.ExpatError as error:
            what = f"the XML is not well formed: {expat.ErrorString(error.code)}"
            hint = "the file is incomplete or was edited: download it again"
            raise file.fatal(error.lineno, "bad-xml", what, hint, error.offset + 1) from None
        except (LookupError, ValueError) as error:  # of the declared encoding
            raise file.fatal(1, "wrong-encoding", f"the XML cannot be decoded: {error}", "use UTF-8") from None
        yield from builder.done
        builder.done.clear()


class _Builder:
    """Handlers that build the trees and put finished ones on `done`."""

    def __init__(self, file: Findings, depth: int, parser: XMLParserType) -> None:
        self.file, self.depth, self.parser = file, depth, parser
        self.open: list[Node] = []
        self.done: list[Node] = []
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) >= _DEPTH:
            message = f"elements are nested more than {_DEPTH} deep"
            raise self.file.fatal(line, "bad-xml", message, "this is no bank statement: download it again")
        self.open.append(Node(name.rsplit(":", 1)[-1], line, attributes))

    def _end(self, _name: str) -> None:
        node = self.open.pop()
        if len(self.open) < self.depth:
            self.done.append(node)
        if self.open and len(self.open) != self.depth - 1:
            self.open[-1].children.append(node)

    def _text(self, text: str) -> None:
        self.open[-1].text += text

    def _doctype(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        hint = "download the file from the bank again; if it says this still, ask the bank for a file without DOCTYPE"
        raise self.file.fatal(line, "xml-doctype", "the file has a document type declaration (DOCTYPE)", hint)
