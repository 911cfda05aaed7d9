"""How open items are aged."""

from __future__ import annotations

from typing import Literal

from arledger.documents.fields import record


@record
class Aging:
    """How open items are aged: from which date, and the inclusive upper edges in days past due."""

    basis: Literal["due", "document"] = "due"
    buckets: tuple[int, ...] = (30, 60, 90)

    def __post_init__(self) -> None:
        if not self.buckets or list(self.buckets) != sorted(set(self.buckets)) or self.buckets[0] < 1:
            raise ValueError(f"ageing buckets must increase from 1 day on, not {list(self.buckets)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the buckets, youngest first.

        >>> Aging().names
        ('current', '1-30', '31-60', '61-90', '91+')
        """
        edges = (0, *self.buckets)
        return ("current", *(f"{a + 1}-{b}" for a, b in zip(edges, self.buckets, strict=False)), f"{edges[-1] + 1}+")

    def bucket(self, days: int) -> int:
        """Index into `names` of an item so many days past due; 0 and earlier is current (RULES A1)."""
        if days <= 0:
            return 0
        return 1 + sum(edge < days for edge in self.buckets)
