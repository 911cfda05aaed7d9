"""The bytes of a ledger file, and the text they are, checked before any parser sees it.

Needs neither pydantic nor a parser of YAML, so that what only shows a file's lines starts without them.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat

from arledger.errors import DeviceError, Place, Problem, printable

MAX_BYTES = 4 << 20
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)")
_CONFLICT = re.compile(r"^(<{7} |={7}\r?$|>{7} |\|{7} )", re.MULTILINE)
_CONFLICT_SIGNS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_MERGE_HINT = (
    "finish the merge: keep one side and delete the marker lines, or keep two documents of one number: ar renumber"
)
_TO_READ = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)


class Unreadable(Exception):  # noqa: N818  # not an error of the program: it carries what is wrong with a file
    """A text that is no ledger YAML: where (line and column from 1), which code, why, and what to do."""

    def __init__(self, line: int, column: int, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.column, self.code, self.message, self.hint = line, column, code, message, hint

    def problem(self, path: str) -> Problem:
        """This as a problem of the file at `path`."""
        return Problem(Place(path, self.line, self.column), self.code, self.message, self.hint)


def decode(data: bytes) -> str:
    """The text of a ledger file, checked before any parser sees it. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(1, 1, "file-too-large", f"{len(data)} bytes, a ledger file has at most {MAX_BYTES}",
                         "is this a ledger file at all?")  # fmt: skip
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(1, 1, "not-utf-8", "the file is UTF-16, not UTF-8", "save it as UTF-8")
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line, column = _position(error.object[: error.start].decode("latin-1"))
        raise Unreadable(line, column, "not-utf-8", f"byte {error.object[error.start]:02X} is not UTF-8",
                         "save the file as UTF-8") from None  # fmt: skip
    # What `_CONTROL` finds is never printable: most files need no search.
    if not text.replace("\n", "").isprintable() and (found := CONTROL.search(text)):
        line, column = _position(text[: found.start()])
        nul = found[0] == "\0"
        raise Unreadable(
            line,
            column,
            "control-character",
            f"control character {shown(found[0])} in the file",
            "the file was damaged, by a crash perhaps: restore it from git" if nul else "remove it",
        )
    if any(sign in text for sign in _CONFLICT_SIGNS) and (found := _CONFLICT.search(text)):
        raise Unreadable(_position(text[: found.start()])[0], 1, "merge-conflict",
                         "an unresolved git merge: conflict markers are left in the file", _MERGE_HINT)  # fmt: skip
    return text


def read_bytes(root: str, path: str) -> bytes:
    """The bytes of a ledger file. Raises Unreadable for what is no regular file or too large to be one of ours."""
    try:
        handle = os.open(f"{root}/{path}", _TO_READ)
    except OSError as error:
        raise Unreadable(0, 0, "cannot-read", f"the file cannot be read: {error.strerror}",
                         "check that it is there and that you may read it") from None  # fmt: skip
    try:
        what = os.fstat(handle)
        if not stat.S_ISREG(what.st_mode):
            raise Unreadable(0, 0, "not-a-file", "this is no ordinary file", "move it out of the ledger")
        if what.st_size > MAX_BYTES:
            raise Unreadable(1, 1, "file-too-large", f"{what.st_size} bytes, a ledger file has at most {MAX_BYTES}",
                             "is this a ledger file at all?")  # fmt: skip
        data = os.read(handle, what.st_size + 1)
        if len(data) == what.st_size:
            return data
        parts = [data]  # it grows, or comes in pieces: to the end
        while parts[-1]:
            parts.append(os.read(handle, MAX_BYTES))
        return b"".join(parts)
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror}", "check the disk") from None
    finally:
        os.close(handle)


def digest(data: bytes) -> str:
    """The SHA-256 of a file, its line ends taken as LF: what git may do to them is no change of the books."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def shown(character: str) -> str:
    """A character nobody sees, as people can be told of it: `\\x00 (U+0000)`."""
    escaped = printable(character)
    return f"{escaped} (U+{ord(character[0]):04X})"
