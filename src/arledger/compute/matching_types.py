"""The values matching takes and gives: items, customers, earlier payments, policy; proposals and their shares.

All amounts are whole minor units of one currency.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Tier = Literal["auto", "suggest", "hold"]
Class = Literal["exact", "discount", "tolerance", "short", "over", "on-account", "unidentified", "duplicate"]


@dataclass(frozen=True, slots=True)
class MatchItem:
    """An item a payment may be for. `open` is 0 for a settled item (its number then warns, and is never paid)
    and negative for a credit, which a customer may deduct."""

    item: str
    customer: str
    currency: str
    open: int  # minor units
    total: int  # minor units as issued; what tolerance is measured on
    date: dt.date
    due: dt.date
    discounts: tuple[tuple[dt.date, int], ...] = ()  # (last day granted inclusive, discount still available)
    references: tuple[str, ...] = ()  # po and other numbers the customer may quote
    document: str = ""  # the number printed on the paper, when several instalments (items) share one; "" = item
    kind: str = "invoice"
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class MatchCustomer:
    """A customer as a payer: the names and bank accounts it is known by, and the parent that may pay for it."""

    customer: str
    names: tuple[str, ...] = ()  # its name and learned aliases
    accounts: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A payment posted earlier: teaches who an account or name belongs to, and lets a repetition be seen."""

    payment: str
    customer: str
    date: dt.date
    amount: int  # minor units
    currency: str
    payer: str = ""
    payer_account: str = ""
    text: str = ""
    items: tuple[str, ...] = ()  # what it was applied to


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a customer agreed to pay on some items: a promise, what is open of a payment plan, a settlement."""

    fact: str
    customer: str
    currency: str
    items: frozenset[str]  # by their ids, without instalments
    parts: tuple[tuple[dt.date, int], ...]  # day and minor units of each amount, the next one first
    since: dt.date
    words: str  # what it is, with {} for the days
    until: dt.date = dt.date.max  # last day it may be paid


@dataclass(frozen=True, slots=True)
class MatchBook:
    """What the ledger knows on the day of matching, in any order."""

    items: tuple[MatchItem, ...]
    customers: tuple[MatchCustomer, ...] = ()
    past: tuple[PastPayment, ...] = ()
    agreed: tuple[Agreed, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """How matching may behave. The defaults give nothing away: no tolerance, no grace, no partial discount."""

    tolerance_percent: Decimal | None = None  # 0.5 means 0.5 % of the item's total
    tolerance_max: Mapping[str, int] | None = None  # minor units by currency; with percent, the smaller of the two
    grace_days: int = 0  # a discount is still accepted this many days late, when it explains the amount
    partial_discount: Literal["none", "proportional"] = "none"
    auto_subset_size: int = 6  # most items an amount alone may settle without a clerk
    duplicate_days: int = 30  # same customer, amount and reference within this many days: duplicate suspected
    accept_bank_charges: bool = True  # what the bank says it kept counts as paid, the charge as a difference
    post_on_account: bool = False  # post unexplained money of a certain payer as unapplied
    oldest_first: frozenset[str] = frozenset()  # customers whose money goes to the oldest due item; no tolerance
    no_tolerance: frozenset[str] = frozenset()  # blocked customers get none (RULES D5)
    kind_order: tuple[str, ...] = ()  # oldest-first: kinds served before all others, such as ("finance-charge",)


@dataclass(frozen=True, slots=True)
class Share:
    """What one item gets. amount + discount + difference is what its open amount falls by."""

    item: str
    amount: int  # of the payment, positive
    discount: int = 0  # early-payment discount granted
    difference: int = 0  # tolerance or bank charge: positive when paid too little, negative when too much


@dataclass(frozen=True, slots=True)
class Offset:
    """A credit the payer deducted, to be applied to an item beside the payment's own shares."""

    credit: str
    item: str
    amount: int  # positive


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible explanation of a line, for a clerk to choose."""

    customer: str
    items: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What matching says of one line. Sum of share amounts + unapplied = the line's amount.

    `auto` is to be posted; `suggest` has a customer or candidates and waits for a clerk; `hold` has no payer.
    A line that is not auto has no shares: its `candidates` say what it may be, best first.
    """

    line: int  # position in the lines given
    tier: Tier
    result: Class
    customer: str  # "" when the payer is not identified
    shares: tuple[Share, ...]
    unapplied: int  # minor units
    evidence: tuple[str, ...]  # in words, strongest first; warnings among them
    candidates: tuple[Candidate, ...] = ()
    offsets: tuple[Offset, ...] = field(default=())
    as_told: bool = False  # a person said the amounts: what is left of an item stays open, whatever the policy

    @property
    def items(self) -> tuple[str, ...]:
        """What the line pays: the items with a share, then those a deducted credit pays in full."""
        shared = [share.item for share in self.shares]
        return tuple(dict.fromkeys((*shared, *(offset.item for offset in self.offsets))))


def falls_by_item(proposals: Iterable[Proposal]) -> dict[str, int]:
    """What proposals together take off each item, in minor units; credits they use up rise, so theirs is negative."""
    falls: dict[str, int] = defaultdict(int)
    for proposal in proposals:
        for share in proposal.shares:
            falls[share.item] += share.amount + share.discount + share.difference
        for offset in proposal.offsets:
            falls[offset.item] += offset.amount
            falls[offset.credit] -= offset.amount
    return falls
