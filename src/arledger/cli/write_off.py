"""`ar write-off`."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.completion import complete_open
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_item, only_customer
from arledger.cli.options import CustomerFilter, Date
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.money import AMOUNT, amount_hint
from arledger.reports.report import Report

if TYPE_CHECKING:
    from arledger.commands.planned import Planned
    from arledger.compute.open_items import OpenItem
    from arledger.documents.invoices import Invoice
    from arledger.documents.payments import WriteOff

documents = lazy("arledger.documents.invoices")
invoices = lazy("arledger.commands.invoices")
report = lazy("arledger.reports.write_offs")
write_offs = lazy("arledger.commands.write_offs")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("write-off")
@writes
def write_off(
    session: Session,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is given up.")],
    item: Annotated[
        str, typer.Argument(metavar="[ITEM]", autocompletion=complete_open, help="The invoice or instalment.")
    ] = "",
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="A part; all that is open if not given.")] = "",
    below: Annotated[
        str, typer.Option(metavar="AMOUNT", help="Instead of ITEM: every debt with less than this open.")
    ] = "",
    older_than: Annotated[
        int | None, typer.Option(metavar="DAYS", min=0, help="With --below: past due for more days than this.")
    ] = None,
    customer: CustomerFilter = "",
    date: Date = "",
) -> None:
    """\b
    ar write-off INV-2026-00042 --amount 0.48 --reason "small difference"
    ar write-off --below 5.00 --older-than 180 --reason "not worth asking for" --dry-run

    Give up an item, a part of it, or small balances, a fact for each. What of it is tax is kept with it, at the rates
    of its invoice. Payments and credit notes with something left are never written off: that money is the customer's.
    """
    ledger, when = session.ledger, session.day(date)
    if bool(item) == bool(below) or (below and amount) or (item and (customer or older_than is not None)):
        raise UsageError("name an ITEM, with --amount for a part of it, or give --below",
                         "--older-than and --customer go with --below")  # fmt: skip
    row = known_item(ledger, item) if item else None
    minor = invoices.amount_of(amount, row.currency, "--amount") if row and amount else None
    limit = _limit(below) if below else Decimal(0)
    whose = only_customer(ledger, customer) or ""
    small: list[OpenItem] = []
    facts: list[tuple[str, WriteOff]] = []
    names = ledger.names

    def plan(books: Ledger) -> "Planned":
        invoice_of = _invoice_of(session, books)
        if row:
            planned: Planned = write_offs.write_off(books, item, minor, when, reason, invoice_of)
        else:
            small[:] = write_offs.small(books, when, limit, older_than, whose)
            planned = write_offs.write_off_small(books, small, when, reason, invoice_of)
        facts[:] = planned.facts  # type: ignore[assignment]  # a write-off plans write-offs
        return planned

    def shown(posted: Report) -> Report:
        result: Report = report.build(posted, facts, small, names, when)
        return result

    post(session, plan, f"Write off {item}?" if item else "Write off these?", shown)


def _limit(text: str) -> Decimal:
    if not AMOUNT.fullmatch(text) or Decimal(text) <= 0:
        raise UsageError(f"--below: {text!r} is not an amount above zero", amount_hint(text))
    return Decimal(text)


def _invoice_of(session: Session, ledger: Ledger) -> "Callable[[str], Invoice | None]":
    def found(item: str) -> "Invoice | None":
        row = ledger.fact(item)
        document = session.books.document(ledger, item) if row and row.kind == "invoices" else None
        return document if isinstance(document, documents.Invoice) else None

    return found
