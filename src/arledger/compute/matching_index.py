"""The state of one matching run: what is open, found by number, by customer and by amount without a scan.

Built once per run in time linear in the items. Items are held by position in the order of their ids, so nothing
depends on the order the book was given in.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from arledger.compute.matching_amounts import Lateness, Payable, Settlement, serving_order, settle
from arledger.compute.matching_identity import NOBODY, Payer, Payers
from arledger.compute.matching_lookup import Damage, Hit, Near, Numbers, Reading
from arledger.compute.matching_met import Agreements
from arledger.compute.matching_references import compact, digits_in, windows
from arledger.compute.matching_types import MatchBook, MatchPolicy, Offset, Proposal
from arledger.documents.bank import StatementLine

DISAGREES = -1
_A_REFERENCE = 4  # digits in a text that make it tell one payment from the next
_SOON = 5  # days within which the same amount without a reference is rather the same payment again
_MANY = 1500  # items beyond which only single ones are compared by amount
_WORTH_SHOWING = 8  # items of that very amount, over all customers, that are kept for a clerk to see


class Case(NamedTuple):
    """One line to be decided on, with what its texts say."""

    at: int  # its position in the lines given
    line: StatementLine
    reading: Reading

    @property
    def day(self) -> dt.date:
        """The day the payment counts from."""
        return self.line.value_date


class Run:
    """One run over a book: open amounts as they fall, and the memory of payers as it grows."""

    def __init__(self, book: MatchBook, policy: MatchPolicy, lines: Iterable[StatementLine] = ()) -> None:
        self.policy = policy
        self.items = tuple(sorted(book.items, key=lambda item: item.item))
        self.open = [item.open for item in self.items]
        self.granted = [0] * len(self.items)
        self.version: dict[str, int] = defaultdict(int)  # by customer, counts the changes to what it owes
        self._sorted: set[tuple[str, str]] = set()
        self._rank: dict[int, tuple[int, dt.date, int, bool, str]] = {}
        self.payers = Payers(book.customers, book.past)
        self.numbers = Numbers(self.items)
        self._by_customer: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._amounts: dict[tuple[str, str], dict[int, list[int]]] = {}
        self._anywhere: dict[tuple[str, int], list[int]] = {}
        self._wanted = {(line.currency, line.amount) for line in lines}
        self._damage: dict[tuple[str, str], Damage] = {}
        self._place = {item.item: place for place, item in enumerate(self.items)}
        self.paid: dict[tuple[str, str, int], list[tuple[dt.date, str, tuple[str, ...]]]] = defaultdict(list)
        self._families: dict[str, list[str]] = defaultdict(list)
        for place, item in enumerate(self.items):
            if item.open:
                self._by_customer[item.customer, item.currency].append(place)
        for customer in sorted({item.customer for item in self.items}):
            self._families[self.payers.root(customer)].append(customer)
        self.agreements = Agreements(book.agreed)
        for past in book.past:
            self.paid[past.customer, past.currency, past.amount].append((past.date, compact(past.text), past.items))

    # -- finding -------------------------------------------------------------------------------------------

    def named(self, number: str, customers: Iterable[str]) -> list[int]:
        """The items a number by itself names: in a strong form, or in a weak one when these customers have it."""
        window = next(iter(windows(number)), None)
        if window is None:
            return []
        own = [place for who in customers for place in self.numbers.weak(who, window)]
        return own or list(self.numbers.look_up(window))

    def weak_hits(self, case: Case, customers: Iterable[str]) -> list[Hit]:
        """Weak forms of these customers' numbers in what is left of the texts, longest first, none overlapping."""
        found: list[Hit] = []
        taken: list[str] = []
        for customer in customers:
            for window in case.reading.rest:
                places = self.numbers.weak(customer, window)
                if places and not any(window.compact in longer for longer in taken):
                    taken.append(window.compact)
                    found.append(Hit(window.compact, places, False))
        return found

    def near_hits(self, case: Case, customers: Iterable[str]) -> list[list[Near]]:
        """For each stretch of what is left of the texts, the open items of these customers it may be damaged for."""
        found: list[tuple[int, int, int, list[Near]]] = []
        for customer in customers:
            index = self._damage_of(customer, case.line.currency)
            for window in case.reading.rest:
                if len(window.compact) < 5 or digits_in(window.compact) < 4:
                    continue
                near = [hit for hit in index.near(window) if self.payable(hit.item, case)]
                if near:
                    found.append((near[0].slips, window.first, window.last, near))
        found.sort(key=lambda entry: (entry[0], -len(entry[3][0].written), entry[1]))
        kept: list[tuple[int, int, int, list[Near]]] = []
        for entry in found:
            if all(entry[2] < other[1] or entry[1] > other[2] for other in kept):
                kept.append(entry)
        return [entry[3] for entry in kept]

    def _damage_of(self, customer: str, currency: str) -> Damage:
        key = (customer, currency)
        if key not in self._damage:
            self._damage[key] = Damage(self.items, self._by_customer.get(key, ()))
        return self._damage[key]

    def payable(self, place: int, case: Case) -> bool:
        """Whether an item is open, a debt, in the currency of the line and not issued after it."""
        item = self.items[place]
        return self.open[place] > 0 and item.currency == case.line.currency and item.date <= case.day

    def open_of(self, customers: Sequence[str], case: Case) -> list[int]:
        """The items of these customers that the line can pay, in the order they are served."""
        found = [place for customer in customers for place in self.open_in_turn(customer, case)]
        return found if len(customers) == 1 else self.served(found)

    def open_in_turn(self, customer: str, case: Case) -> Iterator[int]:
        """The items of one customer that the line can pay, one by one in the order they are served."""
        key = (customer, case.line.currency)
        if key in self._by_customer and key not in self._sorted:
            self._sorted.add(key)
            self._by_customer[key] = self.served(self._by_customer[key])
        items, owed, day = self.items, self.open, case.day
        return (at for at in self._by_customer.get(key, ()) if owed[at] > 0 and items[at].date <= day)

    def credits_of(self, customers: Iterable[str], case: Case) -> list[int]:
        """What these customers have to their credit on the day of the line: places of items below nothing."""
        currency = case.line.currency
        found = [at for customer in customers for at in self._by_customer.get((customer, currency), ())]
        return [at for at in found if self.open[at] < 0 and self.items[at].date <= case.day]

    def many(self, customers: Iterable[str], case: Case) -> bool:
        """Whether these customers have too many items to try sets of them."""
        return sum(len(self._by_customer.get((who, case.line.currency), ())) for who in customers) > _MANY

    def with_amount(self, customers: Iterable[str], case: Case) -> list[int]:
        """Items of these customers the line can pay that had its amount open, in full or less discount."""
        currency, amount = case.line.currency, case.line.amount
        found = [at for who in customers for at in self._amounts_of(who, currency).get(amount, ())]
        return [place for place in dict.fromkeys(found) if self.payable(place, case)]

    def _amounts_of(self, customer: str, currency: str) -> dict[int, list[int]]:
        """Items by the amounts that would pay them, as they were open at some point of the run."""
        key = (customer, currency)
        if key not in self._amounts:
            known: dict[int, list[int]] = defaultdict(list)
            for place in self._by_customer.get(key, ()):
                for amount in self._would_pay(place):
                    known[amount].append(place)
            self._amounts[key] = known
        return self._amounts[key]

    def _would_pay(self, place: int) -> list[int]:
        owed = self.open[place]
        return [owed, *(owed - discount for _, discount in self.items[place].discounts)] if owed > 0 else []

    def anywhere(self, case: Case) -> list[int]:
        """Some items of anybody that the line can pay and that were open with exactly its amount when the run began."""
        if not self._anywhere:
            self._anywhere = {amount: [] for amount in self._wanted}
            for place, item in enumerate(self.items):
                for amount in {item.open, *(item.open - discount for _, discount in item.discounts)}:
                    among = self._anywhere.get((item.currency, amount))
                    if among is not None and len(among) < _WORTH_SHOWING:
                        among.append(place)
        found = self._anywhere.get((case.line.currency, case.line.amount), ())
        return [place for place in found if self.payable(place, case)]

    def served(self, places: Iterable[int]) -> list[int]:
        """Items in the order they are served."""
        return sorted(places, key=self._served)

    def _served(self, place: int) -> tuple[int, dt.date, int, bool, str]:
        if place not in self._rank:
            self._rank[place] = serving_order(self.items[place], self.policy)
        return self._rank[place]

    def family(self, customer: str) -> list[str]:
        """All customers with items under the same topmost parent, or the customer itself."""
        return self._families.get(self.payers.root(customer)) or [customer]

    # -- settling ------------------------------------------------------------------------------------------

    def settle(self, places: Iterable[int], case: Case) -> Settlement | None:
        """How the line settles these items, credits among them deducted first. None when nothing is left to pay."""
        ordered = self.served(places)
        debts = {place: self.open[place] for place in ordered if self.open[place] > 0}
        offsets = list(self._deduct(debts, [place for place in ordered if self.open[place] < 0]))
        notes: dict[int, int] = defaultdict(int)
        for offset in offsets:
            if self.items[self._place[offset.credit]].kind == "credit-note":
                notes[self._place[offset.item]] += offset.amount
        payables = [self._payable(at, left, notes[at]) for at, left in debts.items() if left]
        if not payables or sum(debts.values()) != sum(self.open[place] for place in ordered):
            return None
        settled = settle(payables, case.line.amount, case.day, self.policy, charges=case.line.charges)
        return settled._replace(offsets=tuple(offsets))

    def _deduct(self, debts: dict[int, int], owed_back: Sequence[int]) -> Iterator[Offset]:
        for credit in owed_back:
            left = -self.open[credit]
            for place in reversed(debts):
                part = min(left, debts[place])
                if part and self.items[place].customer == self.items[credit].customer:
                    yield Offset(self.items[credit].item, self.items[place].item, part)
                    debts[place] -= part
                    left -= part

    def settle_one(self, place: int, paid: int, case: Case) -> Settlement:
        """How a part of the line settles one item."""
        return settle([self.payable_as_is(place)], paid, case.day, self.policy)

    def _payable(self, place: int, left: int, credit: int = 0) -> Payable:
        return Payable(self.items[place], left, self.granted[place], credit)

    def payable_as_is(self, place: int) -> Payable:
        """An item with what is open of it now."""
        return self._payable(place, self.open[place])

    def asked(self, place: int, case: Case, lateness: Lateness) -> int:
        """What is open of an item less the discount there is on the day."""
        if not self.items[place].discounts:
            return self.open[place]
        return self.open[place] - self.payable_as_is(place).discount(case.day, self.policy, lateness)

    def agreement(self, payer: Payer, customers: Iterable[str], line: StatementLine) -> tuple[int, str]:
        """How far the payer speaks for these customers, from 3 to 0 for unknown and -1 for somebody else; and why."""
        owed = list(customers)
        if payer.grade == NOBODY:
            alike = self.payers.resembles(line.payer, owed[0], line.text) if owed else ""
            return (1, alike) if alike else (NOBODY, "payer is not known")
        if all(any(self.payers.same_family(who, one) for who in payer.customers) for one in owed):
            return payer.grade, payer.why
        if payer.grade == 1:
            return NOBODY, f"{payer.why}, which is not certain"
        return DISAGREES, f"{payer.why}, who does not owe this"

    # -- posting -------------------------------------------------------------------------------------------

    def post(self, case: Case, proposal: Proposal) -> None:
        """Take the shares of a line off what is open, and learn from it who pays."""
        for share in proposal.shares:
            place = self._place[share.item]
            self.granted[place] += share.discount
            self._reduce(place, share.amount + share.discount + share.difference)
            self.agreements.take(self.items[place], share.amount)
        for offset in proposal.offsets:
            self._reduce(self._place[offset.item], offset.amount)
            self._reduce(self._place[offset.credit], -offset.amount)
        line, named = case.line, tuple(share.item for share in proposal.shares)
        self.payers.learn(proposal.customer, line.payer, line.payer_account)
        self.paid[proposal.customer, line.currency, line.amount].append((case.day, case.reading.key, named))

    def _reduce(self, place: int, amount: int) -> None:
        self.open[place] -= amount
        self.version[self.items[place].customer] += 1
        item = self.items[place]
        if amount > 0 and (known := self._amounts.get((item.customer, item.currency))) is not None:
            for value in self._would_pay(place):
                known[value].append(place)

    def repeated(
        self, case: Case, customers: Iterable[str], places: Iterable[int], *, amount_alone: bool = False
    ) -> dt.date | None:
        """The day of an earlier payment of the same customer, amount and reference within the policy's days.

        Where the text gives no reference, the same amount within a few days is as suspicious.
        """
        named, key = {self.items[place].item for place in places}, case.reading.key
        for customer in customers:
            for day, earlier, items in self.paid.get((customer, case.line.currency, case.line.amount), ()):
                told = named & set(items) or (key == earlier and digits_in(key) >= _A_REFERENCE)
                within = self.policy.duplicate_days if told else min(_SOON, self.policy.duplicate_days)
                if (told or amount_alone or key == earlier) and abs((case.day - day).days) <= within:
                    return day
        return None
