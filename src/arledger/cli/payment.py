"""`ar payment`: new, apply, unapply, return, refund; show and list live in `payment_show`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from arledger.cli import payment_show
from arledger.cli.command import writes
from arledger.cli.completion import complete_open
from arledger.cli.freed import post_freeing
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, known_fact, known_item, only_customer
from arledger.cli.options import Currency, Date, Key, Reason, customer_option
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.ledger.table import Ledger

if TYPE_CHECKING:
    from arledger.commands.deposits import Cheque
    from arledger.commands.shares import Wanted

bank_lines = lazy("arledger.commands.bank_lines")
deposits = lazy("arledger.commands.deposits")
invoices = lazy("arledger.commands.invoices")
payments = lazy("arledger.commands.payments")
shares = lazy("arledger.commands.shares")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Payments and credits.")
app.command("list")(payment_show.list_)
app.command("show")(payment_show.show)

Method = Literal["transfer", "check", "card", "cash", "direct-debit", "other"]
Credit = Annotated[
    str, typer.Argument(metavar="CREDIT", autocompletion=complete_open, help="A payment or credit note.")
]
Apply = Annotated[
    list[str] | None,
    typer.Option("--apply", metavar="ITEM[=AMOUNT[+DISCOUNT]]", autocompletion=complete_open,
                 help="What it pays; without an amount, what it covers with the discount due. Repeat for more."),
]  # fmt: skip


def _wanted(ledger: Ledger, texts: Sequence[str], currency: str) -> "list[Wanted]":
    wanted = [shares.parse_apply(text, currency) for text in texts]
    for want in wanted:
        known_item(ledger, want.item, "--apply")
    return wanted


@app.command("new")
@writes
def new(
    session: Session,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="What came in.")],
    customer: Annotated[str, customer_option("Who paid; leave it out while the payer is not identified.")] = "",
    date: Date = "",
    method: Annotated[Method, typer.Option(help="How.")] = "transfer",
    reference: Annotated[str, typer.Option(metavar="TEXT", help="What the payer wrote; a cheque's number.")] = "",
    currency: Currency = "",
    apply: Apply = None,
    key: Key = "",
) -> None:  # fmt: skip
    """\b
    ar payment new --customer ACME --amount 145.77 --apply INV-2026-00042

    Post a payment, applied to items or kept on account.
    """
    ledger, when = session.ledger, session.day(date)
    whose = only_customer(ledger, customer) or ""
    code = currency_of(ledger, currency, whose)
    received = payments.Received(
        whose, when, invoices.amount_of(amount, code, "--amount"), code, method, reference, key
    )
    wanted = _wanted(ledger, apply or (), code)
    post_freeing(session, lambda books: payments.new(books, received, wanted), "Post this payment?", whose=whose)


@app.command("apply")
@writes
def apply_(session: Session, credit: Credit, apply: Apply = None, date: Date = "") -> None:
    """\b
    ar payment apply 2026-01-20-5f3a9c1e --apply INV-2026-00042=40.00

    Set what is left of a payment or credit note against items.
    """
    ledger, when = session.ledger, session.day(date)
    known_fact(ledger, credit, "CREDIT")
    row = payments.credit_of(ledger, credit)
    wanted, whose = _wanted(ledger, apply or (), row.currency), row.customer or None
    post_freeing(session, lambda books: payments.apply(books, credit, wanted, when), "Apply it so?", whose=whose)


@app.command("unapply")
@writes
def unapply(
    session: Session,
    credit: Credit,
    date: Date = "",
    reason: Reason = "applied in error",
) -> None:
    """\b
    ar payment unapply 2026-01-20-5f3a9c1e

    Take back everything a payment or credit note is applied to. What it was applied to is open again from that
    day on; the money stays, on account.
    """
    known_fact(session.ledger, credit, "CREDIT")
    when = session.day(date)
    post(session, lambda books: payments.unapply(books, credit, when, reason), f"Un-apply {credit}?")


@app.command("return")
@writes
def return_(
    session: Session,
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", help="The payment the bank took back.")],
    date: Date = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, as the bank says it.")] = "returned unpaid",
    fee: Annotated[str, typer.Option(metavar="AMOUNT", help="A fee for the customer, billed as a debit note.")] = "",
) -> None:
    """\b
    ar payment return 2026-06-05-0b7d42a6 --date 2026-06-12 --fee 35.00

    A cheque or debit came back unpaid: its invoices are open again at their own due dates.
    """
    fact = known_fact(session.ledger, payment, "PAYMENT")
    when, minor = session.day(date), invoices.amount_of(fee, fact.currency, "--fee") if fee else 0
    post(session, lambda books: payments.return_(books, payment, when, reason, minor), f"Return {payment}?")


@app.command("refund")
@writes
def refund(
    session: Session,
    credit: Credit,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="How much is paid back.")],
    date: Date = "",
    method: Annotated[Method, typer.Option(help="How.")] = "transfer",
    reference: Annotated[str, typer.Option(metavar="TEXT", help="Our reference of the transfer or cheque.")] = "",
) -> None:
    """\b
    ar payment refund CN-2026-00007 --amount 40.00

    Pay what is left of a payment or credit note back to the customer.
    """
    fact = known_fact(session.ledger, credit, "CREDIT")
    when, minor = session.day(date), invoices.amount_of(amount, fact.currency, "--amount")
    post(session, lambda books: payments.refund(books, credit, minor, when, method, reference), f"Refund {amount}?")


@app.command("deposit")
@writes
def deposit(
    session: Session,
    cheque: Annotated[
        list[str], typer.Option("--check", metavar="CUSTOMER;NUMBER;AMOUNT[;ITEM…]", help="A cheque; repeat for more.")
    ],
    account: Annotated[str, typer.Option(metavar="NAME", help="Our account; needed where there are several.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar payment deposit --check "ACME;1001;500.00;INV-2026-00042" --check "GLOBEX;77;120.00"

    Pay cheques in together: a payment each, and a deposit slip that totals. When the bank credits the sum as one
    line, apply-payments knows it. A date to come is a post-dated cheque: it counts from that day on.
    """
    ledger, when = session.ledger, session.day(date)
    into = bank_lines.one_account(ledger.policy, account)
    currency = ledger.policy.bank_accounts[into].currency
    cheques = [_cheque(ledger, text, currency) for text in cheque]
    post_freeing(session, lambda books: deposits.deposit(books, into, when, cheques), "Post this deposit?")


def _cheque(ledger: Ledger, text: str, currency: str) -> "Cheque":
    parts = [part.strip() for part in text.split(";")]
    if len(parts) < 3:
        raise UsageError(f"--check: {text!r} has {len(parts)} parts", 'write --check "ACME;1001;500.00;INV-2026-00042"')
    customer, number, amount, *items = parts
    whose = known_customer(ledger, customer, "--check")
    minor = invoices.amount_of(amount, currency, "--check")
    result: Cheque = deposits.Cheque(whose, number, minor, _wanted(ledger, items, currency))
    return result
