"""`ar credit decide` and `ar credit reference`: registered in `credit`."""

from typing import Annotated, Literal

import typer

from arledger.cli.clock import day
from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer
from arledger.cli.options import Customer, Date
from arledger.cli.posting import post
from arledger.cli.session import Session

credit = lazy("arledger.commands.credit")
invoices = lazy("arledger.commands.invoices")


@writes
def decide(
    session: Session,
    customer: Customer,
    decision: Annotated[Literal["granted", "changed", "declined"], typer.Argument(help="What was decided.")],
    limit: Annotated[str, typer.Option(metavar="AMOUNT", help="What they may owe, in their currency.")] = "",
    terms: Annotated[str, typer.Option(metavar="TERMS", help="On what terms.")] = "",
    applied: Annotated[str, typer.Option(metavar="DATE", help="The day they asked.")] = "",
    expires: Annotated[str, typer.Option(metavar="DATE", help="The limit's last day.")] = "",
    review: Annotated[str, typer.Option(metavar="DATE", help="The day to look again.")] = "",
    reason: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Why; repeat.")] = None,
    by: Annotated[str, typer.Option(metavar="PERSON", help="Who decided.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar credit decide ACME granted --limit 25000.00 --review 2027-01-01 --by maria

    Say what a customer may owe from a day on. It counts in place of the limit in the customer's file. ledger.yaml says
    under `approvals` whether a second person has to agree.
    """
    customer = known_customer(session.ledger, customer)
    minor = invoices.amount_of(limit, currency_of(session.ledger, "", customer), "--limit") if limit else None
    when, days = session.day(date), [day(text, option) if text else None for text, option in (
        (applied, "--applied"), (expires, "--expires"), (review, "--review"))]  # fmt: skip
    post(session, lambda books: credit.decide(books, customer, decision, when, limit=minor, terms=terms,
                                              applied=days[0], expires=days[1], review=days[2], reasons=reason or (),
                                              by=by), "Post this decision?")  # fmt: skip


@writes
def reference(
    session: Session,
    customer: Customer,
    source: Annotated[str, typer.Option(metavar="TEXT", help="Who says it: an agency, a bank, a supplier.")],
    score: Annotated[str, typer.Option(metavar="TEXT", help="As they write it, with its scale: 78/100.")] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="In words.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar credit reference ACME --source "Atlas Credit" --score 78/100

    Keep what others say of a customer. It stands beside the rating, and does not change it.
    """
    customer = known_customer(session.ledger, customer)
    when = session.day(date)
    post(session, lambda books: credit.refer(books, customer, when, source=source, score=score, text=text),
         "Post this reference?")  # fmt: skip
