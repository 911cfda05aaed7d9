"""Who committed which file, for what asks about people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from arledger.cli.session import Session

if TYPE_CHECKING:
    from arledger.compute.duties import Author


def authors_of(session: Session, paths: Iterable[str], *, signatures: bool = False) -> dict[str, Author]:
    """The author of each file by path under the ledger folder; a file in no commit is of whoever is at work.

    Nothing where there is no git.
    """
    from arledger import history
    from arledger.compute.duties import Author

    books = session.books
    shown = {books.shown(path): path for path in paths}
    known = history.added(books.home, sorted(shown), signatures=signatures)
    found = {shown[path]: Author(change.author, change.email, change.commit, change.signed)
             for path, change in known.items()}  # fmt: skip
    if history.resolve(books.home, "HEAD") and len(found) < len(shown) and (me := history.at_work(books.home)):
        found |= {path: Author(*me, "", signed=False) for path in shown.values() if path not in found}
    return found
