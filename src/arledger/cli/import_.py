"""`ar import`: customers, invoices and payments from CSV; e-invoices."""

from collections.abc import Mapping
from typing import Annotated, Literal

import typer

from arledger.cli.command import writes
from arledger.cli.files import file_bytes
from arledger.cli.lazy import lazy
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Bring in data from CSV.")

File = Annotated[str, typer.Argument(metavar="FILE", help="A CSV file with a header row.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="The column of a field that has another name; repeat."),
]
DateFormat = Annotated[
    str, typer.Option("--date-format", metavar="FORM", help="Such as DD.MM.YYYY; YYYY-MM-DD if not given.")
]
Encoding = Annotated[str, typer.Option(metavar="NAME", help="Such as cp1252; UTF-8 if not given.")]

Program = Annotated[
    Literal["", "xero", "quickbooks"],
    typer.Option("--from-program", help="Columns and dates as that program exports them.", show_default=False),
]

#: Program → the column of each field of an invoice, and how its dates are written.
_PROGRAMS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "xero": ({"invoice": "InvoiceNumber", "customer": "ContactName", "date": "InvoiceDate", "due": "DueDate",
              "amount": "Total", "currency": "Currency", "references": "Reference"}, "DD/MM/YYYY"),
    "quickbooks": ({"invoice": "Num", "customer": "Name", "date": "Date", "due": "Due date", "amount": "Amount"},
                   "MM/DD/YYYY"),
}  # fmt: skip

_PLANS = {kind: lazy(f"arledger.commands.import_{kind}") for kind in ("customers", "invoices", "payments")}
importers = lazy("arledger.importers")
import_rows = lazy("arledger.commands.import_rows")
import_einvoice = lazy("arledger.commands.import_einvoice")
einvoices = lazy("arledger.importers.einvoice")


def _import(
    session: Session, kind: str, file: str, map_: list[str] | None, date_format: str, encoding: str, program: str = ""
) -> None:
    module = _PLANS[kind]
    columns, dates = _PROGRAMS.get(program, ({}, ""))
    mapping = {**columns, **dict(_pair(text) for text in map_ or ())}
    date_format = date_format or dates or "YYYY-MM-DD"
    name = file.rpartition("/")[2]
    rows = importers.read_table(
        file_bytes(file), name, fields=module.FIELDS, required=module.REQUIRED, mapping=mapping, encoding=encoding
    )
    options = import_rows.Options(name, rows, lambda text: importers.parse_day(text, date_format))
    post(session, lambda books: module.plan(books, options), f"Import these {kind}?")


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise UsageError(f"--map: {text!r} is no pair", "write --map amount=Betrag")
    return field, column


@app.command("customers")
@writes
def customers(
    session: Session, file: File, map_: Map = None, date_format: DateFormat = "", encoding: Encoding = ""
) -> None:
    """\b
    ar import customers customers.csv

    Columns: customer, name, currency, terms, credit_limit, email, country, payer_names, payer_accounts (lists
    split on ;). Importing a file again adds nothing.
    """
    _import(session, "customers", file, map_, date_format, encoding)


@app.command("invoices")
@writes
def invoices(
    session: Session, file: File, map_: Map = None, date_format: DateFormat = "", encoding: Encoding = "",
    program: Program = "",
) -> None:  # fmt: skip
    """\b
    ar import invoices open-items.csv --map amount=Betrag --date-format DD.MM.YYYY

    Columns: invoice, customer, date, due, amount, currency, po, references (split on ;), and for lines
    description, quantity, unit_price, tax, discount (rows with one invoice number are one invoice). Numbers are
    kept as they are; a customer may be named by id or by name. Importing a file again adds nothing.
    """
    _import(session, "invoices", file, map_, date_format, encoding, program)


@app.command("payments")
@writes
def payments(
    session: Session, file: File, map_: Map = None, date_format: DateFormat = "", encoding: Encoding = ""
) -> None:
    """\b
    ar import payments payments.csv

    Columns: payment, customer, date, amount, currency, invoice, applied, reference. Rows with one payment id are
    one payment with several shares. Importing a file again adds nothing.
    """
    _import(session, "payments", file, map_, date_format, encoding)


@app.command("einvoice")
@writes
def einvoice(
    session: Session,
    file: Annotated[list[str], typer.Argument(metavar="FILE...", help="UBL, CII, or Factur-X PDF.")],
    customer: Annotated[
        str,
        typer.Option("--customer", metavar="ID", help="Who is billed, where name and tax id do not say."),
    ] = "",
) -> None:
    """\b
    ar import einvoice rechnung-4711.xml

    E-invoices that another system has issued: each becomes an invoice or credit note under its own number, over what
    is still to be paid. Importing a file again adds nothing.
    """
    from arledger.cli.lookup import known_customer

    if customer:
        customer = known_customer(session.ledger, customer, "--customer")
    found = [(name, einvoices.read(file_bytes(name), name.rpartition("/")[2])) for name in file]
    post(session, lambda books: import_einvoice.plan(books, found, customer), "Import these e-invoices?")
