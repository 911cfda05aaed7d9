"""`ar approve`."""

import re
import typing
from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_currency
from arledger.cli.options import Date, Reason
from arledger.cli.output import say
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.documents.approvals import Action
from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import Ledger

approvals = lazy("arledger.commands.approvals")
invoices = lazy("arledger.commands.invoices")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("approve")
@writes
def approve(
    session: Session,
    action: Annotated[Action, typer.Argument(metavar="ACTION", help=f"One of {', '.join(typing.get_args(Action))}.")],
    about: Annotated[str, typer.Argument(metavar="SUBJECT", help="The item, customer, order or period it is done to.")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="Who agrees, as `people` in ledger.yaml name them.")],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="Up to how much; whatever it is if not given.")] = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="Of the amount; the subject's if not given.")] = "",
    reason: Reason = "",
    date: Date = "",
) -> None:
    """\b
    ar approve write-off INV-2026-00042 --by maria --amount 800.00 --reason "bankrupt, no assets"

    Agree to what somebody else will do. ledger.yaml says under `approvals` what needs it, above which amount, and who
    may give it. The person who posts the approval is not the one who posts what it allows; git knows both.
    """
    customer, theirs = _whose(session.ledger, about)
    money, when = known_currency(currency) or theirs, session.day(date)
    minor = invoices.amount_of(amount, money, "--amount") if amount else None
    subject = about.partition("/")[0]
    if told := _in_anothers_name(session, by):
        say(told)
    post(session, lambda books: approvals.approve(books, action, subject, when, by, customer=customer, currency=money,
                                                  amount=minor, reason=reason), "Post this approval?")  # fmt: skip


def _in_anothers_name(session: Session, by: str) -> str:
    """What to say to somebody who writes an approval that another has to commit; "" to that one, and without git."""
    from arledger import history

    home, person = session.books.home, session.ledger.policy.people.get(by)
    me = history.at_work(home) if history.top(home) else None
    if not (person and person.email and me) or person.email.casefold() == me[1].casefold():
        return ""
    return f"git knows you as {me[0]} <{me[1]}>: this counts once {by} <{person.email}> commits it"


def _whose(ledger: Ledger, about: str) -> tuple[str, str]:
    """The customer and currency of an item, fact or customer; a month or a year is a period and nobody's."""
    if item := ledger.item(about.partition("/")[0]):
        return item.customer, item.currency
    if fact := ledger.fact(about):
        return fact.customer, fact.currency or ledger.policy.currency
    if customer := ledger.customer(about):
        return about, customer.currency or ledger.policy.currency
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", about):
        return "", ledger.policy.currency
    near = did_you_mean(about, [*ledger.known_ids("items", "item"), *ledger.known_ids("customers", "customer")])
    raise UsageError(f"SUBJECT: there is no item, fact or customer {about}", near or "see ar open or ar customer list")
