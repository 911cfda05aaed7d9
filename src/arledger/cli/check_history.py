"""What git adds to a check: who did what, what a merge brought together, and what a branch may not do."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from arledger.cli.authors import agreed_to, agreements, authors_of
from arledger.cli.lookup import no_revision
from arledger.cli.session import Session
from arledger.errors import Place, Problem
from arledger.ledger.table import FactRow, Ledger

if TYPE_CHECKING:
    from arledger.compute.changes import Edited, Guarded
    from arledger.compute.evidence import Agreed

_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FILE = re.compile(r"\S+\.yaml")
_TOGETHER = (
    "credit-limit-passed",
    "over-applied",
    "posted-twice",
    "duplicate-id",
    "reversed-twice",
    "closed-period-changed",
)
_DONE_TO = ("over-applied", "reversed-twice")  # these name first what something was done to


def changed_since(session: Session, since: str) -> Sequence[str]:
    """The files that differ from a revision, as people see them. Raises UsageError where git knows no such."""
    from arledger import history

    found = history.changed_since(session.books.home, since)
    if found is None:
        raise no_revision(session.books.home, since, "--since: ")
    return found


def naming(session: Session, problem: Problem) -> Problem:
    """A problem with the files, commits and authors behind it, where git knows them."""
    return _naming_commits(session, _naming_files(session, problem))


def _naming_files(session: Session, problem: Problem) -> Problem:
    """A problem of a closed period with the files that git says changed since it was closed."""
    if problem.code != "closed-period-changed":
        return problem
    from arledger import history

    home, path = session.books.home, problem.place.path
    closing = history.added(home, [path]).get(path)
    changed = (closing and history.changed_since(home, closing.commit)) or []
    month = f"/{path.rpartition('/')[2].removesuffix('.yaml')}/"
    files = [name for name in changed if month in name]
    return problem._replace(message=f"{problem.message}: {', '.join(files)}") if files else problem


def _naming_commits(session: Session, problem: Problem) -> Problem:
    """A problem that two facts make together, with the commit and author of each: what a merge brought together."""
    if problem.code not in _TOGETHER:
        return problem
    from arledger import history

    subject = problem.message.partition(" ")[0] if problem.code in _DONE_TO else ""
    named = sorted(set(_NAMED.findall(f"{problem.message} {problem.hint}")) - {subject})
    rows = session.ledger.facts("fact IN (SELECT value FROM json_each(?))", json.dumps(named))
    paths = {session.books.shown(row.path) for row in rows}
    if problem.code != "credit-limit-passed":
        files, root = _FILE.findall(problem.message), session.books.root
        under = {file for file in files if os.path.exists(os.path.join(root, file))}  # as the ledger names it
        paths |= {problem.place.path, *map(session.books.shown, under), *(set(files) - under)}
    added = history.added(session.books.home, sorted(paths), until=session.revision)
    if len({change.commit for change in added.values()}) < 2:
        return problem
    told = "; ".join(f"{path} by {change.author} in {change.commit}" for path, change in added.items())
    return problem._replace(message=f"{problem.message} ({told})")


def duties(session: Session, ledger: Ledger, problems: Sequence[Problem]) -> list[Problem]:
    """The problems of books with what git knows: who agreed by a commit, and who approved what they did themselves.

    What was agreed to by a commit needs no approval fact; what still needs one is an error.
    """
    if not ledger.rows("SELECT 1 FROM meta WHERE key = 'policy'") or not ledger.policy.people:
        return [*problems]
    from arledger.compute.duties import approved_facts, breaches

    rows = [row for approved in approved_facts(ledger) for row in (approved.row, *(approved.given or ())[:1])]
    paths = {row.path for row in (*rows, *ledger.facts("kind = 'approvals'"))}
    signed = any(rule.signed for rule in ledger.policy.approvals)
    authors = authors_of(session, paths, signatures=signed)
    agreed = agreed_to(session, ledger, authors)
    shown = {session.books.shown(path) for path in agreed}
    left = [p for p in problems if p.code != "approval-missing" or p.place.path not in shown]
    own = [Problem(Place(session.books.shown(one.row.path), 1, 1), one.code, one.message, one.hint)
           for one in breaches(ledger, authors, agreed)]  # fmt: skip
    return [*(p._replace(severity="error") if p.code == "approval-missing" else p for p in left), *own]


def merged(session: Session, ledger: Ledger) -> Iterator[Problem]:
    """What a merge passed that none of its sides passed alone: of the commit the books are at, or the one under way."""
    from arledger import history
    from arledger.compute.limits_passed import any_limit, passed_together, used

    if not ledger.rows("SELECT 1 FROM meta WHERE key = 'policy'") or not any_limit(ledger):
        return
    sides = history.merged(session.books.home, session.revision)
    if not sides:
        return
    paths = {path for side in sides[1:] for path in history.between(session.books.root, sides[0], side)}
    for one in passed_together(ledger, [session.at(side) for side in sides], paths, session.today):
        limit, names = one.exposure.limit, " and ".join(row.fact for row in one.facts)
        whose = limit.owner if limit.scope == "customer" else f"the {limit.scope} of {limit.owner}"
        yield Problem(Place(session.books.shown(one.path), 1, 1), "credit-limit-passed", f"{whose} used "
                      f"{used(one.exposure)} of credit, as no branch does alone: by {names}",
                      f"hold what is not delivered (ar order hold), or see ar credit review {limit.owner}",
                      "warning")  # fmt: skip


def concerns(problem: Problem, changed: Sequence[str]) -> bool:
    """Whether a problem is in a changed file, or tells of one: a deleted invoice is missed by its payment."""
    if problem.place.path in changed:
        return True
    named = set(_NAMED.findall(problem.message))
    return any(path.rpartition("/")[2].removesuffix(".yaml") in named for path in changed)


def branch(session: Session, since: str) -> Iterator[Problem]:
    """What was done since a revision that nobody does, or nobody alone."""
    from arledger import history
    from arledger.compute.changes import rewritten

    commit = session.commit_of(since)
    before, after, paths = session.at(commit), session.ledger, session.differing(commit)
    edited, deleted = rewritten(before, after, paths)
    for path in (*edited, *deleted):
        what = "edited" if path in edited else "deleted or moved"
        yield Problem(Place(session.books.shown(path), 1, 1), "posted-fact-changed", f"a posted fact was {what} since "
                      f"{since}", "restore it from git; a mistake is undone by a new fact, a reversal")  # fmt: skip
    facts = {folder for (folder,) in after.rows("SELECT DISTINCT kind FROM facts")}
    for shown, change in history.rewritten(session.books.home, commit).items():
        path = os.path.relpath(os.path.join(session.books.home, shown), session.books.root)
        if path.partition("/")[0] in facts and path not in edited and path not in deleted:
            told = f"a posted fact was changed or deleted by {change.author} in {change.commit}, when main had it"
            yield Problem(Place(shown, 1, 1), "posted-fact-changed", told,
                          f"see git show {change.commit}; a mistake is undone by a new fact, a reversal")  # fmt: skip
    yield from _not_agreed(session, commit, guarded_changes(session, before, commit, paths))
    yield from _by_the_rules_before(session, before, paths)


def guarded_changes(
    session: Session, before: Ledger, since: str, paths: Iterable[str]
) -> list[tuple[Guarded, Agreed | None]]:
    """The changes of master data since a commit that policy wants a second person for, with the commit that agrees."""
    from arledger import history
    from arledger.compute.changes import guarded, masters
    from arledger.compute.evidence import Need

    books, after = session.books, session.ledger

    def spent(edit: Edited, approval: FactRow) -> bool:
        """Whether the field was changed between an approval and what everybody has: then it was of that change."""
        author = authors_of(session, [approval.path]).get(approval.path) if before.fact(approval.fact) else None
        then = session.at(author.commit) if author and author.commit else before
        return any((one.path, one.key) == (edit.path, edit.key) for one in masters(then, before, [edit.path]))

    rules = [*before.policy.approvals, *after.policy.approvals]  # no branch takes away the rule it is judged by
    found = list(guarded(rules, after, masters(before, after, paths), session.today, spent))
    files = sorted({books.shown(one.edited.path) for one in found})
    edits = history.edited(books.home, since, files, session.revision or "HEAD")
    needs = [Need(f"{number}", one.wanted.about, did.id, did.email, one.rule)
             for number, one in enumerate(found) if (did := edits.get(books.shown(one.edited.path)))]  # fmt: skip
    agreed = agreements(session, after, needs)
    return [(one, agreed.get(f"{number}")) for number, one in enumerate(found)]


def _by_the_rules_before(session: Session, before: Ledger, paths: Mapping[str, str | None]) -> Iterator[Problem]:
    """What was added and lacks an approval by the rules that everybody has, where a branch has other rules."""
    from arledger import history
    from arledger.checks.approvals import approvals
    from arledger.store.views import with_files

    after = session.ledger
    if before.policy.approvals == after.policy.approvals and before.policy.people == after.policy.people:
        return
    files = history.blobs(session.books.root, {"ledger.yaml": paths["ledger.yaml"]})
    judged = with_files(after, files)
    found = [Problem(Place(session.books.shown(f.path), 1, 1), f.code, f.message, f.hint, f.severity)
             for f in approvals(judged, everything=True) if f.path in paths]  # fmt: skip
    yield from duties(session, judged, found)


def _not_agreed(session: Session, since: str, found: Sequence[tuple[Guarded, Agreed | None]]) -> Iterator[Problem]:
    """The changes of master data since a commit that nobody else agreed to: neither in a fact nor by a commit."""
    from arledger import history

    books, left = session.books, [one for one, agreed in found if not agreed]
    approvers = authors_of(session, {one.given.row.path for one in left if one.given})
    edits = history.edited(books.home, since, sorted({books.shown(one.edited.path) for one in left}))
    for one in left:
        place, did = Place(books.shown(one.edited.path), 1, 1), edits.get(books.shown(one.edited.path))
        what = f"{one.edited.key} was changed from {one.edited.before or 'nothing'} to {one.edited.after or 'nothing'}"
        approver = approvers.get(one.given.row.path) if one.given else None
        if one.given is None:
            yield Problem(place, "approval-missing", f"{what}: {one.wanted.action} needs the approval of "
                          f"{' or '.join(one.rule.by)}",
                          f"ar approve {one.wanted.action} {one.wanted.about} --by …, or a commit of theirs with a "
                          f"line `Approves: {one.wanted.about}`")  # fmt: skip
        elif approver and did and approver.email.casefold() == did.email.casefold():
            yield Problem(place, "approval-own", f"{what} by {did.author}, who also committed its approval "
                          f"{one.given.row.fact}", "somebody else has to approve it")  # fmt: skip


def at_commit(session: Session) -> list[Problem]:
    """Everything wrong with the book as it was at the commit asked about."""
    from arledger.checks.book import check_book

    return [
        Problem(Place(session.books.shown(f.path), 1, 1), f.code, f.message, f.hint, f.severity)
        for f in check_book(session.ledger)
    ]  # fmt: skip
