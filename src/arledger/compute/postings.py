"""What each fact posts to the general ledger, to the accounts policy names. Every posting is balanced by itself.

All customers are one control account, so what a credit is applied to posts nothing; a discount, a write-off and the
money itself do. A reversal posts what it takes back the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.table import Ledger
from arledger.policy.accounts import Accounts


class Leg(NamedTuple):
    """One side of a posting: debit positive, minor units."""

    account: str
    amount: int


class Posting(NamedTuple):
    """What one fact posts, in one currency. The first leg is the control account."""

    date: date
    fact: str
    kind: str  # what it is, as `invoice`, `payment`, `reversal`
    customer: str
    currency: str
    legs: tuple[Leg, ...]
    path: str


_ENTRIES = """
SELECT f.id, e.date, f.fact, f.kind, f.about, f.key, f.path, e.why, i.currency, MAX(i.customer), SUM(e.amount),
  SUM(iif(e.owner = i.owner, i.tax, 0))
FROM entries e JOIN items i ON i.item = e.item JOIN facts f ON f.id = e.owner
WHERE e.date <= ? GROUP BY f.id, e.why, i.currency ORDER BY e.date, f.fact, f.id, e.why
"""
_PLAIN = {
    "finance-charge": "charges", "discount": "discounts", "write-off": "write_offs", "recovery": "recoveries",
}  # fmt: skip


def postings(ledger: Ledger, first: date, last: date) -> Iterator[Posting]:
    """What the facts from `first` to `last` post, by date and fact. Raises LedgerError for what does not balance."""
    accounts = ledger.policy.accounts
    standing: dict[str, dict[str, int]] = {}  # fact → account → what it still does there
    rows = ledger.rows(_ENTRIES, last.toordinal())
    for (_, currency), group in groupby(rows, key=lambda row: (row[0], row[8])):
        whys = list(group)
        _, day, fact, folder, about, key, path, why, _, customer, *_ = whys[0]
        control = sum(row[10] for row in whys)
        if folder == "reversals":
            legs = _taken_back(accounts, standing.get(about, {}), unapply=key.partition(" ")[0] == "unapply")
            kind = "reversal"
        else:
            credit = ledger.fact(about) if folder == "refunds" else None
            legs = _legs(accounts, whys, credit.about if credit else "")
            standing[fact] = dict(legs)
            kind = next((row[7] for row in whys if row[7] not in ("applied", "discount")), why)
        if control + sum(legs.values()):
            raise LedgerError(
                [Problem(Place(path), "does-not-foot", f"what {fact} posts does not balance", "report this")]
            )
        moved = tuple(Leg(account, amount) for account, amount in legs.items() if amount)
        if day >= first.toordinal() and (control or moved):
            both = (Leg(accounts.receivable, control), *moved) if control else moved
            yield Posting(date.fromordinal(day), fact, kind, customer, currency, both, path)


def opening(ledger: Ledger, first: date) -> list[Posting]:
    """What everything before `first` comes to, as one posting a currency on the day before."""
    before = first - timedelta(days=1)
    sums = balances(postings(ledger, date.min, before))
    found = []
    for currency in sorted({currency for _, currency in sums}):
        legs = tuple(
            Leg(account, amount) for (account, of), amount in sorted(sums.items()) if of == currency and amount
        )
        if legs:
            found.append(Posting(before, "opening", "opening balances", "", currency, legs, ""))
    return found


def _legs(accounts: Accounts, whys: list[tuple[Any, ...]], paid_to: str) -> dict[str, int]:
    """Account → what a fact does there, the control account left out. `paid_to`: our bank account a refund is of."""
    found: dict[str, int] = {}
    for *_, about, _, _, why, _, _, amount, tax in whys:
        parts: Mapping[str, int] = {}
        if why in ("invoice", "debit-note", "credit-note"):
            parts = {accounts.sales: tax - amount, accounts.tax: -tax}
        elif why == "payment":
            parts = {accounts.banks.get(about, accounts.bank): -amount}
        elif why == "refund":
            parts = {accounts.banks.get(paid_to, accounts.bank): -amount}
        elif why != "applied":
            parts = {getattr(accounts, _PLAIN[why]): -amount}
        for account, part in parts.items():
            found[account] = found.get(account, 0) + part
    return found


def _taken_back(accounts: Accounts, still: dict[str, int], *, unapply: bool) -> dict[str, int]:
    """The other way round, what a fact still does: all of it, or its discounts alone. It does so no more."""
    taken = {account: -amount for account, amount in still.items() if not unapply or account == accounts.discounts}
    for account in taken:
        still[account] = 0
    return taken


def balances(found: Iterator[Posting]) -> dict[tuple[str, str], int]:
    """Account and currency → what the postings come to, minor units; what is zero too."""
    sums: dict[tuple[str, str], int] = {}
    for posting in found:
        for leg in posting.legs:
            key = (leg.account, posting.currency)
            sums[key] = sums.get(key, 0) + leg.amount
    return sums
