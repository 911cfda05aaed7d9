"""`ar check`."""

import json
import re
from collections.abc import Sequence
from typing import Annotated

import typer

from arledger.cli.output import say
from arledger.cli.session import Session, reads
from arledger.errors import Place, Problem, UsageError
from arledger.reports import check as report
from arledger.reports.report import Report

_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FILE = re.compile(r"\S+\.yaml")
_TOGETHER = ("over-applied", "posted-twice", "duplicate-id", "reversed-twice", "closed-period-changed")
_SUBJECTS = ("invoices", "credit-notes")  # named as what something was done to

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("check")
@reads
def check(
    session: Session,
    since: Annotated[
        str, typer.Option("--since", metavar="REV", help="Only problems in files changed since this git revision.")
    ] = "",
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Print each problem as an annotation of a GitHub workflow, too.")
    ] = False,
) -> Report:
    """\b
    ar check
    ar check --since origin/main --format json

    Whether the books hold together. Reads every file, and those of closed months anew; prints each problem as
    PATH:LINE:COL: code: message with a hint, errors and warnings. Ends with 1 when there is an error, else with 0.
    Run it on the result of every merge: two people paying one invoice merge without a conflict.
    """
    from arledger.store.verify import examine  # reads YAML: not needed for help

    changed = _changed(session, since) if since else None
    ledger, problems = examine(session.books)
    session.ledger = ledger  # provenance is told of books that do not hold together, too
    problems = [_naming_commits(session, _naming_files(session, problem)) for problem in (*problems, *_duties(session))]
    shown = problems if changed is None else [p for p in problems if _concerns(p, changed)]
    for problem in shown if annotate else ():
        say(report.annotation(problem))
    built = report.build(ledger, shown, len(problems) - len(shown))
    built = session.with_provenance(built, session.today)
    if not built.head["ok"]:
        session.show(built)
        raise SystemExit(1)
    return built


def _changed(session: Session, since: str) -> Sequence[str]:
    from arledger import history

    found = history.changed_since(session.books.home, since)
    if found is None:
        raise UsageError(f"--since: git knows no revision {since} here", "name a commit, a branch or a tag")
    return found


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

    named = sorted(set(_NAMED.findall(f"{problem.message} {problem.hint}")))
    rows = session.ledger.facts("fact IN (SELECT value FROM json_each(?))", json.dumps(named))
    twins = problem.code == "duplicate-id"
    paths = {session.books.shown(row.path) for row in rows if twins or row.kind not in _SUBJECTS}
    paths |= {problem.place.path, *_FILE.findall(problem.message)}
    added = history.added(session.books.home, sorted(paths))
    if len({change.commit for change in added.values()}) < 2:
        return problem
    told = "; ".join(f"{path} by {change.author} in {change.commit}" for path, change in added.items())
    return problem._replace(message=f"{problem.message} ({told})")


def _duties(session: Session) -> Sequence[Problem]:
    """Approvals that are their author's own, or in the name of somebody who did not commit them."""
    ledger = session.ledger
    if not ledger.rows("SELECT 1 FROM meta WHERE key = 'policy'") or not ledger.policy.people:
        return []
    from arledger.cli.authors import authors_of
    from arledger.compute.duties import approved_facts, breaches

    rows = [row for approved in approved_facts(ledger) for row in (approved.row, *(approved.given or ())[:1])]
    paths = {row.path for row in (*rows, *ledger.facts("kind = 'approvals'"))}
    signed = any(rule.signed for rule in ledger.policy.approvals)
    found = breaches(ledger, authors_of(session, paths, signatures=signed))
    return [Problem(Place(session.books.shown(one.row.path), 1, 1), one.code, one.message, one.hint) for one in found]


def _concerns(problem: Problem, changed: Sequence[str]) -> bool:
    """Whether a problem is in a changed file, or tells of one: a deleted invoice is missed by its payment."""
    if problem.place.path in changed:
        return True
    named = set(_NAMED.findall(problem.message))
    return any(path.rpartition("/")[2].removesuffix(".yaml") in named for path in changed)
