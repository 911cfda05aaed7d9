"""Credit exposure: what a customer, a group or a family owes and will owe, beside what it may (RULES H1).

    exposure = open items (less what is unapplied) + orders not yet billed + drafts

each part in the currency of the limit, at the rates ledger.yaml states. Prepaid orders are no exposure.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from arledger.compute.open_items import open_items
from arledger.compute.orders import OrderRow, open_orders
from arledger.compute.rates import converted
from arledger.documents.credit import CreditDecision
from arledger.ledger.table import NEVER, Ledger
from arledger.money import minor_of, minor_units
from arledger.policy.policy import Policy

Scope = Literal["customer", "family", "group"]


class Draft(NamedTuple):
    """A draft that bills no order."""

    customer: str
    currency: str
    amount: int


class Limit(NamedTuple):
    """What may be owed: by a customer, by all with one parent, or by a group. `amount` None: no limit is set."""

    scope: Scope
    owner: str
    currency: str
    amount: int | None
    cover: int  # what others answer for, on top
    expires: dt.date | None
    source: str  # where it is set
    review: dt.date | None = None  # the day to look again

    @property
    def allowed(self) -> int | None:
        """Limit and cover together, in minor units."""
        return None if self.amount is None else self.amount + self.cover


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


class Account(NamedTuple):
    """A customer as far as credit cares. Amounts in minor units of its currency."""

    currency: str
    terms: str
    parent: str
    group: str
    status: str
    limit: int | None
    family_limit: int | None
    cover: tuple[tuple[int, dt.date | None], ...]  # so much, until a day
    expires: dt.date | None
    review: dt.date | None


def _terms(raw: Mapping[str, Any], policy: Policy, as_of: dt.date) -> str:
    """As `Customer.terms_on`."""
    later = [one for one in raw.get("terms_from", ()) if one["valid_from"] <= as_of.isoformat()]
    newest = max(later, key=lambda one: str(one["valid_from"]), default=raw)
    return newest.get("terms") or policy.terms


def _account(raw: Mapping[str, Any], policy: Policy, as_of: dt.date) -> Account:
    """What the index holds of a customer: read by hand, for thousands are, and few of their keys matter here."""
    credit, currency = raw.get("credit", {}), raw.get("currency") or policy.currency

    def amount(text: str | None) -> int | None:
        return None if text is None else minor_units(text, currency)

    def day(text: str | None) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return Account(
        currency, _terms(raw, policy, as_of), raw.get("parent", ""), raw.get("group", ""),
        credit.get("status", "open"), amount(raw.get("credit_limit")), amount(credit.get("family_limit")),
        tuple((minor_units(c["amount"], currency), day(c.get("until"))) for c in credit.get("cover", ())),
        day(credit.get("expires")), day(credit.get("review")),
    )  # fmt: skip


class Owed(NamedTuple):
    """What a customer owes in one currency on the day, in minor units."""

    currency: str
    debits: int
    credits: int  # negative
    oldest: int  # due date of the oldest debit, as a day number
    late: Mapping[int, int]  # days → what of the debits is past due for more than so many


_WHOLE = "total > 0 AND schedule = ''"  # debits without instalments, which are looked at one by one


def spans_of(policy: Policy) -> list[int]:
    """The days past due that the policy's rules look at."""
    rules = policy.credit.holds
    found = {rule.days + rule.grace for rule in rules if rule.rule == "overdue-days"}
    return sorted(found | {rule.grace for rule in rules if rule.rule == "overdue-amount"})


