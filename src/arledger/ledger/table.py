"""The books as they are asked: entries, items, facts, customers and policy, in memory or in the index file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from arledger.documents.customers import Customer, same_family
from arledger.documents.told import Told
from arledger.errors import Place, Problem
from arledger.ledger.restore import restore
from arledger.ledger.schema import IN_FORCE, NEVER
from arledger.policy.aging import Aging

if TYPE_CHECKING:
    from arledger.policy.credit import CreditBasis
    from arledger.policy.policy import Policy
    from arledger.policy.taxes import Tax


class FactRow(NamedTuple):
    """A fact and where it is written."""

    id: int
    path: str  # under the ledger folder
    sha: str  # SHA-256 of the file
    fact: str
    kind: str
    date: date
    customer: str
    currency: str
    amount: int
    about: str
    key: str


class ItemRow(NamedTuple):
    """An item with what was open of it on the day asked for."""

    item: str
    kind: str
    customer: str
    currency: str
    date: int
    due: int
    total: int
    open: int
    schedule: str
    terms: str
    po: str
    refs: str
    text: str


_ITEM = "item, kind, customer, currency, date, due, total, {open}, schedule, terms, po, refs, text"
_FACT = "id, path, sha, fact, kind, date, customer, currency, amount, about, key"


T = TypeVar("T", bound=Told)
Keys = tuple[str | int, ...]  # keys and positions inside a file


def _fact(row: Sequence[Any]) -> FactRow:
    return FactRow._make((*row[:5], date.fromordinal(row[5]), *row[6:]))


class Ledger:
    """The books as read from the files: the one argument of everything that computes.

    Everything it gives is as of the files; nothing here writes them.
    """

    def __init__(self, connection: sqlite3.Connection, where: Callable[[str, Keys], str] | None = None) -> None:
        self.connection = connection
        self.where = where  # looks a place up in the file, which nothing here may read
        self._places: dict[tuple[str, Keys], str] = {}

    def place(self, path: str, *keys: str | int) -> str:
        """Where something is written, for people: a file and the line of a key in it; the key where no file is near."""
        if (path, keys) not in self._places:
            plainly = " ".join(filter(None, (path, ".".join(map(str, keys)))))
            self._places[path, keys] = self.where(path, keys) if self.where else plainly
        return self._places[path, keys]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows a query over the table gives, in its order."""
        return self.connection.execute(sql, values).fetchall()

    @cached_property
    def policy(self) -> Policy:
        """The ledger's policy."""
        from arledger.policy.policy import Policy  # many types: not for a quick report

        return restore(Policy, self._policy)

    @cached_property
    def credit(self) -> CreditBasis:
        """What credit is judged by."""
        from arledger.policy.credit import CreditBasis

        named = (field.name for field in fields(CreditBasis))
        return restore(CreditBasis, {name: self._policy[name] for name in named if name in self._policy})

    @cached_property
    def tax(self) -> Tax:
        """How tax is reckoned."""
        from arledger.policy.taxes import Tax

        return restore(Tax, self._policy.get("tax", {}))

    @cached_property
    def aging(self) -> Aging:
        """How the ledger ages its open items."""
        return restore(Aging, self._policy.get("aging", {}))

    @cached_property
    def _policy(self) -> dict[str, Any]:
        ((data,),) = self.rows("SELECT value FROM meta WHERE key = 'policy'")
        found: dict[str, Any] = json.loads(data)
        return found

    def customer(self, customer: str) -> Customer | None:
        """A customer by id, or None."""
        found = self.rows("SELECT data FROM customers WHERE customer = ?", customer)
        return restore(Customer, json.loads(found[0][0])) if found else None

    @cached_property
    def names(self) -> dict[str, str]:
        """Customer id → name, in the order of ids. The unidentified payer is the id of no text."""
        return {
            "": "(payer not identified)",
            **dict(self.rows("SELECT customer, name FROM customers ORDER BY customer")),
        }

    @cached_property
    def parents(self) -> dict[str, str]:
        """Customer → the parent its file names, of those that have one."""
        named = "SELECT customer, json_extract(data, '$.parent') FROM customers WHERE data LIKE '%\"parent\"%'"
        return {customer: parent for customer, parent in self.rows(named) if parent}

    @cached_property
    def merged(self) -> dict[str, str]:
        """Customer that was merged → who they are now. What was posted to them is theirs, wherever one looks."""
        found = self.rows("SELECT value FROM meta WHERE key = 'merged'")
        return dict(json.loads(found[0][0])) if found else {}

    def same_family(self, one: str, other: str) -> bool:
        """Whether either of the two customers may pay for the other."""
        return same_family(one, other, self.parents)

    def customers(self) -> Iterator[tuple[str, Customer]]:
        """Every customer with its id, in the order of ids; those merged into another are no more."""
        for customer, data in self.rows("SELECT customer, data FROM customers ORDER BY customer"):
            if customer not in self.merged:
                yield customer, restore(Customer, json.loads(data))

    def customer_path(self, customer: str) -> str:
        """Where a customer is written, under the ledger folder."""
        return str(self.rows("SELECT path FROM customers WHERE customer = ?", customer)[0][0])

    def facts(self, where: str = "1", *values: Any, order: str = "date, path") -> list[FactRow]:
        """The facts an SQL condition selects."""
        found = self.rows(f"SELECT {_FACT} FROM facts WHERE {where} ORDER BY {order}", *values)
        return [_fact(row) for row in found]

    def fact(self, fact: str) -> FactRow | None:
        """A fact by id, in its exact spelling, or None."""
        return next((row for row in self.facts("fact = ? COLLATE NOCASE", fact) if row.fact == fact), None)

    def told(
        self, kind: type[T], as_of: date, customer: str | None = None, about: str = "", *, reversed_too: bool = False
    ) -> list[tuple[FactRow, T]]:
        """The facts of a kind that moves no money, dated up to `as_of` and not reversed by then, oldest first.

        Only those of a customer, or about one subject, where that is said.
        """
        day = as_of.toordinal()
        where, values = "kind = ? AND data != '' AND date <= ?", [kind.FOLDER, day]
        for column, wanted in (("customer", customer), ("about", about or None)):
            if wanted is not None:
                where, values = f"{where} AND {column} = ?", [*values, wanted]
        if not reversed_too:
            values.append(day)
            where += (
                " AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.about = f.fact AND r.about != '' "
                "AND r.kind = 'reversals' AND r.date <= ?)"
            )
        rows = self.rows(f"SELECT {_FACT}, data FROM facts f WHERE {where} ORDER BY date, fact", *values)
        return [self._restored(kind, row[:-1], row[-1]) for row in rows]

    def _restored(self, kind: type[T], row: Sequence[Any], data: str) -> tuple[FactRow, T]:
        """A fact with what it says, of the customer it is of now."""
        fact, said = _fact(row), json.loads(data)
        if said.get("customer", fact.customer) != fact.customer:
            said["customer"] = fact.customer
        return fact, restore(kind, said)

    def taken_back(self, kind: type[T], as_of: date, customer: str | None = None) -> list[tuple[FactRow, T, date]]:
        """The facts of a kind that moves no money that a reversal dated up to `as_of` ended, each with that day."""
        rows = self.rows(
            f"SELECT {_FACT}, data, ended FROM (SELECT about AS whose, MIN(date) AS ended FROM facts WHERE kind = "
            "'reversals' AND about != '' AND date <= ?1 GROUP BY about) JOIN facts ON fact = whose "
            "WHERE kind = ?2 AND data != '' AND (?3 IS NULL OR customer = ?3) ORDER BY date, fact",
            as_of.toordinal(), kind.FOLDER, customer,
        )  # fmt: skip
        return [(*self._restored(kind, row[:-2], row[-2]), date.fromordinal(row[-1])) for row in rows]

    def item(self, item: str) -> ItemRow | None:
        """An item by id with what is open of it after its last entry, or None."""
        return next(
            map(ItemRow._make, self.rows(f"SELECT {_ITEM.format(open='open')} FROM items WHERE item = ?", item)), None
        )

    def items(
        self, as_of: date, customer: str | None = None, *, in_parts: bool = False, among: Iterable[str] | None = None
    ) -> list[ItemRow]:
        """Items with something open at the end of `as_of`: debits positive, credits negative; order of ids.

        `in_parts`: only those in instalments; `among`: only these. An item whose last entry is later than `as_of` is
        summed anew over the entries up to that day.
        """
        day = min(as_of.toordinal(), NEVER - 1)
        whose, values = ("AND customer = ?", (customer,)) if customer is not None else ("", ())
        whose += " AND schedule != ''" if in_parts else ""
        if among is not None:
            whose, values = f"{whose} AND item IN (SELECT value FROM json_each(?))", (*values, json.dumps([*among]))
        columns = _ITEM.format(open="open")
        settled = self.rows(
            f"SELECT {columns} FROM items WHERE settled > ? AND last <= ? {whose} ORDER BY +item", day, day, *values
        )
        found = [ItemRow._make(row) for row in settled]
        moving = _ITEM.format(
            open="(SELECT COALESCE(SUM(amount), 0) FROM entries e WHERE e.item = items.item AND e.date <= ?) AS at_day"
        )
        later = self.rows(
            f"SELECT {moving} FROM items WHERE settled > ? AND last > ? AND date <= ? {whose}",
            day,
            day,
            day,
            day,
            *values,
        )
        if later:
            found += [row for row in map(ItemRow._make, later) if row.open]
            found.sort(key=lambda row: row.item)
        return found

    def control(self, as_of: date) -> dict[str, int]:
        """The control account: what all customers owe at the end of `as_of`, minor units by currency."""
        return dict(
            self.rows(
                "SELECT currency, SUM(amount) FROM control WHERE date <= ? GROUP BY currency HAVING SUM(amount) != 0",
                as_of.toordinal(),
            )
        )

    def movements(self, first: date, last: date) -> dict[str, dict[str, int]]:
        """Currency → why → sum of the entries dated from `first` to `last`, both counted."""
        found: dict[str, dict[str, int]] = {}
        for currency, why, amount in self.rows(
            "SELECT currency, why, SUM(amount) FROM control WHERE date BETWEEN ? AND ? GROUP BY currency, why",
            first.toordinal(),
            last.toordinal(),
        ):
            found.setdefault(currency, {})[why] = amount
        return found

    def problems(self) -> list[Problem]:
        """What the checks of the book found wrong with the files as they are."""
        return [
            Problem(Place(path, line, column), *rest)
            for path, line, column, *rest in self.rows("SELECT * FROM problems ORDER BY path, line, col, code, message")
        ]

    def closes(self) -> list[FactRow]:
        """The closes in force, oldest first."""
        return self.facts(IN_FORCE, order="date")

    def closed_through(self) -> date | None:
        """The last day of the last closed period, or None when none is closed."""
        ((day,),) = self.rows(f"SELECT MAX(date) FROM facts WHERE {IN_FORCE}")
        return date.fromordinal(day) if day else None

    def known_ids(self, table: str, column: str) -> Iterable[str]:
        """Every id in a column, for suggestions and completion."""
        return (row[0] for row in self.rows(f"SELECT {column} FROM {table}"))
