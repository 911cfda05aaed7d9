"""`ar check`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.output import say
from arledger.cli.session import Session
from arledger.errors import Problem
from arledger.ledger.table import Ledger
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
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Print each problem as an annotation of a GitHub workflow, too.")
    ] = False,
) -> Report:
    """\b
    ar check
    ar check --since origin/main --format json

    Whether the books hold together. Reads every file, and those of closed months anew; prints each problem as
    PATH:LINE:COL: code: message with a hint, errors and warnings. Ends with 1 when there is an error, else with 0.
    Run it on the result of every merge: two people paying one invoice merge without a conflict. With --since also what
    a branch may not do: edit or delete a posted fact, or change a bank account or credit limit without the approval
    that `approvals` in ledger.yaml asks for.
    """
    from arledger.cli import check_history as git
    from arledger.store.index import Opened
    from arledger.store.verify import examine  # reads YAML: not needed for help

    changed = git.changed_since(session, since) if since else None
    if session.revision:
        examined: tuple[Ledger, Sequence[Problem]] = (session.ledger, git.at_commit(session))
    else:
        found = examine(session.books)
        examined = (found.ledger, found.problems)
        session.opened = Opened(found.ledger, [])  # to be opened again it would wait for itself
        session.ledger = examined[0]  # provenance is told of books that do not hold together, too
    ledger, problems = examined
    told = [*git.duties(session, ledger, problems), *git.merged(session, ledger)]
    told += git.branch(session, since) if since else ()
    named = [git.naming(session, problem) for problem in dict.fromkeys(told)]
    shown = [p for p in named if changed is None or p.code == "posted-fact-changed" or git.concerns(p, changed)]
    for problem in shown if annotate else ():
        say(report.annotation(problem))
    built = report.build(ledger, shown, session.today, len(named) - len(shown))
    built = session.with_provenance(built, session.today)
    if not built.head["ok"]:
        session.show(built)
        raise SystemExit(1)
    return built
