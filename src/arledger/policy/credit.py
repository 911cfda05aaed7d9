"""What customers may owe, and what stops an order (RULES §8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Literal

from arledger.documents.fields import Amount, Currency, Day, Flag, Id, Percent, Quantity, TermsText, Text, record


@record
class Rate:
    """What one unit of a currency is in the ledger's, from a day on."""

    currency: Currency
    rate: Quantity
    valid_from: Day = date.min


@record
class Counted:
    """What counts as exposure beside open invoices."""

    unapplied: Flag = True  # cash and credits not yet applied lower it
    orders: Flag = True  # ordered, neither delivered nor billed
    delivered: Flag = True  # delivered, not billed
    drafts: Flag = True


@record
class GroupLimit:
    """What all customers of a group may owe together."""

    limit: Amount
    currency: Currency = ""
    expires: Day | None = None
    review: Day | None = None  # the day to look again

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError(f"limit {self.limit:f} is less than nothing")


HoldName = Literal[
    "limit",
    "limit-expired",
    "overdue-days",
    "overdue-amount",
    "order-amount",
    "status",
    "terms",
    "promise-broken",
    "plan-lost",
]


@record
class HoldRule:
    """What holds an order: for everybody, a group or one customer. The closest to the customer decides.

    `exclude` takes the rule away there; `release` takes every rule away.
    """

    rule: HoldName
    does: Literal["hold", "exclude", "release"] = "hold"
    customer: Id = ""
    group: Text = ""
    days: int = 0  # overdue for more than so many
    grace: int = 0  # days more before it holds
    amount: Amount | Mapping[Currency, Amount] | None = None  # more than this
    percent: Percent | None = None  # more than this part of the limit is used

    def threshold(self, currency: str) -> Decimal | None:
        """The amount above which it holds, in that currency; None: it names none."""
        if self.amount is None or isinstance(self.amount, Decimal):
            return self.amount
        return self.amount.get(currency)


#: What holds an order where ledger.yaml has no `holds`: what the customer's own file sets.
DEFAULT_HOLDS = (HoldRule("limit"), HoldRule("limit-expired"), HoldRule("status"))


@record
class CreditPolicy:
    """Credit limits and holds (RULES §8)."""

    exposure: Counted = Counted()
    groups: Mapping[Text, GroupLimit] = field(default_factory=dict)
    holds: tuple[HoldRule, ...] = DEFAULT_HOLDS
    residue: Amount | Mapping[Currency, Amount] = Decimal(1)  # overdue up to this in all holds nothing

    def too_small(self, currency: str) -> Decimal:
        """The amount overdue up to which nothing is held."""
        return self.residue if isinstance(self.residue, Decimal) else self.residue.get(currency, Decimal(0))


#: The terms where neither ledger.yaml nor a customer's file names any.
TERMS = "net 30"


@record
class CreditBasis:
    """What of a policy credit is judged by: read by itself, for a whole policy takes long to import."""

    currency: Currency
    terms: TermsText = TERMS
    rates: tuple[Rate, ...] = ()
    credit: CreditPolicy = CreditPolicy()
