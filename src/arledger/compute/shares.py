"""Shares of a whole in per cent, that add up to 100.0 as shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from arledger.money import allocate


def shares(amounts: Sequence[int]) -> list[Decimal]:
    """Each amount in per cent of all, one decimal, by largest remainder. What is negative has no share.

    >>> [str(share) for share in shares([1, 1, 1, -5])]
    ['33.4', '33.3', '33.3', '0.0']
    """
    weights = [max(amount, 0) for amount in amounts]
    parts = allocate(1000, weights) if any(weights) else [0] * len(weights)
    return [Decimal(part).scaleb(-1) for part in parts]
