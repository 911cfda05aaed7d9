"""Which orders are held, and every reason why (RULES H2-H4).

A hold is worked out from facts and policy: it is over on the day its last reason is. What persons decide are facts: a
hold by hand stays until a release names it, and a release lets an order go in spite of the rules it names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from arledger.compute.exposure import CreditBook
from arledger.compute.hold_reasons import Reason, Written, amounts, limit_text, rate_missing, source_of, whose
from arledger.compute.open_items import open_items
from arledger.compute.orders import OrderRow
from arledger.compute.rates import converted
from arledger.dates import Terms
from arledger.documents.orders import Hold, Release
from arledger.money import DIGITS, minor_of
from arledger.policy.credit import HoldRule

if TYPE_CHECKING:
    from arledger.compute.plans import Planned
    from arledger.compute.promises import Promised


class Standing(NamedTuple):
    """An open order on a day: what holds it, and what would if nobody had let it go."""

    order: OrderRow
    reasons: tuple[Reason, ...]
    overridden: tuple[Reason, ...]

    @property
    def held(self) -> bool:
        """Whether it may not be delivered."""
        return bool(self.reasons)


class Holds:
    """The holds of one day: the credit book, what is overdue, and what persons decided."""

    def __init__(self, book: CreditBook) -> None:
        self.book = book
        self._rules: dict[tuple[str, str], list[tuple[Written, HoldRule]]] = {}
        self._named = {rule.customer for rule in book.policy.credit.holds if rule.customer}
        released = [release for _, release in book.ledger.told(Release, book.as_of)]
        ended = {release.hold for release in released if release.hold}
        self._forced: dict[str, list[Reason]] = {}
        for row, hold in book.ledger.told(Hold, book.as_of):
            if row.fact not in ended:
                by = f" ({hold.by})" if hold.by else ""
                reason = Reason(
                    "forced", f"held by hand since {hold.date}{by}: {hold.reason}", (Written(row.path),), row.fact
                )
                self._forced.setdefault(hold.order or f"customer {hold.customer}", []).append(reason)
        self._released: dict[str, list[Release]] = {}
        for release in released:
            if release.rules and (release.review is None or release.review >= book.as_of):
                self._released.setdefault(release.order, []).append(release)

    def all(self) -> list[Standing]:
        """Every open order, in the order they were placed."""
        return [self.of(order) for order in self.book.orders]

    def of(self, order: OrderRow) -> Standing:
        """What holds one open order. A prepaid one is held by hand alone."""
        found = [] if order.prepaid else [reason for rule in self.rules(order.customer)
                                          for reason in CHECKS[rule[1].rule](self, order, *rule)]  # fmt: skip
        forced = [*self._forced.get(order.order, ()), *self._forced.get(f"customer {order.customer}", ())]
        covered = self._covered(order) if order.order in self._released else ()
        if not covered:  # as most orders are, which are many
            return Standing(order, (*forced, *found), ())
        return Standing(
            order,
            (*forced, *(reason for reason in found if reason.rule not in covered)),
            tuple(reason for reason in found if reason.rule in covered),
        )

    def _covered(self, order: OrderRow) -> set[str]:
        """The rules somebody let it go in spite of, for all that is left of it."""
        return {
            rule for release in self._released.get(order.order, ()) for rule in release.rules
            if release.amount is None or minor_of(release.amount, release.currency) >= order.unbilled
        }  # fmt: skip

    def rules(self, customer: str) -> list[tuple[Written, HoldRule]]:
        """The rules for a customer, each with where it stands in the policy.

        Of one kind those closest to the customer count: its own before its group's before everybody's. One that
        excludes takes away what is further off, not what stands beside it; a `release` takes everything away.
        """
        group = self.book.limits.accounts[customer].group
        own = customer if customer in self._named else ""
        if (own, group) not in self._rules:
            self._rules[own, group] = self._closest(own, group)
        return self._rules[own, group]

    def _closest(self, customer: str, group: str) -> list[tuple[Written, HoldRule]]:
        mine = [
            (source_of(self.book.policy.credit.holds, number), rule)
            for number, rule in enumerate(self.book.policy.credit.holds)
            if rule.customer in ("", customer) and rule.group in ("", group)
        ]
        if any(rule.does == "release" for _, rule in mine):
            return []
        found = []
        for name in dict.fromkeys(rule.rule for _, rule in mine):
            named = [(source, rule) for source, rule in mine if rule.rule == name]
            closest = max(map(_closeness, (rule for _, rule in named)))
            found += [(s, rule) for s, rule in named if _closeness(rule) == closest and rule.does == "hold"]
        return found

    def limit(self, order: OrderRow, source: Written, rule: HoldRule) -> Iterator[Reason]:
        """Limits passed with this order, and limits that cannot be judged for want of a rate."""
        for limit in self.book.limits.of(order.customer):
            if limit.amount is None:
                continue
            counted = self.book.counted(limit)
            yield from rate_missing(limit, counted.without.missing)
            if counted.passed(order, rule.percent):
                yield Reason(
                    "limit",
                    limit_text(self.book.exposure(limit, order), rule),
                    (source, Written(limit.path, limit.keys)),
                )

    def expired(self, order: OrderRow, source: Written, rule: HoldRule) -> Iterator[Reason]:
        """Limits past their last day."""
        for limit in self.book.limits.of(order.customer):
            if limit.amount is not None and limit.expires and _later(limit.expires, rule.grace) < self.book.as_of:
                text = f"{whose(limit)} expired on {limit.expires}"
                yield Reason("limit-expired", text, (source, Written(limit.path, limit.expiry)))

    def overdue_days(self, order: OrderRow, source: Written, rule: HoldRule) -> Iterator[Reason]:
        """More than a residue overdue for more than so many days."""
        credit, span = self.book.policy.credit, rule.days + rule.grace
        large = {
            owed.currency: owed.late[span] for owed in self.book.owed.get(order.customer, ())
            if owed.late[span] > _whole(credit.too_small(owed.currency), owed.currency)
        }  # fmt: skip
        if large:
            oldest = min(owed.oldest for owed in self.book.owed[order.customer] if owed.currency in large)
            days = self.book.as_of.toordinal() - oldest
            grace = f" and {rule.grace} of grace" if rule.grace else ""
            sums = amounts(large)
            yield Reason(
                "overdue-days", f"{sums} overdue for up to {days} days, more than {rule.days}{grace}", (source,)
            )

    def overdue_amount(self, order: OrderRow, source: Written, rule: HoldRule) -> Iterator[Reason]:
        """More than so much overdue, and more than a part of the limit used where the rule says so."""
        limit, total = self.book.limits.of(order.customer)[0], 0
        for owed in self.book.owed.get(order.customer, ()):
            late = owed.late[rule.grace]
            total += converted(self.book.policy, late, owed.currency, limit.currency, self.book.as_of) or 0
        if not total:
            return
        floor = max(rule.threshold(limit.currency) or Decimal(0), self.book.policy.credit.too_small(limit.currency))
        if total <= _whole(floor, limit.currency):
            return
        used = ""
        if rule.percent is not None:
            if limit.amount is None or not self.book.counted(limit).passed(order, rule.percent):
                return
            used = f", and more than {rule.percent:f}% of the limit used"
        text = f"{amounts({limit.currency: total})} overdue, more than {floor:,f}{used}"
        yield Reason("overdue-amount", text, (source,))

    def order_amount(self, order: OrderRow, source: Written, rule: HoldRule) -> Iterator[Reason]:
        """An order larger than so much."""
        most = rule.threshold(order.currency)
        if most is not None and order.unbilled > _whole(most, order.currency):
            text = f"order of {amounts({order.currency: order.unbilled})}, more than {most:,f}"
            yield Reason("order-amount", text, (source,))

    def status(self, order: OrderRow, source: Written, _: HoldRule) -> Iterator[Reason]:
        """A customer who gets nothing, or nothing on credit."""
        status = self.book.limits.accounts[order.customer].status
        if status != "open":
            where = Written(self.book.limits.accounts[order.customer].path, ("credit", "status"))
            yield Reason("status", f"the customer is {status}", (source, where))

    def terms(self, order: OrderRow, source: Written, _: HoldRule) -> Iterator[Reason]:
        """An order on longer terms, or with a higher discount, than the customer's."""
        agreed_text = self.book.limits.accounts[order.customer].terms
        if not order.terms or order.terms == agreed_text:
            return
        agreed, asked = Terms.parse(agreed_text), Terms.parse(order.terms)
        longer = asked.due(order.date) > agreed.due(order.date)
        if longer or _best(asked) > _best(agreed):
            what = "longer" if longer else "with a higher discount"
            yield Reason("terms", f"{order.terms} is {what} than the customer's {agreed_text}", (source,))

    @cached_property
    def _broken(self) -> Mapping[str, Sequence[Promised]]:
        """Customer → the promises not kept whose items are not paid yet."""
        ledger = self.book.ledger
        if not ledger.rows("SELECT 1 FROM facts WHERE kind = 'promises' AND data != '' LIMIT 1"):
            return {}
        from arledger.compute.promises import promises  # loads much that a ledger without promises does not need

        found: dict[str, list[Promised]] = {}
        lost = [p for p in promises(ledger, self.book.as_of) if p.state in ("broken", "partly kept")]
        named = {item.partition("/")[0] for p in lost for item in p.promise.items}
        unpaid = {item.item.partition("/")[0] for item in open_items(ledger, self.book.as_of, among=named)}
        for p in lost:
            if any(item.partition("/")[0] in unpaid for item in p.promise.items):
                found.setdefault(p.promise.customer, []).append(p)
        return found

    def promise_broken(self, order: OrderRow, source: Written, _: HoldRule) -> Iterator[Reason]:
        """Promises that were not kept, while what was promised is unpaid."""
        for p in self._broken.get(order.customer, ()):
            text = f"promise of {amounts({p.promise.currency: p.amount})} by {p.promise.due} is {p.state}"
            yield Reason("promise-broken", text, (source, Written(p.path)))

    @cached_property
    def _lost(self) -> Sequence[Planned]:
        """The payment plans that were lost, while something of their items is unpaid."""
        ledger = self.book.ledger
        if not ledger.rows("SELECT 1 FROM facts WHERE kind = 'plans' AND data != '' LIMIT 1"):
            return ()
        from arledger.compute.plans import plans  # as above

        return [p for p in plans(ledger, self.book.as_of) if p.state == "defaulted"]

    def plan_lost(self, order: OrderRow, source: Written, _: HoldRule) -> Iterator[Reason]:
        """Payment plans that were lost, until their items are paid."""
        for p in self._lost:
            if p.plan.customer == order.customer:
                text = f"payment plan lost on {p.defaulted}, {amounts({p.plan.currency: p.open})} of it open"
                yield Reason("plan-lost", text, (source, Written(p.path)))


@lru_cache(64)
def _whole(amount: Decimal, currency: str) -> int:
    """The whole minor units in an amount of policy, which may be written with more decimals than the currency has."""
    return int(amount.scaleb(DIGITS[currency]))


Check = Callable[[Holds, OrderRow, Written, HoldRule], Iterator[Reason]]
CHECKS: Mapping[str, Check] = {
    "limit": Holds.limit, "limit-expired": Holds.expired, "overdue-days": Holds.overdue_days,
    "overdue-amount": Holds.overdue_amount, "order-amount": Holds.order_amount, "status": Holds.status,
    "terms": Holds.terms, "promise-broken": Holds.promise_broken, "plan-lost": Holds.plan_lost,
}  # fmt: skip


def _closeness(rule: HoldRule) -> int:
    return 2 if rule.customer else 1 if rule.group else 0


def _best(terms: Terms) -> Decimal:
    return max((tier.percent for tier in terms.discounts), default=Decimal(0))


def _later(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)


def freed(before: Sequence[Standing], after: Sequence[Standing]) -> list[Standing]:
    """The orders that were held and are not any more."""
    held = {standing.order.order for standing in before if standing.held}
    return [standing for standing in after if standing.order.order in held and not standing.held]
