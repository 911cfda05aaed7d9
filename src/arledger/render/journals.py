"""Postings as a journal that hledger, Ledger or Beancount read, each with our control account as an assertion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from arledger.compute.postings import Posting
from arledger.errors import RefusedError, printable
from arledger.money import plain

Names = Mapping[str, str]
_BEANCOUNT = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+")
_TREE = re.compile(r"[^;\s|()\[\]*!\"][^;|()\[\]\"\t\n]*")


def hledger(found: Sequence[Posting], names: Names, control: Iterable[tuple[str, str, int, date]]) -> str:
    """A journal as hledger and Ledger read it. `control`: account, currency, balance and day of each assertion."""
    accounts = _accounts(found, _TREE, "hledger and Ledger")
    lines = [f"account {account}" for account in accounts]
    for posting in found:
        what = f"{posting.date} * ({posting.fact}) {_name(posting, names)}"
        lines += ["", f"{what}  ; {posting.kind}, customer: {posting.customer or 'none'}"]
        width = max(len(leg.account) for leg in posting.legs)
        for leg in posting.legs:
            lines.append(f"    {leg.account:{width}}  {plain(leg.amount, posting.currency):>16} {posting.currency}")
    for account, currency, amount, day in control:
        zero, balance = plain(0, currency), plain(amount, currency)
        lines += ["", f"{day} * control account", f"    {account}  {zero} {currency} = {balance} {currency}"]
    return "".join(f"{line}\n" for line in lines)


def beancount(found: Sequence[Posting], names: Names, control: Iterable[tuple[str, str, int, date]]) -> str:
    """A journal as Beancount reads it. An assertion holds at the start of the day after."""
    accounts = _accounts(found, _BEANCOUNT, "Beancount")
    opened = min((posting.date for posting in found), default=date.min)
    lines = [f"{opened} open {account}" for account in accounts]
    for posting in found:
        name = _name(posting, names).replace("\\", "/")
        lines += ["", f'{posting.date} * "{name}" "{posting.kind} {posting.fact}"', f'  fact: "{posting.fact}"']
        lines += [f'  customer: "{posting.customer}"'] if posting.customer else []
        lines += [f"  {leg.account}  {plain(leg.amount, posting.currency)} {posting.currency}" for leg in posting.legs]
    for account, currency, amount, day in control:
        lines += ["", f"{day + timedelta(days=1)} balance {account}  {plain(amount, currency)} ~ 0 {currency}"]
    return "".join(f"{line}\n" for line in lines)


Journal = Callable[[Sequence[Posting], Names, Iterable[tuple[str, str, int, date]]], str]
STYLES: Mapping[str, Journal] = {"hledger": hledger, "ledger": hledger, "beancount": beancount}


def _accounts(found: Sequence[Posting], form: re.Pattern[str], program: str) -> Iterator[str]:
    """Every account there is, in order. Raises RefusedError for one the program does not take."""
    for account in sorted({leg.account for posting in found for leg in posting.legs}):
        if not form.fullmatch(account) or "  " in account:
            message = f"{program} takes no account {account!r}"
            hint = "name it under `accounts` in ledger.yaml as the program wants it, such as Assets:Receivable"
            raise RefusedError(message, hint, code="bad-account")
        yield account


def _name(posting: Posting, names: Names) -> str:
    """Whose it is, in words."""
    return _words(posting.name(names) or posting.kind) if posting.path else "everything before"


def _words(text: str) -> str:
    """Text that can end or begin nothing in a journal."""
    return re.sub(r'[;|"\s]+', " ", printable(text)).strip()
