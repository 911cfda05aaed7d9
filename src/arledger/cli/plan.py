"""`ar plan`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from arledger.cli.calendar import calendar
from arledger.cli.clock import day
from arledger.cli.command import reads_or_dates, writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, only_customer
from arledger.cli.options import AsOf, Currency, Customer, CustomerFilter, Date, Items
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.compute.plans import State
from arledger.documents.plans import Interest
from arledger.errors import UsageError
from arledger.reports.report import Report

if TYPE_CHECKING:
    from datetime import date as date_

    from arledger.commands.plans import Schedule

agenda = lazy("arledger.reports.agenda")
compute = lazy("arledger.compute.plans")
invoices = lazy("arledger.commands.invoices")
plans = lazy("arledger.commands.plans")
report = lazy("arledger.reports.plans")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Payment plans.")


@app.command("list", short_help="Payment plans, and whether they hold.")
@reads_or_dates
def list_(
    session: Session,
    customer: CustomerFilter = "",
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    as_of: AsOf = "",
) -> Report | bytes:
    """\b
    ar plan list --state defaulted
    ar plan list --format ics --output instalments.ics

    Payment plans on a day: what is paid of them, how many instalments were missed, and whether they hold. As ics: a
    calendar of the instalments still open, of plans that hold if no state is named.
    """
    ledger, when = session.ledger, session.day(as_of, "--as-of")
    whose = only_customer(ledger, customer)
    if session.prints:
        found = [p for p in compute.plans(ledger, when, whose) if p.state == (state or "holds")]
        return calendar(session, agenda.instalments(ledger, found))
    return session.with_provenance(report.build(ledger, when, whose, state), when)


@app.command("show", short_help="One plan with its instalments.")
@reads_or_dates
def show(
    session: Session,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The plan, or the customer or item that has one.")],
    as_of: AsOf = "",
) -> Report | bytes:
    """\b
    ar plan show ACME

    One payment plan: its instalments, which are paid, and when it is lost. As ics: a calendar of those still open.
    """
    when = session.day(as_of, "--as-of")
    if session.prints:
        return calendar(session, agenda.instalments(session.ledger, [report.named(session.ledger, plan, when)]))
    return session.with_provenance(report.build_show(session.ledger, plan, when), when)


@app.command("new", short_help="Agree on instalments for what is open.")
@writes
def new(
    session: Session,
    customer: Customer,
    item: Items = None,
    in_: Annotated[int, typer.Option("--in", metavar="N", help="So many equal instalments.")] = 0,
    per_month: Annotated[
        str, typer.Option(metavar="AMOUNT", help="What they can pay a month: proposes the instalments.")
    ] = "",
    instalment: Annotated[
        list[str] | None, typer.Option(metavar="DATE=AMOUNT", help="One instalment; repeat for each.")
    ] = None,
    first: Annotated[str, typer.Option(metavar="DATE", help="Due date of the first; in one period if not given.")] = "",
    every: Annotated[Literal["month", "two-weeks", "week"], typer.Option(help="How far apart they are.")] = "month",
    default_after: Annotated[
        int | None, typer.Option(metavar="N", help="Unpaid at one time, and the plan is lost; as policy has it.")
    ] = None,
    grace_days: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Of each instalment; as policy has it.")
    ] = None,
    interest: Annotated[Interest | None, typer.Option(help="Finance charges while it holds; as policy has it.")] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="What else was agreed.")] = "",
    currency: Currency = "",
    date: Date = "",
) -> None:
    """\b
    ar plan new ACME --in 3 --first 2026-07-15
    ar plan new ACME --per-month 300.00 --dry-run

    Agree on a payment plan for all that is open of the items, or of all that is overdue and not disputed. While it
    holds, ageing goes by its instalments. Once too many are unpaid it is lost, and the items have their own due dates
    again. `ar reverse` ends it.
    """
    ledger, when = session.ledger, session.day(date)
    whose = known_customer(ledger, customer)
    money = currency_of(ledger, currency, whose, item)
    if sum(map(bool, (in_, per_month, instalment))) != 1:
        raise UsageError("--in, --per-month or --instalment: give one of them", "such as --in 3")
    if per_month and every != "month":
        raise UsageError(f"--per-month and --every {every} exclude each other", "give --in or --instalment")
    asked: Schedule = plans.Schedule(
        count=in_, each=invoices.amount_of(per_month, money, "--per-month") if per_month else 0,
        parts=[_part(text, money) for text in instalment or ()],
        first=day(first, "--first") if first else None, every=every,
    )  # fmt: skip
    on = plans.Conditions(default_after, grace_days, interest, text)
    post(session, lambda books: plans.new(books, whose, item or (), money, when, asked, on), "Post this plan?")


def _part(text: str, currency: str) -> tuple["date_", int]:
    due, equals, amount = text.partition("=")
    if not equals:
        raise UsageError(f"--instalment: {text!r} has no amount", "write --instalment 2026-07-15=333.33")
    return day(due, "--instalment"), invoices.amount_of(amount, currency, "--instalment")
