"""`ar export`."""

import datetime as dt
import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from arledger.cli.command import hands_over
from arledger.cli.lazy import lazy
from arledger.cli.options import FirstDay, LastDay
from arledger.cli.output import refuse_place
from arledger.cli.report_dates import span
from arledger.cli.session import Session
from arledger.errors import RefusedError, UsageError
from arledger.reports.report import Report

if TYPE_CHECKING:
    from arledger.compute.postings import Posting
    from arledger.compute.taxes import Part

journals = lazy("arledger.render.journals")
postings = lazy("arledger.compute.postings")
report = lazy("arledger.reports.journal")
datev = lazy("arledger.render.datev")
documents = lazy("arledger.reports.sales_documents")
fx = lazy("arledger.compute.fx")
parquet = lazy("arledger.store.parquet")
taxes = lazy("arledger.compute.taxes")

app = typer.Typer(rich_markup_mode=None, add_completion=False)

To = Literal["hledger", "ledger", "beancount", "csv", "xlsx", "datev", "xero", "quickbooks", "parquet"]


@app.command("export")
@hands_over
def export(
    session: Session,
    to: Annotated[To, typer.Argument(metavar="FORMAT", help="Such as hledger or csv.")],
    first: FirstDay = "",
    last: LastDay = "",
) -> Report | str | bytes:
    """\b
    ar export hledger --output receivables.journal
    ar export csv --from 2026-06-01 --to 2026-06-30
    ar export parquet --output tables

    What every fact posts to the general ledger, to the accounts named under `accounts` in ledger.yaml. A journal for
    hledger, Ledger or Beancount ends with our control account as an assertion, so the program itself checks that its
    balance equals ours to the cent. With --from, what was there before stands as an opening posting. FORMAT is
    hledger, ledger, beancount, csv or xlsx (a row for each side), datev (a booking batch), xero or quickbooks (the
    invoices of the time, as those programs import them), or parquet (the table itself, for DuckDB or Spark).
    """
    start, end = span(session, first, last, months=None)
    if to == "parquet":
        return _parquet(session)
    if to in ("xero", "quickbooks"):
        session.format = "csv"
        books = session.books

        def parts(fact: str) -> "list[Part]":
            found: list[Part] = taxes.parts_of(books.document(session.ledger, fact))
            return found

        invoices: Report = documents.build(session.ledger, to, start, end, parts)
        return invoices
    found = list(postings.postings(session.ledger, start, end))
    if to in ("csv", "xlsx"):
        session.format = to
        shown: Report = report.build(session.ledger, found, start, end)
        return shown
    if to == "datev":
        return _datev(session, found, first and start, end)
    opening = postings.opening(session.ledger, start) if first else []
    account = session.ledger.policy.accounts.receivable
    control = [(account, currency, amount, end) for currency, amount in sorted(session.ledger.control(end).items())]
    text: str = journals.STYLES[to]([*opening, *found], session.ledger.names, control)
    return text


def _datev(session: Session, found: "list[Posting]", start: "dt.date | Literal['']", end: dt.date) -> bytes:
    """The batch; without --from, from the first posting on. Raises RefusedError where policy has no `datev`."""
    policy = session.ledger.policy
    if policy.datev is None:
        hint = "add to ledger.yaml: datev: {consultant: 1001, client: 1}, and accounts as numbers"
        raise RefusedError("ledger.yaml does not say who hands over to DATEV", hint, code="no-datev")
    first, rates = start or min((posting.date for posting in found), default=end), fx.rates_of(policy)
    gains = postings.of_gains(policy, fx.differences(session.ledger, first, end, rates))
    result: bytes = datev.batch([*found, *gains], session.ledger.names, first, end, policy.currency, rates,
                                policy.datev)  # fmt: skip
    return result


def _parquet(session: Session) -> str:
    """Writes the table into the folder --output names, and gives the paths."""
    folder, session.output = session.output, ""
    if not folder:
        raise UsageError("parquet makes a folder of files", "name it with --output FOLDER")
    refuse_place(os.path.join(folder, "entries.parquet") if os.path.isdir(folder) else folder, force=session.force,
                 within=session.within)  # fmt: skip
    return "".join(f"{path}\n" for path in parquet.written(session.ledger.connection, folder))
