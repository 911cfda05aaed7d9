"""`ar reconcile`."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.completion import complete_customers
from arledger.cli.files import file_bytes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer
from arledger.cli.options import AsOf
from arledger.cli.output import say
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from arledger.compute.reconcile_bank import Kept
    from arledger.compute.reconciling import Move, Reconciled
    from arledger.documents.reconciliations import Kind
    from arledger.importers.account import AccountLine

account_file = lazy("arledger.importers.account")
bank = lazy("arledger.compute.reconcile_bank")
bank_lines = lazy("arledger.commands.bank_lines")
customer_side = lazy("arledger.compute.reconcile_customer")
gl_side = lazy("arledger.compute.reconcile_gl")
letter_values = lazy("arledger.compute.reconcile_letter")
journal = lazy("arledger.importers.journal")
reconciling = lazy("arledger.compute.reconciling")
reconciliations = lazy("arledger.commands.reconciliations")
report = lazy("arledger.reports.reconcile")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Reconciliations.")

KeepOption = Annotated[bool, typer.Option("--keep", help="Post the reconciliation as a fact; ar close looks for it.")]
CurrencyOption = Annotated[str, typer.Option("--currency", metavar="CODE", help="The ledger's if not given.")]
MapOption = Annotated[
    list[str], typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds number, date, amount, debit …")
]
DecimalOption = Annotated[str, typer.Option("--decimal", metavar="SIGN", help="The decimal sign of amounts: . or ,")]
DateFormatOption = Annotated[str, typer.Option("--date-format", metavar="FORM", help="How dates are written.")]


@app.command("bank")
@writes
def bank_(
    session: Session,
    account: Annotated[str, typer.Option("--account", metavar="NAME", help="Which; needed if there are several.")] = "",
    as_of: AsOf = "",
    keep: KeepOption = False,
) -> None:
    """\b
    ar reconcile bank --as-of 2026-06-30
    ar reconcile bank --account main --as-of 2026-06-30 --keep

    A bank account against the books: from the balance of the last bank statement to the cash our payments, returns and
    refunds come to. Statements with balances are kept by `ar apply-payments`; they must chain without a gap.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    name = bank_lines.one_account(ledger.policy, account)

    def kept(kind: str) -> "list[Kept]":
        rows = ledger.facts("kind = ? AND about = ?", kind, name)
        return [bank.Kept(row.fact, row.path, session.books.document(ledger, row.fact)) for row in rows]

    currency = ledger.policy.bank_accounts[name].currency
    found = bank.reconcile_bank(ledger, name, currency, day, kept("bank"), kept("deposits"))
    _show(session, "bank", name, day, found, keep=keep)


