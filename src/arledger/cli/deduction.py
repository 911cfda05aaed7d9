"""`ar deduction`."""

from typing import Annotated, Literal

import typer

from arledger.cli.command import reads, writes
from arledger.cli.completion import complete_open
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_item, only_customer
from arledger.cli.options import AsOf, CustomerFilter, Date, Reason
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.reports.report import Report

deductions = lazy("arledger.commands.deductions")
invoices = lazy("arledger.commands.invoices")
report = lazy("arledger.reports.deductions")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Deductions.")


@app.command("list")
@reads
def list_(session: Session, customer: CustomerFilter = "", as_of: AsOf = "") -> Report:
    """\b
    ar deduction list

    What customers kept back and nobody has resolved yet, oldest first.
    """
    day = session.day(as_of, "--as-of")
    return session.with_provenance(report.build(session.ledger, day, only_customer(session.ledger, customer)), day)


@app.command("new")
@writes
def new(
    session: Session,
    item: Annotated[str, typer.Argument(metavar="ITEM", autocompletion=complete_open, help="What was paid short.")],
    code: Annotated[
        str, typer.Option(metavar="CODE", help="Why, by X12 426: 01 pricing, 04 damaged, 54 freight …")
    ] = "ZZ",
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="How much; all that is open if not given.")] = "",
    claim: Annotated[str, typer.Option(metavar="NUMBER", help="The customer's debit note.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="In words.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar deduction new INV-2026-00042 --amount 80.00 --code 54 --claim DM-118

    Move what a customer kept back off its invoice, to an item of its own.
    """
    row, when = known_item(session.ledger, item), session.day(date)
    minor = invoices.amount_of(amount, row.currency, "--amount") if amount else None
    post(session, lambda books: deductions.new(books, item, minor, when, code=code, claim=claim, reason=reason),
         "Post this deduction?")  # fmt: skip


@app.command("resolve")
@writes
def resolve(
    session: Session,
    deduction: Annotated[str, typer.Argument(metavar="DEDUCTION", autocompletion=complete_open, help="Which.")],
    as_: Annotated[
        Literal["credit-note", "rebill", "write-off", "invalid"],
        typer.Option("--as", help="They were right; bill it anew; give it up; not due, so the invoice is open again."),
    ],
    reason: Reason = "",
    date: Date = "",
) -> None:
    """\b
    ar deduction resolve INV-2026-00042-D1 --as credit-note --reason "freight was agreed"

    End a deduction one way or another.
    """
    known_item(session.ledger, deduction, "DEDUCTION")
    when, why = session.day(date), reason or ("deduction given up" if as_ == "write-off" else "")
    post(session, lambda books: deductions.resolve(books, deduction, as_, when, why), f"Resolve {deduction}?")
