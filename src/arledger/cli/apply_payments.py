"""`ar apply-payments`."""

import os
from datetime import date
from typing import Annotated

import typer

from arledger.cli.output import save, say
from arledger.cli.posting import post
from arledger.cli.review import ask, decisions_of, open_lines
from arledger.cli.score import score_report
from arledger.cli.session import Session, writes
from arledger.commands.apply_payments import Applied, Outcome, apply_payments
from arledger.commands.bank_lines import ReadStatement, booked, known_account
from arledger.commands.bank_returns import Returned
from arledger.commands.decisions import Decision
from arledger.commands.planned import Planned
from arledger.commands.remittance import with_remittance
from arledger.documents.bank import BankProfile, BankStatement
from arledger.errors import UsageError, did_you_mean
from arledger.importers import read_remittance, read_statements, read_table, x12
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.policy import Policy
from arledger.reports.report import Cell, Column, Report, Table
from arledger.store.review_file import read_review, write_review

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_COLUMNS = (
    Column("line", "Line", "number", shown=False),
    Column("payment", "Payment"),
    Column("date", "Date", "date"),
    Column("payer", "Payer"),
    Column("customer", "Customer"),
    Column("amount", "Amount", "money"),
    Column("currency", "Cur"),
    Column("class", "Class"),
    Column("status", "Status"),
    Column("pays", "Pays"),
    Column("applied", "Applied", "data"),
    Column("unapplied", "Unapplied", "money"),
    Column("text", "Text", shown=False),
    Column("evidence", "Evidence", "data"),
    Column("candidates", "Candidates", "data"),
)
_RETURNS = (
    Column("payment", "Payment"),
    Column("date", "Date", "date"),
    Column("payer", "Payer"),
    Column("amount", "Amount", "money"),
    Column("currency", "Cur"),
    Column("status", "Status"),
    Column("why", "Why"),
)


@app.command("apply-payments")
@writes
def apply_payments_(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A bank statement: CSV, CAMT, MT940, OFX, BAI2 …")],
    account: Annotated[
        str, typer.Option(metavar="NAME", help="Which of our accounts, where the file does not say.")
    ] = "",
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="How to read a bank's CSV: of bank_profiles in ledger.yaml.")
    ] = "",
    on_account: Annotated[
        bool, typer.Option("--on-account", help="Post what is left for review too, unapplied or unidentified.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Walk the doubtful ones here, and post what is decided.")
    ] = False,
    review_to: Annotated[
        str, typer.Option("--review-to", metavar="FILE", help="Write the doubtful ones to a file, to be decided there.")
    ] = "",
    from_: Annotated[str, typer.Option("--from", metavar="FILE", help="Post what a review file decides.")] = "",
    score: Annotated[
        str, typer.Option(metavar="TRUTH.CSV", help="Post nothing: compare with the truth, columns line and invoices.")
    ] = "",
    remittance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="A remittance advice (CSV, XLSX, X12 820) that tells what the payments are for; repeat.",
        ),
    ] = None,
    unproved: Annotated[
        bool,
        typer.Option("--unproved", help="Post although the balances do not prove the lines; the statement keeps why."),
    ] = False,
) -> None:
    """\b
    ar apply-payments bank.csv --account main

    Read a bank file and apply each payment to the open items it pays. Posted is only what one explanation stands
    out for; the rest is listed with candidates. The same line is never posted twice, whatever file it comes in.
    """
    policy = session.ledger.policy
    read = read_bank_file(policy, file, known_account(policy, account), profile, unproved=unproved)
    name = os.path.basename(file)
    for advice in remittance or ():
        read, missing = with_remittance(read, _advice(advice, policy.currency))
        if missing:
            say(f"{advice}: {missing} payments advised are not in {name}")
    if score:
        session.show(_score(session, read, name, score))
        return
    decisions = _from_file(from_) if from_ else {}
    if review:
        first = apply_payments(session.ledger, read, name)
        decisions |= {decision.line: decision for decision in ask(session.ledger, first.outcomes)}
    shown: list[Applied] = []

    def plan(books: Ledger) -> Planned:
        shown[:] = [apply_payments(books, read, name, decisions=decisions, rest_on_account=on_account)]
        return shown[0].planned

    post(session, plan, "Post these payments?", lambda _: _report(session, shown[0]))
    if review_to:
        text = write_review(open_lines(shown[0].outcomes), file, review_to)
        save(text, review_to, force=session.force, within=session.books.root)
        say(f"wrote {review_to}")


def _advice(file: str, currency: str) -> list[BankStatement]:
    """The payments a remittance advice tells of."""
    data, name = file_bytes(file), os.path.basename(file)
    if x12.identify(data):
        return read_statements(data, name)
    return [read_remittance(data, name, currency=currency, received=date.min)]


