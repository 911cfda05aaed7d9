"""Amounts in another currency, at the rates ledger.yaml states. A rate that is missing is not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from arledger.money import decimal, rounded
from arledger.policy.credit import Rate


class Rated(Protocol):
    """What states rates: a policy, or what of it credit is judged by."""

    @property
    def currency(self) -> str:
        """The ledger's own."""

    @property
    def rates(self) -> Sequence[Rate]:
        """What one unit of others is in it."""


def rate_of(policy: Rated, currency: str, day: date) -> Decimal | None:
    """What one unit of a currency is in the ledger's on a day: the last rate stated up to then; None: none is."""
    if currency == policy.currency:
        return Decimal(1)
    stated = [rate for rate in policy.rates if rate.currency == currency and rate.valid_from <= day]
    return max(stated, key=lambda rate: rate.valid_from).rate if stated else None


def converted(policy: Rated, minor: int, currency: str, to: str, day: date) -> int | None:
    """An amount in minor units of another currency, rounded half-up once; None where a rate is missing."""
    if currency == to or not minor:
        return minor
    from_, into = rate_of(policy, currency, day), rate_of(policy, to, day)
    return None if from_ is None or into is None else rounded(decimal(minor, currency) * from_ / into, to)
