"""`ar report`: the reports a month ends with."""

from datetime import date
from typing import Annotated, Literal

import typer

from arledger.cli import report_customers
from arledger.cli.command import hands_over, reads
from arledger.cli.lazy import lazy
from arledger.cli.lookup import only_customer
from arledger.cli.options import AsOf, CustomerFilter, FirstDay, LastDay
from arledger.cli.session import Session
from arledger.dates import month_of
from arledger.errors import UsageError
from arledger.reports.report import Report

allowance_report = lazy("arledger.reports.allowance")
forecast_report = lazy("arledger.reports.forecast")
duties_report = lazy("arledger.reports.duties")
late_report = lazy("arledger.reports.late_entries")
pack = lazy("arledger.cli.month_end")
metrics_report = lazy("arledger.reports.metrics")
rollforward_report = lazy("arledger.reports.rollforward")
spans = lazy("arledger.cli.report_dates")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Reports for the month-end.")
app.add_typer(report_customers.app)

Currency = Annotated[str, typer.Option("--currency", metavar="CODE", help="Which currency; the ledger's if not given.")]


@app.command("rollforward")
@reads
def rollforward(
    session: Session,
    first: FirstDay = "",
    last: LastDay = "",
    as_of: AsOf = "",
    by: Annotated[
        Literal["currency", "customer", "kind"], typer.Option(help="One row for each of these.")
    ] = "currency",
    customer: CustomerFilter = "",
) -> Report:
    """\b
    ar report rollforward --from 2026-06-01 --to 2026-06-30

    How the balance of one day became that of another: opening, invoices, payments and everything else, closing. It
    is signed so that each row adds up, and foots to the control account or is not printed. Without dates: the month
    up to today. By customer or by kind of item the column Applied has what credits of one row paid in another.
    """
    start, end = spans.span(session, first, last, as_of)
    whose = only_customer(session.ledger, customer)
    return session.with_provenance(rollforward_report.build(session.ledger, start, end, by, whose), end)


@app.command("metrics")
@reads
def metrics(
    session: Session,
    first: FirstDay = "",
    last: LastDay = "",
    as_of: AsOf = "",
    series: Annotated[bool, typer.Option("--series", help="Month by month; a year where no --from is given.")] = False,
    currency: Currency = "",
    month_days: Annotated[
        Literal["calendar", "30"], typer.Option(help="Days of a month: as the calendar has them, or 30.")
    ] = "calendar",
) -> Report:
    """\b
    ar report metrics --from 2026-04-01 --to 2026-06-30
    ar report metrics --series --to 2026-06-30

    How well money comes in: DSO (simple, by countback, best possible), days late, collection effectiveness, turnover,
    what is current, old, unapplied or written off. docs/how-to/month-end-reports.md has the formulas. A figure with
    nothing to be divided by, as in a month without sales, is left empty.
    """
    start, end = spans.span(session, first, last, as_of, months=12 if series else 1)
    build = metrics_report.build_series if series else metrics_report.build
    days = 30 if month_days == "30" else 0
    return session.with_provenance(build(session.ledger, start, end, currency, days), end)


@app.command("allowance")
@reads
def allowance(session: Session, first: FirstDay = "", last: LastDay = "", as_of: AsOf = "") -> Report:
    """\b
    ar report allowance --as-of 2026-06-30

    Expected credit loss: what is open in each band times the rate in force, by pool, with specific reserves taken out
    first; how the allowance came about since --from (the first of the month if not given), and what `ar book
    allowance` would book. Rates, pools and reserves stand under `allowance` in ledger.yaml.
    """
    start, end = spans.span(session, first, last, as_of)
    return session.with_provenance(allowance_report.build(session.ledger, start, end), end)


@app.command("loss-rates")
@reads
def loss_rates(session: Session, first: FirstDay = "", last: LastDay = "", as_of: AsOf = "") -> Report:
    """\b
    ar report loss-rates --from 2024-01-01 --to 2024-12-31

    Loss rates from the ledger's own history: of what reached each band, how much was never collected, as known today
    (or at --as-of). Take invoices old enough that little of them is still open. Without dates: the year that ended a
    year before.
    """
    known = session.day(as_of, "--as-of")
    if not last:
        last = f"{spans.a_year_before(known)}"
    start, end = spans.span(session, first, last, "", months=12)
    return session.with_provenance(allowance_report.build_rates(session.ledger, start, end, known), known)


