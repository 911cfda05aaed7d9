r"""The lines of one account in a plain-text journal: hledger's, Ledger's or Beancount's.

Read is what moves the account: dates, amounts with a commodity before or behind, an amount left out, prices and balance
assertions (which move nothing). What would change amounts behind the text is refused: `include`, automated and periodic
transactions; let the program print the journal first.

>>> text = "2026-01-15 (INV-1) Widgets\n  Assets:Receivable  EUR 148.75\n  Income:Sales\n"
>>> read_journal(text.encode(), "books.journal", account="Assets:Receivable")[0].amount
14875
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from arledger.importers.account import AccountLine
from arledger.importers.findings import Findings, decode, one_line, refuse_foreign
from arledger.importers.values import bank_amount
from arledger.money import DIGITS

_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_HEAD = re.compile(r"(?P<date>[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})(?:=\S+)?(?:\s+(?P<rest>.*))?$")
_MARK = re.compile(r"^(?:txn|[*!])(?=\s|$)\s*")
_CODE = re.compile(r"\((?P<code>[^)]*)\)")
_POSTING = re.compile(r"\s+(?:[*!]\s+)?(?P<account>[^\s;(\[](?:\S| (?! ))*?)(?:\s{2,}|\t|\s*$)(?P<rest>.*)$")
_BEAN_POSTING = re.compile(r"\s+(?:[*!]\s+)?(?P<account>[A-Z][\w-]*(?::[\w-]+)+)(?:\s+(?P<rest>.*))?$")
_NUMBER = r"[-+]?\s*[0-9][0-9,. ']*"
_AMOUNT = re.compile(
    rf"(?P<sign>-?)\s*(?P<before>[$€£¥₹]|[A-Z]{{3}})\s*(?P<n1>{_NUMBER})|(?P<n2>{_NUMBER})\s*(?P<behind>[$€£¥₹]|[A-Z]{{3}})"
)
_BEAN_DIRECTIVES = (
    "open",
    "close",
    "balance",
    "pad",
    "note",
    "document",
    "event",
    "query",
    "price",
    "commodity",
    "custom",
)
_REFUSED = ("include", "~", "= ")


class _Posting(NamedTuple):
    place: int
    account: str
    amount: int | None  # minor units; None: left out
    currency: str


class _Transaction(NamedTuple):
    day: date
    number: str
    text: str
    postings: list[_Posting]


def identify(data: bytes) -> bool:
    """Whether a file reads as a journal: a line that begins with a date, and one below it that is indented."""
    return re.search(rb"^[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}[^\n,;\t]*\n[ \t]+\S", data, re.MULTILINE) is not None


def read_journal(data: bytes, name: str, *, account: str) -> list[AccountLine]:
    """The lines of an account and those below it (`A:B` of `A`), in file order.

    Raises ImportFileError with every problem: what is refused, a date or amount that cannot be read, an amount left
    out where it does not follow.
    """
    file = Findings(name)
    refuse_foreign(data, file)
    found = [
        AccountLine(posting.place, transaction.day, transaction.number, transaction.text, amount, currency, account)
        for transaction in _transactions(decode(data, file), file)
        if any(_is_under(posting, account) for posting in transaction.postings)
        for posting, amount, currency in _balanced(transaction, file)
        if _is_under(posting, account)
    ]
    file.raise_any()
    return found


def _is_under(posting: _Posting, account: str) -> bool:
    return posting.account == account or posting.account.startswith(account + ":")


def _transactions(text: str, file: Findings) -> Iterator[_Transaction]:
    current: _Transaction | None = None
    commented = False
    for place, line in enumerate(text.splitlines(), 1):
        commented = (commented or line.rstrip() == "comment") and line.rstrip() != "end comment"
        if commented or not line.strip() or line.lstrip()[0] in ";#*|":
            continue
        if line[0] in " \t":
            if current and (posting := _posting(line, place)):
                current.postings.append(posting)
            continue
        if current:
            yield current
        current = None
        if line.startswith(_REFUSED):
            file.add(place, "unsupported-journal", f"{line.split()[0]} cannot be followed here",
                     "let the program write it out first: hledger print, or ledger print")  # fmt: skip
        elif head := _HEAD.match(line):
            current = _head(head, place, file)
    if current:
        yield current


def _head(head: re.Match[str], place: int, file: Findings) -> _Transaction | None:
    rest = head["rest"] or ""
    if rest.split(" ", 1)[0] in _BEAN_DIRECTIVES:
        return None
    try:
        year, month, day = map(int, re.split(r"[-/.]", head["date"]))
        when = date(year, month, day)
    except ValueError:
        file.add(place, "bad-date", f"{head['date']} is not a day of the calendar", "correct the journal")
        return None
    rest = _MARK.sub("", rest)
    code = _CODE.match(rest)
    return _Transaction(when, code["code"] if code else "", one_line(rest.partition(";")[0]), [])


def _posting(line: str, place: int) -> _Posting | None:
    text = line.partition(";")[0].rstrip()
    found = _BEAN_POSTING.match(text) or _POSTING.match(text)
    if not found:
        return None
    told = re.split(r"\s*(?:@@?|\{|=)", found["rest"] or "", maxsplit=1)[0].strip()
    if not told:
        return _Posting(place, found["account"], None, "")
    amount = _AMOUNT.fullmatch(told)
    symbol = amount and (amount["before"] or amount["behind"])
    currency = _SYMBOLS.get(symbol or "", symbol or "")
    if not amount or currency not in DIGITS:
        return _Posting(place, found["account"], None, told)  # hours, shares: it matters only on the account asked for
    try:
        number = (amount["n1"] or amount["n2"]).replace(" ", "").replace("'", "")
        minor = bank_amount(f"{amount['sign'] or ''}{number}", currency, thousands=",")
    except ValueError:
        return _Posting(place, found["account"], None, told)
    return _Posting(place, found["account"], minor, currency)


def _balanced(transaction: _Transaction, file: Findings) -> Iterator[tuple[_Posting, int, str]]:
    """The postings with their amounts; one left out is what makes the others sum to nothing."""
    sums: dict[str, int] = {}
    for posting in transaction.postings:
        if posting.amount is not None:
            sums[posting.currency] = sums.get(posting.currency, 0) + posting.amount
            yield posting, posting.amount, posting.currency
    for posting in transaction.postings:
        if posting.amount is None:
            left = {currency: amount for currency, amount in sums.items() if amount}
            for currency, amount in left.items():
                yield posting, -amount, currency
            if posting.currency:
                file.add(posting.place, "bad-amount", f"{posting.currency} is no amount in a currency of ISO 4217",
                         "only amounts such as 100.00 EUR, EUR 100.00 or $100.00 are read")  # fmt: skip
