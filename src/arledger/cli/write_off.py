"""`ar write-off`."""

from typing import Annotated

import typer

from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_item
from arledger.cli.options import Date
from arledger.cli.posting import post
from arledger.cli.session import Session, complete_open, writes

invoices = lazy("arledger.commands.invoices")
write_offs = lazy("arledger.commands.write_offs")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("write-off")
@writes
def write_off(
    session: Session,
    item: Annotated[
        str, typer.Argument(metavar="ITEM", autocompletion=complete_open, help="The invoice or instalment.")
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is given up.")],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="A part; all that is open if not given.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar write-off INV-2026-00042 --amount 0.48 --reason "small difference"

    Give up an item, or a part of it.
    """
    row = known_item(session.ledger, item)
    when, minor = session.day(date), invoices.amount_of(amount, row.currency, "--amount") if amount else None
    post(session, lambda books: write_offs.write_off(books, item, minor, when, reason), f"Write off {item}?")