@app.command("gl")
@writes
def gl(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A journal, CSV or XLSX.")],
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help="The control account, as the file names it.")
    ] = "Assets:Receivable",
    currency: CurrencyOption = "",
    as_of: AsOf = "",
    mapping: MapOption = [],  # noqa: B006  # typer copies it
    decimal: DecimalOption = ".",
    date_format: DateFormatOption = "YYYY-MM-DD",
    keep: KeepOption = False,
) -> None:
    """\b
    ar reconcile gl books.journal --account Assets:Receivable --as-of 2026-06-30
    ar reconcile gl control-account.csv --as-of 2026-06-30 --keep

    The control account of the general ledger against the subledger: each difference by cause, down to the lines. FILE
    is a journal of hledger, Ledger or Beancount, or the account's lines as CSV or XLSX (columns number, date, and
    amount or debit and credit). Of a trial balance only the balance can be compared. Each currency is reconciled by
    itself; a ledger kept in one currency alone may hold the others converted: then rates are a cause too.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    money, data, name = currency_of(ledger, currency), file_bytes(file), os.path.basename(file)
    if journal.identify(data):
        lines, trial = journal.read_journal(data, name, account=account), False
    else:
        read = account_file.read_account(
            data, name, currency=money, mapping=_mapping(mapping), decimal=decimal, date_format=date_format
        )
        lines, trial = read.lines, read.is_trial_balance
    lines = [line for line in lines if line.account in ("", account)]
    others = sorted({*ledger.control(day), *(line.currency for line in lines)} - {money})
    lines = [line for line in lines if line.currency == money]
    if not lines:
        raise UsageError(f"{name} has no line of {account} in {money}", "see --account and --currency")
    if trial:
        found = gl_side.compare(ledger, money, day, sum(line.amount for line in lines))
    else:
        found = gl_side.reconcile_gl(ledger, money, day, _moves(lines, name))
    whole = found.ours == ledger.control(day).get(money, 0)  # else what is in other currencies is in it, converted
    notes = [f"apart from this, in {other}: ar reconcile gl {name} --currency {other}" for other in others if whole]
    _show(session, "gl", "control", day, found, keep=keep, file=name, data=data, notes=notes)


@app.command("customer")
@writes
def customer_(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", autocompletion=complete_customers)],
    file: Annotated[str, typer.Argument(metavar="FILE", help="Their statement: CSV, XLSX, or the text of a PDF.")],
    currency: CurrencyOption = "",
    as_of: AsOf = "",
    mapping: MapOption = [],  # noqa: B006  # typer copies it
    decimal: DecimalOption = ".",
    date_format: DateFormatOption = "YYYY-MM-DD",
    keep: KeepOption = False,
    letter: Annotated[
        str, typer.Option("--letter", metavar="FILE", help="Write a letter to them that proposes how to settle it.")
    ] = "",
) -> None:
    """\b
    ar reconcile customer ACME their-statement.csv --as-of 2026-06-30 --letter acme.txt
    pdftotext -layout statement.pdf && ar reconcile customer ACME statement.txt

    Our open items against what the customer says they owe: what is missing there or here, what has another amount, and
    what one side has paid or settled. What they owe is positive in their file.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    who = known_customer(ledger, customer)
    money = currency_of(ledger, currency, who)
    data, name = file_bytes(file), os.path.basename(file)
    read = account_file.read_account(
        data, name, currency=money, mapping=_mapping(mapping), decimal=decimal, date_format=date_format
    )
    lines = [line for line in read.lines if line.currency == money]
    found = customer_side.reconcile_customer(ledger, who, money, day, _moves(lines, name, day))
    if letter:
        _write(session, letter, who, day, found)
    _show(session, "customer", who, day, found, keep=keep, file=name, data=data)


def _write(session: Session, path: str, customer: str, day: "date", found: "Reconciled") -> None:
    """Writes the letter to the customer, in their language, to a file."""
    from arledger.cli.letters import letters_of

    data = session.ledger.customer(customer)
    values = letter_values.values(session.ledger, customer, found, day, session.today)
    with letters_of(session) as letters:
        text = letters.write("reconciliation", data.language if data else "", values)
    session.save(f"{text}\n", path)
    say(f"wrote {path}")


def _moves(lines: "Sequence[AccountLine]", name: str, undated: "date | None" = None) -> "list[Move]":
    """The lines of a file; without a date they are of the day of the statement itself."""
    return [
        reconciling.Move(line.date or undated, line.amount, line.number, line.text, f"{name}:{line.place}")
        for line in lines
    ]


def _mapping(given: list[str]) -> dict[str, str]:
    pairs = dict(entry.partition("=")[::2] for entry in given)
    if not all(pairs.values()):
        raise UsageError("--map: write FIELD=COLUMN", "such as --map number=Belegnummer")
    return pairs


def _show(
    session: Session, kind: "Kind", about: str, day: "date", found: "Reconciled", *, keep: bool, file: str = "",
    data: bytes = b"", notes: Sequence[str] = (),
) -> None:  # fmt: skip
    built = report.build(kind, about, day, found, session.books.shown)
    built = replace(built, notes=[*built.notes, *notes])
    if not keep:
        session.show(session.with_provenance(built, day))
        return
    sha = hashlib.sha256(data).hexdigest() if data else ""
    post(
        session,
        lambda books: reconciliations.keep(books, kind, about, day, found, file=file, sha=sha),
        "Keep this reconciliation?",
        lambda _: built,
    )
