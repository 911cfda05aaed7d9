"""What customers are not asked for on a day, and why: what is disputed, promised, planned, settled, blocked, or
collected for us by others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from arledger.compute.disputes import disputed
from arledger.compute.notices_sent import blocks, handed_over
from arledger.compute.open_items import OpenItem
from arledger.compute.plans import holding
from arledger.compute.promises import paused
from arledger.compute.settlements import settlements
from arledger.documents.notices import NoticeBlock, Why
from arledger.ledger.table import Ledger


class Aside(NamedTuple):
    """An item, or a part of it, that is not asked for."""

    item: str
    due: dt.date
    amount: int  # minor units
    kind: Why
    why: str  # in words


class SetAside(NamedTuple):
    """What is set aside of each item, and which customers are blocked as a whole."""

    parts: Mapping[str, list[Aside]]
    blocked: Mapping[str, str]  # customer → why


def set_aside(ledger: Ledger, day: dt.date, items: Iterable[OpenItem], customer: str | None = None) -> SetAside:
    """What of these open items is not asked for at the end of `day`. The parts of an item never exceed it.

    What is disputed is so by its amount, and the rest can still be asked for (RULES X1); everything else holds an
    item as a whole.
    """
    whole, contested = _whole(ledger, day, customer), disputed(ledger, day, customer)
    parts: dict[str, list[Aside]] = {}
    for item in items:
        reason = whole.get(item.item) or whole.get(item.item.partition("/")[0])
        if item.is_credit:
            continue
        if reason:
            parts[item.item] = [Aside(item.item, item.due, item.open, *reason)]
        elif item.item in contested:
            parts[item.item] = [Aside(item.item, item.due, contested[item.item], "disputed", "disputed")]
    return SetAside(
        parts, {block.customer: _words(block) for block in _blocks(ledger, day, customer) if not block.item}
    )


def _whole(ledger: Ledger, day: dt.date, customer: str | None) -> dict[str, tuple[Why, str]]:
    """Items and instalments that are held as a whole, each with the reason that weighs most (the last put in)."""
    found: dict[str, tuple[Why, str]] = {}
    for span in paused(ledger, day, customer):
        found[span.item] = ("promised", f"promised, waits until {_before(span.last)}")
    for settled in settlements(ledger, day, customer):
        if settled.state in ("offered", "ready"):
            words = f"settlement offered until {settled.settlement.expires}"
            found.update(dict.fromkeys(settled.settlement.items, ("settlement", words)))
    for item, plan in holding(ledger, day, customer).items():
        found[item] = ("plan", f"payment plan {plan.fact}")
    for block in _blocks(ledger, day, customer):
        if block.item:
            found[block.item] = ("blocked", _words(block))
    for item, over in handed_over(ledger, day, customer).items():
        found[item] = ("handed-over", f"handed over to {over.name or over.to}")
    return found


def _before(day: dt.date | None) -> str:
    return str(day - dt.timedelta(1)) if day else "…"


def _blocks(ledger: Ledger, day: dt.date, customer: str | None) -> list[NoticeBlock]:
    """The blocks that hold; of several on one thing the last is the one that holds longest."""
    return sorted((block for _, block in blocks(ledger, day, customer)), key=lambda block: block.until or dt.date.max)


def _words(block: NoticeBlock) -> str:
    until = f" until {block.until}" if block.until else ""
    return f"blocked{until}: {block.reason}"
