"""Expected credit loss: what is open in each band × its rate, by pool, with specific reserves taken out first.

Credits do not count: what one customer is owed covers nothing of what others owe. The allowance of a row is rounded
once, half-up. Currencies are never added together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from arledger.compute.aging import Aged, age, aged_customers
from arledger.compute.losses import by_currency, losses
from arledger.compute.open_items import OpenItem, open_items
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import minor_units, share_of
from arledger.policy.aging import Aging
from arledger.policy.allowance import Allowance, Matrix, Specific

SPECIFIC = "specific"


class Provision(NamedTuple):
    """One row of the matrix: a band of a pool in one currency, or a specific reserve. Amounts in minor units."""

    pool: str  # of a specific reserve its customer or item
    band: str
    currency: str
    balance: int
    rate: Decimal | None  # per cent, before the factor; None for a reserve given as an amount
    factor: Decimal
    allowance: int
    why: str  # source of the rates, reason of a specific reserve


class Movement(NamedTuple):
    """The allowance of one currency from one day to another: opening + charge − written off + recovered = closing."""

    currency: str
    opening: int
    charge: int
    written_off: int
    recovered: int
    closing: int


def provided(ledger: Ledger, as_of: date) -> list[Provision]:
    """The allowance on a day, row by row: pools in the order of the policy, the rest last, then specific reserves.

    Raises RefusedError where there are no rates, and where a rate of 0 % has no recorded reason (ASC 326-20-30-10).
    """
    policy = ledger.policy.allowance
    if policy is None:
        raise RefusedError("ledger.yaml has no loss rates", "add a block `allowance: {rates: …}`", code="no-loss-rates")
    apart = {entry: _apart(ledger, entry, as_of) for entry in policy.specific if entry.valid_from <= as_of <= entry.to}
    taken = {item.item: item for items in apart.values() for item in items}
    countries = {customer: data.country for customer, data in ledger.customers()}
    pool_of = {customer: policy.pool_of(customer, countries.get(customer, "")) for customer in ledger.names}
    rows: list[Provision] = []
    for pool in (*policy.pools, ""):
        matrix = policy.matrix(pool, as_of)
        if matrix is None and pool in pool_of.values():
            whose = f" for {pool}" if pool else ""
            hint = "add `rates`, or a matrix from an earlier day, under `allowance`"
            raise RefusedError(f"no loss rates are in force on {as_of}{whose}", hint, code="no-loss-rates")
        if matrix:
            _refuse_unfounded_zero(matrix)
            members = {customer for customer, of in pool_of.items() if of == pool}
            rows += _pooled(ledger, as_of, matrix, pool, members, list(taken.values()))
    return [*rows, *_specific(apart)]


def total(rows: list[Provision]) -> dict[str, tuple[int, int]]:
    """Currency → what is open, and the allowance for it (minor units), by currency."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        balance, allowance = sums.get(row.currency, (0, 0))
        sums[row.currency] = (balance + row.balance, allowance + row.allowance)
    return dict(sorted(sums.items()))


def moved(ledger: Ledger, first: date, last: date) -> list[Movement]:
    """How the allowance before `first` became that at the end of `last`; the charge is what it takes (RULES E4).

    Where no rates were in force before `first` there was no allowance then.
    """
    closing = total(provided(ledger, last))
    before = first - timedelta(days=1) if first > date.min else first
    opening = total(provided(ledger, before)) if _in_force(ledger.policy.allowance, before) else {}
    lost = by_currency(losses(ledger, first, last))
    found = []
    for currency in sorted({*opening, *closing, *lost}):
        start, end = opening.get(currency, (0, 0))[1], closing.get(currency, (0, 0))[1]
        off, back = lost.get(currency, (0, 0))
        found.append(Movement(currency, start, end - start + off - back, off, back, end))
    return found


def _in_force(policy: Allowance | None, day: date) -> bool:
    return policy is not None and all(policy.matrix(pool, day) for pool in (*policy.pools, ""))


def _refuse_unfounded_zero(matrix: Matrix) -> None:
    bands = [band for band, rate in matrix.rates.items() if not rate * matrix.factor]
    if bands and not matrix.zero:
        raise RefusedError(
            f"a loss rate of 0% needs a reason: {', '.join(bands)}",
            "say under `zero` why nothing will be lost, even if the risk is remote, or give a rate",
            code="zero-loss-rate",
        )


def _pooled(
    ledger: Ledger, as_of: date, matrix: Matrix, pool: str, members: set[str], taken: list[OpenItem]
) -> Iterator[Provision]:
    """The rows of one pool: what its customers owe by band, without what specific reserves are for."""
    aging = Aging("due", matrix.edges)
    rows = aged_customers(ledger, as_of, aging)
    rows += [_negative(row) for row in age(taken, as_of, aging, lambda item: item.customer)]
    sums: dict[str, list[int]] = {}
    for row in rows:
        if row.group in members:
            cells = sums.setdefault(row.currency, [0] * len(aging.names))
            sums[row.currency] = [a + b for a, b in zip(cells, row.buckets, strict=True)]
    for currency, cells in sorted(sums.items()):
        for band, balance in zip(aging.names, cells, strict=True):
            rate = matrix.rates[band]
            lost = share_of(balance, rate * matrix.factor / 100)
            yield Provision(pool, band, currency, balance, rate, matrix.factor, lost, matrix.source)


def _negative(row: Aged) -> Aged:
    return row._replace(buckets=tuple(-amount for amount in row.buckets))


def _apart(ledger: Ledger, entry: Specific, as_of: date) -> list[OpenItem]:
    """The open debts a specific reserve is for."""
    item = ledger.item(entry.item) if entry.item else None
    if (not item and entry.customer not in ledger.names) or not (item or entry.customer):
        raise RefusedError(f"a specific reserve is for {entry.customer or entry.item}, which there is not",
                           "correct `specific` under `allowance` in ledger.yaml", code="unknown-reserve")  # fmt: skip
    customer = item.customer if item else entry.customer
    whole = open_items(ledger, as_of, customer) if customer else []
    return [i for i in whole if not i.is_credit and (not item or i.item.partition("/")[0] == item.item)]


def _specific(apart: Mapping[Specific, list[OpenItem]]) -> Iterator[Provision]:
    """A row for each specific reserve and currency; an item named by itself is not counted with its customer again."""
    seen: set[str] = set()
    for entry, items in sorted(apart.items(), key=lambda pair: not pair[0].item):
        own = [item for item in items if item.item not in seen]
        seen |= {item.item for item in own}
        sums: dict[str, int] = {}
        for item in own:
            sums[item.currency] = sums.get(item.currency, 0) + item.open
        for currency, balance in sorted(sums.items()):
            given = minor_units(f"{entry.amount:f}", currency) if entry.amount is not None else balance
            lost = share_of(balance, entry.rate) if entry.rate is not None else min(given, balance)
            yield Provision(entry.customer or entry.item, SPECIFIC, currency, balance, entry.rate, Decimal(100), lost,
                            entry.reason)  # fmt: skip
