"""`ar service`."""

from typing import Annotated

import typer

from arledger.cli.command import reads, writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer, only_customer
from arledger.cli.options import AsOf, Customer, CustomerFilter, Date, Reason
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.reports.report import Report

letters = lazy("arledger.cli.letters")
report = lazy("arledger.reports.service")
service = lazy("arledger.commands.service")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Service stopped for debt.")
Unit = Annotated[
    str | None, typer.Option("--unit", metavar="NUMBER", help="Which contract, meter or machine, where there are more.")
]
Evidence = Annotated[
    list[str] | None, typer.Option("--evidence", metavar="PATH", help="A paper that documents it; repeat.")
]


@app.command("list")
@reads
def list_(session: Session, customer: CustomerFilter = "", as_of: AsOf = "") -> Report:
    """\b
    ar service list

    Who is in a state of `service` in ledger.yaml, who is without service, and what lacks for the next step: the
    letter, its days, a documented default, an approval.
    """
    day = session.day(as_of, "--as-of")
    whose = only_customer(session.ledger, customer)
    return session.with_provenance(report.build(session.ledger, day, whose), day)


@app.command("notice")
@writes
def notice(session: Session, customer: Customer, unit: Unit = None, date: Date = "") -> None:
    """\b
    ar service notice ACME

    Send the letter that says what will be stopped, and from when on, unless it is paid.
    """
    customer = known_customer(session.ledger, customer)
    when = session.day(date)
    with letters.writer(session, when) as write:
        post(session, lambda books: service.notice(books, customer, unit, when, write), "Send this notice?")


@app.command("disconnect")
@writes
def disconnect(
    session: Session,
    customer: Customer,
    unit: Unit = None,
    reason: Reason = "",
    evidence: Evidence = None,
    date: Date = "",
) -> None:
    """\b
    ar service disconnect ACME

    Disconnect a service for what is unpaid, once the notice was sent and its days are over.
    """
    _stop(session, customer, unit, "disconnect", reason, evidence, date)


@app.command("repossess")
@writes
def repossess(
    session: Session,
    customer: Customer,
    unit: Unit = None,
    reason: Reason = "",
    evidence: Evidence = None,
    date: Date = "",
) -> None:
    """\b
    ar service repossess ACME --unit VAN-3 --evidence contracts/van-3.pdf

    Take goods back for what is unpaid: after its notice, on a documented default, with an approval.
    """
    _stop(session, customer, unit, "repossess", reason, evidence, date)


def _stop(
    session: Session, customer: str, unit: str | None, action: str, reason: str, evidence: list[str] | None, date: str
) -> None:
    customer = known_customer(session.ledger, customer)
    when, papers = session.day(date), evidence or ()
    post(session, lambda books: service.stop(books, customer, unit, when, action, reason=reason, evidence=papers),
         f"{action.capitalize()} {customer}?")  # fmt: skip


@app.command("restore")
@writes
def restore(session: Session, customer: Customer, unit: Unit = None, reason: Reason = "", date: Date = "") -> None:
    """\b
    ar service restore ACME

    Give the service again: what was unpaid is paid, or --reason says why it is given all the same.
    """
    customer = known_customer(session.ledger, customer)
    when = session.day(date)
    post(session, lambda books: service.restore(books, customer, unit, when, reason), f"Restore {customer}?")
