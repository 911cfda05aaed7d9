"""What a finance charge remembers: how it was reckoned, and for which days of which item it was charged.

Plain dataclasses, because policy says how interest is reckoned in the same words and reports start without pydantic.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from arledger.documents.fields import Amount, Day, Flag, ItemId, Percent, record

Basis = Literal["act/365", "act/360", "act/act", "30/360"]
Excluded = Literal["disputed", "promised", "planned", "blocked"]


@record
class Minimum:
    """The least one run charges a customer: a floor (charged anyway) or a threshold under which nothing is charged."""

    amount: Amount = Decimal(0)
    as_: Literal["floor", "suppress"] = "floor"


@record
class Reckoning:
    """How interest follows from what was open on each day, once the rate is known (RULES F1)."""

    basis: Basis = "act/365"
    method: Literal["daily-balance", "balance-due"] = "daily-balance"
    per: Literal["day", "month"] = "day"
    compound: Literal["no", "monthly"] = "no"
    round: Literal["run", "daily"] = "run"
    credits: Literal["count", "ignore"] = "count"
    exclude: tuple[Excluded, ...] = ("disputed", "planned")
    minimum: Minimum = Minimum()
    cap: Percent | None = None


@record
class Charged:
    """Interest on one item for the days after `from` up to `to`, on one principal at one yearly rate."""

    item: ItemId
    valid_from: Day
    to: Day
    rate: Percent
    principal: Amount
    charge: Amount


@record
class Compensated:
    """The fixed sum for a debt that was paid late, once for each."""

    item: ItemId
    amount: Amount


@record
class Memory:
    """Everything a finance charge remembers; of a credit note that corrects one, what it ought to have been."""

    reckoned: Reckoning = Reckoning()
    charged: tuple[Charged, ...] = ()
    compensation: tuple[Compensated, ...] = ()
    void: Flag = False  # of a credit note: the charge was taken back whole, and its days are free again