def _from_file(file: str) -> dict[str, Decision]:
    """Decisions by line. Raises ImportFileError for a bad review file."""
    review = read_review(file_bytes(file), os.path.basename(file))
    return {decision.line: decision for decision in decisions_of(review)}


def _score(session: Session, read: list[ReadStatement], name: str, truth: str) -> Report:
    rows = read_table(
        file_bytes(truth), os.path.basename(truth), fields=("line", "invoices"), required=("line", "invoices")
    )
    wanted = {
        row.values["line"].strip(): {part.strip() for part in row.values["invoices"].split(";") if part.strip()}
        for row in rows
    }
    return score_report(apply_payments(session.ledger, read, name).outcomes, wanted)


def read_bank_file(policy: Policy, file: str, account: str, profile: str, *, unproved: bool) -> list[ReadStatement]:
    """The statements of a file with their booked lines. Raises UsageError and ImportFileError for a bad file."""
    wanted = profile or (policy.bank_accounts[account].profile if account else "")
    if wanted and wanted not in policy.bank_profiles:
        hint = did_you_mean(wanted, policy.bank_profiles) or f"profiles: {', '.join(policy.bank_profiles) or 'none'}"
        raise UsageError(f"--profile: there is no bank profile {wanted}", hint)
    how: BankProfile | None = policy.bank_profiles[wanted] if wanted else None
    currencies = {
        number: data.currency for data in policy.bank_accounts.values() for number in (data.iban, data.number) if number
    }
    if account or len(policy.bank_accounts) == 1:
        currencies[""] = policy.bank_accounts[account or next(iter(policy.bank_accounts))].currency
    name = os.path.basename(file)
    statements = read_statements(file_bytes(file), name, profile=how, currencies=currencies, unproved=unproved)
    for warning in [f"{name}: warning: {text}" for statement in statements for text in statement.warnings]:
        say(warning)
    return booked(policy, statements, name, account)


def file_bytes(file: str) -> bytes:
    """The bytes of a file named by an argument. Raises UsageError when there are none to be had."""
    try:
        with open(file, "rb") as handle:
            return handle.read()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", "name a file that can be read") from None


def _report(session: Session, applied: Applied) -> Report:
    rows = [_row(outcome) for outcome in applied.outcomes]
    count = {status: sum(o.status == status for o in applied.outcomes) for status in ("posted", "skipped", "review")}
    head = {"lines": applied.lines, **count, "dry_run": session.dry_run}
    verb = "would be posted" if session.dry_run else "posted"
    title = f"{applied.lines} line{'s' * (applied.lines != 1)}: {count['posted']} {verb}, "
    title += f"{count['skipped']} known already, "
    title += f"{count['review']} for review"
    notes = [note for outcome in applied.outcomes if outcome.status == "review" for note in _review(outcome)]
    tables = [Table(_COLUMNS, rows, name="payments", empty="No payments in the file.")]
    if applied.returns:
        tables.append(Table(_RETURNS, [_returned(line) for line in applied.returns], name="returns", title="Returns"))
    return Report("apply-payments", title, tables, head, notes)


def _row(outcome: Outcome) -> list[Cell]:
    line, proposal = outcome.line.line, outcome.proposal

    def money(minor: int) -> Money:
        return Money(minor, line.currency)

    shares = proposal.shares if proposal else ()
    applied = [{"item": s.item, "amount": money(s.amount), "discount": money(s.discount),
                "difference": money(s.difference)} for s in shares]  # fmt: skip
    candidates = [
        {"customer": c.customer, "items": list(c.items), "why": c.why}
        for c in (proposal.candidates if proposal else ())
    ]
    return [
        line.place,
        outcome.payment,
        line.value_date,
        line.payer,
        (proposal.customer or None) if proposal else None,
        money(line.amount),
        line.currency,
        proposal.result if proposal else "duplicate",
        outcome.status,
        ", ".join(share.item for share in shares),
        applied,
        money(proposal.unapplied if proposal else 0),
        line.text,
        list(proposal.evidence) if proposal else [f"posted before as {outcome.payment}"],
        candidates,
    ]


def _returned(line: Returned) -> list[Cell]:
    bank = line.line.line
    return [line.payment or None, bank.value_date, bank.payer, Money(bank.amount, bank.currency), bank.currency,
            line.status, line.why]  # fmt: skip


def _review(outcome: Outcome) -> list[str]:
    """For people: why a line waits, and what it may be."""
    line, proposal = outcome.line.line, outcome.proposal
    assert proposal
    head = f"{outcome.payment}: {Money(line.amount, line.currency)} from {line.payer or 'an unknown payer'}"
    head += f", «{line.text}»" if line.text else ""
    why = [f"  {text}" for text in proposal.evidence]
    may = [f"  may be {c.customer} {', '.join(c.items)}: {c.why}" for c in proposal.candidates]
    return [head, *why, *may]
