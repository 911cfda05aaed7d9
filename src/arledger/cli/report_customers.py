"""`ar report concentration|credit|delinquents|sales|write-offs|tax-relief|collections`."""

from typing import Annotated, Literal

import typer

from arledger.cli.command import reads
from arledger.cli.drafts import drafts_of
from arledger.cli.files import file_bytes
from arledger.cli.lazy import lazy
from arledger.cli.options import AsOf, FirstDay, LastDay, Rates
from arledger.cli.session import Session
from arledger.reports.report import Report

collections_report = lazy("arledger.reports.collections")
credit_report = lazy("arledger.reports.credit")
debtors = lazy("arledger.reports.debtors")
exposure = lazy("arledger.compute.exposure")
fx_report = lazy("arledger.reports.fx")
losses = lazy("arledger.reports.losses")
rates_file = lazy("arledger.importers.rates")
sales_report = lazy("arledger.reports.sales")
spans = lazy("arledger.cli.report_dates")

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Top = Annotated[int, typer.Option("--top", metavar="N", min=1, help="How many of each currency.")]


@app.command("concentration")
@reads
def concentration(session: Session, as_of: AsOf = "", top: Top = 20) -> Report:
    """\b
    ar report concentration --top 10

    On whom receivables rest: the customers who owe most, their share of all that is open, and of those before them.
    """
    day = session.day(as_of, "--as-of")
    return session.with_provenance(debtors.concentration(session.ledger, day, top), day)


@app.command("credit", short_help="Limits, what of them is used, and the orders held.")
@reads
def credit(session: Session, as_of: AsOf = "") -> Report:
    """\b
    ar report credit --as-of 2026-06-30

    Limits and what of them is used, the fullest first, with rating, what is overdue, what to look at, and the orders
    that are held and why. `ar credit exposure` has the parts of each exposure, `ar credit review` those of a rating.
    """
    day = session.day(as_of, "--as-of")
    book = exposure.CreditBook(session.ledger, day, drafts_of(session))
    return session.with_provenance(credit_report.build(book), day)


@app.command("delinquents")
@reads
def delinquents(session: Session, as_of: AsOf = "", top: Top = 20) -> Report:
    """\b
    ar report delinquents --top 10

    Who has most overdue, how old it is, and how late they have usually paid.
    """
    day = session.day(as_of, "--as-of")
    return session.with_provenance(debtors.delinquents(session.ledger, day, top), day)


@app.command("sales")
@reads
def sales(session: Session, first: FirstDay = "", last: LastDay = "", as_of: AsOf = "") -> Report:
    """\b
    ar report sales --from 2026-01-01 --to 2026-06-30

    What was billed by customer: invoices and debit notes less credit notes, and the tax in them.
    """
    start, end = spans.span(session, first, last, as_of)
    return session.with_provenance(sales_report.build(session.ledger, start, end), end)


@app.command("write-offs")
@reads
def write_offs(session: Session, first: FirstDay = "", last: LastDay = "", as_of: AsOf = "") -> Report:
    """\b
    ar report write-offs --from 2026-01-01 --to 2026-06-30

    What was given up and what came in after all, fact by fact. Without --from: the twelve months up to the last day.
    """
    start, end = spans.span(session, first, last, as_of, months=12)
    return session.with_provenance(losses.write_offs(session.ledger, start, end), end)


@app.command("tax-relief", short_help="Tax of unpaid invoices that may be claimed back.")
@reads
def tax_relief(session: Session, as_of: AsOf = "") -> Report:
    """\b
    ar report tax-relief --as-of 2026-06-30

    Unpaid invoices with tax in them, and from when to when relief for it may be claimed by the rule in ledger.yaml
    (`tax: {relief: …}`). It claims nothing, and is no advice.
    """
    day = session.day(as_of, "--as-of")
    return session.with_provenance(losses.tax_relief(session.ledger, day), day)


@app.command("fx", short_help="Open items in foreign currencies, gains and losses.")
@reads
def fx(
    session: Session,
    first: FirstDay = "",
    last: LastDay = "",
    as_of: AsOf = "",
    rates: Rates = "",
) -> Report:
    """\b
    ar report fx --from 2026-06-01 --to 2026-06-30 --rates rates.csv

    Open items in foreign currencies at the rates they were booked at and at the rate of the last day (gains on paper,
    booked by `ar book fx`), and what was won or lost when they were paid. Rates stand under `rates` in ledger.yaml or
    in a file; the last one stated up to a day counts, of one day that of the file.
    """
    start, end = spans.span(session, first, last, as_of)
    more = rates_file.read(file_bytes(rates), rates) if rates else ()
    return session.with_provenance(fx_report.build(session.ledger, start, end, more), end)


@app.command("collections")
@reads
def collections(
    session: Session,
    first: FirstDay = "",
    last: LastDay = "",
    as_of: AsOf = "",
    by: Annotated[Literal["week", "month"], typer.Option(help="A row for each of these.")] = "month",
    collector: Annotated[str, typer.Option(metavar="NAME", help="Only this collector.")] = "",
) -> Report:
    """\b
    ar report collections --by week

    What each collector did: contacts a day, how many with somebody who can pay or decide it, promises obtained and
    kept, and what is behind `collections: targets` in ledger.yaml. Without dates: the month up to today.
    """
    start, end = spans.span(session, first, last, as_of)
    return session.with_provenance(collections_report.build(session.ledger, start, end, by, collector), end)
