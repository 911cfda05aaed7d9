"""`ar customer`: list, show; new and edit live in `customer_edit`."""

from typing import Annotated

import typer

from arledger.cli import customer_edit, customer_merge
from arledger.cli.command import reads
from arledger.cli.completion import complete_customers
from arledger.cli.drafts import drafts_of
from arledger.cli.lookup import known_collector, known_customer
from arledger.cli.options import AsOf
from arledger.cli.session import Session
from arledger.reports import customers as report
from arledger.reports.report import Report

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Customers.")
app.command("new", short_help="Add a customer.")(customer_edit.new)
app.command("edit", short_help="Change a customer's file.")(customer_edit.edit)
app.command("merge", short_help="Two customers are one.")(customer_merge.merge)
app.command("rename", short_help="Give a customer another id.")(customer_merge.rename)
app.command("duplicates", short_help="Customers that may be one.")(customer_merge.duplicates)
app.command("erase", short_help="Take what is personal out of a file.")(customer_merge.erase)


@app.command("list", short_help="Every customer with what they owe.")
@reads
def list_(
    session: Session,
    as_of: AsOf = "",
    collector: Annotated[str, typer.Option(metavar="NAME", help="Only those this collector looks after.")] = "",
) -> Report:
    """\b
    ar customer list --collector maria

    Every customer with what they owe, a row for each currency.
    """
    day = session.day(as_of, "--as-of")
    whose = known_collector(session.ledger, collector) if collector else ""
    return session.with_provenance(report.build_list(session.ledger, day, whose), day)


@app.command("show", short_help="One customer on a page.")
@reads
def show(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", autocompletion=complete_customers)],
    as_of: AsOf = "",
) -> Report:
    """\b
    ar customer show ACME

    One customer on a page: balance, ageing, limit, open items, last payments, contacts and notes.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    customer = known_customer(ledger, customer)
    data = ledger.customer(customer)
    assert data is not None  # it was just looked up
    path = session.books.shown(ledger.customer_path(customer))
    return session.with_provenance(report.build_show(ledger, customer, data, day, path, drafts_of(session)), day)
