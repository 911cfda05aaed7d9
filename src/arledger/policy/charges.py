"""How finance charges on late items are worked out (RULES §4), and the statutory packs that say it for a country."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from arledger.documents.charges import Basis, Excluded, Minimum, Reckoning
from arledger.documents.fields import Amount, Currency, Day, Flag, Id, Percent, Text, record
from arledger.errors import BadValueError


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
class Charges:
    """Finance charges on late items (RULES §4). The rate is a year's, also where it is charged by the month."""

    rate: Percent | None = None
    rates: tuple[RatePeriod, ...] = ()
    pack: Id = ""  # the statutory pack that gives the rates, or what a contract's rate needs
    rate_fixed_at: Literal["due"] | None = None
    basis: Basis = "act/365"
    method: Literal["daily-balance", "balance-due"] = "daily-balance"
    per: Literal["day", "month"] = "day"
    compound: Literal["no", "monthly"] = "no"
    grace: Grace = Grace()
    minimum: Minimum = Minimum()
    round: Literal["run", "daily"] = "run"
    on: Literal["open", "paid-late"] = "open"
    exclude: tuple[Excluded, ...] = ("disputed", "planned")
    credits: Literal["count", "ignore"] = "count"  # whether money not yet applied counts against the oldest items
    compensation: Literal["pack", "none"] = "pack"
    cap: Percent | None = None  # of the effective annual rate
    terms_ref: Text = ""  # where the customer agreed to it

    def __post_init__(self) -> None:
        if self.rate is None and not self.rates and not self.pack:
            raise ValueError("charges without a rate: write rate: 12%, or rates, or a pack")
        if self.rate is not None and self.rates:
            raise ValueError("both rate and rates: keep one of them")
        if any(one.valid_from >= other.valid_from for one, other in pairwise(self.rates)):
            raise ValueError("rates: each begins after the one before it")
        if self.grace.days < 0:
            raise ValueError("grace: days are counted from 0")
        if self.round == "daily" and (self.per == "month" or self.compound != "no"):
            raise ValueError("round: daily goes with simple interest per day alone")
        for period in self.periods:
            refuse_above_cap(self, period.rate)

    @property
    def periods(self) -> tuple[RatePeriod, ...]:
        """The rates that stand in ledger.yaml itself, oldest first."""
        return self.rates or ((RatePeriod(self.rate),) if self.rate is not None else ())

    @property
    def reckoning(self) -> Reckoning:
        """What of this a finance charge remembers."""
        names = [field.name for field in dataclasses.fields(Reckoning)]
        return Reckoning(**{name: getattr(self, name) for name in names})


def refuse_above_cap(charges: Charges, rate: Percent) -> None:
    """Raises BadValueError for a rate that comes to more than the cap in a year."""
    effective = effective_rate(rate, charges.reckoning)
    if charges.cap is not None and effective > charges.cap:
        message = f"{rate:f}% comes to {effective:f}% a year, above the cap of {charges.cap:f}%"
        raise BadValueError("rate-above-cap", message, "lower the rate, or correct the cap")


def effective_rate(rate: Decimal, how: Reckoning) -> Decimal:
    """What a yearly rate comes to in a year of 365 days, in percent to two decimals: above it, if by day of a year of
    360 or charged on charges.

    >>> str(effective_rate(Decimal(18), Reckoning(compound="monthly")))
    '19.56'
    """
    yearly = rate * 365 / 360 if how.basis == "act/360" and how.per == "day" else rate
    if how.compound == "monthly":
        yearly = ((1 + yearly / 1200) ** 12 - 1) * 100
    return yearly.quantize(Decimal("0.01"))


@record
class PackPeriod:
    """The rate a law sets for the days from the first to the last, both counted, and where that is published."""

    valid_from: Day
    to: Day
    rate: Percent
    source: Text


@record
class Tier:
    """The fixed sum for a late debt below an amount; without one, for any larger debt."""

    amount: Amount
    below: Amount | None = None


@record
class Pack:
    """What a law says of late payment: its rates by period, its fixed compensation, and what a contract must have."""

    name: Text
    law: Text
    source: Text
    rates: tuple[PackPeriod, ...] = ()
    rate_fixed_at: Literal["due"] | None = None
    simple: Flag = True  # no interest on interest
    currency: Currency = ""  # of the compensation; there is none in another
    compensation: tuple[Tier, ...] = ()
    needs: tuple[Literal["rate", "cap", "terms_ref"], ...] = ()  # keys `charges` must have
    notes: Text = ""
