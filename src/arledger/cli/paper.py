"""Papers to files: a PDF where it was asked for, or a folder of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from arledger.cli.output import put, refuse_place, save
from arledger.errors import DeviceError, UsageError, printable
from arledger.render.pdf import Press
from arledger.reports.paper import Paper
from arledger.store.templates import templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from arledger.cli.session import Session

    Make = Callable[[Paper], bytes]


@contextmanager
def press(session: Session) -> Iterator[Make]:
    """What makes the PDF of a paper, with the ledger's templates and the words of the customer's language."""
    found = templates(session.books.home)
    words = cache(found.words)
    with Press(found.files) as made:
        yield lambda paper: made.pdf(paper, words(paper.language), _more(paper))


def _more(paper: Paper) -> dict[str, Any]:
    return {"language": paper.language.partition("-")[0] or "en", "keywords": [paper.name], "provenance": None}


def made(session: Session, paper: Paper) -> bytes:
    """The PDF of one paper."""
    with press(session) as make:
        return make(paper)


def made_each(session: Session, papers: Iterable[Paper], folder: str) -> None:
    """Writes a PDF for each paper into a folder, and says which. Raises UsageError without a folder."""
    if not folder:
        raise UsageError("many papers need a folder", "add --output FOLDER")
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise UsageError(f"--output: {folder} is no folder", "name one for many papers")
    within = (session.books.root, session.books.state)
    refuse_place(os.path.join(folder, "."), force=True, within=within) if os.path.isdir(folder) else _make(folder)
    with press(session) as make:
        for paper in papers:
            path = os.path.join(folder, f"{paper.name}.pdf")
            save(make(paper), path, force=session.force, within=within)
            put(printable(path) + "\n")


def _make(folder: str) -> None:
    try:
        os.makedirs(folder)
    except OSError as error:
        raise DeviceError(f"{folder}: {error.strerror}", "allow writing there, or name another folder") from None
