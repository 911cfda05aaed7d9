"""`ar promise`."""

from typing import Annotated

import typer

from arledger.cli.calendar import calendar
from arledger.cli.clock import day
from arledger.cli.command import reads_or_dates, writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, only_customer
from arledger.cli.options import AsOf, Currency, Customer, CustomerFilter, Date, Items
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.compute.promises import State
from arledger.reports.report import Report

agenda = lazy("arledger.reports.agenda")
compute = lazy("arledger.compute.promises")
invoices = lazy("arledger.commands.invoices")
promises = lazy("arledger.commands.promises")
report = lazy("arledger.reports.promises")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Promises to pay.")


@app.command("list", short_help="What was promised, and whether it was kept.")
@reads_or_dates
def list_(
    session: Session,
    customer: CustomerFilter = "",
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    as_of: AsOf = "",
) -> Report | bytes:
    """\b
    ar promise list --state broken
    ar promise list --format ics --output promises.ics

    What customers promised: pending, kept, partly kept or broken on a day. A payment counts by its value date, however
    late it was applied; one that the bank takes back never counted. As ics: a calendar of the days money is promised
    for, of those pending if no state is named.
    """
    ledger, when = session.ledger, session.day(as_of, "--as-of")
    whose = only_customer(ledger, customer)
    if session.prints:
        found = compute.promises(ledger, when, whose)
        return calendar(session, agenda.promised(ledger, [p for p in found if p.state == (state or "pending")]))
    return session.with_provenance(report.build(ledger, when, whose, state), when)


@app.command("new", short_help="Note what a customer says they will pay.")
@writes
def new(
    session: Session,
    customer: Customer,
    due: Annotated[str, typer.Option(metavar="DATE", help="The day the money is to be here.")],
    amount: Annotated[
        str, typer.Option(metavar="AMOUNT", help="How much; all that is open of the items if not given.")
    ] = "",
    item: Items = None,
    person: Annotated[str, typer.Option(metavar="NAME", help="Who promised.")] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="What was said.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="In place of the promise the items wait for.")] = False,
    currency: Currency = "",
    date: Date = "",
) -> None:
    """\b
    ar promise new ACME --amount 1000.00 --due 2026-06-10 --item INV-2026-00042 --person "Jo Reyes"

    Note a promise to pay. Without --item it is for the oldest debts the amount covers; without --amount for all that
    is overdue. Notices rest while it is pending. ledger.yaml says under `collections: promises:` how many days late
    still count as kept.
    """
    ledger, when = session.ledger, session.day(date)
    whose, by = known_customer(ledger, customer), day(due, "--due")
    money = currency_of(ledger, currency, whose, item)
    minor = invoices.amount_of(amount, money, "--amount") if amount else None
    post(session, lambda books: promises.new(books, whose, item or (), minor, money, when, due=by, person=person,
                                             text=text, replace=replace), "Post this promise?")  # fmt: skip
