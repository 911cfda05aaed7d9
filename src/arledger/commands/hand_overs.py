"""Handing over: what stays unpaid after the final notice goes to an agency or a lawyer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.notice_types import Ready
from arledger.compute.notices import ready_to_hand_over
from arledger.documents.notices import HandOver
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import decimal


def hand_over(
    ledger: Ledger, customer: str, day: date, wanted: Sequence[str], *, to: Literal["agency", "legal", ""],
    name: str, reason: str,
) -> Planned:  # fmt: skip
    """The items of a customer that may go to others, or those wanted of them.

    Raises RefusedError for what had no final notice, or one whose day to pay by is not past.
    """
    refuse_closed(ledger, day)
    ready = ready_to_hand_over(ledger, day, customer)
    taken = {one.currency: {item: amount for item, amount in one.items.items()
                            if not wanted or item.partition("/")[0] in wanted} for one in ready}  # fmt: skip
    found = {item.partition("/")[0] for items in taken.values() for item in items}
    lacking = [item for item in wanted if item not in found]
    if lacking or not found:
        what = ", ".join(lacking) or f"nothing of {customer}"
        raise RefusedError(f"{what} had a final notice whose day to pay by is past on {day}",
                           "see ar notices --customer, and ar notices list", code="no-final-notice")  # fmt: skip
    whom = to or _by_policy(ready)
    if not whom:
        raise UsageError("--to is missing: the procedure says nothing of it", "give --to agency or --to legal")
    named = name or next((one.name for one in ready if one.to == whom), "")
    facts = [
        HandOver(customer=customer, date=day, to=whom, name=named, items=tuple(items), reason=reason,
                 currency=currency, amount=decimal(sum(items.values()), currency))
        for currency, items in taken.items() if items
    ]  # fmt: skip
    ids: list[str] = []
    for _ in facts:
        ids.append(next_id(ledger, f"{customer}-H", taken=ids))
    return Planned([*zip(ids, facts, strict=True)], about=f"Hand {customer} over to {named or whom}")


def _by_policy(ready: Sequence[Ready]) -> Literal["agency", "legal", ""]:
    return next((one.to for one in ready if one.to), "")
