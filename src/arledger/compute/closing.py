"""The month-end checklist: what is done, what is left, and what to do about it. Worked out from the books each time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from arledger.compute.allowance import provided, total
from arledger.compute.bookings import to_book, to_revalue
from arledger.compute.disputes import disputes
from arledger.compute.fx import rates_of
from arledger.compute.open_items import open_items
from arledger.documents.bank_statements import BankStatement
from arledger.documents.reconciliations import Reconciliation
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import Money
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
    """What the table does not hold."""

    drafts: Mapping[str, date]  # by name
    statements: Sequence[BankStatement]  # kept since the last close
    lacking: Sequence[tuple[str, str]]  # what lacks an approval: the path of the fact, and what is missing
    charges: int | None  # how many customers a run of finance charges would charge; None: no rule for any


def checklist(ledger: Ledger, first: date, last: date, outside: Outside) -> list[Finding]:
    """Every task of the period after `first` up to `last`, in the order they are best done."""
    return [finding for check in _CHECKS for finding in check(ledger, first, last, outside)]


def _found(task: Task, title: str, left: str, remedy: str, done: str) -> Finding:
    return Finding(task, title, "open" if left else "done", left or done, remedy if left else "")


def _unused(task: Task, title: str, told: str, remedy: str = "") -> Finding:
    """What a company never did, or has no rule for."""
    return Finding(task, title, "not used", told, remedy)


def _drafts(_: Ledger, __: date, last: date, outside: Outside) -> Iterator[Finding]:
    names = sorted(name for name, day in outside.drafts.items() if day <= last)
    yield _found("drafts", "Drafts issued or deleted", ", ".join(names), "ar invoice issue DRAFT, or delete it", "none")


def _bank_lines(ledger: Ledger, first: date, last: date, outside: Outside) -> Iterator[Finding]:
    """Money that came in by a kept bank statement and is in no payment."""
    known = {key[:16] for (key,) in ledger.rows("SELECT key FROM facts WHERE kind = 'payments' AND key != ''")}
    left = [
        f"{line.date} {line.amount:,f} {statement.currency}"
        for statement in outside.statements
        for line in statement.lines
        if line.amount > 0 and first < line.date <= last and not line.fact and line.line not in known
    ]
    title = "Lines of bank statements posted"
    if outside.statements:
        yield _found("bank-lines", title, _few(left), "ar apply-payments FILE --review", "all")
    else:
        yield _unused("bank-lines", title, "no bank statements kept")


def _unidentified(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    left = [f"{item.item} {_money(-item.open, item.currency)}" for item in open_items(ledger, last, "")]
    yield _found("unidentified", "Cash of unknown payers", _few(left),
                 "ar payment apply PAYMENT --apply INVOICE, once you know whose it is", "none")  # fmt: skip


def _unapplied(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    left = [f"{item.customer} {item.item} {_money(-item.open, item.currency)}"
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


def _numbers(ledger: Ledger, _: date, __: date, ___: Outside) -> Iterator[Finding]:
    """Books with a gap cannot be read as sound: where this is asked there is none."""
    if ledger.policy.numbering.gapless:
        yield Finding("numbers", "Numbers without gaps", "done", "no number is missing", "")
    else:
        yield _unused("numbers", "Numbers without gaps", "`numbering` in ledger.yaml is not gapless")


def _approvals(ledger: Ledger, _: date, last: date, outside: Outside) -> Iterator[Finding]:
    days = dict(ledger.rows("SELECT path, date FROM facts WHERE path IN (SELECT value FROM json_each(?))",
                            json.dumps([path for path, _ in outside.lacking])))  # fmt: skip
    left = [told for path, told in outside.lacking if days.get(path, 0) <= last.toordinal()]
    yield _found("approvals", "Approvals given", _few(left), "ar approve, or ar reverse what nobody agreed to",
                 "none is missing")  # fmt: skip


_SENT = """
SELECT customer FROM facts f WHERE kind = 'contacts' AND json_extract(data, '$.statement') >= ? AND NOT EXISTS
  (SELECT 1 FROM facts r WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals')
"""


def _statements(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    """Whether each customer who owes was sent a statement of the last day, or of a later one."""
    title, told = "Statements sent", {customer for (customer,) in ledger.rows(_SENT, last.isoformat())}
    if not told and not ledger.rows(f"{_SENT} LIMIT 1", ""):
        yield _unused("statements", title, "none was ever noted as sent", _SENDING.format(last))
        return
    owing = sorted({item.customer for item in open_items(ledger, last) if not item.is_credit})
    yield _found("statements", title, _few([customer for customer in owing if customer not in told], ", "),
                 _SENDING.format(last), "to all who owe")  # fmt: skip


_SENDING = "ar statement --all --as-of {0} --send, or ar contact log --statement {0}"


def _charges(_: Ledger, __: date, last: date, outside: Outside) -> Iterator[Finding]:
    """Whether a run of finance charges up to the last day would still charge anybody."""
    if outside.charges is None:
        yield _unused("charges", "Finance charges run", "no `charges` in ledger.yaml")
        return
    left = f"{outside.charges} to charge" if outside.charges else ""
    yield _found("charges", "Finance charges run", left, f"ar charges --as-of {last} --post", f"to {last}")


def _allowance(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    """Whether the allowance booked is that of the last day."""
    title = "Allowance booked"
    try:
        left = [f"{_money(m.closing, m.currency)}, booked {_money(m.opening, m.currency)}"
                for m in to_book(ledger, last)]  # fmt: skip
    except RefusedError as refused:
        used = ledger.policy.allowance is not None
        yield Finding("allowance", title, "open" if used else "not used", refused.message, refused.hint)
        return
    sums = total(provided(ledger, last))
    done = "; ".join(_money(amount, currency) for currency, (_, amount) in sums.items()) or "nothing is open"
    yield _found("allowance", title, _few(left), f"ar book allowance --as-of {last}", done)


def _fx(ledger: Ledger, _: date, last: date, __: Outside) -> Iterator[Finding]:
    """Whether what is open in foreign currencies is booked at the rates of the last day."""
    own, title = ledger.policy.currency, "Foreign currency revalued"
    if not ledger.policy.rates or not any(amount for c, amount in ledger.control(last).items() if c != own):
        told = "nothing is open in another currency" if ledger.policy.rates else "no `rates` in ledger.yaml"
        yield _unused("fx", title, told)
        return
    try:
        gain = sum(one.unrealised for one in to_revalue(ledger, last, rates_of(ledger.policy)))
    except RefusedError as refused:
        yield Finding("fx", title, "open", refused.message, refused.hint)
        return
    yield _found("fx", title, f"{_money(gain, own)} not booked" if gain else "", f"ar book fx --as-of {last}", "booked")


def _money(minor: int, currency: str) -> str:
    return Money(minor, currency).said()


def _few(texts: Sequence[str], between: str = "; ") -> str:
    """The first three, and how many more there are."""
    return between.join(texts[:3]) + (f"{between}and {len(texts) - 3} more" if len(texts) > 3 else "")


_CHECKS: tuple[Callable[[Ledger, date, date, Outside], Iterator[Finding]], ...] = (
    _drafts, _bank_lines, _unidentified, _unapplied, _reconciled, _disputes, _numbers, _approvals, _charges,
    _statements, _allowance, _fx,
)  # fmt: skip
