"""Cash forecast: what of the open items comes in when, from how each customer pays, promises and plans; with a range.

Only what is open on the day is forecast: invoices not yet written bring nothing here. What is disputed is left out,
and what a customer's credits not yet applied cover is here already: they take the oldest. A promise is expected on its
day as often as the customer kept earlier ones. An item under a plan is due when the plan says. The range is that of
80 % of outcomes if invoices are paid independently of each other.

What is expected adds chances up, and is right on average: the figure for all. Of one customer with two invoices half of
each is expected and never comes; what is likely there takes each item whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import isqrt
from typing import NamedTuple

from arledger.compute.behaviour import ONE, Behaviour, paid
from arledger.compute.disputes import disputed
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import by_plan, holding
from arledger.compute.promises import State, promises, tally
from arledger.ledger.table import Ledger

_SPREAD = 1_282  # thousandths: 80 % of a normal distribution lie within 1.282 standard deviations


class Window(NamedTuple):
    """Days of a forecast, both counted."""

    first: date
    last: date


class Expected(NamedTuple):
    """What a group is expected to pay in a window in one currency, minor units."""

    group: str
    currency: str
    window: int  # position among the windows
    amount: int
    promised: int  # of it
    low: int
    high: int
    likely: int  # each item whole or not at all, whichever is likelier


class Part(NamedTuple):
    """What may come of one open item: chances in millionths, one a window."""

    item: OpenItem
    chances: Sequence[int]
    promised: int  # position of the window it is promised in, or -1


class Outlook(NamedTuple):
    """What is open on a day, and what may come of it."""

    parts: Sequence[Part]
    contested: Mapping[str, int]  # currency → minor units left out
    covered: Mapping[str, int]  # currency → minor units that credits not yet applied cover


def windows(as_of: date, count: int, days: int = 7) -> list[Window]:
    """So many windows of so many days, the first beginning on the day after `as_of`."""
    return [
        Window(as_of + timedelta(days * n + 1), as_of + timedelta(days * (n + 1))) for n in range(count)
    ]  # fmt: skip


class Known(NamedTuple):
    """What is open on a day, and how customers pay as far as that is known then."""

    items: Sequence[OpenItem]
    behaviour: Behaviour


def known(ledger: Ledger, as_of: date) -> Known:
    """What a forecast at the end of `as_of` goes by."""
    items = open_items(ledger, as_of)
    return Known(items, Behaviour(paid(ledger, as_of), items, as_of))


def outlook(ledger: Ledger, as_of: date, spans: Sequence[Window], basis: Known | None = None) -> Outlook:
    """What may come of each item open at the end of `as_of` in each of the windows. `basis`: as `known` gives it."""
    items, behaviour = basis or known(ledger, as_of)
    debts, contested, covered = _owed(items, disputed(ledger, as_of))
    parts = []
    for piece, promised_for, kept in _with_promises(ledger, as_of, by_plan(debts, holding(ledger, as_of))):
        chances = [behaviour.chance(piece.customer, piece.due, *span) for span in spans]
        at = next((n for n, span in enumerate(spans) if promised_for and span.first <= promised_for <= span.last), -1)
        if at >= 0:
            chances = [kept if n == at else 0 for n in range(len(spans))]
        parts.append(Part(piece, chances, at))
    return Outlook(parts, contested, covered)


def _owed(
    items: Sequence[OpenItem], held_back: Mapping[str, int]
) -> tuple[list[OpenItem], dict[str, int], dict[str, int]]:
    """The debts with what may still come in for them; what is disputed of them, and what credits cover, by currency."""
    credits_: dict[tuple[str, str], int] = {}
    for item in items:
        if item.is_credit:
            credits_[item.customer, item.currency] = credits_.get((item.customer, item.currency), 0) - item.open
    debts: list[OpenItem] = []
    contested: dict[str, int] = {}
    covered: dict[str, int] = {}
    for item in items:  # oldest due first
        if item.is_credit:
            continue
        off, key = held_back.get(item.item, 0), (item.customer, item.currency)
        used = min(credits_.get(key, 0), item.open - off) if item.customer else 0
        for amount, sums in ((off, contested), (used, covered)):
            if amount:
                sums[item.currency] = sums.get(item.currency, 0) + amount
        if used:
            credits_[key] -= used
        if item.open > off + used:
            debts.append(item._replace(open=item.open - off - used))
    return debts, contested, covered


def _with_promises(
    ledger: Ledger, as_of: date, items: Iterable[OpenItem]
) -> Iterable[tuple[OpenItem, date | None, int]]:
    """The items, what is promised of them apart: with the day, and the chance in millionths that it is kept."""
    made = promises(ledger, as_of)
    pending = [p for p in made if p.state == "pending"]
    counts = tally(made)
    left = {p.fact: max(p.amount - p.paid, 0) for p in pending}
    for item in items:
        rest = item.open
        for p in pending:
            if rest and left[p.fact] and item.item.partition("/")[0] in {i.partition("/")[0] for i in p.promise.items}:
                taken = min(rest, left[p.fact])
                left[p.fact] -= taken
                rest -= taken
                yield item._replace(open=taken), p.promise.due, _kept(counts.get(item.customer, {}))
        if rest:
            yield item._replace(open=rest), None, 0


def _kept(counts: Mapping[State, int]) -> int:
    """The chance that a customer keeps a promise: of those that ended, as if one more had been kept."""
    ended = counts.get("kept", 0) + counts.get("partly kept", 0) + counts.get("broken", 0)
    return ONE * (counts.get("kept", 0) + 1) // (ended + 1)


def at_once(found: Outlook) -> Outlook:
    """The same with one window that holds all of them: they follow each other without gaps."""
    parts = [Part(part.item, [sum(part.chances)], min(part.promised, 0)) for part in found.parts]
    return found._replace(parts=parts)


def expected(found: Outlook, *, by_customer: bool = False) -> list[Expected]:
    """The forecast by group (all, or each customer), currency and window."""
    sums: dict[tuple[str, str, int], list[int]] = {}
    for item, chances, promised in found.parts:
        for n, chance in enumerate(chances):
            cells = sums.setdefault((item.customer if by_customer else "", item.currency, n), [0, 0, 0, 0])
            cells[0] += item.open * chance
            cells[1] += item.open * chance if n == promised else 0
            cells[2] += item.open**2 * chance * (ONE - chance)
            cells[3] += item.open if 2 * chance >= ONE else 0
    rows = []
    for (group, currency, n), (amount, promised, variance, likely) in sorted(sums.items()):
        middle, spread = _whole(amount), isqrt(variance) * _SPREAD // (1000 * ONE)
        low, high = max(middle - spread, 0), middle + spread
        rows.append(Expected(group, currency, n, middle, _whole(promised), low, high, likely))
    return rows


def _whole(millionths: int) -> int:
    """Whole minor units, half-up."""
    return (2 * millionths + ONE) // (2 * ONE)
