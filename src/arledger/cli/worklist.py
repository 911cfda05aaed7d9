"""`ar worklist`."""

from typing import Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.completion import complete_customers
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_collector, known_customer
from arledger.cli.options import AsOf
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.reports.report import Report

report = lazy("arledger.reports.worklist")
sheet = lazy("arledger.reports.call_sheet")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("worklist")
@reads
def worklist(
    session: Session,
    customer: Annotated[
        str,
        typer.Argument(metavar="[CUSTOMER]", autocompletion=complete_customers, help="The call sheet of one of them."),
    ] = "",
    collector: Annotated[str, typer.Option(metavar="NAME", help="Only the customers of this collector.")] = "",
    as_of: AsOf = "",
    top: Annotated[int, typer.Option(min=0, metavar="N", help="Only the first so many.")] = 0,
    all_: Annotated[bool, typer.Option("--all", help="Also who is left in peace today, and why.")] = False,
    portfolios: Annotated[bool, typer.Option("--portfolios", help="How much each collector has.")] = False,
) -> Report:
    """\b
    ar worklist --collector maria --top 20
    ar worklist ACME

    Who to contact today and why, worth most first: amount times days late, more for who pays late, broke promises or
    has a follow-up due; with what to do next, phone, mail and what was said last. With a customer: everything for the
    call on one screen. docs/how-to/a-collectors-day.md has the formula.
    """
    day = session.day(as_of, "--as-of")
    if customer and (collector or top or all_ or portfolios):
        raise UsageError("a call sheet has no other options than --as-of", "leave them out, or leave the customer out")
    if customer:
        customer = known_customer(session.ledger, customer)
        data = session.ledger.customer(customer)
        found = sheet.build(session.ledger, customer, data, day)
    elif portfolios:
        found = report.build_portfolios(session.ledger, day)
    else:
        whose = known_collector(session.ledger, collector) if collector else ""
        found = report.build(session.ledger, day, whose, top=top, waiting=all_)
    return session.with_provenance(found, day)
