"""Reading the books for `ar check`: nothing is taken on trust that an everyday report takes on trust.

Every folder is looked at, also those of closed months; every fact of a closed month is read and hashed again and
compared with what the index knows of it; and every check is run over the whole book. Files that no command reads
are named, for a misspelt folder hides facts.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from arledger.checks import Finding
from arledger.checks.book import check_book
from arledger.checks.customers import tax_ids
from arledger.dates import month_of
from arledger.errors import Place, Problem, did_you_mean
from arledger.ledger import build
from arledger.ledger.table import Ledger
from arledger.store import packs
from arledger.store.attached import lost
from arledger.store.file_text import Unreadable, decode, digest, read_bytes
from arledger.store.files import Books
from arledger.store.index import TOPS, Opened
from arledger.store.locating import locate
from arledger.store.meaning import but_for_layout
from arledger.store.requirements import unmet

_BESIDE = ("drafts", "inbox", "templates")  # folders that hold no facts and are no mistake


class Examined(NamedTuple):
    """The books after a thorough reading, and every problem, with paths as people see them, sorted by place."""

    ledger: Ledger
    problems: Sequence[Problem]


def examine(books: Books) -> Examined:
    """The books read thoroughly, and everything wrong with them, errors and warnings."""
    opened = books.open(thorough=True)
    if books.cache and _altered(books, opened.ledger):
        opened.ledger.connection.close()
        opened = _afresh(books)
    found = [*opened.problems, *_book(books, opened), *_strays(books)]
    if not any(problem.severity == "error" for problem in found):  # else they might be of what is told already
        found += [*unmet(books, opened.ledger), *lost(books, opened.ledger)]
        found += packs.problems(books, opened.ledger.policy.charges)
        found += [p for finding in tax_ids(opened.ledger) for p in _located(books, finding.path, [finding])]
    shown = {p._replace(place=p.place._replace(path=books.shown(p.place.path))) for p in found}
    return Examined(opened.ledger, sorted(shown))


def _afresh(books: Books) -> Opened:
    """The books with an index made anew, or without one where it cannot be."""
    try:
        os.unlink(os.path.join(books.state, "index.stamp"))
    except OSError:
        return replace(books, cache=False).open(thorough=True)
    return books.open(thorough=True)


def _altered(books: Books, ledger: Ledger) -> bool:
    """Whether any fact of a closed month is no longer what the index has, whatever its time stamps say."""
    closed = ledger.closed_through()
    if not closed:
        return False
    known = ledger.rows("SELECT path, sha FROM facts WHERE month <= ? ORDER BY path", month_of(closed))
    for number, (path, sha) in enumerate(known):
        if books.progress and number % 1000 == 0:
            books.progress("reading again", number, len(known))
        try:
            if digest(read_bytes(books.root, path)) != sha:
                return True
        except Unreadable:
            return True
    return False


def _book(books: Books, opened: Opened) -> list[Problem]:
    """What is wrong with the book as a whole, with paths under the ledger folder."""
    if opened.problems or not opened.ledger.rows("SELECT 1 FROM meta WHERE key = 'policy'"):
        return opened.ledger.problems()  # files with problems: everything was checked just now
    build.touch_nothing(opened.ledger.connection)
    by_path: dict[str, list[Finding]] = {}
    for finding in but_for_layout(books.root, opened.ledger, check_book(opened.ledger, everything=True)):
        by_path.setdefault(finding.path, []).append(finding)
    return [problem for path, found in by_path.items() for problem in _located(books, path, found)]


def _located(books: Books, path: str, findings: Sequence[Finding]) -> list[Problem]:
    text = ""
    with contextlib.suppress(Unreadable):
        text = decode(read_bytes(books.root, path))
    return locate(text, path, findings)


def _strays(books: Books) -> Iterator[Problem]:
    """Files and folders among the ledger's that no command reads, as warnings."""
    own = os.path.basename(books.root) == "ledgers"  # else ledger.yaml may share its folder with anything
    for entry in sorted(os.scandir(books.root), key=lambda e: e.name):
        name, folder = entry.name, entry.is_dir(follow_symlinks=False)
        if _is_beside(name) or name == "ledger.yaml":
            continue
        near = did_you_mean(name, TOPS)
        if folder and name in TOPS:
            yield from _unread(books.root, name)
        elif folder and (own or near):
            yield Problem(Place(f"{name}/"), "unknown-folder", f"nothing in {name}/ is read by any command",
                          near or "move it out of the ledger", "warning")  # fmt: skip
        elif not folder and (own or (near and _yaml(name))):
            yield _not_read(name, name)


def _unread(root: str, top: str) -> Iterator[Problem]:
    for folder, folders, files in os.walk(os.path.join(root, top)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.endswith(".yaml") and not _is_beside(name):
                yield _not_read(os.path.relpath(os.path.join(folder, name), root), name)


def _not_read(path: str, name: str) -> Problem:
    hint = (
        f"rename it to {os.path.splitext(name)[0]}.yaml" if _yaml(name) else "move it out of the ledger, or delete it"
    )
    if name.endswith(".yaml"):
        hint = f"move it into the folder of its kind: {', '.join(TOPS)}"
    return Problem(Place(path), "not-read", f"{name} is read by no command", hint, "warning")


def _yaml(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml"))


def _is_beside(name: str) -> bool:
    """Whether a name may stand among the ledger's files without being one of them."""
    return name.startswith((".", "README")) or name in _BESIDE
