"""`ar order`: new, bill, deliver, cancel; list and show live in `order_show`, hold and release in `order_hold`."""

from decimal import Decimal
from typing import Annotated

import typer

from arledger.cli import order_hold, order_show
from arledger.cli.command import writes
from arledger.cli.drafts import drafts_of
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_currency, known_customer, known_fact
from arledger.cli.options import Currency, Date, PurchaseOrder, Reason, customer_option
from arledger.cli.order_show import complete_orders
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import BadValueError, UsageError

invoices = lazy("arledger.commands.invoices")
orders = lazy("arledger.commands.orders")
fields = lazy("arledger.documents.fields")
words = lazy("arledger.commands.invoice_words")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Sales orders and holds.")
app.command("list", short_help="Open orders, and which are held.")(order_show.list_)
app.command("show", short_help="One order, and every reason that holds it.")(order_show.show)
app.command("hold", short_help="Hold an order or a customer by hand.")(order_hold.hold)
app.command("release", short_help="Let an order go.")(order_hold.release)

Order = Annotated[str, typer.Argument(metavar="ORDER", autocompletion=complete_orders, help="Its number.")]
Parts = Annotated[
    list[str] | None,
    typer.Option("--line", "-l", metavar="N[=QTY]", help="Only this line, or so much of it; repeat."),
]


@app.command("new", short_help="Place an order.")
@writes
def new(
    session: Session,
    customer: Annotated[str, customer_option("Who orders.")],
    date: Date = "",
    line: Annotated[
        list[str] | None,
        typer.Option("--line", "-l", metavar="TEXT;QTY;PRICE[;TAX[;DISCOUNT]]", help="A line; repeat for more."),
    ] = None,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="The total, instead of lines.")] = "",
    currency: Currency = "",
    terms: Annotated[str, typer.Option(metavar="TERMS", help="Where they are not the customer's.")] = "",
    po: PurchaseOrder = "",
    number: Annotated[str, typer.Option(metavar="ID", help="Its number; the next of the series if not given.")] = "",
    contract: Annotated[str, typer.Option(metavar="ID", help="The contract it is under.")] = "",
    prepaid: Annotated[bool, typer.Option("--prepaid", help="Billed and paid before it goes: never held.")] = False,
    delivered: Annotated[bool, typer.Option("--delivered", help="The goods are out already.")] = False,
    notes: Annotated[str, typer.Option(metavar="TEXT", help="A note kept with the order.")] = "",
) -> None:
    """\b
    ar order new --customer ACME --line "Widgets;10;12.50;19%" --po PO-7781

    Place an order. It counts as exposure until it is billed; whether it is held, and by what, is told at once.
    """
    if bool(line) == bool(amount):
        raise UsageError("give either --line or --amount", 'such as --line "Widgets;10;12.50;19%"')
    ledger, default = session.ledger, session.ledger.policy.tax.default
    asked = invoices.Asked(
        known_customer(ledger, customer, "--customer", as_given=True), session.day(date),
        [words.parse_line(text, default) for text in line or ()], amount, terms, currency=known_currency(currency),
        po=po, notes=notes,
    )  # fmt: skip
    drafts = drafts_of(session)
    post(session, lambda books: orders.new(books, asked, number, drafts, prepaid=prepaid, delivered=delivered,
                                           contract=contract), "Place this order?")  # fmt: skip


@app.command("bill", short_help="Make the invoice of an order, whole or part.")
@writes
def bill(
    session: Session,
    order: Order,
    line: Parts = None,
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="A part, of an order without lines.")] = "",
    delivered: Annotated[bool, typer.Option("--delivered", help="Only what is delivered and not billed.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Keep it as a draft without a number.")] = False,
    date: Date = "",
) -> None:
    """\b
    ar order bill SO-2026-00007 --line 1=5

    Issue the invoice of an order: all that is left, or some lines. What is held is not billed, unless it is
    delivered or prepaid.
    """
    known_fact(session.ledger, order, "ORDER")
    when, drafts = session.day(date), drafts_of(session)
    parts = dict(map(_part, line or ()))
    post(session, lambda books: orders.bill(books, order, when, drafts, parts=parts, amount=amount,
                                            delivered=delivered, draft=draft), f"Bill {order}?")  # fmt: skip


@app.command("deliver", short_help="Goods of an order went out.")
@writes
def deliver(
    session: Session,
    order: Order,
    line: Parts = None,
    note: Annotated[str, typer.Option(metavar="NUMBER", help="The delivery note.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar order deliver SO-2026-00007 --line 1=5 --note DN-1190

    Say that goods of an order went out: all of it, or some lines. They can be billed whatever holds the rest.
    """
    known_fact(session.ledger, order, "ORDER")
    when, parts = session.day(date), dict(map(_part, line or ()))
    post(session, lambda books: orders.deliver(books, order, when, parts, note), f"Deliver {order}?")


@app.command("cancel", short_help="What is not billed will not be.")
@writes
def cancel(
    session: Session,
    order: Order,
    reason: Reason = "cancelled by the customer",
    date: Date = "",
) -> None:
    """\b
    ar order cancel SO-2026-00007 --reason "out of stock"

    End an order: what was not billed will not be, and counts as exposure no more.
    """
    known_fact(session.ledger, order, "ORDER")
    when = session.day(date)
    post(session, lambda books: orders.cancel(books, order, when, reason), f"Cancel {order}?")


def _part(text: str) -> tuple[int, Decimal | None]:
    """A line named `2`, or `2=7.5` with how much of it."""
    number, equals, quantity = text.partition("=")
    if not number.isdigit():
        raise UsageError(f"--line: {text!r} names no line", "write --line 1, or --line 1=5")
    try:
        found = fields.Quantity.__metadata__[0].read(quantity) if equals else None
    except BadValueError as error:
        raise UsageError(f"--line: {error}", error.hint) from None
    if found is not None and found <= 0:
        raise UsageError(f"--line: {quantity} is not more than zero", "write --line 1=5")
    return int(number), found
