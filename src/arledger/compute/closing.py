"""The month-end checklist: what is done, what is left, and what to do about it. Worked out from the books each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from arledger.compute.allowance import provided, total
from arledger.compute.charge_book import remembered
from arledger.compute.disputes import disputes
from arledger.compute.open_items import open_items
from arledger.documents.bank_statements import BankStatement
from arledger.documents.reconciliations import Reconciliation
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import plain
from arledger.policy.closing import Task

State = Literal["done", "open", "not used"]


class Finding(NamedTuple):
    """One task of the checklist."""

    task: Task
    title: str
    state: State
    told: str  # what was found
    remedy: str  # what to do about it


class Outside(NamedTuple):
    """What the table does not hold: drafts by name and date, and the documents of the bank statements kept."""

    drafts: Mapping[str, date]
    statements: Sequence[BankStatement]


def checklist(ledger: Ledger, first: date, last: date, outside: Outside) -> list[Finding]:
    """Every task of the period after `first` up to `last`, in the order they are best done."""
    return [finding for check in _CHECKS for finding in check(ledger, first, last, outside)]


def _found(task: Task, title: str, left: str, remedy: str, done: str) -> Finding:
    return Finding(task, title, "open" if left else "done", left or done, remedy if left else "")


def _drafts(_: Ledger, __: date, last: date, outside: Outside) -> Iterator[Finding]:
    names = sorted(name for name, day in outside.drafts.items() if day <= last)
    yield _found("drafts", "Drafts issued or deleted", ", ".join(names), "ar invoice issue DRAFT, or delete it", "none")


def _bank_lines(ledger: Ledger, first: date, last: date, outside: Outside) -> Iterator[Finding]:
    """Money that came in by a kept bank statement and is in no payment."""
    known = {key[:16] for (key,) in ledger.rows("SELECT key FROM facts WHERE kind = 'payments' AND key != ''")}
    left = [
        f"{line.date} {line.amount:f} {statement.currency}"
        for statement in outside.statements
        for line in statement.lines
        if line.amount > 0 and first < line.date <= last and not line.fact and line.line not in known
    ]
    yield _found("bank-lines", "Lines of bank statements posted", _few(left), "ar apply-payments FILE --review",
                 "all" if outside.statements else "no bank statements kept")  # fmt: skip


def _unidentified(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    left = [f"{item.item} {plain(-item.open, item.currency)} {item.currency}" for item in open_items(ledger, last, "")]
    yield _found("unidentified", "Cash of unknown payers", _few(left),
                 "ar payment apply PAYMENT --apply INVOICE, once you know whose it is", "none")  # fmt: skip


def _unapplied(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    left = [f"{item.customer} {item.item} {plain(-item.open, item.currency)} {item.currency}"
            for item in open_items(ledger, last) if item.is_credit and item.customer]  # fmt: skip
    yield _found("unapplied", "Credits applied", _few(left), "ar payment apply, ar payment refund, or leave it to "
                 "the customer", "all")  # fmt: skip


def _reconciled(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    kept = [fact for _, fact in ledger.told(Reconciliation, last)]
    for account in ledger.policy.bank_accounts:
        used = bool(ledger.facts("kind = 'bank' AND about = ?", account))
        days = [fact.date for fact in kept if fact.kind == "bank" and fact.about == account]
        yield _kept("bank", f"Bank account {account} reconciled", days, last, used=used,
                    remedy=f"ar reconcile bank --account {account} --as-of {last} --keep")  # fmt: skip
    days = [fact.date for fact in kept if fact.kind == "gl"]
    yield _kept("gl", "Control account reconciled", days, last, used=bool(days),
                remedy=f"ar reconcile gl FILE --as-of {last} --keep")  # fmt: skip


def _kept(task: Task, title: str, days: Sequence[date], last: date, *, used: bool, remedy: str) -> Finding:
    """A reconciliation that was kept for the last day, or not. What a company never did is not used."""
    if last in days:
        return Finding(task, title, "done", "kept", "")
    told = f"last kept for {max(days)}" if days else "never kept"
    return Finding(task, title, "open" if used else "not used", told, remedy)


def _disputes(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    left = [f"{one.fact} of {one.dispute.customer}, due {one.due}" for one in disputes(ledger, last)
            if not one.ended and one.due and one.due < last]  # fmt: skip
    yield _found("disputes", "Disputes resolved in time", _few(left), "ar dispute resolve, or ar dispute comment "
                 "--due DATE", "none is past due")  # fmt: skip


def _charges(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    """Whether finance charges were run up to the last day, where policy has any."""
    if ledger.policy.charges is None:
        yield Finding("charges", "Finance charges run", "not used", "no `charges` in ledger.yaml", "")
        return
    runs = [line.to for one in remembered(ledger, date.max) for line in one.memory.charged]
    left = "" if any(day >= last for day in runs) else f"last run to {max(runs)}" if runs else "never run"
    yield _found("charges", "Finance charges run", left, f"ar charges --as-of {last} --post", f"to {last}")


def _allowance(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    """The allowance of the last day, for the general ledger: what it comes to is worked out, not posted here."""
    try:
        sums = total(provided(ledger, last))
    except RefusedError as refused:
        used = ledger.policy.allowance is not None
        yield Finding("allowance", "Allowance worked out", "open" if used else "not used", refused.message,
                      refused.hint)  # fmt: skip
        return
    told = "; ".join(f"{plain(amount, currency)} {currency}" for currency, (_, amount) in sums.items())
    yield Finding("allowance", "Allowance worked out", "done", told or "nothing is open", "")


def _few(texts: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    return "; ".join(texts[:3]) + (f"; and {len(texts) - 3} more" if len(texts) > 3 else "")


_CHECKS: tuple[Callable[[Ledger, date, date, Outside], Iterator[Finding]], ...] = (
    _drafts, _bank_lines, _unidentified, _unapplied, _reconciled, _disputes, _charges, _allowance,
)  # fmt: skip
