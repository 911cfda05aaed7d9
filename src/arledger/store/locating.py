"""What was found in a file, with the line and column it is about. Needs no pydantic, as nothing that only looks up a
line does."""

from __future__ import annotations

from collections.abc import Iterable

from arledger.checks import Finding
from arledger.errors import Place, Problem
from arledger.store.file_text import Unreadable
from arledger.store.yaml_text import Marks, load


def locate(text: str, path: str, findings: Iterable[Finding]) -> list[Problem]:
    """The findings of a file as problems with the line and column of the key each is about."""
    marks: Marks = {}
    try:
        load(text, marks)
    except Unreadable:
        marks = {}
    return [Problem(Place(path, *_mark(f.loc, marks, text)), f.code, f.message, f.hint, f.severity) for f in findings]


def _mark(loc: tuple[int | str, ...], marks: Marks, text: str) -> tuple[int, int]:
    """Line and column of a key; of the nearest thing around it where the key is not there."""
    if loc and isinstance(loc[-1], str) and loc[-1].startswith("="):  # `=ID`: the entry that names this id
        wanted = loc[-1][1:]
        for number, line in enumerate(text.split("\n"), 1):
            if wanted in line and "item" in line:
                return number, line.index(wanted) + 1
        loc = loc[:-1]
    while loc:
        if loc in marks:
            return marks[loc]
        loc = loc[:-1]
    return 1, 1
