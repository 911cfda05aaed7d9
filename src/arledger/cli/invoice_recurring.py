"""`ar invoice recurring`: registered in `invoice`."""

from typing import Annotated

import typer

from arledger.cli.clock import day
from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.posting import post
from arledger.cli.session import Session

contracts = lazy("arledger.commands.contracts")


@writes
def recurring(
    session: Session,
    until: Annotated[str, typer.Option(metavar="DATE", help="Last day counted; today when not given.")] = "",
    contract: Annotated[str, typer.Option(metavar="ID", help="Only this contract.")] = "",
    date: Annotated[str, typer.Option(metavar="DATE", help="Date them so; each as agreed if not given.")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Keep them as drafts without numbers.")] = False,
) -> None:
    """\b
    ar invoice recurring --until 2026-07-31

    Issue what contracts ask to be billed up to a day: each period and milestone once, however often this is run.
    """
    last, when = session.day(until, "--until"), day(date, "--date") if date else None
    post(session, lambda books: contracts.recurring(books, last, contract, when, draft=draft), "Issue these?")
