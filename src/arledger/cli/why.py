"""`ar why`."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.completion import complete
from arledger.cli.session import Session
from arledger.compute.history import Touch
from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import Ledger
from arledger.reports import why as report
from arledger.reports.report import Report
from arledger.reports.why import Told

app = typer.Typer(rich_markup_mode=None, add_completion=False)


def _ids(ledger: Ledger) -> Iterable[str]:
    return chain(ledger.known_ids("facts", "fact"), ledger.known_ids("customers", "customer"))


@app.command("why")
@reads
def why(
    session: Session,
    id_: Annotated[
        str, typer.Argument(metavar="ID", autocompletion=complete(lambda ledger: sorted(_ids(ledger))),
                            help="An invoice, a payment, any other fact, or a customer.")
    ],
) -> Report:  # fmt: skip
    """\b
    ar why INV-2026-00042

    Everything that touched an item, a fact or a customer: what it did and why, what was open afterwards, the file
    and line it is written on and, where the ledger is in git, the commit that added it.
    """
    return session.with_provenance(_build(session, id_), session.today)


def _build(session: Session, id_: str) -> Report:
    """The report on whatever the id names. Raises UsageError with the nearest there is."""
    ledger = session.ledger

    def tell(touches: Sequence[Touch]) -> list[Told]:
        return _told(session, touches)

    if item := ledger.item(id_.partition("/")[0]):
        return report.of_an_item(ledger, item, tell)
    if fact := ledger.fact(id_):
        return report.of_a_fact(ledger, fact, tell)
    if id_ and id_ in ledger.names:
        return report.of_a_customer(ledger, ledger.merged.get(id_, id_), tell)
    hint = did_you_mean(id_, _ids(ledger)) or "see ar invoice list, ar payment list or ar customer list"
    raise UsageError(f"ID: nothing is called {id_}", hint)


def _told(session: Session, touches: Sequence[Touch]) -> list[Told]:
    """What files and git tell of each: every file is read once, git is asked once."""
    from arledger import history
    from arledger.store.written import line_naming, lines_of, reason_in

    books = session.books
    shown = {touch.path: books.shown(touch.path) for touch in touches}
    added = history.added(books.home, sorted(shown.values()), until=session.revision)
    lines = {path: lines_of(books.bytes, path) for path in shown}
    found = []
    for touch in touches:
        path = shown[touch.path]
        paid_with_it = touch.why == "applied" and touch.amount > 0  # of a credit: the line that names what it paid
        named = touch.other if paid_with_it or touch.item == touch.fact else touch.item
        line = line_naming(lines[touch.path], named or touch.item)
        change = added.get(path)
        who = (change.commit, change.author, change.date) if change else (None, None, None)
        found.append(Told(path, line, reason_in(lines[touch.path]), *who))
    return found