class CreditBook:
    """Everything credit is judged by on one day, read once for all customers."""

    def __init__(
        self, ledger: Ledger, as_of: dt.date, drafts: Iterable[Draft] = (), policy: Policy | None = None
    ) -> None:
        self.ledger, self.as_of, self.policy = ledger, as_of, policy or ledger.policy
        self._drafts = list(drafts)
        self._limits: dict[str, Sequence[Limit]] = {}
        self._known: dict[tuple[Scope, str], tuple[Exposure, Mapping[str, tuple[int, int]]]] = {}

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """Every customer by id, in order, as far as credit cares."""
        rows = self.ledger.rows("SELECT customer, data FROM customers ORDER BY customer")
        return {customer: _account(json.loads(data), self.policy, self.as_of) for customer, data in rows}

    @cached_property
    def orders(self) -> Sequence[OrderRow]:
        """The open orders, in the order they were placed."""
        return open_orders(self.ledger, self.as_of)

    @cached_property
    def owed(self) -> Mapping[str, Sequence[Owed]]:
        """Customer → what they owe in each currency. One pass over the open items, whatever policy asks for."""
        day, spans = min(self.as_of.toordinal(), NEVER - 1), spans_of(self.policy)
        then = f"(SELECT COALESCE(SUM(amount), 0) FROM entries e WHERE e.item = items.item AND e.date <= {day})"
        late = "".join(f", SUM(iif(due < {day - span} AND {_WHOLE}, at_day, 0))" for span in spans)
        rows = self.ledger.rows(
            "SELECT customer, currency, SUM(iif(total > 0, at_day, 0)), SUM(iif(total < 0, at_day, 0)), "
            f"MIN(iif({_WHOLE}, due, {NEVER})){late} FROM (SELECT customer, currency, total, due, schedule, "
            f"iif(last <= {day}, open, {then}) AS at_day FROM items WHERE settled > {day} AND date <= {day} "
            "AND customer != '') GROUP BY 1, 2"
        )
        sums = {(row[0], row[1]): list(row[2:]) for row in rows}
        for item in open_items(self.ledger, self.as_of, in_parts=True):
            due, sum_ = item.due.toordinal(), sums[item.customer, item.currency]
            sum_[2] = min(sum_[2], due)
            for column, span in enumerate(spans, 3):
                sum_[column] += item.open if due < day - span else 0
        found: dict[str, list[Owed]] = {}
        for (customer, currency), (debits, credits_, oldest, *later) in sums.items():
            owed = Owed(currency, debits, credits_, oldest, dict(zip(spans, later, strict=True)))
            found.setdefault(customer, []).append(owed)
        return found

    @cached_property
    def _children(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for customer, account in self.accounts.items():
            if account.parent:
                found.setdefault(account.parent, []).append(customer)
        return found

    def parents(self, customer: str) -> list[str]:
        """The parent, its parent and so on. A circle, which `ar check` refuses, is gone round once."""
        found: list[str] = []
        while (customer := self.accounts[customer].parent) and customer not in found:
            found.append(customer)
        return found

    def family(self, customer: str) -> list[str]:
        """A customer and all below it."""
        found = [customer]
        for member in found:
            found += [child for child in self._children.get(member, ()) if child not in found]
        return found

    def members(self, limit: Limit) -> list[str]:
        """Whose exposure counts against a limit."""
        if limit.scope == "group":
            return [customer for customer, account in self.accounts.items() if account.group == limit.owner]
        return self.family(limit.owner) if limit.scope == "family" else [limit.owner]

    def limits(self, customer: str) -> Sequence[Limit]:
        """Every limit a customer's orders count against: its own first, set or not."""
        if customer not in self._limits:
            self._limits[customer] = [self._own(customer), *self._families(customer), *self._group(customer)]
        return self._limits[customer]

    def every_limit(self) -> Iterable[Limit]:
        """Every customer's own limit, set or not, by id; then those of families and of groups."""
        wider: dict[tuple[str, str], Limit] = {}
        for customer in self.accounts:
            own, *others = self.limits(customer)
            yield own
            wider.update({(limit.scope, limit.owner): limit for limit in others})
        yield from (wider[key] for key in sorted(wider))

    def _own(self, customer: str) -> Limit:
        """The customer's own limit, with what insurers and guarantors answer for on the day."""
        account = self.accounts[customer]
        cover = sum(amount for amount, until in account.cover if until is None or until >= self.as_of)
        if decided := self._decided.get(customer):
            return decided._replace(cover=cover, review=decided.review or account.review)
        source = f"customers/{customer}.yaml credit_limit"
        return Limit(
            "customer", customer, account.currency, account.limit, cover, account.expires, source, account.review
        )

    @cached_property
    def _decided(self) -> Mapping[str, Limit]:
        """Customer → the limit last decided. Declined: a limit of nothing."""
        return {
            row.customer: Limit("customer", row.customer, row.currency or self.accounts[row.customer].currency,
                                row.amount, 0, told.expires, row.fact, told.review)
            for row, told in self.ledger.told(CreditDecision, self.as_of)
        }  # fmt: skip

    def _families(self, customer: str) -> Iterable[Limit]:
        for owner in [customer, *self.parents(customer)]:
            account = self.accounts[owner]
            if account.family_limit is not None:
                source = f"customers/{owner}.yaml credit.family_limit"
                yield Limit("family", owner, account.currency, account.family_limit, 0, account.expires, source,
                            account.review)  # fmt: skip

    def _group(self, customer: str) -> Iterable[Limit]:
        group = self.accounts[customer].group
        if rule := self.policy.credit.groups.get(group):
            currency = rule.currency or self.policy.currency
            yield Limit("group", group, currency, minor_of(rule.limit, currency), 0, rule.expires,
                        f"ledger.yaml credit.groups.{group}")  # fmt: skip

    def exposure(self, limit: Limit, through: OrderRow | None = None) -> Exposure:
        """What counts against a limit; with `through`, of the orders only that one and those placed before it."""
        base, running = self._counted(limit)
        orders, delivered = running[through.order if through else ""]
        counted = self.policy.credit.exposure
        return base._replace(orders=orders if counted.orders else 0, delivered=delivered if counted.delivered else 0)

    def passed(self, limit: Limit, order: OrderRow, percent: Decimal) -> bool:
        """Whether more than so many percent of limit and cover are used, with that order and those before it."""
        base, running = self._counted(limit)
        orders, delivered = running[order.order]
        counted = self.policy.credit.exposure
        total = base.total + (orders if counted.orders else 0) + (delivered if counted.delivered else 0)
        return total * 100 > (limit.allowed or 0) * percent

    def missing(self, limit: Limit) -> Sequence[str]:
        """The currencies in which something counts against the limit that no rate is stated for."""
        return self._counted(limit)[0].missing

    def _counted(self, limit: Limit) -> tuple[Exposure, Mapping[str, tuple[int, int]]]:
        """The exposure without orders, and order → what is ordered and what is delivered up to and with it."""
        key = (limit.scope, limit.owner)
        if key not in self._known:
            members, missing = self.members(limit), list[str]()
            base = self._without_orders(limit, members, missing)
            running = self._running(limit, members, missing)
            self._known[key] = base._replace(missing=tuple(dict.fromkeys(missing))), running
        return self._known[key]

    def _without_orders(self, limit: Limit, members: Sequence[str], missing: list[str]) -> Exposure:
        counted = self.policy.credit.exposure
        owed = [one for member in members for one in self.owed.get(member, ())]
        items = sum(self._in(limit, one.debits, one.currency, missing) for one in owed)
        unapplied = sum(self._in(limit, one.credits, one.currency, missing) for one in owed if counted.unapplied)
        mine = [draft for draft in self._drafts if counted.drafts and draft.customer in members]
        drafts = sum(self._in(limit, draft.amount, draft.currency, missing) for draft in mine)
        return Exposure(limit, items, unapplied, 0, 0, drafts, ())

    def _running(self, limit: Limit, members: Sequence[str], missing: list[str]) -> Mapping[str, tuple[int, int]]:
        """Order → what is ordered and not delivered, and delivered and not billed, up to and with it; "": in all."""
        orders, delivered = 0, 0
        running = {"": (0, 0)}
        mine = [order for member in members for order in self._by_customer.get(member, ())]
        for order in sorted(mine, key=lambda o: (o.date, o.order)):
            orders += self._in(limit, order.unbilled - order.delivered, order.currency, missing)
            delivered += self._in(limit, order.delivered, order.currency, missing)
            running[order.order] = running[""] = (orders, delivered)
        return running

    def _in(self, limit: Limit, minor: int, currency: str, missing: list[str]) -> int:
        """An amount in the limit's currency; 0 where no rate is stated, which is noted in `missing`."""
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
