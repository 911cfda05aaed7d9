"""`ar aging`."""

from typing import Annotated, Literal

import typer

from arledger.cli.command import reads
from arledger.cli.lookup import only_customer
from arledger.cli.options import AsOf, CustomerFilter
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.policy.aging import Aging
from arledger.reports import aging as report
from arledger.reports.report import Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("aging")
@reads
def aging(
    session: Session,
    as_of: AsOf = "",
    by: Annotated[
        Literal["customer", "invoice", "collector", "currency"], typer.Option(help="One row for each of these.")
    ] = "customer",
    basis: Annotated[
        Literal["due", "invoice", ""],
        typer.Option(help="Days count from the due date or the invoice date.", show_default=False),
    ] = "",
    buckets: Annotated[str, typer.Option(metavar="30,60,90", help="Upper edges in days, inclusive.")] = "",
    customer: CustomerFilter = "",
    age_credits: Annotated[
        bool, typer.Option("--age-credits", help="Put unapplied credits in the buckets too, by their own date.")
    ] = False,
) -> Report:
    """\b
    ar aging --as-of 2026-06-30

    Who owes what, by days past due, with unapplied cash and credits in a column of their own. It foots to the
    control account or is not printed.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    policy = ledger.aging
    edges = _edges(buckets) if buckets else policy.buckets
    from_: Literal["due", "document"] = {"": policy.basis, "invoice": "document", "due": "due"}[basis]
    whose = only_customer(ledger, customer)
    built = report.build(ledger, day, Aging(from_, edges), by, whose, age_credits=age_credits)
    return session.with_provenance(built, day)


def _edges(text: str) -> tuple[int, ...]:
    try:
        edges = tuple(int(part) for part in text.split(","))
        Aging("due", edges)
    except ValueError:
        raise UsageError(f"--buckets: {text!r} is no list of increasing days", "write --buckets 30,60,90") from None
    return edges
