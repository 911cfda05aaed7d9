"""How finance charges on late items are worked out (RULES §4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from arledger.documents.fields import Amount, Day, Percent, record


@record
class RatePeriod:
    """A yearly rate from a day on."""

    rate: Percent
    valid_from: Day = date.min


@record
class Grace:
    """Days before interest: a gate (nothing within, then from the due date) or a shift (starts after)."""

    days: int = 0
    as_: Literal["gate", "shift"] = "gate"


@record
class Minimum:
    """The least charge: a floor (charged anyway) or a threshold under which nothing is charged."""

    amount: Amount = Decimal(0)
    as_: Literal["floor", "suppress"] = "floor"


@record
class Charges:
    """Finance charges on late items (RULES §4)."""

    rate: Percent | None = None
    rates: tuple[RatePeriod, ...] = ()
    rate_fixed_at: Literal["due"] | None = None
    basis: Literal["act/365", "act/360", "act/act", "30/360"] = "act/365"
    compound: Literal["no", "monthly"] = "no"
    grace: Grace = Grace()
    minimum: Minimum = Minimum()
    round: Literal["run", "daily"] = "run"
    on: Literal["open", "paid-late"] = "open"
    cap: Percent | None = None
