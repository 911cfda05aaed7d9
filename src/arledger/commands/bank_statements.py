"""Bank statements as facts: each that carries balances is kept, once, and chained to the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from arledger.commands.bank_lines import ReadStatement
from arledger.commands.planned import next_id
from arledger.documents.bank import BankStatement as ReadBank
from arledger.documents.bank_statements import BankStatement, BookedLine
from arledger.ledger.table import Ledger
from arledger.money import decimal, plain

_UNPROVED = "not proved: "


def statement_facts(
    ledger: Ledger, read: Iterable[ReadStatement], file: str, posted: Mapping[str, str]
) -> Iterator[tuple[str, BankStatement]]:
    """A fact for each statement with both balances, or with a deposit in it, that is not kept yet.

    `posted` is key of a line → the deposit it credits.
    """
    for account, statement, lines in read:
        proved = statement.opening is not None and statement.closing is not None
        if statement.kind != "statement" or not lines or not (proved or any(line.key in posted for line in lines)):
            continue
        if proved and _kept(ledger, account, statement):
            continue
        day = _day(statement)
        fact = _free_id(ledger, account, day, statement.number)
        unproved = [text.removeprefix(_UNPROVED) for text in statement.warnings if text.startswith(_UNPROVED)]
        currency = statement.currency
        yield fact, BankStatement(
            account=account, date=day, currency=currency, number=statement.number or None, file=file,
            unproved=unproved[0] if unproved else None,
            lines=tuple(
                BookedLine(date=line.line.booked, amount=decimal(line.line.amount, currency), line=line.key[:16],
                           fact=posted.get(line.key))
                for line in lines
            ),
            opening=None if statement.opening is None else decimal(statement.opening, currency),
            closing=None if statement.closing is None else decimal(statement.closing, currency),
            total=decimal(sum(line.line.amount for line in lines), currency),
        )  # fmt: skip


def _day(statement: ReadBank) -> date:
    return statement.closed_on or max(line.booked for line in statement.lines)


def _kept(ledger: Ledger, account: str, statement: ReadBank) -> bool:
    """Whether this very statement is kept, perhaps from a file in another format."""
    found = ledger.facts("kind = 'bank' AND about = ? AND date = ? AND amount = ? AND (key || ' ') LIKE ?", account,
                         _day(statement).toordinal(), statement.closing, f"{statement.opening} %")  # fmt: skip
    return bool(found)


def _free_id(ledger: Ledger, account: str, day: date, number: str) -> str:
    """`<account>-<date>-<number>`, with a count where another statement has that name."""
    stem = f"{account}-{day}-{re.sub(r'[^A-Za-z0-9]+', '.', number).strip('.') or 1}"[:60]
    return stem if not ledger.fact(stem) else next_id(ledger, f"{stem}.", 2)


def gaps(ledger: Ledger, read: Iterable[ReadStatement]) -> list[str]:
    """For people: statements that do not open with what the last one kept before them closed with."""
    found = []
    for account, statement, _ in read:
        if statement.opening is None or statement.opened_on is None or statement.kind != "statement":
            continue
        if not statement.lines or _kept(ledger, account, statement):
            continue
        before = ledger.facts("kind = 'bank' AND about = ? AND date <= ?", account, statement.opened_on.toordinal())
        if before and all(row.amount != statement.opening for row in before if row.date == before[-1].date):
            opens, closed = plain(statement.opening, statement.currency), plain(before[-1].amount, statement.currency)
            found.append(f"warning: {account} opens with {opens}, {before[-1].fact} closed with {closed}: "
                         "a statement between them is missing")  # fmt: skip
    return found
