"""`ar export`."""

import datetime as dt
from typing import Annotated, Literal

import typer

from arledger.cli.lazy import lazy
from arledger.cli.options import FirstDay, LastDay
from arledger.cli.session import Session, hands_over
from arledger.errors import UsageError
from arledger.reports.report import Report

journals = lazy("arledger.render.journals")
postings = lazy("arledger.compute.postings")
report = lazy("arledger.reports.journal")

app = typer.Typer(rich_markup_mode=None, add_completion=False)

To = Literal["hledger", "ledger", "beancount", "csv", "xlsx"]


@app.command("export")
@hands_over
def export(
    session: Session,
    to: Annotated[To, typer.Argument(metavar="FORMAT", help="hledger, ledger, beancount, csv or xlsx.")],
    first: FirstDay = "",
    last: LastDay = "",
) -> Report | str | bytes:
    """\b
    ar export hledger --output receivables.journal

    What every fact posts to the general ledger, to the accounts named under `accounts` in ledger.yaml. A journal for
    hledger, Ledger or Beancount ends with our control account as an assertion, so the program itself checks that its
    balance equals ours to the cent. With --from, what was there before stands as an opening posting.
    """
    end = session.day(last, "--to")
    start = session.day(first, "--from") if first else dt.date.min
    if start > end:
        raise UsageError(f"--from {start} is after {end}", "both days count; the first comes first")
    found = list(postings.postings(session.ledger, start, end))
    if to in ("csv", "xlsx"):
        session.format = to
        shown: Report = report.build(session.ledger, found, start, end)
        return shown
    opening = postings.opening(session.ledger, start) if first else []
    account = session.ledger.policy.accounts.receivable
    control = [(account, currency, amount, end) for currency, amount in sorted(session.ledger.control(end).items())]
    text: str = journals.STYLES[to]([*opening, *found], session.ledger.names, control)
    return text
