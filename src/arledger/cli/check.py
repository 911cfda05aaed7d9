"""`ar check`."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from arledger.cli.session import Session, reads
from arledger.errors import Problem, UsageError
from arledger.reports import check as report
from arledger.reports.report import Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("check")
@reads
def check(
    session: Session,
    since: Annotated[
        str, typer.Option("--since", metavar="REV", help="Only problems in files changed since this git revision.")
    ] = "",
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
    problems = [_naming_files(session, problem) for problem in problems]
    shown = problems if changed is None else [p for p in problems if _concerns(p, changed)]
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


def _concerns(problem: Problem, changed: Sequence[str]) -> bool:
    """Whether a problem is in a changed file, or tells of one: a deleted invoice is missed by its payment."""
    if problem.place.path in changed:
        return True
    named = set(re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*", problem.message))
    return any(path.rpartition("/")[2].removesuffix(".yaml") in named for path in changed)
