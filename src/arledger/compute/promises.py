"""Promises as of a date: pending, kept, partly kept or broken (RULES P1). Only facts and the date decide.

What was applied to the promised items since the promise was made counts, when the money was there by the promised
day and its tolerance; the day it was applied does not matter. Nobody can be asked for more than is owed: what a
credit note or a write-off took off the items by then is not waited for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from arledger.compute.disputes import Span
from arledger.compute.open_items import amounts_of, spread
from arledger.compute.reductions import Reduction, reductions
from arledger.documents.fields import item_and_part
from arledger.documents.promises import Promise
from arledger.ledger.table import Ledger

State = Literal["pending", "kept", "partly kept", "broken", "replaced"]


class Promised(NamedTuple):
    """A promise with what became of it up to a day."""

    fact: str
    path: str
    promise: Promise
    amount: int  # minor units promised
    paid: int  # of them in time
    state: State
    last: date  # the last value date that counts


def promises(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Promised]:
    """Every promise made up to a day, oldest first, with its state at the end of it."""
    told = ledger.told(Promise, as_of, customer)
    if not told:
        return []
    items = {item_and_part(item)[0] for _, promise in told for item in promise.items}
    lowered = reductions(ledger, items, as_of)
    parts = _parts(ledger, items)
    replaced = {promise.replaces for _, promise in told}
    found = []
    for row, promise in told:
        last = promise.due + timedelta(promise.tolerance_days)
        measured = [_measured(promise.date, last, parts[item], named, lowered.get(item, ()))
                    for item, named in _named(promise.items).items() if item in parts]  # fmt: skip
        owed, paid = sum(owed for owed, _ in measured), sum(paid for _, paid in measured)
        state = _state(min(row.amount, owed), paid, over=as_of > last)
        if row.fact in replaced and state != "kept":
            state = "replaced"
        found.append(Promised(row.fact, row.path, promise, row.amount, paid, state, last))
    return found


def _parts(ledger: Ledger, items: Iterable[str]) -> dict[str, list[int]]:
    """Item → the minor units of each instalment, oldest first; one for an item without instalments."""
    rows = ledger.rows(
        "SELECT item, total, schedule FROM items WHERE item IN (SELECT value FROM json_each(?))", json.dumps([*items])
    )
    return {item: amounts_of(schedule) if schedule else [total] for item, total, schedule in rows}


def _named(items: Iterable[str]) -> dict[str, set[int]]:
    """Item → the instalments of it that are promised, from 1; none: all of it."""
    found: dict[str, set[int]] = {}
    for item, part in map(item_and_part, items):
        found.setdefault(item, set()).add(part)
    return {item: set() if 0 in parts else parts for item, parts in found.items()}


def _measured(
    made: date, last: date, amounts: Sequence[int], named: Iterable[int], lowered: Sequence[Reduction]
) -> tuple[int, int]:
    """Minor units of an item, or of the instalments of it that are named, that could be asked for in the time of a
    promise, and that were paid in it."""
    first, until = made.toordinal(), last.toordinal()
    before = [r for r in lowered if r.made < first or (r.made <= until and not r.paid)]
    after = [*before, *(r for r in lowered if r.made >= first and r.value <= until and r.paid)]
    owed, left = (_left(amounts, named, which) for which in (before, after))
    return owed, owed - left


def _left(amounts: Sequence[int], named: Iterable[int], lowered: Iterable[Reduction]) -> int:
    """What is left of the instalments named, or of all, once these movements are over."""
    open_, of_parts = sum(amounts), dict[int, int]()
    for r in lowered:
        open_ -= r.amount
        if r.part:
            of_parts[r.part] = of_parts.get(r.part, 0) - r.amount
    left = spread(amounts, of_parts, open_) if len(amounts) > 1 else [open_]
    return sum(left[number - 1] for number in named) if named else open_


def _state(target: int, paid: int, *, over: bool) -> State:
    if paid >= target:
        return "kept"
    if not over:
        return "pending"
    return "partly kept" if paid > 0 else "broken"


def paused(ledger: Ledger, as_of: date, customer: str | None = None) -> list[Span]:
    """The items that wait for a promise, as notices for them do (RULES P2); `last` is the first day they go on."""
    pause = timedelta(ledger.policy.collections.promises.pause_days + 1)
    waits = [
        Span(item, p.promise.date, min(p.last + timedelta(1), p.promise.date + pause))
        for p in promises(ledger, as_of, customer)
        if p.state == "pending"
        for item in p.promise.items
    ]
    return [span for span in waits if span.last and span.last > as_of]


def tally(found: Iterable[Promised]) -> Mapping[str, Mapping[State, int]]:
    """Customer → how many of their promises are in each state."""
    counts: dict[str, dict[State, int]] = {}
    for promised in found:
        of_customer = counts.setdefault(promised.promise.customer, {})
        of_customer[promised.state] = of_customer.get(promised.state, 0) + 1
    return counts
