"""Trying a change out on the table before it is posted: what `ar check` would refuse is never written."""

from __future__ import annotations

from collections.abc import Mapping

from arledger.checks.book import check_book
from arledger.errors import Place, Problem, RefusedError
from arledger.ledger.table import Ledger
from arledger.store import views
from arledger.store.locating import locate
from arledger.store.meaning import but_for_layout


def try_out(root: str, ledger: Ledger, files: Mapping[str, str | None]) -> list[str]:
    """What checks warn of in these files, in words. Raises RefusedError when the ledger with them would not pass.

    The table stays as it was.

    `root` is where its files lie. Afterwards the ledger's connection may no longer keep others from changing the index:
    read no more from it.
    """
    change = views.read_change({path: None if text is None else text.encode() for path, text in files.items()})
    if change.problems:
        raise _refused(change.problems[0])
    own = views.view(ledger.connection)
    run = (own or ledger.connection).execute
    run("SAVEPOINT trial")
    try:
        tried = Ledger(own or ledger.connection)
        views.apply(tried, change, list(files))
        findings = but_for_layout(root, tried, check_book(tried, everything=bool(change.policy)))
    finally:
        run("ROLLBACK TO trial")
        run("RELEASE trial")
        if own:
            own.close()
    for finding in sorted(findings, key=lambda found: found.path not in files):  # what is new is told first
        if finding.severity == "error":
            text = files.get(finding.path)
            problems = locate(text, finding.path, [finding]) if text else []
            raise _refused([*problems, Problem(Place(finding.path), *finding[2:5])][0])
    return [f"{found.message}: {found.hint}" for found in findings if found.path in files]


def _refused(problem: Problem) -> RefusedError:
    return RefusedError(problem.message, problem.hint, code=problem.code)
