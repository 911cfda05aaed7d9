"""How expected credit losses are worked out (RULES §10): rates by ageing band, pools, specific reserves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal

from arledger.documents.fields import Amount, Day, Id, Percent, Text, record


def edges_of(bands: Mapping[str, Decimal]) -> tuple[int, ...]:
    """The upper edges in days past due of bands written as ageing prints them. Raises ValueError where they have gaps.

    >>> edges_of(dict.fromkeys(("current", "1-30", "31-60", "61+"), Decimal(1)))
    (30, 60)
    """
    edges: list[int] = []
    after = 0
    for name in sorted(set(bands) - {"current"}, key=_start):
        low, dash, high = name.partition("-")
        if _start(name) != after + 1 or (dash and not high.isdecimal()) or (not dash and not low.endswith("+")):
            break
        if not dash:
            if "current" in bands and edges and len(bands) == len(edges) + 2:
                return tuple(edges)
            break
        edges.append(after := int(high))
    shown = ", ".join(bands) or "none"
    raise ValueError(f"bands must run without gaps, such as current, 1-30, 31-60, 61-90, 91+; there are {shown}")


def _start(name: str) -> int:
    start = name.partition("-")[0].removesuffix("+")
    return int(start) if start.isdecimal() else 0


@record
class Matrix:
    """Loss rates by ageing band, from a day on, for one pool (or for every pool that has none of its own)."""

    rates: Mapping[Text, Percent]
    valid_from: Day = date.min
    pool: Id = ""
    factor: Percent = Decimal(100)  # the forward-looking part: 110% raises each rate by a tenth
    source: Text = ""
    zero: Text = ""  # why a rate of 0% is right, where there is one

    def __post_init__(self) -> None:
        edges_of(self.rates)

    @property
    def edges(self) -> tuple[int, ...]:
        """Upper edges of the bands, in days past due."""
        return edges_of(self.rates)


@record
class Pool:
    """Customers that lose alike: those named, and those of these countries."""

    customers: tuple[Id, ...] = ()
    countries: tuple[Text, ...] = ()


@record
class Specific:
    """What is expected to be lost of one customer or item, by itself and out of its pool, while the dates last."""

    reason: Text
    customer: Id = ""
    item: Id = ""
    rate: Percent | None = None  # of what is open; or an amount
    amount: Amount | None = None
    valid_from: Day = date.min
    to: Day = date.max

    def __post_init__(self) -> None:
        if bool(self.customer) == bool(self.item):
            raise ValueError("a specific reserve is for a customer or for an item")
        if (self.rate is None) == (self.amount is None):
            raise ValueError("a specific reserve has a rate or an amount")


@record
class Allowance:
    """Expected credit loss: `rates` for everything, or `matrices` by day and pool; specific reserves."""

    rates: Mapping[Text, Percent] = field(default_factory=dict)
    factor: Percent = Decimal(100)
    source: Text = ""
    zero: Text = ""
    matrices: tuple[Matrix, ...] = ()
    pools: Mapping[Id, Pool] = field(default_factory=dict)
    specific: tuple[Specific, ...] = ()

    def __post_init__(self) -> None:
        if self.rates:
            edges_of(self.rates)
        for matrix in self.matrices:
            if matrix.pool and matrix.pool not in self.pools:
                raise ValueError(f"there is no pool {matrix.pool} among `pools`")

    def matrix(self, pool: str, as_of: date) -> Matrix | None:
        """The matrix in force for a pool on a day: its own latest, else the latest of all pools."""
        general = Matrix(self.rates, date.min, "", self.factor, self.source, self.zero) if self.rates else None
        for wanted in dict.fromkeys((pool, "")):
            found = [m for m in self.matrices if m.pool == wanted and m.valid_from <= as_of]
            if found:
                return max(found, key=lambda m: m.valid_from)
        return general

    def pool_of(self, customer: str, country: str) -> str:
        """The pool a customer is in: the first that names it, else the first with its country; "" for the rest."""
        for name, pool in self.pools.items():
            if customer in pool.customers:
                return name
        return next((name for name, pool in self.pools.items() if country and country in pool.countries), "")
