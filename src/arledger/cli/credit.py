"""`ar credit`."""

from typing import Annotated

import typer

from arledger.cli.drafts import drafts_of
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer
from arledger.cli.options import AsOf
from arledger.cli.session import Session, complete_customers, reads
from arledger.reports.report import Report

compute = lazy("arledger.compute.exposure")
report = lazy("arledger.reports.exposure")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Credit limits and exposure.")


@app.callback()
def _group() -> None:
    """Credit limits and exposure."""


@app.command("exposure", short_help="What counts against each limit.")
@reads
def exposure(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="[CUSTOMER]", autocompletion=complete_customers)] = "",
    as_of: AsOf = "",
) -> Report:
    """\b
    ar credit exposure ACME

    What counts against each limit: open items less what is unapplied, orders not yet billed, drafts; in the limit's
    currency at the rates ledger.yaml states. Without a customer, every limit there is.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    whose = known_customer(ledger, customer) if customer else ""
    book = compute.CreditBook(ledger, day, drafts_of(session))
    return session.with_provenance(report.build(ledger, book, day, whose), day)
