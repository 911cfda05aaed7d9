"""The values decisions about notices are made of, and made into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from arledger.compute.open_items import OpenItem
from arledger.compute.set_aside import Aside

Kind = Literal["notice", "reminder", "referral"]


class Line(NamedTuple):
    """An item that is asked for: how much of it, its level, and that of the last notice that asked for it."""

    item: OpenItem
    amount: int  # minor units
    level: int = 0
    before: int = 0


class Due(NamedTuple):
    """A notice that is due: everything about it but its words."""

    kind: Kind
    customer: str
    currency: str
    procedure: str
    level: int
    lines: tuple[Line, ...]
    aside: tuple[Aside, ...]
    credits: int  # minor units taken off
    fee: int
    why: str

    @property
    def amount(self) -> int:
        """What is asked for, without the fee."""
        return sum(line.amount for line in self.lines)


class Spared(NamedTuple):
    """A customer with something late who gets no notice, and why."""

    customer: str
    currency: str
    overdue: int  # minor units
    days: int  # of the oldest
    why: str


class Ready(NamedTuple):
    """What may be handed over to others: its final notice went out, and the day to pay by is past."""

    customer: str
    currency: str
    items: Mapping[str, int]  # each with the minor units that are unpaid of it
    noticed: date
    to: Literal["agency", "legal"] | None
    name: str

    @property
    def amount(self) -> int:
        """What is unpaid of all of them, minor units."""
        return sum(self.items.values())


class Wanted(NamedTuple):
    """A letter to be written: its template and language, and the values it may show."""

    template: str
    language: str
    values: Mapping[str, Any]


Write = Callable[[Iterable[Wanted]], Iterator[str]]  # gives the letters in their order


class Account(NamedTuple):
    """A customer in one currency, with everything a decision about a notice needs."""

    customer: str
    currency: str
    items: Sequence[OpenItem]
    named: str  # of the procedure
    aside: Sequence[Aside]
    blocked: str  # why no notice may go out; "" when it may

    @property
    def credits(self) -> int:
        """What is on account, positive."""
        return -sum(item.open for item in self.items if item.is_credit)

    def counted(self, item: OpenItem) -> int:
        """What of an item is asked for: all but what is set aside."""
        return item.open - sum(aside.amount for aside in self.aside if aside.item == item.item)


class Outcome(NamedTuple):
    """What is due on a day, who is spared, and what may be handed over; each in the order of customers."""

    due: list[Due]
    spared: list[Spared]
    ready: list[Ready]
