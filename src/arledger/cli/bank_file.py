"""What `ar apply-payments` does with a bank file: read it, apply it, show what became of each line."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from datetime import date
from functools import partial

from arledger.cli.files import file_bytes
from arledger.cli.freed import post_freeing
from arledger.cli.output import say
from arledger.cli.review import ask, decisions_of, open_lines
from arledger.cli.score import score_report
from arledger.cli.session import Session
from arledger.commands.apply_payments import Applied, Outcome, apply_payments
from arledger.commands.bank_lines import ReadStatement, booked, known_account
from arledger.commands.bank_returns import Returned
from arledger.commands.decisions import Decision
from arledger.commands.planned import Planned
from arledger.commands.remittance import with_remittance
from arledger.documents.bank import BankProfile, BankStatement
from arledger.errors import UsageError, did_you_mean, many
from arledger.importers import read_remittance, read_statements, read_table, x12
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.policy.policy import Policy
from arledger.reports.report import Cell, Column, Report, Table
from arledger.store.review_file import read_review, write_review

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
    Column("deducted", "Deducted", "data"),
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


def run(
    session: Session,
    file: str,
    account: str,
    profile: str,
    *,
    on_account: bool,
    review: bool,
    review_to: str,
    decided: str,
    score: str,
    advice: Sequence[str],
    unproved: bool,
) -> None:
    """Applies a bank file, or scores what would be applied."""
    policy = session.ledger.policy
    read = read_bank_file(policy, file, known_account(policy, account), profile, unproved=unproved)
    name = os.path.basename(file)
    for told in advice:
        read, missing = with_remittance(read, _advice(told, policy.currency))
        if missing:
            say(f"{told}: {missing} payments advised are not in {name}")
    if score:
        session.show(_score(session, read, name, score))
        return
    decisions = _from_file(decided) if decided else {}
    if review:
        first = apply_payments(session.ledger, read, name)
        decisions |= {decision.line: decision for decision in ask(session.ledger, first.outcomes)}
    shown: list[Applied] = []
    tell = session.books.progress
    progress = partial(tell, "matching") if tell else None

    def plan(books: Ledger) -> Planned:
        shown[:] = [apply_payments(books, read, name, decisions=decisions, rest_on_account=on_account,
                                   progress=progress)]  # fmt: skip
        return shown[0].planned

    post_freeing(session, plan, "Post these payments?", lambda _: _report(session, shown[0]))
    if review_to:
        options = [("--account", account), ("--profile", profile), *(("--remittance", told) for told in advice)]
        again = _again(file, [*options, ("--from", review_to)], unproved=unproved)
        text = write_review(open_lines(shown[0].outcomes), again)
        session.save(text, review_to)
        say(f"wrote {review_to}")


def _again(file: str, options: Sequence[tuple[str, str]], *, unproved: bool) -> str:
    """The command that reads the file again in the same way."""
    words = [word for option in options if option[1] for word in option]
    return shlex.join(["ar", "apply-payments", file, *words, *(["--unproved"] if unproved else [])])


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


def _report(session: Session, applied: Applied) -> Report:
    rows = [_row(outcome) for outcome in applied.outcomes]
    count = {status: sum(o.status == status for o in applied.outcomes) for status in ("posted", "skipped", "review")}
    head = {"lines": applied.lines, **count, "dry_run": session.dry_run}
    verb = "would be posted" if session.dry_run else "posted"
    title = f"{many(applied.lines, 'line')}: {count['posted']} {verb}, "
    title += f"{count['skipped']} known already, "
    title += f"{count['review']} for review"
    title += f", {len(applied.returns)} returned" if applied.returns else ""
    ignored = applied.lines - len(applied.outcomes) - len(applied.returns)
    title += f", {many(ignored, 'outgoing line')} ignored" if ignored else ""
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
    deducted = [{"credit": o.credit, "item": o.item, "amount": money(o.amount)}
                for o in (proposal.offsets if proposal else ())]  # fmt: skip
    candidates = [
        {"customer": c.customer, "items": list(c.items), "why": c.why}
        for c in (proposal.candidates if proposal else ())
    ]
    return [
        line.place,
        outcome.payment,
        line.value_date,
        line.payer,
        (proposal.customer if proposal else outcome.customer) or None,
        money(line.amount),
        line.currency,
        proposal.result if proposal else "duplicate",
        outcome.status,
        ", ".join(proposal.items if proposal else ()),
        applied,
        deducted,
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
    head = f"{outcome.payment}: {Money(line.amount, line.currency).said()} from {line.payer or 'an unknown payer'}"
    head += f", «{line.text}»" if line.text else ""
    why = [f"  {text}" for text in proposal.evidence]
    may = [f"  may be {c.customer} {', '.join(c.items)}: {c.why}" for c in proposal.candidates]
    return [head, *why, *may]
