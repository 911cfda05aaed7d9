"""`ar credit-note`."""

from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.completion import complete_open
from arledger.cli.freed import post_freeing
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, known_item
from arledger.cli.options import Date, Key, Reason, customer_option
from arledger.cli.session import Session

invoices = lazy("arledger.commands.invoices")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Credit notes.")


@app.callback()
def _group() -> None:
    """Credit notes: what we take back from what we billed."""


@app.command("new")
@writes
def new(
    session: Session,
    customer: Annotated[str, customer_option("Whose.")],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="The total.")],
    against: Annotated[
        str,
        typer.Option(
            metavar="INVOICE", autocompletion=complete_open, help="Applied to it at once, as far as it is open."
        ),
    ] = "",
    date: Date = "",
    reason: Reason = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="The invoice's or the customer's if not given.")] = "",
    key: Key = "",
) -> None:
    """\b
    ar credit-note new --customer ACME --amount 25.00 --against INV-2026-00042 --reason "damaged"

    Issue a credit note under the next number.
    """
    ledger, when = session.ledger, session.day(date)
    customer = known_customer(ledger, customer, "--customer")
    item = known_item(ledger, against, "--against") if against else None
    code = currency_of(ledger, currency or (item.currency if item else ""), customer)
    minor = invoices.amount_of(amount, code, "--amount")
    post_freeing(
        session,
        lambda books: invoices.new_credit_note(
            books, customer, when, minor, code, against=against, reason=reason, key=key
        ),
        "Post this credit note?",
    )
