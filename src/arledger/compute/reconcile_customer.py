"""A customer's own statement of what they owe us against our open items, item by item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from arledger.compute.disputes import disputed as contested
from arledger.compute.open_items import open_items
from arledger.compute.reconcile_credits import on_what_they_paid
from arledger.compute.reconciling import Move, Names, Reconciled, Step, reconciled
from arledger.ledger.table import Ledger
from arledger.money import grouped


def reconcile_customer(ledger: Ledger, customer: str, currency: str, as_of: date, theirs: Sequence[Move]) -> Reconciled:
    """The reconciliation of what the customer says they owe with what is open here at the end of a day.

    `theirs` are the lines of their statement in the currency: positive what they owe, negative what they have paid
    or claim.
    """
    items = ledger.rows(
        "SELECT item, date, total, refs || char(10) || po FROM items "
        "WHERE customer = ? AND currency = ?", customer, currency,
    )  # fmt: skip
    names = Names([(item, [item, *told.split("\n")]) for item, _, _, told in items])
    open_: dict[str, int] = defaultdict(int)
    for item in open_items(ledger, as_of, customer):
        if item.currency == currency:
            open_[item.item.partition("/")[0]] += item.open
    dated = {item: date.fromordinal(day) for item, day, _, _ in items}
    told, unknown = _told(names, theirs)
    told, unknown = on_what_they_paid(ledger, customer, currency, as_of, (told, unknown), open_)
    ours = sum(open_.values())
    agreed = sum(sum(move.amount for move in moves) == open_.get(item, 0) for item, moves in told.items())
    steps = list(_steps(ledger, open_, dated, told, as_of))
    steps.append(Step("missing-here", "on their statement, unknown here",
                      tuple(m._replace(amount=-m.amount) for m in unknown if m.amount > 0)))  # fmt: skip
    steps.append(Step("in-transit", "paid or claimed on their statement, not received here",
                      tuple(m._replace(amount=-m.amount) for m in unknown if m.amount < 0)))  # fmt: skip
    return reconciled(currency, sum(move.amount for move in theirs), steps, ours, agreed)


def _told(names: Names, theirs: Sequence[Move]) -> tuple[dict[str, list[Move]], list[Move]]:
    """Their lines by the item of ours each names, and those that name none."""
    told: dict[str, list[Move]] = defaultdict(list)
    unknown = []
    for move in theirs:
        item = names.find(move.name) or names.find(move.text)
        if item:
            told[item].append(move)
        else:
            unknown.append(move)
    return told, unknown


def _steps(
    ledger: Ledger, open_: dict[str, int], dated: dict[str, date], told: dict[str, list[Move]], as_of: date
) -> Iterator[Step]:
    settled: list[Move] = []
    amounts: list[Move] = []
    later: list[Move] = []
    disputed: list[Move] = []
    held = _contested(ledger, as_of)
    for item, moves in told.items():
        there, here = sum(move.amount for move in moves), open_.get(item, 0)
        if there == here:
            continue
        move = Move(dated[item], here - there, item, "", ", ".join(m.place for m in moves))
        if here:
            currency = ledger.item(item).currency  # type: ignore[union-attr]  # it is among the customer's items
            said = f"{grouped(there, currency)} there, {grouped(here, currency)} here"
            (disputed if held.get(item) == here - there else amounts).append(move._replace(text=said))
        elif dated[item] > as_of:
            later.append(move._replace(text=f"dated {dated[item]} here"))
        else:
            settled.append(move._replace(text=_settled_by(ledger, item, as_of)))
    yield Step("amount", "another amount open", tuple(amounts))
    yield Step("settled-here", "open there, settled here", tuple(settled))
    yield Step("later-here", "on their statement, dated later here", tuple(later))
    missing = [Move(dated[item], amount, item, "", "") for item, amount in open_.items() if item not in told]
    disputed += [move for move in missing if held.get(move.name) == move.amount]
    missing = [move for move in missing if held.get(move.name) != move.amount]
    yield Step("disputed", "in dispute", tuple(disputed))
    yield Step("missing-there", "open here, not on their statement", tuple(m for m in missing if m.amount > 0))
    yield Step("credit-there", "credit here, not on their statement", tuple(m for m in missing if m.amount < 0))


def _contested(ledger: Ledger, as_of: date) -> dict[str, int]:
    """Item → what is contested of it, its instalments together."""
    found: dict[str, int] = {}
    for item, amount in contested(ledger, as_of).items():
        whole = item.partition("/")[0]
        found[whole] = found.get(whole, 0) + amount
    return found


def _settled_by(ledger: Ledger, item: str, as_of: date) -> str:
    """The facts that settled an item, in words."""
    rows = ledger.rows(
        "SELECT DISTINCT f.fact, e.date FROM entries e JOIN facts f ON f.id = e.owner WHERE e.item = ? AND f.fact != ? "
        "AND e.date <= ? ORDER BY e.date DESC, f.fact LIMIT 2",
        item, item, as_of.toordinal(),
    )  # fmt: skip
    return "by " + ", ".join(f"{fact} on {date.fromordinal(day)}" for fact, day in rows) if rows else ""
