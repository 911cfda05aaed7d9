"""Proof of what was read: opening + lines = closing, statements of one account chain, none stands there twice.

A line that was misread, lost or doubled shows here, whatever the format (INVARIANTS F4).

>>> from datetime import date
>>> line = StatementLine(4, date(2026, 1, 28), date(2026, 1, 28), 8875, "EUR")
>>> print(prove_balance(BankStatement("", "EUR", (line,), opening=0, closing=8874, closing_place=6), "bank.sta"))
bank.sta:6: balance-mismatch: 0.00 + 1 line of 88.75 = 88.75, the statement closes with 88.74 EUR: 0.01 too low
  hint: the file is incomplete or was changed: download it again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from arledger.documents.bank import BankStatement, StatementLine
from arledger.errors import Place, Problem
from arledger.importers.findings import UNPROVED, Findings
from arledger.money import plain

_AGAIN = "the file is incomplete or was changed: download it again"


def prove(statements: Sequence[BankStatement], file: Findings) -> list[BankStatement]:
    """The statements; adds a problem for each that does not sum up, does not follow on the one before, or is twice.

    Where `file.unproved` a balance that the lines do not prove becomes a warning kept with its statement instead.
    """
    proved = []
    for statement in statements:
        problem = prove_balance(statement, file.name)
        if problem and file.unproved:
            proved.append(replace(statement, warnings=(*statement.warnings, f"{UNPROVED}{problem.message}")))
            continue
        if problem:
            file.problems.append(problem)
        proved.append(statement)
    _refuse_twins(statements, file)
    if not file.problems and not file.unproved:  # else the gap is only what the first problem leaves behind
        _prove_chain(statements, file)
    return proved


def prove_balance(statement: BankStatement, name: str) -> Problem | None:
    """The problem of a statement whose opening and booked lines do not give its closing balance; else None.

    None too for a statement that lacks one of the balances: it proves nothing, and refuting is not its job.
    """
    if statement.opening is None or statement.closing is None:
        return None
    booked = [line for line in statement.lines if not line.pending]
    moved = sum(line.amount for line in booked)
    difference = statement.closing - statement.opening - moved
    if not difference:
        return None
    opening, movement, total, closing, off = (
        plain(minor, statement.currency)
        for minor in (statement.opening, moved, statement.opening + moved, statement.closing, abs(difference))
    )
    counted = "1 line" if len(booked) == 1 else f"{len(booked)} lines"
    message = (
        f"{opening} + {counted} of {movement} = {total}, the statement closes with {closing} {statement.currency}: "
        f"{off} too {'low' if difference < 0 else 'high'}"
    )
    place = Place(name, statement.closing_place or statement.place)
    return Problem(place, "balance-mismatch", message, _AGAIN)


def _prove_chain(statements: Sequence[BankStatement], file: Findings) -> None:
    """Statements of one account, in order of their dates, open with what the one before closed with."""
    accounts: dict[tuple[str, str], list[BankStatement]] = {}
    for statement in statements:
        if statement.kind == "statement" and statement.opening is not None and statement.closing is not None:
            accounts.setdefault((statement.account, statement.currency), []).append(statement)
    for chain in accounts.values():
        if all(statement.opened_on for statement in chain):
            chain.sort(key=lambda statement: (str(statement.opened_on), str(statement.closed_on)))
        for before, after in pairwise(chain):
            if before.closing != after.opening:
                closed, opened = (plain(minor or 0, after.currency) for minor in (before.closing, after.opening))
                message = f"the statement opens with {opened} {after.currency}, the one before closed with {closed}"
                file.add(after.place, "statement-gap", message, "a statement between them is missing: get it too")


def _refuse_twins(statements: Sequence[BankStatement], file: Findings) -> None:
    seen: dict[object, int] = {}
    for statement in statements:
        if not statement.lines:
            continue
        lines = tuple(_without_place(line) for line in statement.lines)
        key = (statement.account, statement.number, statement.opening, statement.closing, statement.kind, lines)
        if key in seen:
            where = f"line {seen[key]}" if seen[key] else "the same file"
            file.add(statement.place, "statement-twice", f"this statement stands at {where} too", "remove one of them")
        seen.setdefault(key, statement.place)


def _without_place(line: StatementLine) -> tuple[object, ...]:
    return (line.booked, line.value_date, line.amount, line.currency, line.payer, line.text, line.bank_reference)
