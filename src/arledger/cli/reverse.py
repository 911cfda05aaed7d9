"""`ar reverse`."""

from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_fact
from arledger.cli.options import Date
from arledger.cli.posting import post
from arledger.cli.session import Session

reversals = lazy("arledger.commands.reversals")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("reverse")
@writes
def reverse(
    session: Session,
    fact: Annotated[str, typer.Argument(metavar="FACT", help="What was posted by mistake.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is taken back.")],
    date: Date = "",
) -> None:
    """\b
    ar reverse INV-2026-00042-W1 --reason "wrong invoice"

    Take back a fact that was posted by mistake: a write-off, a refund, an application, or one that moves no money.
    Payments, invoices and deductions have commands of their own, and the message names them.
    """
    row, when = known_fact(session.ledger, fact, "FACT"), session.day(date)
    post(session, lambda books: reversals.reverse(books, row, when, reason), f"Reverse {fact}?")
