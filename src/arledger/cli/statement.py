"""`ar statement`."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import typer

from arledger.cli.command import reads_or_sends
from arledger.cli.completion import complete_customers
from arledger.cli.lookup import known_customer
from arledger.cli.options import AsOf, MailKey
from arledger.cli.session import Papers, Session
from arledger.compute.activity import FIRST, active_customers
from arledger.compute.statements import Statement, Style, statement
from arledger.errors import UsageError
from arledger.reports import paper_statement
from arledger.reports import statement as report
from arledger.reports.report import Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("statement")
@reads_or_sends
def statement_(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="[CUSTOMER]", autocompletion=complete_customers)] = "",
    everybody: Annotated[bool, typer.Option("--all", help="All customers with open items or activity.")] = False,
    style: Annotated[
        Literal["open-item", "balance-forward", "activity", ""],
        typer.Option(help="open-item; activity when --from is given.", show_default=False),
    ] = "",
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="First day of the period.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day of the period; the same as --as-of.")] = "",
    as_of: AsOf = "",
    detail: Annotated[bool, typer.Option("--detail", help="What was applied to each open item.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Mail each to its customer, at most once.")] = False,
    mail_to: Annotated[
        str, typer.Option("--send-to", metavar="ADDRESS", help="Mail it there, not to the customer's own address.")
    ] = "",
    key: MailKey = "",
) -> Report | Papers | None:
    """\b
    ar statement ACME --as-of 2026-06-30
    ar statement --all --format pdf --output statements
    ar statement --all --send --dry-run
    ar statement ACME --from 2026-06-01 --to 2026-06-30 --style balance-forward

    A statement of account, one section for each currency. open-item lists what is unpaid; balance-forward lists
    what moved the balance since the month began, or since --from; activity does so from the first fact on. All
    three end on the same balance, and on the ageing of `ar aging`.
    """
    if bool(customer) == everybody:
        raise UsageError("name a customer, or give --all", "such as ar statement ACME")
    first, last = _period(session, from_, to, as_of)
    layout: Style = style or ("activity" if first else "open-item")
    if layout == "balance-forward" and not first:
        first = last.replace(day=1)
    ledger = session.ledger
    mails = send or bool(mail_to)
    if session.dry_run and not mails:
        raise UsageError("--dry-run is for --send", "a statement writes nothing")
    if not everybody:
        found = statement(ledger, known_customer(ledger, customer), last, layout, first, detail=detail)
        if mails:
            _mail(session, [found], mail_to, key)
            return None
        if session.prints:
            return paper_statement.statement(ledger, found)
        return session.with_provenance(report.build(ledger, found), last)
    begin = first or (FIRST if layout == "activity" else last)
    all_ = (statement(ledger, who, last, layout, first, detail=detail) for who in active_customers(ledger, begin, last))
    some = (found for found in all_ if _not_empty(found))
    if mails:
        _mail(session, some, mail_to, key)
        return None
    if session.prints:
        return (paper_statement.statement(ledger, found) for found in some)
    return session.with_provenance(report.build_all(ledger, list(some), last, layout), last)


def _mail(session: Session, found: Iterable[Statement], to: str, key: str) -> None:
    """Mails statements, at most once for each customer, day and key."""
    from arledger.cli.send import send

    send(session, (paper_statement.statement(session.ledger, one) for one in found), to=to, run=key)


def _not_empty(found: Statement) -> bool:
    return any(section.lines or section.opening for section in found.sections)


def _period(session: Session, from_: str, to: str, as_of: str) -> tuple[date | None, date]:
    """The first day, if one is given, and the last. Raises UsageError when they contradict each other."""
    if to and as_of and to != as_of:
        raise UsageError("--to and --as-of are the same: the last day", "give one of them")
    last = session.day(to or as_of, "--to" if to else "--as-of")
    first = session.day(from_, "--from") if from_ else None
    if first and first > last:
        raise UsageError(f"--from: {first} is after the last day, {last}", "give an earlier --from or a later --to")
    return first, last
