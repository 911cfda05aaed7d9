"""What customers agreed to pay, and how much of each agreement the lines of this run have met already."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate

from arledger.compute.matching_types import Agreed, MatchItem


class Agreements:
    """The agreements of a book, by customer; what a run posts on their items is taken off them."""

    def __init__(self, agreed: Iterable[Agreed]) -> None:
        self._paid: dict[str, int] = defaultdict(int)
        self._of: dict[str, list[Agreed]] = defaultdict(list)
        for one in agreed:
            self._of[one.customer].append(one)

    def take(self, item: MatchItem, amount: int) -> None:
        """Notes that so many minor units were paid on an item."""
        for one in self._of.get(item.customer, ()):
            if is_for(one, item):
                self._paid[one.fact] += amount

    def met_by(
        self, customers: Iterable[str], currency: str, day: dt.date, amount: int
    ) -> list[tuple[Agreed, list[dt.date]]]:
        """The agreements of these customers that exactly this amount keeps on a day, each with the days of the
        instalments it is: the next one, or the next ones together."""
        found = []
        for one in (one for who in dict.fromkeys(customers) for one in self._of.get(who, ())):
            sums = [total - self._paid[one.fact] for total in accumulate(part for _, part in one.parts)]
            if one.currency == currency and one.since <= day <= one.until and amount in sums:
                due = [due for (due, _), total in zip(one.parts, sums, strict=True) if 0 < total <= amount]
                found.append((one, due))
        return found


def is_for(one: Agreed, item: MatchItem) -> bool:
    """Whether something was agreed on an item, or on the invoice it is an instalment of."""
    return (item.document or item.item) in one.items
