"""A year at the example company: invoices and payments day by day, with the tales of `example_story` woven in."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from arledger.commands.invoices import Asked
from arledger.commands.payments import Received
from arledger.commands.shares import Wanted
from arledger.dates import Terms, month_end, months
from arledger.documents.invoices import Line
from example_desk import Desk
from example_trade import GOODS, HABITS

FIRST, LAST = date(2025, 7, 1), date(2026, 6, 30)
BANKED = date(2026, 6, 24)  # payments later than this are still in the bank's file, not in the books
CLOSED = date(2026, 4, 30)

T = TypeVar("T")


class Dice:
    """Chance that falls the same way every time. `Random.random` alone is the same in every Python."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends counted."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.between(0, len(options) - 1)]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """Different ones of the options, in their order."""
        left = list(range(len(options)))
        return [options[at] for at in sorted(left.pop(self.between(0, len(left) - 1)) for _ in range(count))]


class Year:
    """What is still to happen, and the desk where it does. `at` puts something on the calendar."""

    def __init__(self, desk: Desk, story: Callable[[Year, str, int, str, date], bool]) -> None:
        self.desk, self._story = desk, story
        self.dice = {customer: Dice(f"northwind {customer}") for customer in HABITS}
        self._count = itertools.count()
        self._calendar: list[tuple[date, int, Callable[[], object]]] = []
        self._runs: dict[tuple[str, date], list[str]] = {}

    def at(self, day: date, event: Callable[[], object]) -> None:
        """Something happens on a day: nothing from the end of the year on."""
        if day <= LAST:
            heapq.heappush(self._calendar, (day, next(self._count), event))

    def run(self) -> None:
        """Lives through the year."""
        for month in months(FIRST, CLOSED):
            after = month_end(date.fromisoformat(f"{month}-01")) + timedelta(days=8)
            self.at(after, lambda month=month, after=after: self.desk.close(month, after))  # type: ignore[misc]
        for customer in HABITS:
            for day in self._days(customer):
                self.at(day, lambda customer=customer, day=day: self.issue(customer, day))  # type: ignore[misc]
        while self._calendar:
            heapq.heappop(self._calendar)[2]()

    def _days(self, customer: str) -> list[date]:
        """The days a customer is invoiced on: working days, spread over each month."""
        days = []
        for month, count in zip(months(FIRST, LAST), HABITS[customer].months, strict=True):
            first = date.fromisoformat(f"{month}-01")
            width = 26 // max(int(count), 1)
            days += [
                workday(first + timedelta(days=width * n + self.dice[customer].between(0, width - 2)))
                for n in range(int(count))
            ]
        return days

    # -- invoices -------------------------------------------------------------------------------------------

    def issue(self, customer: str, day: date) -> None:
        """Invoices a customer; its payment goes on the calendar unless the story has other plans."""
        nth = len(self.desk.issued.get(customer, ())) + 1
        number = self.desk.invoice(self.order(customer, day, nth))
        if not self._story(self, customer, nth, number, day):
            self.will_pay(customer, number, day)

    def order(self, customer: str, day: date, nth: int) -> Asked:
        """What a customer orders."""
        habit, dice = HABITS[customer], self.dice[customer]
        if (customer, nth) == ("BLUEHILL", 3):
            racking = Line(description="Pallet racking, 14 bays, installed", unit_price=Decimal(14760))
            return Asked(customer, day, (racking,), po="BHB-2025-11", instalments=6)
        goods = dice.some(GOODS[habit.goods], dice.between(*habit.lines))
        lines = [
            Line(description=product.description, quantity=Decimal(dice.pick(product.quantities)),
                 unit_price=Decimal(product.price), tax=Decimal(habit.tax.rstrip("%")))
            for product in goods
        ]  # fmt: skip
        if habit.method == "check":
            lines.append(Line(description="Freight", unit_price=Decimal(dice.pick(("45.00", "68.00", "120.00")))))
        po = f"{customer[:3]}-{4400 + 7 * nth}" if habit.goods in ("outdoor", "medical", "foods") else ""
        return Asked(customer, day, lines, po=po)

    # -- payments -------------------------------------------------------------------------------------------

    def will_pay(self, customer: str, number: str, issued: date) -> None:
        """Puts the payment of an invoice on the calendar, by the customer's habit."""
        day = self.pay_day(customer, issued)
        run = self._runs.setdefault((customer, day), [])
        run.append(number)
        if len(run) == 1 and day <= BANKED:
            self.at(day, lambda: self.pay(customer, self._runs.pop((customer, day)), day))

    def pay_day(self, customer: str, issued: date) -> date:
        """When a customer would pay an invoice of that day."""
        habit = HABITS[customer]
        record = self.desk.ledger().customer(customer)
        assert record
        base = Terms.parse(record.terms).due(issued) if habit.after == "due" else issued
        day = max(base, issued) + timedelta(days=self.dice[customer].between(*habit.days))
        if habit.runs:
            while day.day not in habit.runs:
                day += timedelta(days=1)
            return workday(day)
        return workday(day) if habit.after == "due" else workday_before(day)

    def pay(self, customer: str, numbers: Sequence[str], day: date) -> None:
        """Pays what is open of these invoices, less discounts earned."""
        open_ = [number for number in numbers if self.desk.open(number)]
        if open_:
            self.pay_amount(customer, open_, day, self.desk.due_now(day, open_))

    def pay_amount(self, customer: str, numbers: Sequence[str], day: date, amount: int) -> str:
        """A payment of an amount (minor units) for these invoices. Gives its id."""
        habit, wanted = HABITS[customer], [Wanted(number) for number in numbers]
        if habit.method == "transfer":
            return self.desk.transfer(customer, day, wanted, amount, self.text(customer, numbers))
        reference = f"Check {self.dice[customer].between(1001, 9899)}" if habit.method == "check" else numbers[0]
        method = "check" if habit.method == "check" else "card"
        received = Received(customer, day, amount, self.desk.currency(customer), method, reference)  # type: ignore[arg-type]
        return self.desk.receive(received, wanted)

    def text(self, customer: str, numbers: Sequence[str]) -> str:
        """What a customer writes on a transfer."""
        last = " ".join(number.rpartition("-")[2] for number in numbers)
        return HABITS[customer].text.format(ids=", ".join(numbers), last=last)


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def workday_before(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
