"""`ar credit-note`."""

from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.completion import complete_open
from arledger.cli.freed import post_freeing
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, known_item
from arledger.cli.options import (
    Amount,
    BuyerReference,
    Date,
    Key,
    Lines,
    Reason,
    Rebates,
    Surcharges,
    TaxCategory,
    TaxReason,
    customer_option,
)
from arledger.cli.session import Session
from arledger.errors import UsageError

if TYPE_CHECKING:
    from arledger.documents.invoices import Invoice

credit_notes = lazy("arledger.commands.credit_notes")
documents = lazy("arledger.documents.invoices")
invoices = lazy("arledger.commands.invoices")
words = lazy("arledger.commands.invoice_words")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Credit notes.")

Against = Annotated[
    str,
    typer.Option(metavar="INVOICE", autocompletion=complete_open, help="Applied to it at once, as far as it is open."),
]
Currency = Annotated[str, typer.Option(metavar="CODE", help="The invoice's or the customer's if not given.")]


@app.callback()
def _group() -> None:
    """Credit notes: what we take back from what we billed."""


@app.command("new")
@writes
def new(
    session: Session, customer: Annotated[str, customer_option("Whose.")], line: Lines = None, amount: Amount = "",
    against: Against = "", date: Date = "", reason: Reason = "", currency: Currency = "",
    buyer_reference: BuyerReference = "", rebate: Rebates = None, surcharge: Surcharges = None,
    tax_category: TaxCategory = "", tax_reason: TaxReason = "", key: Key = "",
) -> None:  # fmt: skip
    """\b
    ar credit-note new --customer ACME --amount 25.00 --against INV-2026-00042 --reason "damaged"
    ar credit-note new --customer ACME --line "Widgets;2;12.50" --against INV-2026-00042 --reason "two came back"

    Issue a credit note under the next number: over lines with their tax, or over an amount alone. A line that says no
    rate has that of the invoice, where it has one for all its lines; a rebate is taken off what is credited.
    """
    if bool(line) == bool(amount):
        raise UsageError("give either --line or --amount", 'such as --line "Widgets;2;12.50;19%"')
    ledger = session.ledger
    whose = known_customer(ledger, customer, "--customer")
    item = known_item(ledger, against, "--against") if against else None
    code = currency_of(ledger, currency or (item.currency if item else ""), whose)
    billed = _billed(session, against) if line and against else None
    rate = credit_notes.rate_of(billed, ledger.policy.tax.default)
    parts = words.parse_parts(line or (), rebate or (), surcharge or (), tax_category, rate, code)
    asked = invoices.Asked(
        whose, session.day(date), parts.lines, amount, currency=code, key=key, buyer_reference=buyer_reference,
        rebates=parts.rebates, surcharges=parts.surcharges, tax_category=parts.category, tax_reason=tax_reason,
    )  # fmt: skip
    post_freeing(
        session,
        lambda books: credit_notes.new(books, asked, against=against, reason=reason, billed=billed),
        "Post this credit note?",
        whose=whose,
    )


def _billed(session: Session, against: str) -> "Invoice | None":
    """The invoice as it was billed; None for what is none, such as a deduction."""
    document = session.books.document(session.ledger, against) if session.ledger.fact(against) else None
    return document if isinstance(document, documents.Invoice) else None
