"""Bank lines as facts to be: each has a key that is the same in every file it comes in (RULES C7)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from arledger.documents.bank import BankStatement, StatementLine, compact
from arledger.errors import ImportFileError, Place, Problem, UsageError, did_you_mean
from arledger.policy import BankAccount, Policy


class BankLine(NamedTuple):
    """A line with our name of the account it is on, and its key: 64 hex digits."""

    account: str
    key: str
    line: StatementLine


def bank_lines(policy: Policy, statements: Sequence[BankStatement], name: str, given: str) -> list[BankLine]:
    """Every booked line of the file, in its order, debits too.

    `given` is the account said on the command line. Raises ImportFileError for a statement of an account that
    ledger.yaml does not have, or in another currency than the account's.
    """
    found, problems, seen = [], list[Problem](), Counter[tuple[object, ...]]()
    for statement in statements:
        account = _account(policy, statement, name, given, problems)
        if account is None:
            continue
        currency = policy.bank_accounts[account].currency
        for line in statement.lines:
            if line.currency != currency:
                problems.append(Problem(Place(name, line.place), "wrong-currency", f"a line in {line.currency}, the "
                                        f"account {account} is in {currency}", "name the right account with --account"))  # fmt: skip
            if not line.pending:
                same = _identity(account, line)
                seen[same] += 1
                text = "|".join(map(str, (*same, seen[same])))
                found.append(BankLine(account, hashlib.sha256(text.encode()).hexdigest(), line))
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
    """Our name of the statement's account."""
    accounts = policy.bank_accounts
    stated = compact(statement.account)
    named = [key for key, account in accounts.items() if stated and stated in _numbers(account)]
    if given:
        if stated and _numbers(accounts[given]) and named != [given]:
            problems.append(Problem(Place(name, statement.place or 1), "wrong-account", f"the file is of account "
                                    f"{statement.account}, not of {given}", "leave --account out, or correct it"))  # fmt: skip
            return None
        return given
    if named or (not stated and len(accounts) == 1):
        return named[0] if named else next(iter(accounts))
    what = f"account {statement.account}" if stated else "which account the file is of"
    hint = (
        "add it to bank_accounts in ledger.yaml"
        if stated
        else f"name one with --account: {', '.join(accounts) or 'none yet'}"
    )
    problems.append(Problem(Place(name, statement.place or 1), "unknown-account", f"ledger.yaml does not say {what}"
                            if stated else f"the file does not say {what}", hint))  # fmt: skip
    return None


def _numbers(account: BankAccount) -> set[str]:
    return {compact(number) for number in (account.iban, account.number) if number}


def known_account(policy: Policy, account: str) -> str:
    """The account named by an argument. Raises UsageError with the nearest there is."""
    if account and account not in policy.bank_accounts:
        hint = did_you_mean(account, policy.bank_accounts) or f"accounts: {', '.join(policy.bank_accounts) or 'none'}"
        raise UsageError(f"--account: there is no bank account {account}", hint)
    return account
