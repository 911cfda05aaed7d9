"""A seeded, made-up trade of two years: customers are billed day by day and settle in many ways.

Memory holds only what is still to happen: invoices are forgotten when the last thing planned for them has happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from random import Random

from facts import FIRST, LAST, Application, CreditNote, Customer, Fact, Item, Line, Payment, Share, WriteOff, percent

TAX = 19
DISCOUNT = 2
PER_CUSTOMER = 50
TERMS = (("net 30", 30, 0), ("2/10 net 30", 30, 10), ("net 14", 14, 0), ("net 60", 60, 0), ("2/10 net 45", 45, 10))
GOODS = ("Widgets", "Copper pipe", "Steel angle 40 mm", "Packing film", "Pump seals", "Service visit", "Filter set")
NAMES = ("Adler", "Brandt", "Calder", "Dorn", "Ekman", "Ferrara", "Gruber", "Holm", "Ivens", "Janssen", "Keller")
TRADES = ("Handel", "Maschinenbau", "Logistik", "Foods", "Elektrik", "Bau", "Papier")
FORMS = ("GmbH", "AG", "Ltd", "SARL", "BV")

# What becomes of an invoice: (share of all invoices, fate). What would be paid after the last day is open too.
FATES = (
    (0.795, "whole"),
    (0.04, "two parts"),
    (0.045, "credited"),
    (0.015, "overpaid"),
    (0.01, "small difference"),
    (0.03, "part"),
    (0.005, "given up"),
    (0.06, "never"),
)
# Days from due to payment: (share, from, to).
DELAYS = ((0.35, -5, 0), (0.40, 1, 15), (0.17, 16, 45), (0.08, 46, 120))


def pick(rng: Random, table: tuple[tuple, ...]) -> tuple:
    """A row of the table, drawn by the shares in its first column, which sum to 1."""
    roll = rng.random()
    for row in table:
        roll -= row[0]
        if roll < 0:
            return row
    return table[-1]


def iban(account: int) -> str:
    """A German IBAN with right check digits for an account number.

    >>> iban(202051)
    'DE02120300000000202051'
    """
    body = f"12030000{account:010}"
    check = 98 - int(body + "131400") % 97
    return f"DE{check:02}{body}"


def customer(number: int, rng: Random) -> Customer:
    """The customer of that number (from 1)."""
    terms, net_days, discount_days = rng.choice(TERMS)
    name = f"{rng.choice(NAMES)} {rng.choice(TRADES)} {number} {rng.choice(FORMS)}"
    pays_on = rng.randrange(5) if rng.random() < 0.5 else -1
    limit = rng.choice((5_000_000, 10_000_000, 25_000_000))
    return Customer(f"CUST-{number:05}", name, terms, net_days, discount_days, pays_on, iban(number), limit)


class Trade:
    """All facts of `invoices` invoices, in date order, the same for the same seed."""

    def __init__(self, invoices: int, seed: int) -> None:
        self.invoices = invoices
        self.rng = Random(seed)
        self.seed = seed
        self.customers = [customer(number, self.rng) for number in range(1, max(invoices // PER_CUSTOMER, 1) + 1)]
        self.numbers: dict[tuple[str, int], int] = {}
        self.bank_lines = 0
        self.keys: set[str] = set()  # of the bank lines of one day
        self.credits: dict[str, tuple[str, int]] = {}  # customer → unapplied cash it will have set off
        # What is to happen on a day: credit notes, applications, payments, write-offs; in this order.
        self.plans: dict[int, tuple[list, list, list, list]] = {}

    def facts(self) -> Iterator[Fact]:
        """Every fact, day by day: first what is billed, then what is settled."""
        days = LAST - FIRST + 1
        for n in range(days):
            day = FIRST + n
            for _ in range(self.invoices * (n + 1) // days - self.invoices * n // days):
                yield self._invoice(day)
            self.keys.clear()
            if day in self.plans:
                yield from self._settle(day)

    def _number(self, series: str, day: int) -> str:
        year = date.fromordinal(day).year
        seq = self.numbers[series, year] = self.numbers.get((series, year), 0) + 1
        return f"{series}-{year}-{seq:06}"

    def _invoice(self, day: int) -> Item:
        rng = self.rng
        buyer = self.customers[int(len(self.customers) * rng.random() ** 1.3)]
        lines = [Line(rng.choice(GOODS), rng.randint(1, 20), rng.randint(250, 12_000))]
        # Further lines are whole euros: the tax is then the same to the cent by line and by document.
        lines += [
            Line(rng.choice(GOODS), rng.randint(1, 9), 100 * rng.randint(3, 90))
            for _ in range(rng.choice((0, 0, 1, 2)))
        ]
        net = sum(line.quantity * line.price for line in lines)
        tax = percent(net, TAX)
        po = f"PO-{rng.randint(10_000, 99_999)}" if rng.random() < 0.3 else ""
        number = self._number("INV", day)
        item = Item(number, buyer, day, day + buyer.net_days, lines, po, net, tax, net + tax, net + tax)
        self._plan(item)
        return item

    def _at(self, day: int, kind: int, plan: tuple) -> None:
        if day <= LAST:
            self.plans.setdefault(day, ([], [], [], []))[kind].append(plan)

    def _pay_day(self, item: Item) -> int:
        rng = self.rng
        _, low, high = pick(rng, DELAYS)
        day = max(item.day + 1, item.due + rng.randint(low, high))
        if item.customer.pays_on >= 0:
            day += (item.customer.pays_on - (day - 1)) % 7
        return day

    def _plan(self, item: Item) -> None:
        """Put what will become of an invoice into the calendar."""
        rng = self.rng
        _, fate = pick(rng, FATES)
        pay_day = self._pay_day(item)
        self._set_off(item, pay_day)
        match fate:
            case "whole" if item.customer.discount_days and rng.random() < 0.6:
                self._at(item.day + rng.randint(3, item.customer.discount_days), 2, (item, "discount"))
            case "whole" | "overpaid":
                self._at(pay_day, 2, (item, fate))
            case "two parts":
                self._at(pay_day, 2, (item, "part"))
                self._at(pay_day + rng.randint(5, 40), 2, (item, "whole"))
            case "credited":
                self._at(item.day + rng.randint(1, 20), 0, (item,))
                self._at(max(pay_day, item.day + 25), 2, (item, "whole"))
            case "small difference":
                self._at(pay_day, 2, (item, "short"))
                self._at(pay_day + rng.randint(10, 40), 3, (item, "Small difference"))
            case "part":
                self._at(pay_day, 2, (item, "part"))
            case "given up":
                self._at(item.due + rng.randint(150, 300), 3, (item, "Customer insolvent"))

    def _set_off(self, item: Item, pay_day: int) -> None:
        """Unapplied cash of the customer is set against its next invoice, most of the time."""
        credit = self.credits.pop(item.customer.id, None)
        if credit and credit[1] < item.total and self.rng.random() < 0.6:
            self._at(min(item.day + self.rng.randint(0, 2), pay_day), 1, (item, *credit))

    def _settle(self, day: int) -> Iterator[Fact]:
        # Looked up again for each kind: a credit note may plan its application for the same day.
        for (item,) in self.plans[day][0]:
            yield self._credit_note(item, day)
        for item, credit, amount in self.plans[day][1]:
            if share := min(amount, item.left):
                item.left -= share
                yield Application(f"{credit}-A2", item.customer, day, credit, [Share(item, share)])
        yield from self._payments(day)
        for item, reason in self.plans[day][3]:
            if item.left:
                amount, item.left = item.left, 0
                yield WriteOff(f"{item.id}-W1", item.customer, day, item, reason, amount)
        del self.plans[day]

    def _credit_note(self, item: Item, day: int) -> CreditNote:
        net = max(item.net * self.rng.randint(10, 30) // 100, 1)
        tax = percent(net, TAX)
        note = CreditNote(self._number("CN", day), item.customer, day, item, "Goods returned", net, tax, net + tax)
        if self.rng.random() < 0.85:
            self._at(day + self.rng.choice((0, 0, 1, 3)), 1, (item, note.id, note.total))
        return note

    def _payments(self, day: int) -> Iterator[Payment]:
        """One payment per customer and day, with a share for each of its invoices paid that day."""
        groups: dict[str, list[tuple[Item, str]]] = {}
        for item, how in self.plans[day][2]:
            groups.setdefault(item.customer.id, []).append((item, how))
        for plans in groups.values():
            shares = [self._share(item, how) for item, how in plans if item.left]
            if not shares:
                continue
            payer = shares[0].item.customer
            line = self._bank_line()
            number = f"{date.fromordinal(day).isoformat()}-{line[:8]}"
            over = self.rng.randint(10, 80) * 100 if any(how == "overpaid" for _, how in plans) else 0
            if over:
                self.credits[payer.id] = (number, over)
            yield Payment(number, payer, day, line, shares, sum(share.amount for share in shares) + over)

    def _bank_line(self) -> str:
        """A 64-digit key whose first 8 digits no other line of the day has."""
        while True:
            self.bank_lines += 1
            line = hashlib.sha256(f"{self.seed}:{self.bank_lines}".encode()).hexdigest()
            if line[:8] not in self.keys:
                self.keys.add(line[:8])
                return line

    def _share(self, item: Item, how: str) -> Share:
        amount, discount = item.left, 0
        if how == "part":
            amount = max(item.left * self.rng.randint(20, 80) // 100, 1)
        elif how == "short":
            amount = max(item.left - self.rng.randint(1, 490), 1)
        elif how == "discount" and item.left == item.total and item.total % 50 != 25:
            # At …25 and …75 cents, "2 % of it" and "it less 98 % of it" round apart: those are paid in full.
            discount = percent(item.total, DISCOUNT)
            amount -= discount
        item.left -= amount + discount
        return Share(item, amount, discount)
