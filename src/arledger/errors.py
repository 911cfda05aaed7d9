"""Errors: what stops a command, and problems, which are collected and reported together.

Every error a user may meet is an `ArError` with the exit status of the contract. What is wrong with
data is a `Problem`: a value with a place, a stable code, a message and a hint.

>>> print(Problem(Place("ledgers/customers/ACME.yaml", 4, 8), "bad-terms", "'soon' is no term", "write net 30"))
ledgers/customers/ACME.yaml:4:8: bad-terms: 'soon' is no term
  hint: write net 30
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple


class Place(NamedTuple):
    """A position in a file. Lines and columns count from 1; line 0 means the file as a whole."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return printable(self.path)
        return f"{printable(self.path)}:{self.line}" + (f":{self.column}" if self.column else "")


class Problem(NamedTuple):
    """Something wrong with the data: where it is, its stable code, what it is, what to do about it."""

    place: Place
    code: str
    message: str
    hint: str
    severity: str = "error"  # or "warning": reported, but nothing is refused for it

    def __str__(self) -> str:
        label = "" if self.severity == "error" else f"{self.severity}: "
        return f"{self.place}: {self.code}: {label}{printable(self.message)}\n  hint: {printable(self.hint)}"


class BadValueError(ValueError):
    """A text that cannot mean what its place in a file or an argument asks for, with a stable code and a hint; `at`:
    the keys that lead to it from where it was found out."""

    def __init__(self, code: str, message: str, hint: str, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.hint, self.at = code, hint, at


class ArError(Exception):
    """Base of every error shown to a user: a message, a hint and an exit status. Raised as a subclass."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code

    def __str__(self) -> str:
        label = f"{self.code}: " if self.code else ""
        return f"{label}{printable(self.message)}" + (f"\n  hint: {printable(self.hint)}" if self.hint else "")


class UsageError(ArError):
    """Wrong usage: an unknown id in an argument, a malformed value in an argument."""

    exit_code = 2


class ProblemsError(ArError):
    """Data with problems: all of them, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))

    def __str__(self) -> str:
        return self.message


class LedgerError(ProblemsError):
    """The ledger cannot be read or does not pass the checks a command relies on."""

    exit_code = 3


class ImportFileError(ProblemsError):
    """An import file or a template is bad. Nothing was written."""

    exit_code = 4


class RefusedError(ArError):
    """A rule of the business refuses what was asked: closed period, over-application, missing approval."""

    exit_code = 5


class LockedError(ArError):
    """Another writer holds the ledger's lock."""

    exit_code = 6


class DeviceError(ArError):
    """The disk or the network failed. Nothing is half-written."""

    exit_code = 7


class WorkerError(ArError):
    """A process that helped with the work was killed. Nothing is half-written."""

    exit_code = 7


# C0, DEL, C1, the bidirectional controls and the line separators: never shown raw, whoever wrote them.
_UNSAFE = frozenset(
    [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SHOWN = {code: (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}") for code in _UNSAFE}
_SHOWN_BUT_NEWLINE = {code: shown for code, shown in _SHOWN.items() if code != 0x0A}


def printable(text: str, *, lines: bool = False) -> str:
    r"""`text` with every control and bidirectional character, and every lone surrogate, as an escape.

    Safe for a terminal. With `lines`, newlines stay.

    >>> print(printable("a\x1b[31mb"))
    a\x1b[31mb
    """
    safe = text.translate(_SHOWN_BUT_NEWLINE if lines else _SHOWN)
    return safe.encode("utf-8", "backslashreplace").decode("utf-8")


def many(count: int, what: str) -> str:
    """So many of something, in words.

    >>> many(1, "day"), many(2, "open item")
    ('1 day', '2 open items')
    """
    return f"{count} {what}{'s' * (count != 1)}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean X?` for the known word nearest to `word`, or nothing when none is near.

    >>> did_you_mean("invocie", ["invoice", "aging"]), did_you_mean("granite", ["GRANGE", "GRANITE"])
    ('did you mean invoice?', 'did you mean GRANITE?')
    """
    import difflib  # only when something was misspelt: it is slow to import

    written = {one.casefold(): one for one in reversed(list(known))}
    near = difflib.get_close_matches(word.casefold(), list(reversed(written)), n=1, cutoff=0.6)
    return f"did you mean {written[near[0]]}?" if near else ""
