"""Who committed which file, and who agreed to it by a commit, for what asks about people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from arledger.cli.output import say
from arledger.cli.session import Session

if TYPE_CHECKING:
    from arledger.compute.duties import Author
    from arledger.compute.evidence import Agreed, Need
    from arledger.ledger.table import Ledger


def authors_of(session: Session, paths: Iterable[str], *, signatures: bool = False) -> dict[str, Author]:
    """The author of each file by path under the ledger folder; a file in no commit is of whoever is at work.

    Nothing where there is no git. In a shallow clone only of what was added since it begins.
    """
    from arledger import history
    from arledger.compute.duties import Author

    books = session.books
    shown = {books.shown(path): path for path in paths}
    known = history.added(books.home, sorted(shown), until=session.revision, signatures=signatures)
    found = {shown[path]: Author(change.author, change.email, change.id, change.signer)
             for path, change in known.items()}  # fmt: skip
    if history.cut_off(books.home):
        say("the clone is shallow: who committed what is known in a whole one (git fetch --unshallow)")
    elif history.resolve(books.home, "HEAD") and len(found) < len(shown) and (me := history.at_work(books.home)):
        found |= {path: Author(*me, "") for path in shown.values() if path not in found}
    return found


def agreed_to(session: Session, ledger: Ledger, authors: Mapping[str, Author]) -> dict[str, Agreed]:
    """What was agreed to by a commit, of the facts that no approval fact covers: by path under the ledger folder.

    `authors` has at least those facts and the approvals. Git is asked for its history only where there are such facts.
    """
    from arledger.compute.duties import wanting
    from arledger.compute.evidence import Need

    found = [(one, authors[one.row.path]) for one in wanting(ledger, authors) if one.row.path in authors]
    needs = [Need(one.row.path, one.row.fact, author.commit, author.email, one.rule) for one, author in found]
    return agreements(session, ledger, needs)


def agreements(session: Session, ledger: Ledger, needs: Iterable[Need]) -> dict[str, Agreed]:
    """Path → the agreement that commits hold, of what is in a commit and needs one."""
    from arledger import history
    from arledger.compute.evidence import History, agreed, to_be_verified

    committed = [need for need in needs if need.commit]
    if not committed:
        return {}
    home = session.books.home
    head = history.resolve(home, session.revision or "HEAD") or ""
    main = [] if session.revision else [tip for name in history.MAIN if (tip := history.resolve(home, name))]
    # a merge counts once main has it: that of a pull request to be tried out is nobody's agreement
    story = History(history.commits(home, [*main, head]), main or [head])
    signers = history.signers(home, to_be_verified(committed, story))
    found = {need.path: agreed(need, story, ledger.policy.people, signers) for need in committed}
    return {path: one for path, one in found.items() if one}
