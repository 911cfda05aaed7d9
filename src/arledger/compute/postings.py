"""What each fact posts to the general ledger, to the accounts policy names. Every posting is balanced by itself.

All customers are one control account, so what a credit is applied to posts nothing; a discount, a write-off and the
money itself do. A reversal posts what it takes back the other way round. A booked allowance posts its change, a
revaluation its gain, which goes back the day after; both leave the control account alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from heapq import merge
from itertools import groupby
from typing import Any, NamedTuple

from arledger.compute.fx import Realised
from arledger.documents.bookings import AllowanceBooking, Revaluation
from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.table import FactRow, Ledger
from arledger.money import minor_of
from arledger.policy.accounts import Accounts
from arledger.policy.policy import Policy


class Leg(NamedTuple):
    """One side of a posting: debit positive, minor units."""

    account: str
    amount: int


class Posting(NamedTuple):
    """What one fact posts, in one currency. The first leg is the control account, of a booking its own account."""

    date: date
    fact: str
    kind: str  # what it is, as `invoice`, `payment`, `reversal`
    customer: str
    currency: str
    legs: tuple[Leg, ...]
    path: str

    def name(self, names: Mapping[str, str]) -> str:
        """Whose it is; "" of a booking, which is nobody's."""
        return names.get(self.customer, self.customer) if self.kind not in BOOKINGS else ""


_ENTRIES = """
SELECT f.id, e.date, f.fact, f.kind, f.about, f.key, f.path, e.why, i.currency, MAX(i.customer), SUM(e.amount),
  SUM(iif(e.owner = i.owner, i.tax, 0))
FROM entries e JOIN items i ON i.item = e.item JOIN facts f ON f.id = e.owner
WHERE e.date <= ? GROUP BY f.id, e.why, i.currency ORDER BY e.date, f.fact, f.path, e.why
"""
#: What bookings are called, which no fact about a customer is.
BOOKINGS = ("allowance", "allowance taken back", "revaluation", "revaluation taken back")
_Legs = tuple[tuple[str, int], ...]  # account and amount; the booking's own account first
_PLAIN = {
    "finance-charge": "charges", "discount": "discounts", "write-off": "write_offs", "recovery": "recoveries",
}  # fmt: skip


def postings(ledger: Ledger, first: date, last: date) -> Iterator[Posting]:
    """What the facts from `first` to `last` post, by date and fact. Raises LedgerError for what does not balance."""
    bookings = sorted((p for p in _booked(ledger, last) if first <= p.date <= last), key=_when)
    yield from merge(_of_entries(ledger, first, last), bookings, key=_when)


def _when(posting: Posting) -> tuple[date, str]:
    return posting.date, posting.fact


def _booked(ledger: Ledger, last: date) -> Iterator[Posting]:
    """What bookings of allowances and revaluations post, and what takes them back."""
    accounts = ledger.policy.accounts
    undone = {about: (fact, date.fromordinal(day), path) for about, fact, day, path in ledger.rows(
        "SELECT about, fact, date, path FROM facts WHERE kind = 'reversals' AND about IN "
        "(SELECT fact FROM facts WHERE kind IN ('allowances', 'revaluations'))")}  # fmt: skip
    for row, one in ledger.told(AllowanceBooking, last, reversed_too=True):
        charge, off, back = (minor_of(amount, one.currency) for amount in (one.charge, one.written_off, one.recovered))
        legs: _Legs = ((accounts.allowance, off - back - charge), (accounts.credit_losses, charge),
                (accounts.write_offs, -off), (accounts.recoveries, back))  # fmt: skip
        yield _booking(row, "allowance", legs)
        if row.fact in undone:
            fact, day, path = undone[row.fact]
            yield _booking(row._replace(fact=fact, date=day, path=path), "allowance taken back", _negated(legs))
    for row, paper in ledger.told(Revaluation, last, reversed_too=True):
        gain = minor_of(paper.gain, paper.currency)
        legs = ((accounts.fx_revaluation, gain), (accounts.fx_unrealised, -gain))
        yield _booking(row, "revaluation", legs)
        after = row.date + timedelta(days=1)
        fact, day, path = undone.get(row.fact, (row.fact, after, row.path))
        if day > after:  # it was taken back by then
            fact, day, path = row.fact, after, row.path
        yield _booking(row._replace(fact=fact, date=day, path=path), "revaluation taken back", _negated(legs))


def _booking(row: FactRow, kind: str, legs: _Legs) -> Posting:
    own, *others = legs
    moved = (Leg(*own), *(Leg(account, amount) for account, amount in others if amount))
    return Posting(row.date, row.fact, kind, "", row.currency, moved, row.path)


def _negated(legs: _Legs) -> _Legs:
    return tuple((account, -amount) for account, amount in legs)


def _of_entries(ledger: Ledger, first: date, last: date) -> Iterator[Posting]:
    """What the facts that move money post, by date and fact."""
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


def of_gains(policy: Policy, found: Iterable[Realised]) -> list[Posting]:
    """What `differences` post in books kept in one currency, so that the control account is what is carried."""
    accounts = policy.accounts
    return [
        Posting(one.date, one.fact, "realised gain" if one.gain > 0 else "realised loss", one.customer, policy.currency,
                (Leg(accounts.receivable, one.gain), Leg(accounts.fx_realised, -one.gain)), "")
        for one in found
    ]  # fmt: skip


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
