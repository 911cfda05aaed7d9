"""The oracle: what the books say, worked out from the files a second time, by other means.

Shares no code with the program. It reads the files with PyYAML as plain text, counts in integers and fractions,
and knows no entries: on each day it looks at which facts are in force. A fact is in force from its date until a
reversal of it takes it back; an un-application takes back its shares alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

DECIMALS = {"JPY": 0, "BHD": 3, "CLF": 4}  # every other currency here has two
DEBITS, CREDITS = ("invoices", "deductions"), ("payments", "credit-notes")
Facts = Mapping[str, tuple[str, Mapping[str, Any]]]  # id → folder, what the file says as text
Key = tuple[str, str]  # customer ("" while not identified), currency


def read(ledgers: Path) -> Facts:
    """Every fact under the folder of ledger.yaml."""
    found = {}
    for path in ledgers.glob("*/**/*.yaml"):
        folder = path.relative_to(ledgers).parts[0]
        if folder not in ("customers", "drafts", "periods", "bank", "deposits"):
            assert path.stem not in found, path
            found[path.stem] = (folder, yaml.load(path.read_text("utf-8"), yaml.BaseLoader))
    return found


def minor(text: str, currency: str) -> int:
    """Minor units of an amount as written; nothing is rounded."""
    units = Fraction(text) * 10 ** DECIMALS.get(currency, 2)
    assert units.denominator == 1, text
    return units.numerator


class Model:
    """Answers questions about facts for any day."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.items = {id_: doc for id_, (folder, doc) in facts.items() if folder in DEBITS + CREDITS}
        self.taken_back: dict[tuple[str, bool], list[dt.date]] = {}
        for folder, doc in facts.values():
            if folder == "reversals":
                self.taken_back.setdefault((doc["of"], doc.get("kind") == "unapply"), []).append(_day(doc))
        self.days = sorted({_day(doc) for _, doc in facts.values()})

    def _in_force(self, fact: str, day: dt.date, *, shares: bool = False) -> bool:
        ends = self.taken_back.get((fact, False), []) + (self.taken_back.get((fact, True), []) if shares else [])
        return _day(self.facts[fact][1]) <= day and not any(end <= day for end in ends)

    def _uses(self, day: dt.date) -> Iterator[tuple[str, int, str, int]]:
        """What is used up on a day: item, its instalment or 0, the fact that does it, minor units."""
        for fact, (folder, doc) in self.facts.items():
            if folder in ("applications", *CREDITS) and self._in_force(fact, day, shares=True):
                for share in doc.get("applied", ()):
                    item, _, part = share["item"].partition("/")
                    amount = minor(share["amount"], doc["currency"])
                    yield item, int(part or 0), fact, amount + minor(share.get("discount", "0"), doc["currency"])
                    yield doc.get("credit", fact), 0, fact, amount
            elif folder in ("refunds", "write-offs", "deductions", "recoveries") and self._in_force(fact, day):
                item, _, part = doc.get("credit", doc.get("item", "")).partition("/")
                sign = -1 if folder == "recoveries" else 1
                yield item, int(part or 0), fact, sign * minor(doc["amount"], doc["currency"])

    def face(self, item: str) -> int:
        """What an item was made for: positive a debt, negative a credit."""
        doc, debit = self.items[item], self.facts[item][0] in DEBITS
        return minor(doc.get("total", doc.get("amount")), doc["currency"]) * (1 if debit else -1)

    def _made(self, item: str) -> int:
        """What it was made for, less the discount a credit note is without."""
        folder, doc = self.facts[item]
        return self.face(item) + (minor(doc.get("discount", "0"), doc["currency"]) if folder == "credit-notes" else 0)

    def open(self, day: dt.date) -> dict[str, int]:
        """Items with something open at the end of a day."""
        left = {item: self._made(item) for item in self.items if self._in_force(item, day)}
        for item, _, _, amount in self._uses(day):
            left[item] = left.get(item, 0) + (-amount if self.facts[item][0] in DEBITS else amount)
        return {item: amount for item, amount in left.items() if amount}

    def instalments(self, day: dt.date) -> dict[str, tuple[dt.date, int]]:
        """Open items, those with instalments as `ITEM/1`, `ITEM/2` …: the due date and what is open."""
        found = {}
        for item, left in self.open(day).items():
            parts = sorted((p["due"], minor(p["amount"], self.items[item]["currency"]))
                           for p in self.items[item].get("instalments", ()))  # fmt: skip
            if not parts:
                found[item] = (dt.date.fromisoformat(self.items[item].get("due", self.items[item]["date"])), left)
                continue
            open_, spare = [amount for _, amount in parts], 0
            for name, part, _, amount in self._uses(day):
                if name == item:
                    named = min(amount, open_[part - 1]) if part else 0
                    open_[part - 1] -= named
                    spare += amount - named
            for number, (due, _) in enumerate(parts, 1):
                paid = min(spare, open_[number - 1])
                spare -= paid
                if open_[number - 1] > paid:
                    found[f"{item}/{number}"] = (dt.date.fromisoformat(due), open_[number - 1] - paid)
        return found

    def balances(self, day: dt.date) -> dict[Key, int]:
        """What each customer owes in each currency; what is zero is left out."""
        sums: dict[Key, int] = {}
        for item, amount in self.open(day).items():
            key = (self.items[item].get("customer", ""), self.items[item]["currency"])
            sums[key] = sums.get(key, 0) + amount
        return {key: amount for key, amount in sums.items() if amount}

    def aging(self, day: dt.date, edges: tuple[int, ...]) -> dict[Key, list[int]]:
        """By customer and currency: current, each bucket, what is older than the last edge, unapplied."""
        rows: dict[Key, list[int]] = {}
        for name, (due, amount) in self.instalments(day).items():
            doc = self.items[name.partition("/")[0]]
            row = rows.setdefault((doc.get("customer", ""), doc["currency"]), [0] * (len(edges) + 3))
            late = (day - due).days
            place = next((n for n, edge in enumerate((0, *edges)) if late <= edge), len(edges) + 1)
            row[-1 if amount < 0 else place] += amount
        return rows

    def billed(self, folder: str, first: dt.date, last: dt.date, currency: str) -> int:
        """Sum of the documents of a folder dated from `first` to `last`."""
        return sum(
            minor(doc.get("total", doc.get("amount")), currency)
            for kind, doc in self.facts.values()
            if kind == folder and doc["currency"] == currency and first <= _day(doc) <= last
        )

    def _too_far(self) -> Iterator[str]:
        """Write-offs of which more is recovered than they gave up, if they stand, or before they did."""
        stand = {fact for fact in self.facts if not self.taken_back.get((fact, False))}
        for of, (folder, doc) in self.facts.items():
            if folder == "write-offs":
                back = [r for id_, (kind, r) in self.facts.items()
                        if kind == "recoveries" and r["write_off"] == of and id_ in stand]  # fmt: skip
                given = minor(doc["amount"], doc["currency"]) if of in stand else 0
                if sum(minor(r["amount"], r["currency"]) for r in back) > given or any(
                    _day(r) < _day(doc) for r in back
                ):
                    yield of

    def broken(self) -> list[str]:
        """What no day may show: an item open beyond nothing or beyond what it was made for, a fact undone early."""
        found = [f"{of} is reversed before its date" for (of, _), ends in self.taken_back.items()
                 if min(ends) < _day(self.facts[of][1])]  # fmt: skip
        found += [f"more of {of} is recovered than it gave up" for of in self._too_far()]
        for day in self.days:
            left = self.open(day)
            for item in {item for item, *_ in self._uses(day)}:
                open_, face = left.get(item, 0), self.face(item)
                if not min(0, face) <= open_ <= max(0, face) or day < _day(self.items[item]):
                    found.append(f"{item} of {face} is open for {open_} on {day}")
        return found


def _day(doc: Mapping[str, Any]) -> dt.date:
    return dt.date.fromisoformat(doc["date"])
