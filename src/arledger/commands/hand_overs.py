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


def hand_over(
    ledger: Ledger, customer: str, day: date, wanted: Sequence[str], *, to: Literal["agency", "legal", ""],
    name: str, reason: str,
) -> Planned:  # fmt: skip
    """The items of a customer that may go to others, or those wanted of them.

    Raises RefusedError for what had no final notice, or one whose day to pay by is not past.
    """
    refuse_closed(ledger, day)
    ready = ready_to_hand_over(ledger, day, customer)
    items = tuple(item for one in ready for item in one.items if not wanted or item.partition("/")[0] in wanted)
    lacking = [item for item in wanted if not any(item == found.partition("/")[0] for found in items)]
    if lacking or not items:
        what = ", ".join(lacking) or f"nothing of {customer}"
        raise RefusedError(f"{what} had a final notice whose day to pay by is past on {day}",
                           "see ar notices --customer, and ar notices list", code="no-final-notice")  # fmt: skip
    whom = to or _by_policy(ready)
    if not whom:
        raise UsageError("--to is missing: the procedure says nothing of it", "give --to agency or --to legal")
    named = name or next((one.name for one in ready if one.to == whom), "")
    fact = HandOver(customer=customer, date=day, to=whom, name=named, items=items, reason=reason)
    return Planned([(next_id(ledger, f"{customer}-H"), fact)], about=f"Hand {customer} over to {named or whom}")


def _by_policy(ready: Sequence[Ready]) -> Literal["agency", "legal", ""]:
    return next((one.to for one in ready if one.to), "")
