"""Remittance advice: what a payer says a payment is for, joined to the bank line that is the payment.

An advice is not money. It only adds references to a line that came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arledger.commands.bank_lines import BankLine, ReadStatement
from arledger.documents.bank import BankStatement, StatementLine


def with_remittance(read: Sequence[ReadStatement], advice: Sequence[BankStatement]) -> tuple[list[ReadStatement], int]:
    """The statements with the references of the advice joined to their lines, and how many payments advised were not
    found: the line must be the only one of that amount and currency, and not name another payer.
    """
    lines = [line for statement in read for line in statement.lines if line.line.amount > 0]
    advised = [payment for statement in advice for payment in statement.lines]
    joined: dict[str, StatementLine] = {}
    missing = 0
    for payment in advised:
        fits = [line for line in lines if line.key not in joined and _fits(line.line, payment)]
        if len(fits) == 1:
            joined[fits[0].key] = _joined(fits[0].line, payment)
        else:
            missing += 1
    return [_with(statement, joined) for statement in read], missing


def _fits(line: StatementLine, payment: StatementLine) -> bool:
    if (line.amount, line.currency) != (payment.amount, payment.currency):
        return False
    numbers = {line.end_to_end, line.check_number, line.bank_reference} - {""}
    if numbers & ({payment.end_to_end, payment.check_number, payment.bank_reference} - {""}):
        return True
    return not (line.payer and payment.payer) or line.payer.casefold().split() == payment.payer.casefold().split()


def _joined(line: StatementLine, payment: StatementLine) -> StatementLine:
    return replace(line, payer=line.payer or payment.payer, references=(*line.references, *payment.references))


def _with(statement: ReadStatement, joined: dict[str, StatementLine]) -> ReadStatement:
    lines = tuple(BankLine(old.account, old.key, joined.get(old.key, old.line)) for old in statement.lines)
    return statement._replace(lines=lines)
