"""`ar recover`."""

from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_item
from arledger.cli.options import Date, Reason
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.ledger.table import Ledger

if TYPE_CHECKING:
    from arledger.commands.planned import Planned

invoices = lazy("arledger.commands.invoices")
recoveries = lazy("arledger.commands.recoveries")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("recover")
@writes
def recover(
    session: Session,
    about: Annotated[str, typer.Argument(metavar="ITEM|WRITE-OFF", help="What was given up.")],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="A part; all that is written off if not given.")] = "",
    reason: Reason = "",
    date: Date = "",
) -> None:
    """\b
    ar recover INV-2026-00042 --amount 300.00 --reason "dividend of the insolvency"

    Open again what was written off and is paid after all, at its own due date, so that the payment can be applied.
    The write-off stays as it was; the roll-forward shows the recovery in a line of its own. A write-off that was a
    mistake is taken back with ar reverse instead.
    """
    ledger = session.ledger
    fact = ledger.fact(about)
    row = fact if fact and fact.kind == "write-offs" else known_item(ledger, about, "ITEM")
    minor = invoices.amount_of(amount, row.currency, "--amount") if amount else None
    when = session.day(date)

    def plan(books: Ledger) -> "Planned":
        result: Planned = recoveries.recover(
            books, about, minor, when, reason, lambda fact: session.books.document(books, fact)
        )
        return result

    post(session, plan, f"Recover {about}?")
