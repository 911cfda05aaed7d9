"""`ar close`."""

from typing import Annotated

import typer

from arledger.cli.lazy import lazy
from arledger.cli.posting import post
from arledger.cli.session import Session, writes

periods = lazy("arledger.commands.periods")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("close")
@writes
def close(
    session: Session, period: Annotated[str, typer.Argument(metavar="PERIOD", help="The month, YYYY-MM.")]
) -> None:
    """\b
    ar close 2026-10

    Close a month: its totals and a seal over its facts become a fact. Afterwards nothing dated in it can be
    added, changed or removed without `ar check` naming it; payments of later months may settle its invoices.
    """
    post(session, lambda books: periods.close(books, period, session.today), f"Close {period}?")
