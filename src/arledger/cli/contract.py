"""`ar contract`."""

import datetime as dt
from typing import Annotated, Any, Literal

import typer

from arledger.cli.clock import day
from arledger.cli.command import reads, writes
from arledger.cli.completion import complete
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, known_fact, only_customer
from arledger.cli.options import AsOf, Currency, CustomerFilter, Date, PurchaseOrder, Reason, customer_option
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.reports.report import Report

commands = lazy("arledger.commands.contracts")
compute = lazy("arledger.compute.contracts")
documents = lazy("arledger.documents.contracts")
invoices = lazy("arledger.commands.invoices")
money = lazy("arledger.money")
orders = lazy("arledger.documents.orders")
report = lazy("arledger.reports.contracts")
words = lazy("arledger.commands.invoice_words")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Contracts.")

complete_contracts = complete(
    lambda ledger: [id_ for (id_,) in ledger.rows("SELECT fact FROM facts WHERE kind = 'contracts' ORDER BY fact")]
)
Contract = Annotated[str, typer.Argument(metavar="CONTRACT", autocompletion=complete_contracts, help="Its id.")]


@app.command("new", short_help="Sign a contract.")
@writes
def new(
    session: Session,
    customer: Annotated[str, customer_option("With whom.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="What it is about.")],
    starts: Annotated[str, typer.Option(metavar="DATE", help="Its first day.")],
    ends: Annotated[str, typer.Option(metavar="DATE", help="Its last day, where that is agreed.")] = "",
    every: Annotated[
        Literal["month", "quarter", "half-year", "year", ""], typer.Option(help="A period.", show_default=False)
    ] = "",
    in_arrears: Annotated[
        bool, typer.Option("--in-arrears", help="Bill a period on its last day, not on its first.")
    ] = False,
    calendar: Annotated[
        bool, typer.Option("--calendar", help="Periods of the calendar, not counted from its first day.")
    ] = False,
    pro_rata: Annotated[
        bool, typer.Option("--pro-rata", help="A first or last period that is not whole is billed by its days.")
    ] = False,
    line: Annotated[
        list[str] | None,
        typer.Option("--line", "-l", metavar="TEXT;QTY;PRICE[;TAX[;DISCOUNT]]", help="Billed each period; repeat."),
    ] = None,
    milestone: Annotated[
        list[str] | None,
        typer.Option("--milestone", metavar="DATE;AMOUNT;TEXT", help="Billed once, on its day; repeat."),
    ] = None,
    terms: Annotated[str, typer.Option(metavar="TERMS", help="Where they are not the customer's.")] = "",
    po: PurchaseOrder = "",
    buyer_reference: Annotated[
        str, typer.Option("--buyer-reference", metavar="TEXT", help="What the buyer asks to see on invoices.")
    ] = "",
    currency: Currency = "",
    number: Annotated[str, typer.Option(metavar="ID", help="Its id; CUSTOMER-K1 and on if not given.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar contract new -c ACME --title "Mooring fees" --starts 2026-07-01 --every month --line "Mooring;1;250.00"

    Keep a contract. `ar invoice recurring` bills what it asks for: each period once, and each milestone.
    """
    customer = known_customer(session.ledger, customer, "--customer")
    code = currency_of(session.ledger, currency, customer)
    default = session.ledger.policy.tax.default
    found = documents.Contract(
        customer=customer, date=session.day(date), title=title, starts=day(starts, "--starts"),
        ends=day(ends, "--ends") if ends else None, every=every or None, in_arrears=in_arrears, calendar=calendar,
        pro_rata=pro_rata, terms=terms, po=po,
        buyer_reference=buyer_reference, currency=code,
        lines=tuple(_line(text, default) for text in line or ()),
        schedule=tuple(_milestone(text, code) for text in milestone or ()),
    )  # fmt: skip
    post(session, lambda books: commands.sign(books, found, number), "Keep this contract?")


def _line(text: str, default: Any) -> Any:
    li = words.parse_line(text, default)
    return orders.OrderLine(li.description, li.unit_price, li.quantity, li.discount, li.tax, li.unit or "")


def _milestone(text: str, currency: str) -> Any:
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 3:
        raise UsageError(f"--milestone: {text!r} has {len(parts)} parts", 'write --milestone "2026-09-01;500.00;Half"')
    minor = invoices.amount_of(parts[1], currency, "--milestone")
    return documents.Milestone(day(parts[0], "--milestone"), money.decimal(minor, currency), parts[2])


@app.command("end", short_help="End a contract.")
@writes
def end(
    session: Session,
    contract: Contract,
    last: Annotated[str, typer.Option(metavar="DATE", help="Its last day.")],
    reason: Reason = "",
    date: Date = "",
) -> None:
    """\b
    ar contract end ACME-K1 --last 2026-12-31 --reason "boat sold"

    End a contract. A period that begins after its last day is not billed.
    """
    known_fact(session.ledger, contract, "CONTRACT")
    when, until = session.day(date), day(last, "--last")
    post(session, lambda books: commands.end(books, contract, when, until, reason), f"End {contract}?")


@app.command("list", short_help="Contracts, and what waits to be billed.")
@reads
def list_(session: Session, customer: CustomerFilter = "", as_of: AsOf = "") -> Report:
    """\b
    ar contract list --customer ACME

    Contracts with what waits to be billed, and when the next invoice is due to be made.
    """
    ledger, when = session.ledger, session.day(as_of, "--as-of")
    whose = only_customer(ledger, customer)
    found = [one for one in compute.contracts(ledger, when, whose) if _runs(ledger, one, when)]
    return session.with_provenance(report.build_list(ledger, found, when), when)


def _runs(ledger: Any, one: Any, when: dt.date) -> bool:
    """Whether a contract is not over, or something of it waits to be billed."""
    return one.last is None or one.last >= when or bool(compute.unbilled(ledger, one, when))


@app.command("show", short_help="One contract.")
@reads
def show(session: Session, contract: Contract, as_of: AsOf = "") -> Report:
    """\b
    ar contract show ACME-K1

    One contract: what it asked to be billed, with the invoices, and what is attached.
    """
    ledger, when = session.ledger, session.day(as_of, "--as-of")
    one = commands.one(ledger, contract, when)
    built = report.build_show(ledger, one, when, session.books.shown(one.row.path))
    return session.with_provenance(built, when)
