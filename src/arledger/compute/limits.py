"""Credit limits on a day: whose they are, where they are set, and whose exposure counts against them (RULES H1).

A customer has its own limit, or the one last decided; it shares those of the families above it and of its group.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

from arledger.documents.credit import CreditDecision
from arledger.ledger.table import Ledger
from arledger.money import minor_of, minor_units
from arledger.policy.credit import CreditBasis

Scope = Literal["customer", "family", "group"]


class Limit(NamedTuple):
    """What may be owed: by a customer, by all with one parent, or by a group. `amount` None: no limit is set."""

    scope: Scope
    owner: str
    currency: str
    amount: int | None
    cover: int  # what others answer for, on top
    expires: dt.date | None
    path: str  # the file it is set in
    keys: tuple[str, ...]  # and where in it
    review: dt.date | None = None  # the day to look again

    @property
    def source(self) -> str:
        """Where it is set."""
        return f"{self.path} {'.'.join(self.keys)}"

    @property
    def expiry(self) -> tuple[str, ...]:
        """Where in its file its last day stands."""
        if self.scope == "group":
            return (*self.keys, "expires")
        return ("expires",) if self.keys == ("amount",) else ("credit", "expires")  # of a decision; of a customer

    @property
    def allowed(self) -> int | None:
        """Limit and cover together, in minor units."""
        return None if self.amount is None else self.amount + self.cover


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
    path: str


def _account(raw: Mapping[str, Any], path: str, policy: CreditBasis, as_of: dt.date) -> Account:
    """What the index holds of a customer: read by hand, for thousands are, and few of their keys matter here."""
    credit, currency = raw.get("credit") or {}, raw.get("currency") or policy.currency

    def amount(text: str | None) -> int | None:
        return None if text is None else minor_units(text, currency)

    def day(text: str | None) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return Account(
        currency, _terms(raw, policy, as_of), raw.get("parent", ""), raw.get("group", ""),
        credit.get("status", "open"), amount(raw.get("credit_limit")), amount(credit.get("family_limit")),
        tuple((minor_units(c["amount"], currency), day(c.get("until"))) for c in credit.get("cover", ())),
        day(credit.get("expires")), day(credit.get("review")), path,
    )  # fmt: skip


def _terms(raw: Mapping[str, Any], policy: CreditBasis, as_of: dt.date) -> str:
    """As `Customer.terms_on`."""
    later = [one for one in raw.get("terms_from", ()) if one["valid_from"] <= as_of.isoformat()]
    newest = max(later, key=lambda one: str(one["valid_from"])) if later else raw
    return newest.get("terms") or policy.terms


class Limits:
    """The limits of one day, and the customers they are of, read once for all."""

    def __init__(self, ledger: Ledger, as_of: dt.date, policy: CreditBasis) -> None:
        self._ledger, self._as_of, self._policy = ledger, as_of, policy
        self._known: dict[str, Sequence[Limit]] = {}

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """Every customer by id, in order, as far as credit cares; those merged into another are no more."""
        rows = self._ledger.rows("SELECT customer, path, data FROM customers ORDER BY customer")
        return {who: _account(json.loads(data), path, self._policy, self._as_of) for who, path, data in rows
                if who not in self._ledger.merged}  # fmt: skip

    def of(self, customer: str) -> Sequence[Limit]:
        """Every limit a customer's orders count against: its own first, set or not."""
        if customer not in self._known:
            group = self._groups.get(self.accounts[customer].group)
            shared = [*self._families(customer), *([group] if group else ())]
            self._known[customer] = [self._own(customer), *shared]
        return self._known[customer]

    def every(self) -> Iterable[Limit]:
        """Every customer's own limit, set or not, by id; then those of families and of groups."""
        wider: dict[tuple[str, str], Limit] = {}
        for customer in self.accounts:
            own, *others = self.of(customer)
            yield own
            wider.update({(limit.scope, limit.owner): limit for limit in others})
        yield from (wider[key] for key in sorted(wider))

    def members(self, limit: Limit) -> list[str]:
        """Whose exposure counts against a limit."""
        if limit.scope == "group":
            return [customer for customer, account in self.accounts.items() if account.group == limit.owner]
        return self._family(limit.owner) if limit.scope == "family" else [limit.owner]

    def _own(self, customer: str) -> Limit:
        """The customer's own limit, with what insurers and guarantors answer for on the day."""
        account = self.accounts[customer]
        cover = sum(amount for amount, until in account.cover if until is None or until >= self._as_of)
        if decided := self._decided.get(customer):
            return decided._replace(cover=cover, review=decided.review or account.review)
        return Limit("customer", customer, account.currency, account.limit, cover, account.expires,
                     account.path, ("credit_limit",), account.review)  # fmt: skip

    @cached_property
    def _decided(self) -> Mapping[str, Limit]:
        """Customer → the limit last decided. Declined: a limit of nothing."""
        return {
            row.customer: Limit("customer", row.customer, row.currency or self.accounts[row.customer].currency,
                                row.amount, 0, told.expires, row.path, ("amount",), told.review)
            for row, told in self._ledger.told(CreditDecision, self._as_of)
        }  # fmt: skip

    def _families(self, customer: str) -> Iterable[Limit]:
        """The limits of families a customer is in: its own, its parent's and on. A circle is gone round once."""
        owners, owner = [customer], self.accounts[customer].parent
        while owner and owner not in owners:
            owners.append(owner)
            owner = self.accounts[owner].parent
        for owner in owners:
            account = self.accounts[owner]
            if account.family_limit is not None:
                yield Limit("family", owner, account.currency, account.family_limit, 0, account.expires,
                            account.path, ("credit", "family_limit"), account.review)  # fmt: skip

    @cached_property
    def _groups(self) -> Mapping[str, Limit]:
        """Group → its limit, of those that have one."""
        return {
            group: Limit("group", group, rule.currency or self._policy.currency,
                         minor_of(rule.limit, rule.currency or self._policy.currency), 0, rule.expires,
                         "ledger.yaml", ("credit", "groups", group), rule.review)
            for group, rule in self._policy.credit.groups.items()
        }  # fmt: skip

    def _family(self, customer: str) -> list[str]:
        """A customer and all below it."""
        found = {customer: None}
        todo = [customer]
        for member in todo:
            new = [child for child in self._children.get(member, ()) if child not in found]
            found.update(dict.fromkeys(new))
            todo += new
        return list(found)

    @cached_property
    def _children(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for customer, account in self.accounts.items():
            if account.parent:
                found.setdefault(account.parent, []).append(customer)
        return found
