"""`ar diff`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.lazy import lazy
from arledger.cli.options import AsOf
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.reports.report import Report

if TYPE_CHECKING:
    from arledger.compute.diffing import Approved
    from arledger.compute.evidence import Agreed

diffing = lazy("arledger.compute.diffing")
report = lazy("arledger.reports.diff")

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_MAIN = ("main", "master", "origin/main", "origin/master")


@app.command("diff")
@reads
def diff(
    session: Session,
    between: Annotated[
        str, typer.Argument(metavar="[BASE..HEAD]", help="Two commits, or one and the files as they are.")
    ] = "",
    as_of: AsOf = "",
) -> Report:
    """\b
    ar diff
    ar diff main..july --format md

    What a branch does to the business: what customers owe and how late, what was added and under which numbers,
    approvals there and missing, promises and plans kept or broken, and what changed in master data and policy. Without
    BASE..HEAD: from where this branch left main to the files as they are. A posted fact that was edited or deleted is
    told first, and the command ends with 1.
    """
    from arledger import history

    base, _, session.revision = between.partition("..")
    head, root = session.revision, session.books.root
    day = session.day(as_of, "--as-of")
    name, base = (base, base) if base else _left_main(session)
    before = session.at(base)
    after = session.ledger
    commits = [session.commit_of(revision) for revision in (base, head) if revision]
    paths = history.between(root, *commits) if head else session.differing(commits[0])
    agreed, guards = _agreed(session, after, paths), _guards(session, before, commits[0], paths)
    found = diffing.difference(before, after, paths, day, agreed, guards)
    label = f"{name}..{head or '(files)'}"
    built = session.with_provenance(report.build(after, found, label, session.books.shown), day)
    if report.refused(found):
        session.show(built)
        raise SystemExit(1)
    return built


def _agreed(session: Session, after: Ledger, paths: Iterable[str]) -> "dict[str, Agreed]":
    """What of the facts at these paths was agreed to by a commit."""
    if not after.policy.approvals:
        return {}
    from arledger.cli.authors import agreed_to, authors_of

    wanted = [*paths, *(row.path for row in after.facts("kind = 'approvals'"))]
    signed = any(rule.signed for rule in after.policy.approvals)
    return agreed_to(session, after, authors_of(session, wanted, signatures=signed))


def _guards(session: Session, before: Ledger, since: str, paths: Iterable[str]) -> "list[Approved]":
    """The master data changed since a commit that needs an approval, with the one it has."""
    if not (before.policy.approvals or session.ledger.policy.approvals):
        return []
    from arledger.cli.check_history import guarded_changes

    found = []
    for one, agreed in guarded_changes(session, before, since, paths):
        by = (agreed.by, agreed.told) if agreed else ("", "")
        if one.given and not agreed:
            by = (one.given.approval.by, one.given.row.fact)
        what = f"{session.books.shown(one.edited.path)} {one.edited.key}"
        found.append(diffing.Approved(what, one.wanted.action, *by))
    return found


def _left_main(session: Session) -> tuple[str, str]:
    """What main is called, and the commit the branch at hand has in common with it. Raises UsageError without one."""
    from arledger import history

    home = session.books.home
    for name in _MAIN:
        if history.resolve(home, name) and (commit := history.merge_base(home, name, "HEAD")):
            return name, commit
    names = ", ".join(history.names(home)[:8])
    raise UsageError("there is no git history with a branch main to compare with",
                     f"name what to compare with, of {names}" if names else "name two commits: BASE..HEAD")  # fmt: skip