@app.command("forecast", short_help="What should come in, week by week.")
@reads
def forecast(
    session: Session,
    as_of: AsOf = "",
    weeks: Annotated[int, typer.Option(metavar="N", min=1, max=104, help="How far ahead.")] = 13,
    by: Annotated[Literal["week", "customer"], typer.Option(help="One row for each of these.")] = "week",
    backtest: Annotated[bool, typer.Option("--backtest", help="How good it has been, month by month.")] = False,
    months: Annotated[int, typer.Option(metavar="N", min=1, max=120, help="How many months --backtest tries.")] = 12,
) -> Report:
    """\b
    ar report forecast --weeks 13
    ar report forecast --backtest --as-of 2026-06-30

    What should come in of the items that are open, by how late each customer has paid so far, by promises and plans;
    with the range of 80 % of outcomes. What is disputed is left out. --backtest makes the forecast again on earlier
    month-ends, with what was known then, beside "everyone pays on the due date" and "as late as on average".
    """
    day = session.day(as_of, "--as-of")
    if backtest:
        return session.with_provenance(forecast_report.build_backtest(session.ledger, day, months), day)
    build = forecast_report.build_customers if by == "customer" else forecast_report.build
    return session.with_provenance(build(session.ledger, day, weeks), day)


@app.command("duties")
@reads
def duties(session: Session, as_of: AsOf = "") -> Report:
    """\b
    ar report duties

    Separation of duties over the whole history: who committed what, what needed an approval and who gave it, and each
    approval that is its author's own or in the name of somebody else.
    """
    from arledger.cli.authors import agreed_to, authors_of

    ledger, day = session.ledger, session.day(as_of, "--as-of")
    signed = any(rule.signed for rule in ledger.policy.approvals)
    authors = authors_of(session, [row.path for row in ledger.facts()], signatures=signed)
    agreed = agreed_to(session, ledger, authors)
    return session.with_provenance(duties_report.build(ledger, authors, agreed, day), day)


@app.command("late-entries")
@reads
def late_entries(
    session: Session,
    known_at: Annotated[
        str, typer.Option("--known-at", metavar="COMMIT", help="When; the commit that closed the month if not given.")
    ] = "",
    as_of: AsOf = "",
) -> Report:
    """\b
    ar report late-entries --as-of 2026-05-31
    ar report late-entries --as-of 2026-05-31 --known-at v2026-05

    Facts dated up to a day that were not in the books at a commit: what was learned of the past afterwards, and what
    it changes of the balance then.
    """
    day = session.day(as_of, "--as-of")
    commit = known_at or closing_commit(session, day)
    return session.with_provenance(
        late_report.build(session.at(commit), session.ledger, day, commit, session.books.shown), day
    )


def closing_commit(session: Session, day: date) -> str:
    """The commit that closed the month of a day. Raises UsageError where there is none."""
    from arledger import history

    paths = [session.books.shown(row.path) for row in session.ledger.facts("kind = 'periods'")
             if month_of(row.date) == month_of(day)]  # fmt: skip
    found = history.added(session.books.home, paths)
    if not found:
        raise UsageError(f"no commit closed {month_of(day)}", "name one with --known-at COMMIT")
    return next(iter(found.values())).commit


@app.command("month-end")
@hands_over
def month_end(
    session: Session,
    first: FirstDay = "",
    last: LastDay = "",
    as_of: AsOf = "",
) -> str:
    """\b
    ar report month-end --from 2026-06-01 --to 2026-06-30 --output june

    The whole pack in one folder: a workbook with a sheet for each report and totals as formulas, a page with charts to
    read on a phone, and a summary in Markdown for the pull request. Without dates: the last whole month, or the one
    that ends today. --output names the folder, month-end-YYYY-MM if not given; --force replaces the files in it.
    """
    if not (first or last or as_of):
        last = f"{spans.last_month_end(session.today)}"
    start, end = spans.span(session, first, last, as_of)
    written: str = pack.written(session, start, end)
    return written
