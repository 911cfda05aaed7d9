"""The facts of a made-up ledger, as values: what the generator gives and every writer takes.

Days are ordinals (``date.toordinal``), money is whole cents. A share points at its `Item`, so that a writer
knows the due date the share settles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

CURRENCY = "EUR"
FIRST = date(2024, 7, 1).toordinal()
LAST = date(2026, 6, 30).toordinal()
ISO = {day: date.fromordinal(day).isoformat() for day in range(FIRST, LAST + 200)}


def money(cents: int) -> str:
    """Cents as text with two decimals.

    >>> money(14875), money(-5), money(0)
    ('148.75', '-0.05', '0.00')
    """
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def percent(cents: int, rate: int) -> int:
    """`rate` per cent of a positive amount, half-up.

    >>> percent(12500, 19), percent(14875, 2)
    (2375, 298)
    """
    return (cents * rate * 2 + 100) // 200


@dataclass(slots=True)
class Customer:
    """One customer; `discount_days` is 0 when the terms grant no early-payment discount."""

    id: str
    name: str
    terms: str
    net_days: int
    discount_days: int
    pays_on: int  # weekday of its payment run, -1: any day
    account: str  # IBAN
    limit: int


@dataclass(slots=True)
class Line:
    """One invoice line; its net is `quantity` times `price`."""

    text: str
    quantity: int
    price: int


@dataclass(slots=True)
class Item:
    """An invoice, and what is left open of it while the generator runs."""

    id: str
    customer: Customer
    day: int
    due: int
    lines: list[Line]
    po: str
    net: int
    tax: int
    total: int
    left: int


@dataclass(slots=True)
class Share:
    """One line of an application: the item loses `amount` and `discount`."""

    item: Item
    amount: int
    discount: int = 0


@dataclass(slots=True)
class Payment:
    """Money that came in; what exceeds the shares stays unapplied."""

    id: str
    customer: Customer
    day: int
    line: str  # key of the bank line
    shares: list[Share]
    amount: int


@dataclass(slots=True)
class CreditNote:
    """A credit against an invoice; it stays unapplied until an `Application`."""

    id: str
    customer: Customer
    day: int
    against: Item
    reason: str
    net: int
    tax: int
    total: int


@dataclass(slots=True)
class Application:
    """A credit note or unapplied cash set against an item later."""

    id: str
    customer: Customer
    day: int
    credit: str
    shares: list[Share]


@dataclass(slots=True)
class WriteOff:
    """What is given up of an item."""

    id: str
    customer: Customer
    day: int
    item: Item
    reason: str
    amount: int


Fact = Item | Payment | CreditNote | Application | WriteOff

BUCKETS = ("current", "1-30", "31-60", "61-90", "91+")
COLUMNS = (*BUCKETS, "unapplied")


def bucket(due: int, as_of: int) -> int:
    """Position in BUCKETS of an item due on `due`; edges are inclusive, day 0 is current.

    >>> [bucket(100, 100 + late) for late in (-5, 0, 1, 30, 31, 90, 91)]
    [0, 0, 1, 1, 2, 3, 4]
    """
    late = as_of - due
    return 0 if late <= 0 else min((late + 29) // 30, 4)


@dataclass(slots=True)
class Aging:
    """The expected answer: cents per customer and column, summed from the facts as they pass by."""

    as_of: int
    sums: dict[str, list[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def watch(self, facts: Iterable[Fact]) -> Iterable[Fact]:
        """The same facts, each counted and summed on its way."""
        for fact in facts:
            kind = type(fact).__name__
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if fact.day <= self.as_of:
                self._add(fact)
            yield fact

    def _add(self, fact: Fact) -> None:
        row = self.sums.setdefault(fact.customer.id, [0] * len(COLUMNS))
        match fact:
            case Item():
                row[bucket(fact.due, self.as_of)] += fact.total
            case WriteOff():
                row[bucket(fact.item.due, self.as_of)] -= fact.amount
            case CreditNote():
                row[-1] -= fact.total
            case Payment() | Application():
                row[-1] -= fact.amount if isinstance(fact, Payment) else 0
                for share in fact.shares:
                    row[bucket(share.item.due, self.as_of)] -= share.amount + share.discount
                    row[-1] += share.amount

    def document(self) -> dict[str, object]:
        """The answer as it is stored in expected.json; customers without any open item are left out."""
        rows = {
            customer: {**dict(zip(COLUMNS, row, strict=True)), "total": sum(row)}
            for customer, row in sorted(self.sums.items())
            if any(row)
        }
        return {
            "as_of": ISO[self.as_of],
            "currency": CURRENCY,
            "unit": "minor",
            "counts": self.counts,
            "facts": sum(self.counts.values()),
            "rows": rows,
        }
