"""Credits on a customer's own statement that are here too: what they paid and we received, what we credited them.

Many statements list every movement, invoices in full and payments apart, where our open items have the two set off. A
credit they list is put on the items we applied it to, so that only what really differs is left to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from arledger.compute.reconciling import Move, pair_rest
from arledger.ledger.table import Ledger

_NEAR = 10  # days between their payment and its value date here

Told = tuple[dict[str, list[Move]], list[Move]]  # their lines by the item of ours each names, and those that name none

_CREDITS = """
SELECT item, date, total FROM items WHERE customer = ?1 AND currency = ?2 AND total < 0 AND date <= ?3
AND item NOT IN (SELECT about FROM facts WHERE kind = 'reversals' AND key NOT LIKE 'unapply%' AND date <= ?3)
"""
_APPLIED = """
SELECT e.item, SUM(e.amount) FROM entries e JOIN facts f ON f.id = e.owner JOIN items i ON i.item = e.item
WHERE e.why = 'applied' AND e.item != ?1 AND i.customer = ?2 AND e.date <= ?3
AND (f.fact = ?1 OR (f.kind = 'applications' AND f.about = ?1))
AND f.fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals' AND date <= ?3) GROUP BY e.item
"""


def on_what_they_paid(
    ledger: Ledger, customer: str, currency: str, as_of: date, given: Told, open_: Mapping[str, int]
) -> Told:
    """Their lines with each credit of ours among them put on the items it was applied to here.

    Only where that brings the two sides nearer: what they have set off themselves is left as they told it.
    """
    told, unknown = dict(given[0]), list(given[1])
    for credit, move in _ours(ledger, customer, currency, as_of, given):
        rest = {item: moves for item, moves in told.items() if item != credit}
        put = _put(ledger, customer, as_of, credit, move, rest)
        touched = {credit, *(item for item in put if put[item] is not rest.get(item))}
        unexplained = 0 if credit in told else abs(move.amount)
        if _apart(touched, put, open_) < _apart(touched, told, open_) + unexplained:
            told = put
            unknown = [other for other in unknown if other is not move]
    return told, unknown


def _put(
    ledger: Ledger, customer: str, as_of: date, credit: str, move: Move, told: Mapping[str, list[Move]]
) -> dict[str, list[Move]]:
    """Their lines with one of them split over the items the credit was applied to; what is left stays with it."""
    shares = dict(ledger.rows(_APPLIED, credit, customer, as_of.toordinal()))
    shares[credit] = move.amount - sum(shares.values())
    put = dict(told)
    for item, amount in shares.items():
        if amount:
            put[item] = [*put.get(item, ()), move._replace(amount=amount)]
    return put


def _ours(ledger: Ledger, customer: str, currency: str, as_of: date, given: Told) -> Iterator[tuple[str, Move]]:
    """Credits of ours with the line of theirs each is: named by its number, or of its amount and about its day."""
    told, unknown = given
    rows = ledger.rows(_CREDITS, customer, currency, as_of.toordinal())
    ours = [Move(date.fromordinal(day), total, item, "") for item, day, total in rows]
    for credit in ours:
        if [move.amount for move in told.get(credit.name, ())] == [credit.amount]:
            yield credit.name, told[credit.name][0]
    unnamed = [credit for credit in ours if credit.name not in told]
    for credit, move in pair_rest(unnamed, [move for move in unknown if move.amount < 0], _NEAR):
        yield credit.name, move


def _apart(items: Iterable[str], there: Mapping[str, list[Move]], here: Mapping[str, int]) -> int:
    """By how much the two sides differ on these items, minor units."""
    return sum(abs(sum(move.amount for move in there.get(item, ())) - here.get(item, 0)) for item in items)
