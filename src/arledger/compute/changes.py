"""What a change may not do, or not alone: posted facts edited or deleted, and master data that somebody guards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from arledger.compute.approvals import Given, Wanted, all_covering, rule_for
from arledger.documents.approvals import Action
from arledger.ledger.table import FactRow, Ledger
from arledger.money import minor_of
from arledger.policy.approvals import ApprovalRule

#: Path of a customer's key, or of one in ledger.yaml → the action a change of it is.
_GUARDED: Mapping[str, Action] = {
    "payer.accounts": "bank-account", "bank_accounts": "bank-account", "credit_limit": "credit-limit",
}  # fmt: skip


class Edited(NamedTuple):
    """One field of master data or policy that differs. Texts are as files write them, "" where there is none."""

    path: str
    key: str
    before: str
    after: str


Spent = Callable[[Edited, FactRow], bool]


class Guarded(NamedTuple):
    """A change of master data that needs an approval, and the one it has."""

    edited: Edited
    wanted: Wanted
    rule: ApprovalRule
    given: Given | None


def facts_at(ledger: Ledger, paths: Iterable[str]) -> dict[str, FactRow]:
    """The facts written at these paths, by path."""
    rows = ledger.facts("path IN (SELECT value FROM json_each(?))", json.dumps([*paths]))
    return {row.path: row for row in rows}


def rewritten(before: Ledger, after: Ledger, paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Paths of posted facts that say something else after, and of those that are gone."""
    old, new = facts_at(before, paths), facts_at(after, paths)
    edited = sorted(path for path in new if path in old and old[path].sha != new[path].sha)
    return edited, sorted(old.keys() - new.keys())


def masters(before: Ledger, after: Ledger, paths: Iterable[str]) -> Iterator[Edited]:
    """The fields of customers and of the policy that differ, file by file."""
    query = "SELECT path, data FROM customers WHERE path IN (SELECT value FROM json_each(?))"
    old, new = (dict(ledger.rows(query, json.dumps([*paths]))) for ledger in (before, after))
    for path in sorted({*old, *new}):
        yield from _edited(path, json.loads(old.get(path, "{}")), json.loads(new.get(path, "{}")))
    query = "SELECT value FROM meta WHERE key = 'policy'"
    was, now = (json.loads(ledger.rows(query)[0][0]) for ledger in (before, after))
    yield from _edited("ledger.yaml", was, now)


def guarded(
    rules: Sequence[ApprovalRule], after: Ledger, edits: Iterable[Edited], day: date, spent: Spent
) -> Iterator[Guarded]:
    """The changes of master data that policy wants a second person for: bank accounts and credit limits.

    `spent` says whether an approval was of an earlier change of the same field.
    """
    currency_of = {customer: data.currency for customer, data in after.customers()}
    for edited in edits:
        action = next((a for key, a in _GUARDED.items() if (edited.key + ".").startswith(key + ".")), None)
        if action is None:
            continue
        name = edited.path.rpartition("/")[2].removesuffix(".yaml")
        currency, amount = "", 0
        if action == "credit-limit":
            currency = currency_of.get(name) or after.policy.currency
            amount = minor_of(Decimal(edited.after or 0), currency)
        wanted = Wanted(action, name, amount, currency, day)
        if rule := rule_for(rules, wanted):
            given = (one for one in all_covering(after, wanted, rule) if not spent(edited, one.row))
            yield Guarded(edited, wanted, rule, next(given, None))


def _edited(path: str, old: Mapping[str, Any], new: Mapping[str, Any], above: str = "") -> Iterator[Edited]:
    """The keys that differ, those of mappings within named `a.b`."""
    for key in [*old, *(key for key in new if key not in old)]:
        was, now, name = old.get(key), new.get(key), f"{above}{key}"
        if isinstance(was or {}, dict) and isinstance(now or {}, dict) and was != now:
            yield from _edited(path, was or {}, now or {}, f"{name}.")
        elif was != now:
            yield Edited(path, name, _text(was), _text(now))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
