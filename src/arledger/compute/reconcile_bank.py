"""A bank account against the books: the bank's balance, what stands between, and the cash our books say there is.

The books' cash begins with what the first statement kept opens with; from then on every payment on the account raises
it, and every return and refund lowers it. What the bank has that is no receivable (rent, wages) is a cause of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from arledger.compute.reconciling import Move, Reconciled, Step, pair_rest, reconciled
from arledger.documents.bank_statements import BankStatement, BookedLine, Deposit
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger

_NEAR = 10  # days a refund may take to reach the bank, or a deposited cheque to be credited


class Kept(NamedTuple):
    """A fact with its document: a bank statement or a deposit."""

    fact: str
    path: str
    document: BankStatement | Deposit


def reconcile_bank(
    ledger: Ledger, account: str, currency: str, as_of: date, statements: Sequence[Kept], deposits: Sequence[Kept]
) -> Reconciled:
    """The reconciliation of an account at the end of a day.

    `statements` are those kept of the account. Raises RefusedError where none with balances is, or one is missing.
    """
    chain = _chain(statements, as_of)
    first, last = chain[0].document, chain[-1].document
    assert isinstance(first, BankStatement)
    assert isinstance(last, BankStatement)
    assert first.opening is not None
    assert last.closing is not None
    opening, closing = first.minor(first.opening), last.minor(last.closing)
    since = min((line.date for line in first.lines), default=first.date)
    lines = {line.line: move for kept in chain for line, move in _lines(kept)}
    keyed, loose = _books(ledger, account, currency, (since, as_of), lines, deposits)
    ours = opening + sum(move.amount for move in (*keyed.values(), *loose))
    matched = [(move, keyed[key]) for key, move in lines.items() if key in keyed]
    left = [move for key, move in lines.items() if key not in keyed]
    near = pair_rest(loose, left, _NEAR)
    taken = {id(move) for pair in near for move in pair}
    waiting = [move for key, move in keyed.items() if key not in lines]
    waiting += [move for move in loose if id(move) not in taken]
    steps = _steps(matched, [move for move in left if id(move) not in taken], waiting)
    return reconciled(currency, closing, steps, ours, len(matched) + len(near))


def _books(
    ledger: Ledger, account: str, currency: str, days: tuple[date, date], lines: Collection[str],
    deposits: Sequence[Kept],
) -> tuple[dict[str, Move], list[Move]]:  # fmt: skip
    """What our books have of an account: its movements by the key of the bank's line, and those without one.

    What the bank gave no line for is of the account when it is the only one in its currency.
    """
    only = sum(other.currency == currency for other in ledger.policy.bank_accounts.values()) == 1
    slips = [kept.document for kept in deposits if isinstance(kept.document, Deposit)]
    paid_in = {payment for slip in slips for payment in slip.payments}
    own = {payment for slip in slips if slip.account == account for payment in slip.payments}
    keyed: dict[str, Move] = {}
    loose = [Move(slip.date, slip.minor(slip.amount), kept.fact, "deposit", kept.path)
             for kept, slip in zip(deposits, slips, strict=True)
             if slip.account == account and days[0] <= slip.date <= days[1]]  # fmt: skip
    for row in ledger.facts("kind = 'payments' AND currency = ?", currency):
        move, within = Move(row.date, row.amount, row.fact, "payment", row.path), days[0] <= row.date <= days[1]
        if row.about == account:
            own.add(row.fact)
            if row.key[:16] in lines or within:
                keyed[row.key[:16]] = move
        elif not row.about and only and row.fact not in paid_in:
            own.add(row.fact)
            loose += [move] if within else []
    for row in ledger.facts("kind IN ('reversals', 'refunds') AND key != 'unapply' AND date BETWEEN ? AND ?",
                            days[0].toordinal(), days[1].toordinal()):  # fmt: skip
        if row.about not in own and not (only and row.kind == "refunds" and row.currency == currency):
            continue
        move = Move(row.date, -row.amount, row.fact, "return" if row.kind == "reversals" else "refund", row.path)
        line = row.key.partition(" ")[2][:16]
        if line:
            keyed[line] = move
        else:
            loose.append(move)
    return keyed, loose


def _steps(matched: Sequence[tuple[Move, Move]], left: Sequence[Move], waiting: Sequence[Move]) -> Iterator[Step]:
    yield Step("amount", "other amount in the books",
               tuple(b._replace(amount=b.amount - a.amount) for a, b in matched if a.amount != b.amount))  # fmt: skip
    yield Step("unposted", "came in at the bank, not in the books", _negated(m for m in left if m.amount > 0))
    yield Step("not-receivable", "went out at the bank, no return or refund of ours",
               _negated(m for m in left if m.amount < 0))  # fmt: skip
    yield Step("outstanding", "in the books, not yet at the bank", tuple(m for m in waiting if m.amount > 0))
    yield Step("not-drawn", "return or refund in the books, not at the bank", tuple(m for m in waiting if m.amount < 0))


def _negated(moves: Iterator[Move]) -> tuple[Move, ...]:
    return tuple(move._replace(amount=-move.amount) for move in moves)


def _chain(statements: Sequence[Kept], as_of: date) -> list[Kept]:
    """The statements with balances up to a day, oldest first. Raises RefusedError for none, and for a gap."""
    found = [k for k in statements if isinstance(k.document, BankStatement) and k.document.date <= as_of
             and k.document.opening is not None and k.document.closing is not None]  # fmt: skip
    found.sort(key=lambda kept: (kept.document.date, kept.fact))
    if not found:
        raise RefusedError("no bank statement with balances is kept up to that day",
                           "apply one first: ar apply-payments FILE", code="no-bank-statement")  # fmt: skip
    for before, after in pairwise(found):
        closed, opened = before.document, after.document
        assert isinstance(closed, BankStatement)
        assert isinstance(opened, BankStatement)
        if closed.closing != opened.opening:
            raise RefusedError(
                f"{after.fact} opens with {opened.opening:f}, {before.fact} before it closed with {closed.closing:f}",
                "a statement between them is missing: apply it too", code="statement-gap",
            )  # fmt: skip
    return found


def _lines(kept: Kept) -> Iterator[tuple[BookedLine, Move]]:
    document = kept.document
    assert isinstance(document, BankStatement)
    for line in document.lines:
        yield line, Move(line.date, document.minor(line.amount), line.fact or line.line, "", kept.path)
