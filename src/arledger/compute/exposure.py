"""Credit exposure: what a customer, a group or a family owes and will owe, beside what it may (RULES H1).

    exposure = open items (less what is unapplied) + orders not yet billed + drafts

each part in the currency of the limit, at the rates ledger.yaml states. Prepaid orders are no exposure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from arledger.compute.limits import Limit, Limits, Scope
from arledger.compute.orders import OrderRow, open_orders
from arledger.compute.owed import Owed, owed
from arledger.compute.rates import converted
from arledger.ledger.table import Ledger
from arledger.policy.credit import CreditBasis


class Draft(NamedTuple):
    """A draft that bills no order."""

    customer: str
    currency: str
    amount: int


class Exposure(NamedTuple):
    """What counts against a limit, in minor units of its currency. A part without a rate is in `missing`, not here."""

    limit: Limit
    items: int
    unapplied: int  # negative
    orders: int
    delivered: int
    drafts: int
    missing: tuple[str, ...]  # currencies no rate is stated for

    @property
    def total(self) -> int:
        """The exposure."""
        return self.items + self.unapplied + self.orders + self.delivered + self.drafts


class Counted(NamedTuple):
    """What counts against a limit: all but the orders, and order → what is ordered and delivered up to and with it."""

    without: Exposure
    base: int  # its total
    running: Mapping[str, tuple[int, int]]  # "": in all

    def passed(self, order: OrderRow, percent: Decimal | None) -> bool:
        """Whether more than limit and cover (or that part) are used, with that order and those before it."""
        ordered, delivered = self.running[order.order]
        total, allowed = self.base + ordered + delivered, self.without.limit.allowed or 0
        return total > allowed if percent is None else total * 100 > allowed * percent


def spans_of(policy: CreditBasis) -> list[int]:
    """The days past due that the policy's rules look at, fewest first."""
    rules = policy.credit.holds
    found = {rule.days + rule.grace for rule in rules if rule.rule == "overdue-days"}
    return sorted(found | {rule.grace for rule in rules if rule.rule == "overdue-amount"})


class CreditBook:
    """Everything credit is judged by on one day, read once for all customers."""

    def __init__(
        self, ledger: Ledger, as_of: dt.date, drafts: Iterable[Draft] = (), policy: CreditBasis | None = None
    ) -> None:
        self.ledger, self.as_of, self.policy = ledger, as_of, policy or ledger.credit
        self.limits = Limits(ledger, as_of, self.policy)
        self._drafts = list(drafts) if self.policy.credit.exposure.drafts else []
        self._known: dict[tuple[Scope, str], Counted] = {}

    @cached_property
    def orders(self) -> Sequence[OrderRow]:
        """The open orders, in the order they were placed."""
        return open_orders(self.ledger, self.as_of)

    @cached_property
    def owed(self) -> Mapping[str, Sequence[Owed]]:
        """Customer → what they owe in each currency. One pass over the open items, whatever policy asks for."""
        return owed(self.ledger, self.as_of, spans_of(self.policy))

    def exposure(self, limit: Limit, through: OrderRow | None = None) -> Exposure:
        """What counts against a limit; with `through`, of the orders only that one and those placed before it."""
        counted = self.counted(limit)
        orders, delivered = counted.running[through.order if through else ""]
        return counted.without._replace(orders=orders, delivered=delivered)

    def counted(self, limit: Limit) -> Counted:
        """What counts against a limit, with every order by itself."""
        key = (limit.scope, limit.owner)
        if key not in self._known:
            members, missing = self.limits.members(limit), list[str]()
            without = self._without_orders(limit, members, missing)
            running = self._running(limit, members, missing)
            if missing:
                without = without._replace(missing=tuple(dict.fromkeys(missing)))
            self._known[key] = Counted(without, without.total, running)
        return self._known[key]

    def _without_orders(self, limit: Limit, members: Sequence[str], missing: list[str]) -> Exposure:
        unapplied, drafts = self.policy.credit.exposure.unapplied, 0
        debits = credits_ = 0
        for member in members:
            for one in self.owed.get(member, ()):
                debits += self._in(limit, one.debits, one.currency, missing)
                credits_ += self._in(limit, one.credits, one.currency, missing) if unapplied else 0
        if self._drafts:
            among = set(members)
            mine = [draft for draft in self._drafts if draft.customer in among]
            drafts = sum(self._in(limit, draft.amount, draft.currency, missing) for draft in mine)
        return Exposure(limit, debits, credits_, 0, 0, drafts, ())

    def _running(self, limit: Limit, members: Sequence[str], missing: list[str]) -> Mapping[str, tuple[int, int]]:
        """Order → what is ordered and not delivered, and delivered and not billed, up to and with it, as counted."""
        counts = self.policy.credit.exposure
        orders, delivered = 0, 0
        running = {"": (0, 0)}
        mine = [order for member in members for order in self._by_customer.get(member, ())]
        for order in sorted(mine, key=lambda o: (o.date, o.order)) if len(mine) > 1 else mine:
            if counts.orders:
                orders += self._in(limit, order.unbilled - order.delivered, order.currency, missing)
            if counts.delivered:
                delivered += self._in(limit, order.delivered, order.currency, missing)
            running[order.order] = running[""] = (orders, delivered)
        return running

    def _in(self, limit: Limit, minor: int, currency: str, missing: list[str]) -> int:
        """An amount in the limit's currency; 0 where no rate is stated, which is noted in `missing`."""
        if currency == limit.currency:
            return minor
        value = converted(self.policy, minor, currency, limit.currency, self.as_of)
        if value is None:
            missing.append(currency)
        return value or 0

    @cached_property
    def _by_customer(self) -> Mapping[str, Sequence[OrderRow]]:
        found: dict[str, list[OrderRow]] = {}
        for order in self.orders:
            if not order.prepaid:
                found.setdefault(order.customer, []).append(order)
        return found
