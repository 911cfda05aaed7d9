"""What is wrong with an import file: its problems, kept until all of it is read; and what kind of file it is.

>>> file = Findings("bank.csv")
>>> file.add(3, "bad-date", "30 February is no day", "write YYYY-MM-DD")
>>> file.raise_any()
Traceback (most recent call last):
arledger.errors.ImportFileError: bank.csv:3: bad-date: 30 February is no day
  hint: write YYYY-MM-DD
"""

from __future__ import annotations

import codecs

from arledger.errors import ImportFileError, Place, Problem, printable
from arledger.money import shortened

UNPROVED = "not proved: "  # how a warning about balances begins
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's: asked first
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: First bytes of files people send in place of a statement. A leading < is told apart by `markup`.
_MAGIC = (
    (b"PK\x03\x04", "a spreadsheet or other zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "an RTF text"),
)


class Findings:
    """The problems found in one file so far. `name` is how the user named the file; with `unproved` balances that are
    missing or wrong are warnings."""

    def __init__(self, name: str, *, unproved: bool = False) -> None:
        self.name, self.unproved = name, unproved
        self.problems: list[Problem] = []

    def add(self, line: int, code: str, message: str, hint: str, column: int = 0) -> None:
        """Keeps a problem; reading goes on."""
        self.problems.append(Problem(Place(self.name, line, column), code, message, hint))

    def fatal(self, line: int, code: str, message: str, hint: str, column: int = 0) -> ImportFileError:
        """The error to raise at a problem that hides what follows: it, and all found so far."""
        self.add(line, code, message, hint, column)
        return ImportFileError(self.problems)

    def raise_any(self) -> None:
        """Raises ImportFileError with every problem found; does nothing when there is none."""
        if self.problems:
            raise ImportFileError(self.problems)


def decode(data: bytes, file: Findings, encoding: str = "") -> str:
    """The text of a file: as its byte order mark says, else as declared, else UTF-8. Stops at the first bad byte."""
    codec = next((codec for mark, codec in _BOMS if data.startswith(mark)), encoding or "utf-8")
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        what = f"byte 0x{data[error.start]:02x} is no {codec} text"
        hint = "save the file as UTF-8, or give its encoding (such as encoding: cp1252) in the bank profile"
        raise file.fatal(line, "wrong-encoding", what, hint, column) from None
    except LookupError:
        hint = "use utf-8, cp1252, iso8859-15 or utf-16"
        raise file.fatal(0, "wrong-encoding", f"there is no encoding {encoding!r}", hint) from None


def readable(data: bytes, file: Findings) -> tuple[str, tuple[str, ...]]:
    """The text of a file whose format says nothing sure of its encoding, and warnings: UTF-8, else Windows-1252."""
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        if data.startswith(tuple(mark for mark, _ in _BOMS)):
            return decode(data, file), ()
        return data.decode("cp1252", "replace"), ("the file is not UTF-8; its letters were read as Windows-1252",)


def foreign(data: bytes) -> str:
    """What a file is that no statement can be: `a PDF`, `an HTML page` …, or nothing when it may be one."""
    for magic, what in _MAGIC:
        if data.startswith(magic):
            return what
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")) or b"<html" in start:
        return "an HTML page, perhaps the bank's log-in page"
    if not start:
        return "empty"
    if b"\0" in data[:2000] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "not text, or UTF-16 without its byte order mark"
    return ""


def beginning(data: bytes) -> str:
    """The first characters of a file without its byte order mark and leading space, as well as they can be read."""
    codec = next((codec for mark, codec in _BOMS if data.startswith(mark)), "utf-8")
    return data[:4000].decode(codec, "replace").lstrip()


def refuse_foreign(data: bytes, file: Findings) -> None:
    """Stops at a file that is a web page, a spreadsheet, a picture …, naming it."""
    if what := foreign(data):
        raise file.fatal(
            0, "wrong-format", f"the file is {what}", "download the statement again, as CSV, camt, MT940 or OFX"
        )


def one_line(text: str) -> str:
    """The text on one line: every run of white space and control characters is one space.

    >>> one_line(" Invoice\\n INV-1 ")
    'Invoice INV-1'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = "".join(c if c.isprintable() or c == " " else " " for c in text)
    return " ".join(printable(shown).split())


def quoted(text: str) -> str:
    """The text in quotes, short enough for a message."""
    return repr(shortened(text))
