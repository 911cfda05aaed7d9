"""A made-up trade with the truth known: invoices in running series, and the many ways customers pay them.

Made to be hard on purpose: neighbouring numbers, equal and round amounts, slips that hit another number, payers
under foreign names, money for invoices the book does not have.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from arledger.compute.matching import MatchBook, MatchCustomer, MatchItem
from arledger.documents.bank import StatementLine

START = date(2026, 1, 1)
_WORDS = "north south harbour alpine delta orbit maple cedar falcon granite silver copper river summit polar"
_TRADES = "supply foods logistics textiles electric machines paper glass tools chemicals"
WORDS, TRADES = _WORDS.split(), _TRADES.split()
LEGAL = ["GmbH", "Ltd", "Inc.", "S.A.", "AG", "B.V.", "LLC", ""]
NUMBERS = ["INV-2026-{:05}", "{:06}", "RE{:08}", "2026{:05}", "A-{:04}/26"]

# how often a kind of payment happens
KINDS = {
    "plain": 30, "lost zeros": 5, "slip": 8, "slip to neighbour": 4, "no text": 12, "several": 10,
    "several no text": 5, "part": 6, "part no text": 3, "unknown invoice": 4, "unknown invoice no text": 4,
    "other payer": 5, "wrong number": 4, "short": 4, "discount": 4, "twice": 3, "over": 3, "half named": 4,
}  # fmt: skip


class Trade:
    """A seeded book and statement: `lines`, `truth` (item ids by line, empty when nothing may be paid), `kinds`."""

    def __init__(
        self, seed: int, customers: int = 40, invoices: int = 400, payments: int = 250, rounded: bool | None = None
    ) -> None:
        self.pick = random.Random(seed)
        self.series = self.pick.choice(NUMBERS)
        self.round = self.pick.random() < 0.3 if rounded is None else rounded  # rents and retainers
        self.customers = [self._customer(at) for at in range(customers)]
        self.items = [self._item(at) for at in range(invoices)]
        self.left = {item.item: item.open for item in self.items}
        self.lines: list[StatementLine] = []
        self.truth: list[frozenset[str]] = []
        self.kinds: list[str] = []
        while len(self.lines) < payments:
            self._pay(self.pick.choices(list(KINDS), list(KINDS.values()))[0])

    def book(self) -> MatchBook:
        """What the matcher may see."""
        return MatchBook(tuple(self.items), tuple(self.customers))

    def _customer(self, at: int) -> MatchCustomer:
        name = f"{self.pick.choice(WORDS)} {self.pick.choice(TRADES)} {self.pick.choice(LEGAL)}".strip().title()
        return MatchCustomer(f"C{at:04}", (name,), (f"DE{at:020}",) if self.pick.random() < 0.4 else ())

    def _amount(self) -> int:
        return self.pick.randint(2, 40) * 5000 if self.round else self.pick.randint(1000, 900_000)

    def _item(self, at: int) -> MatchItem:
        issued = START + timedelta(days=at // 4)
        amount = self._amount()
        offers = ((issued + timedelta(days=10), amount // 50),) if self.pick.random() < 0.2 else ()
        po = (f"PO{self.pick.randint(1000, 9999)}",) if self.pick.random() < 0.3 else ()
        number = self.series.format(at + 100)
        who = self.pick.choice(self.customers).customer
        return MatchItem(number, who, "EUR", amount, amount, issued, issued + timedelta(days=30), offers, po)

    def _spoilt(self, number: str) -> str:
        at = self.pick.randrange(3, len(number))
        digit = self.pick.choice("0123456789")
        return self.pick.choice(
            [number[:at] + number[at + 1 :], number[:at] + digit + number[at:], number[:at] + digit + number[at + 1 :]]
        )

    def _pay(self, kind: str) -> None:
        alive = [item for item in self.items if self.left[item.item] == item.open]
        item = self.pick.choice(alive or self.items)
        if not alive:
            kind = "unknown invoice no text"
        mine = [other for other in alive if other.customer == item.customer]
        several = self.pick.sample(mine, min(len(mine), self.pick.randint(2, 4)))
        noise = self.pick.choice(["", "Rechnung ", "PAYMENT FOR ", f"cust {self.pick.randint(10000, 99999)} "])
        chosen = several if kind in ("several", "several no text", "half named") else [item]
        text = "" if kind.endswith("no text") else noise + self._text(kind, item, chosen)
        amount = self._paid(kind, item, chosen)
        near = self.items[max(0, self.items.index(item) - 1)]
        if kind == "slip to neighbour" and near.customer == item.customer and near.open == item.open:
            return  # nobody could tell
        chosen = [] if kind.startswith("unknown invoice") else chosen
        latest = max(one.date for one in [item, *chosen])
        when = latest + timedelta(days=self.pick.randint(5, 50))
        self._line(kind, item, amount, text, (chosen, when))
        if kind == "twice":
            self._line(kind, item, amount, text, ([], when + timedelta(days=3)))

    def _text(self, kind: str, item: MatchItem, chosen: list[MatchItem]) -> str:
        match kind:
            case "lost zeros":
                return item.item.replace("00", "")
            case "slip":
                return self._spoilt(item.item)
            case "slip to neighbour":
                return self.items[max(0, self.items.index(item) - 1)].item
            case "unknown invoice" | "wrong number":
                return self.series.format(self.pick.randint(600, 990))
            case "half named":
                return chosen[0].item
        return " ".join(one.item for one in chosen)

    def _paid(self, kind: str, item: MatchItem, chosen: list[MatchItem]) -> int:
        match kind:
            case "part" | "part no text":
                return self.pick.randint(1, item.open - 1)
            case "unknown invoice" | "unknown invoice no text":
                return self._amount()
            case "short":
                return item.open - self.pick.randint(1, item.open // 10)
            case "discount":
                return item.open - (item.discounts[0][1] if item.discounts else 0)
            case "over":
                return item.open + self.pick.randint(1, item.open // 5)
        return sum(one.open for one in chosen)

    def _line(self, kind: str, item: MatchItem, amount: int, text: str, told: tuple[list[MatchItem], date]) -> None:
        paid, when = told
        who = next(one for one in self.customers if one.customer == item.customer)
        name, account = who.names[0].upper(), who.accounts[0] if who.accounts else f"FR{who.customer[1:]:0>20}"
        if kind == "other payer":
            name, account = f"Factoring {self.pick.randint(1, 3)}", f"LU{self.pick.randint(1, 3):018}"
        self.lines.append(StatementLine(len(self.lines), when, when, amount, "EUR", name, account, text))
        self.truth.append(frozenset(one.item for one in paid))
        self.kinds.append(kind)
        for one in paid:
            self.left[one.item] = 0
