"""`ar open`."""

from typing import Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.lookup import only_customer
from arledger.cli.options import AsOf, CustomerFilter
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.reports import open_items as report
from arledger.reports.report import Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("open")
@reads
def open_(
    session: Session,
    customer: CustomerFilter = "",
    as_of: AsOf = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is past due.")] = False,
    credits_: Annotated[
        bool, typer.Option("--credits", help="Only payments and credit notes with money left.")
    ] = False,
) -> Report:
    """\b
    ar open --customer ACME --overdue

    Open items, oldest due first: what is left of each invoice and instalment on a date, then payments and credit
    notes that are not wholly applied, as negative amounts. Days count from the due date.
    """
    if overdue and credits_:
        raise UsageError("--overdue and --credits exclude each other", "credits are never overdue: give one of them")
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    whose = only_customer(ledger, customer)
    found = report.build(ledger, day, whose, overdue=overdue, unapplied=credits_)
    return session.with_provenance(found, day)
