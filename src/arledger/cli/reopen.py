"""`ar reopen`."""

from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.options import Date
from arledger.cli.posting import post
from arledger.cli.session import Session

periods = lazy("arledger.commands.periods")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("reopen")
@writes
def reopen(
    session: Session,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="The month, YYYY-MM, or the year.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it has to change.")],
    date: Date = "",
) -> None:
    """\b
    ar approve reopen 2026-05 --by maria --reason "freight invoices came late"
    ar reopen 2026-05 --reason "freight invoices came late"

    Take back the close of a month, and with it that of every later one: they can change until they are closed again,
    in order. A second person approves it first; the old closes stay in the books.
    """
    when = session.day(date)
    post(session, lambda books: periods.reopen(books, period, when, reason), f"Reopen {period}?")
