"""`ar contact`."""

from typing import Annotated

import typer

from arledger.cli.clock import day
from arledger.cli.command import reads, writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer, only_customer
from arledger.cli.options import Customer, CustomerFilter, Date, FirstDay, Items, LastDay
from arledger.cli.posting import post
from arledger.cli.report_dates import span
from arledger.cli.session import Session
from arledger.compute.contacts import CONVERSED
from arledger.documents.contacts import TIME, Channel, LoggedContact, Outcome
from arledger.errors import UsageError
from arledger.reports.report import Report

contacts = lazy("arledger.commands.contacts")
report = lazy("arledger.reports.contacts")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="The contact log.")

Time = Annotated[str, typer.Option(metavar="HH:MM", help="Time of day where the customer is.")]


def _time(text: str) -> str:
    """A time of day as given. Raises UsageError for anything else."""
    if text and not TIME.fullmatch(text):
        raise UsageError(f"--time: {text!r} is no time of day", "write HH:MM, such as 14:30")
    return text


@app.command("list", short_help="What was said to whom, newest first.")
@reads
def list_(
    session: Session,
    customer: CustomerFilter = "",
    collector: Annotated[str, typer.Option(metavar="NAME", help="Only those by this collector.")] = "",
    first: FirstDay = "",
    last: LastDay = "",
) -> Report:
    """\b
    ar contact list --customer ACME

    The contacts with customers, newest first: who, whom, what came of it, what was said and what comes next.
    """
    ledger = session.ledger
    since, until = span(session, first, last, months=None)
    whose = only_customer(ledger, customer)
    return session.with_provenance(report.build(ledger, since, until, whose, collector=collector), until)


@app.command("check", short_help="Whether a customer may be contacted now.")
@reads
def check(
    session: Session,
    customer: Customer,
    channel: Annotated[Channel, typer.Option(help="How.")] = "call",
    time: Time = "",
    date: Date = "",
) -> Report:
    """\b
    ar contact check ACME --time 19:30

    Whether the contact rules of ledger.yaml (`collections: contact_rules:`) let us contact a customer now.
    """
    when = session.day(date)
    whose = known_customer(session.ledger, customer)
    return session.with_provenance(report.build_check(session.ledger, whose, when, _time(time), channel), when)


@app.command("log", short_help="Note a call, a letter or a visit.")
@writes
def log(
    session: Session,
    customer: Customer,
    outcome: Annotated[Outcome, typer.Option(help="What came of it.")],
    channel: Annotated[Channel, typer.Option(help="How.")] = "call",
    inbound: Annotated[bool, typer.Option("--inbound", help="They contacted us.")] = False,
    person: Annotated[str, typer.Option(metavar="NAME", help="Whom of theirs.")] = "",
    right_party: Annotated[
        bool | None,
        typer.Option("--right-party/--wrong-party", help="Somebody who can pay or decide; if anybody was spoken to."),
    ] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="What was said.")] = "",
    item: Items = None,
    statement: Annotated[
        str, typer.Option("--statement", metavar="DATE", help="Which statement of account it brought: of that day.")
    ] = "",
    next_: Annotated[str, typer.Option("--next", metavar="TEXT", help="What we do next.")] = "",
    next_date: Annotated[str, typer.Option(metavar="DATE", help="And when.")] = "",
    collector: Annotated[str, typer.Option(metavar="NAME", help="Who of us; the customer's if not given.")] = "",
    time: Time = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Note it although a rule forbids it: it happened.")] = False,
    date: Date = "",
) -> None:
    """\b
    ar contact log ACME --outcome spoke --person "Jo Reyes" --text "cheque on Friday" --next-date 2026-07-03

    Note a contact with a customer, what was said, and what comes next: the worklist has it on that day. A promise is
    noted with `ar promise new`, a dispute with `ar dispute open`.
    """
    ledger, when = session.ledger, session.day(date)
    customer = known_customer(ledger, customer)
    data = ledger.customer(customer)
    contact = LoggedContact(
        customer=customer, date=when, time=_time(time), channel=channel, inbound=inbound,
        collector=collector or (data.collector if data else ""), person=person,
        right_party=outcome in CONVERSED if right_party is None else right_party, outcome=outcome, text=text,
        items=tuple(item or ()), statement=day(statement, "--statement") if statement else None, next=next_,
        next_date=day(next_date, "--next-date") if next_date else None,
    )  # fmt: skip
    post(session, lambda books: contacts.log(books, contact, anyway=anyway), "Post this contact?")
