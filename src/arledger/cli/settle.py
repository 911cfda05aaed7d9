"""`ar settle`."""

from typing import Annotated

import typer

from arledger.cli.clock import day
from arledger.cli.command import reads, writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, only_customer
from arledger.cli.options import AsOf, Currency, Customer, CustomerFilter, Date, Items
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.compute.settlements import State
from arledger.reports.report import Report

invoices = lazy("arledger.commands.invoices")
settlements = lazy("arledger.commands.settlements")
report = lazy("arledger.reports.settlements")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Settlements.")


@app.command("list", short_help="What was offered, and what has come in.")
@reads
def list_(
    session: Session,
    customer: CustomerFilter = "",
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    as_of: AsOf = "",
) -> Report:
    """\b
    ar settle list --state ready

    Settlements on a day: offered, ready (the money has come in time, the rest can be written off), completed, expired,
    or failed (the money went back when the rest was written off already).
    """
    when = session.day(as_of, "--as-of")
    built = report.build(session.ledger, when, only_customer(session.ledger, customer), state)
    return session.with_provenance(built, when)


@app.command("new", short_help="Offer to take less, if it comes by a day.")
@writes
def new(
    session: Session,
    customer: Customer,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="What is to be paid.")],
    expires: Annotated[str, typer.Option(metavar="DATE", help="Last value date of the money.")],
    item: Items = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; stands in the write-off.")] = "",
    currency: Currency = "",
    date: Date = "",
) -> None:
    """\b
    ar settle new ACME --amount 600.00 --expires 2026-07-31 --item INV-2026-00042 --reason "insolvency threatens"

    Offer to take less than is open of the items, or of all a customer owes. Policy may ask for an approval of what is
    waived: `ar approve settlement ITEM` (the customer, where it is for more than one item) comes first then.
    """
    ledger, when = session.ledger, session.day(date)
    whose, until = known_customer(ledger, customer), day(expires, "--expires")
    money = currency_of(ledger, currency, whose, item)
    minor = invoices.amount_of(amount, money, "--amount")
    post(session, lambda books: settlements.new(books, whose, item or (), minor, money, when, expires=until,
                                                reason=reason), "Post this settlement?")  # fmt: skip


@app.command("complete", short_help="Write off the rest, once the money has come.")
@writes
def complete(
    session: Session,
    settlement: Annotated[str, typer.Argument(metavar="SETTLEMENT", help="The settlement, or the customer with one.")],
    date: Date = "",
) -> None:
    """\b
    ar settle complete ACME-2026-06-30-S1

    Write off what is left of a settlement's items. Refused unless what was agreed has come in by the day agreed.
    """
    when = session.day(date)
    post(session, lambda books: settlements.complete(books, settlement, when), "Write off the rest?")
