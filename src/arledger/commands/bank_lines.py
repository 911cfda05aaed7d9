"""Bank lines as facts to be: each has a key that is the same in every file it comes in (RULES C7)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from arledger.documents.bank import BankStatement, StatementLine, compact
from arledger.errors import ImportFileError, Place, Problem, UsageError, did_you_mean
from arledger.policy.policy import BankAccount, Policy


class BankLine(NamedTuple):
    """A line with our name of the account it is on, and its key: 64 hex digits."""

    account: str
    key: str
    line: StatementLine


class ReadStatement(NamedTuple):
    """A statement of a file under our name of its account, with its booked lines, debits too, in its order."""

    account: str
    statement: BankStatement
    lines: tuple[BankLine, ...]


def booked(policy: Policy, statements: Sequence[BankStatement], name: str, given: str) -> list[ReadStatement]:
    """The statements of a file with the booked lines of each, in file order.

    `given` is the account said on the command line. Raises ImportFileError for a statement of an account that
    ledger.yaml does not have, or in another currency than the account's.
    """
    found, problems, seen = list[ReadStatement](), list[Problem](), Counter[tuple[object, ...]]()
    for statement in statements:
        if statement.kind == "advice":
            message = "this is a remittance advice, not a bank statement: it says what is paid, it is not the money"
            problems.append(
                _problem(name, statement.place or 1, "not-a-statement", message, "give it with --remittance")
            )
            continue
        account = _account(policy, statement, name, given, problems)
        if account is None:
            continue
        lines = []
        for line in statement.lines:
            if line.currency != policy.bank_accounts[account].currency:
                message = f"a line in {line.currency}, the account {account} is in another currency"
                problems.append(
                    _problem(name, line.place, "wrong-currency", message, "name the account with --account")
                )
            if not line.pending:
                same = _identity(account, line)
                seen[same] += 1
                text = "|".join(map(str, (*same, seen[same])))
                lines.append(BankLine(account, hashlib.sha256(text.encode()).hexdigest(), line))
        found.append(ReadStatement(account, statement, tuple(lines)))
    if problems:
        raise ImportFileError(problems)
    return found


def _identity(account: str, line: StatementLine) -> tuple[object, ...]:
    """What makes a line this line: rows alike in all of it and in one file are told apart by their count."""
    text = "".join(f"{line.payer} {line.text}".casefold().split())
    return (
        account,
        line.value_date,
        line.amount,
        line.currency,
        compact(line.payer_account),
        text,
        line.bank_reference,
    )


def _account(policy: Policy, statement: BankStatement, name: str, given: str, problems: list[Problem]) -> str | None:
    """Our name of the statement's account; None, with a problem noted, when it cannot be told."""
    accounts, stated, place = policy.bank_accounts, compact(statement.account), statement.place or 1
    named = [key for key, account in accounts.items() if stated and stated in _numbers(account)]
    if given:
        if stated and _numbers(accounts[given]) and named != [given]:
            message = f"the file is of account {statement.account}, not of {given}"
            problems.append(_problem(name, place, "wrong-account", message, "leave --account out, or correct it"))
            return None
        return given
    if named or (not stated and len(accounts) == 1):
        return named[0] if named else next(iter(accounts))
    if stated:
        message, hint = f"ledger.yaml has no account {statement.account}", "add it to bank_accounts in ledger.yaml"
    else:
        message = "the file does not say which account it is of"
        hint = f"name one with --account: {', '.join(accounts) or 'none yet in ledger.yaml'}"
    problems.append(_problem(name, place, "unknown-account", message, hint))
    return None


def _problem(name: str, line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(Place(name, line), code, message, hint)


def _numbers(account: BankAccount) -> set[str]:
    return {compact(number) for number in (account.iban, account.number) if number}


def known_account(policy: Policy, account: str) -> str:
    """The account named by an argument. Raises UsageError with the nearest there is."""
    if account and account not in policy.bank_accounts:
        listed = f"accounts: {', '.join(policy.bank_accounts) or 'none yet in ledger.yaml'}"
        hint = did_you_mean(account, policy.bank_accounts) or listed
        raise UsageError(f"--account: there is no bank account {account}", hint)
    return account


def one_account(policy: Policy, account: str) -> str:
    """The account named by an argument, else the only one there is. Raises UsageError for none, and for several."""
    accounts = policy.bank_accounts
    if not account and len(accounts) != 1:
        raise UsageError("--account is missing", f"accounts: {', '.join(accounts) or 'none yet in ledger.yaml'}")
    return known_account(policy, account) or next(iter(accounts))
