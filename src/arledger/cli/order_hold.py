"""`ar order hold` and `ar order release`: registered in `order`."""

from typing import Annotated

import typer

from arledger.cli.clock import day
from arledger.cli.command import writes
from arledger.cli.drafts import drafts_of
from arledger.cli.lazy import lazy
from arledger.cli.options import Date, Reason
from arledger.cli.order_show import complete_orders
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError

holds = lazy("arledger.commands.holds")

By = Annotated[str, typer.Option(metavar="PERSON", help="Who decides it.")]


@writes
def hold(
    session: Session,
    about: Annotated[
        str, typer.Argument(metavar="ORDER|CUSTOMER", autocompletion=complete_orders, help="What to hold.")
    ],
    reason: Reason,
    by: By = "",
    date: Date = "",
) -> None:
    """\b
    ar order hold SO-2026-00007 --reason "address does not exist" --by maria

    Hold an order by hand, or everything a customer orders. No payment ends it: only ar order release does.
    """
    when = session.day(date)
    post(session, lambda books: holds.hold(books, about, when, reason, by), f"Hold {about}?")


@writes
def release(
    session: Session,
    about: Annotated[
        str, typer.Argument(metavar="[ORDER|CUSTOMER]", autocompletion=complete_orders, help="What to let go.")
    ] = "",
    ready: Annotated[bool, typer.Option("--ready", help="Every order that was held and is free now.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it goes in spite of what holds it.")] = "",
    by: By = "",
    review: Annotated[str, typer.Option(metavar="DATE", help="Last day it goes in spite of the rules.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar order release --ready
    ar order release SO-2026-00007 --reason "cheque seen" --by maria --review 2026-07-15

    Let orders go. --ready posts the go-ahead for those that nothing holds any more; holds by hand stay. An order by
    name goes in spite of the rules that hold it now, up to its amount; ledger.yaml says under `approvals` whether
    a second person has to agree.
    """
    when, drafts = session.day(date), drafts_of(session)
    if ready == bool(about):
        raise UsageError("name an order, or give --ready", "such as ar order release SO-2026-00007 --reason …")
    if ready:
        post(session, lambda books: holds.release_ready(books, when, drafts), "Release these?")
        return
    if not reason:
        raise UsageError("--reason is missing", "say why it goes in spite of what holds it")
    until = day(review, "--review") if review else None
    post(session, lambda books: holds.release(books, about, when, drafts, reason=reason, by=by, review=until),
         f"Release {about}?")  # fmt: skip
