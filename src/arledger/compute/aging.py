"""Ageing: open items by days past due. It foots, or it refuses to be printed (RULES A3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from arledger.compute.disputes import contested, disputed
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import by_plan, holding
from arledger.errors import LedgerError, Place, Problem
from arledger.ledger.schema import NEVER
from arledger.ledger.table import Ledger
from arledger.money import plain
from arledger.policy.aging import Aging


class Aged(NamedTuple):
    """One row of an ageing: what is open of a group in one currency, by bucket, minor units."""

    group: str
    currency: str
    buckets: tuple[int, ...]  # as `Aging.names`
    unapplied: int  # credits not yet applied, negative; in a bucket only where that is asked for (RULES A2)
    disputed: int = 0  # of what is in the buckets (RULES X2)

    @property
    def total(self) -> int:
        """Buckets and unapplied together: what the group owes."""
        return sum(self.buckets) + self.unapplied


Group = Callable[[OpenItem], str]


def age(
    items: Iterable[OpenItem],
    as_of: date,
    aging: Aging,
    group: Group,
    claims: Mapping[str, int] | None = None,
    *,
    age_credits: bool = False,
) -> list[Aged]:
    """The items in buckets by group and currency, in the order of both; `claims`: how much of which is disputed.

    `age_credits`: credits stand in the buckets too, by their own date.
    """
    left = dict(claims or {})
    width = len(aging.names)
    sums: dict[tuple[str, str], list[int]] = {}
    for item in items:
        row = sums.setdefault((group(item), item.currency), [0] * (width + 2))
        row[width + 1] += left.pop(item.item, 0)
        if item.is_credit and not age_credits:
            row[width] += item.open
        else:
            from_ = item.due if aging.basis == "due" else item.date
            row[aging.bucket((as_of - from_).days)] += item.open
    return _rows(sums)


def _rows(sums: Mapping[tuple[str, str], Sequence[int]]) -> list[Aged]:
    return [Aged(*key, tuple(row[:-2]), *row[-2:]) for key, row in sorted(sums.items()) if any(row)]


def _cells(row: Aged) -> tuple[int, ...]:
    return (*row.buckets, row.unapplied, row.disputed)


def totals(rows: Sequence[Aged]) -> list[Aged]:
    """One row a currency: currencies are never added together (RULES A7)."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for row in rows:
        found.setdefault(row.currency, []).append(_cells(row))
    sums = {currency: [sum(column) for column in zip(*cells, strict=True)] for currency, cells in found.items()}
    return [Aged("", currency, tuple(cells[:-2]), *cells[-2:]) for currency, cells in sorted(sums.items())]


def _add(sums: dict[tuple[str, str], list[int]], key: tuple[str, str], cells: Sequence[int], sign: int = 1) -> None:
    """Adds the cells of a row to those of its key, or takes them off."""
    before = sums.get(key)
    sums[key] = [a + sign * b for a, b in zip(before, cells, strict=True)] if before else [sign * b for b in cells]


def aged(
    ledger: Ledger, as_of: date, aging: Aging, group: Group, customer: str | None = None, *, age_credits: bool = False
) -> list[Aged]:
    """The ageing of the ledger on a date, item by item. Raises LedgerError when it does not foot."""
    items = by_plan(open_items(ledger, as_of, customer), holding(ledger, as_of, customer))
    rows = age(items, as_of, aging, group, disputed(ledger, as_of, customer), age_credits=age_credits)
    return _footing(ledger, as_of, rows, customer)


def aged_customers(
    ledger: Ledger, as_of: date, aging: Aging, customer: str | None = None, *, age_credits: bool = False
) -> list[Aged]:
    """The ageing of the ledger on a date by customer: that of `aged`, summed where the items lie.

    Items in instalments, under a plan or disputed are few, and gone through one by one. Raises LedgerError when it
    does not foot to the control account.
    """
    sums: dict[tuple[str, str], list[int]] = {}
    for owner, currency, *cells in ledger.rows(*_summed(as_of, aging, customer, age_credits)):
        _add(sums, (owner, currency), (*cells, 0))

    def add(items: Iterable[OpenItem], sign: int) -> None:
        for row in age(items, as_of, aging, lambda item: item.customer, age_credits=age_credits):
            _add(sums, (row.group, row.currency), _cells(row), sign)

    add(open_items(ledger, as_of, customer, in_parts=True), 1)
    if held := holding(ledger, as_of, customer):
        planned = open_items(ledger, as_of, customer, among=held)
        add(planned, -1)
        add(by_plan(planned, held), 1)
    for part in contested(ledger, as_of, customer):
        sums[part.customer, part.currency][-1] += part.amount
    return _footing(ledger, as_of, _rows(sums), customer)


def _summed(as_of: date, aging: Aging, customer: str | None, age_credits: bool) -> tuple[Any, ...]:
    """The query (and its values) for what is open of items without instalments: customer, currency, buckets, unapplied.

    Everything it asks for is in an index, in the order it is summed in for what is still open today; what was settled
    since the day comes in rows of its own.
    """
    day = min(as_of.toordinal(), NEVER - 1)
    from_ = "due" if aging.basis == "due" else "date"
    edges = (-NEVER, 0, *aging.buckets, NEVER)
    which, unapplied = ("1", "0") if age_credits else ("total >= 0", "total < 0")
    columns = [f"{which} AND {from_} >= {day - high} AND {from_} < {day - low}" for low, high in pairwise(edges)]
    open_ = (
        f"iif(last <= {day}, open, (SELECT SUM(amount) FROM entries e WHERE e.item = items.item AND e.date <= {day}))"
    )
    sums = ", ".join(f"COALESCE(SUM({open_}) FILTER (WHERE {column}), 0)" for column in (*columns, unapplied))
    whose, values = ("AND customer = ?", [customer]) if customer is not None else ("", [])
    parts = [
        f"SELECT customer, currency, {sums} FROM items WHERE {settled} AND date <= {day} AND schedule = '' {whose} "
        "GROUP BY customer, currency"
        for settled in (f"settled = {NEVER}", f"settled > {day} AND settled < {NEVER}")
    ]
    return " UNION ALL ".join(parts), *values, *values


def _footing(ledger: Ledger, as_of: date, rows: list[Aged], customer: str | None) -> list[Aged]:
    if customer is None:
        refuse_unless_it_foots(ledger, as_of, totals(rows))
    return rows


def regrouped(rows: Iterable[Aged], group: Callable[[str], str]) -> list[Aged]:
    """The rows added up by what `group` makes of each row's group, in the order of that and of currencies."""
    sums: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        _add(sums, (group(row.group), row.currency), _cells(row))
    return _rows(sums)


def refuse_unless_it_foots(ledger: Ledger, as_of: date, sums: Sequence[Aged]) -> None:
    """Raises LedgerError unless the totals equal the control account of the date, currency by currency."""
    by_currency = {row.currency: row.total for row in sums if row.total}
    control = ledger.control(as_of)
    if by_currency != control:
        currency = next(c for c in {**by_currency, **control} if by_currency.get(c, 0) != control.get(c, 0))
        message = (
            f"the ageing on {as_of} is {plain(by_currency.get(currency, 0), currency)} {currency}, the control "
            f"account {plain(control.get(currency, 0), currency)}"
        )
        raise LedgerError([Problem(Place("ledgers"), "does-not-foot", message, "run ar check; then report this")])
