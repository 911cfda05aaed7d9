"""What notices were sent up to a day: the level each item reached, and when a customer was last written to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from arledger.compute.disputes import Span
from arledger.documents.notices import Channel, HandOver, Notice, NoticeBlock
from arledger.ledger.table import FactRow, Ledger

# One row a line of a notice, oldest first. What is the default is not in the data.
_LINES = """
SELECT f.customer, f.currency, f.date, f.fact, json_extract(f.data, '$.kind'), json_extract(f.data, '$.level'),
  json_extract(f.data, '$.final'), json_extract(f.data, '$.pay_by'),
  json_extract(f.data, '$.channel'), json_extract(line.value, '$.item'), json_extract(line.value, '$.level')
FROM facts f, json_each(f.data, '$.lines') line
WHERE f.kind = 'notices' AND COALESCE(json_extract(f.data, '$.kind'), '') != 'service'
AND f.date <= ?1 AND (?2 IS NULL OR f.customer = ?2) AND NOT EXISTS (SELECT 1 FROM facts r
WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals' AND r.date <= ?1) ORDER BY f.date, f.path, line.key
"""
#: What begins the key of an invoice that bills the fee of a notice; the notice's id follows.
FEE_KEY = "notice "


class LastNotice(NamedTuple):
    """The last notice of a level to a customer in a currency."""

    fact: str
    date: dt.date
    level: int
    final: bool
    pay_by: dt.date | None
    channel: Channel


@dataclass
class Sent:
    """What was sent up to a day. Accounts are customers in a currency."""

    levels: dict[str, int] = field(default_factory=dict)  # item → the level of the last notice that asked for it
    last: dict[tuple[str, str], LastNotice] = field(default_factory=dict)
    days: dict[tuple[str, str], list[dt.date]] = field(default_factory=dict)  # of each notice, oldest first
    finals: dict[str, LastNotice] = field(default_factory=dict)  # item → the final notice that asked for it
    reminded: set[str] = field(default_factory=set)  # items
    referred: dict[tuple[str, str], dt.date] = field(default_factory=dict)  # the last referral


def sent(ledger: Ledger, day: dt.date, customer: str | None = None) -> Sent:
    """Everything sent up to the end of `day` that was not taken back by then."""
    found, seen = Sent(), set()
    for owner, currency, number, fact, kind, level, final, pay_by, channel, item, reached in ledger.rows(
        _LINES, day.toordinal(), customer
    ):
        account, when = (owner, currency), dt.date.fromordinal(number)
        if kind == "reminder":
            found.reminded.add(item)
        elif kind == "referral":
            found.referred[account] = when
        else:
            found.levels[item] = reached or 0
            if fact not in seen:
                pays = dt.date.fromisoformat(pay_by) if pay_by else None
                found.last[account] = LastNotice(fact, when, level or 0, bool(final), pays, channel)
                found.days.setdefault(account, []).append(when)
            if final and reached == level:
                found.finals[item] = found.last[account]
            else:
                found.finals.pop(item, None)
        seen.add(fact)
    return found


def last_run(ledger: Ledger) -> dt.date | None:
    """The day of the latest notice there is, taken back or not; None before the first."""
    ((day,),) = ledger.rows(
        "SELECT MAX(date) FROM facts WHERE kind = 'notices' AND COALESCE(json_extract(data, '$.kind'), '') != 'service'"
    )
    return dt.date.fromordinal(day) if day else None


def fee_items(ledger: Ledger) -> set[str]:
    """The items that bill fees of notices."""
    upper = FEE_KEY[:-1] + chr(ord(FEE_KEY[-1]) + 1)
    rows = ledger.rows("SELECT fact FROM facts WHERE kind = 'invoices' AND key >= ? AND key < ?", FEE_KEY, upper)
    return {fact for (fact,) in rows}


def blocks(ledger: Ledger, day: dt.date, customer: str | None = None) -> list[tuple[FactRow, NoticeBlock]]:
    """The blocks that hold on a day, oldest first."""
    found = ledger.told(NoticeBlock, day, customer)
    return [(row, block) for row, block in found if block.until is None or day <= block.until]


def block_spans(ledger: Ledger, as_of: dt.date, customer: str | None = None) -> list[Span]:
    """From when to when which item was blocked, by itself or with all of its customer, as known at the end of a day."""
    told: list[tuple[FactRow, NoticeBlock, dt.date | None]] = [
        (*one, None) for one in ledger.told(NoticeBlock, as_of, customer)
    ]
    told += ledger.taken_back(NoticeBlock, as_of, customer)
    found = []
    for _, block, back in told:
        over = block.until + dt.timedelta(1) if block.until else None
        ended = min((day for day in (over, back) if day), default=None)
        rows = () if block.item else ledger.rows("SELECT item FROM items WHERE customer = ?", block.customer)
        items = [block.item] if block.item else [item for (item,) in rows]
        found += [Span(item, block.date, ended) for item in items]
    return found


def handed_over(ledger: Ledger, day: dt.date, customer: str | None = None) -> dict[str, HandOver]:
    """Item → who collects it for us on a day."""
    return {item: fact for _, fact in ledger.told(HandOver, day, customer) for item in fact.items}


def notices_of(ledger: Ledger, day: dt.date, customer: str | None = None) -> list[tuple[FactRow, Notice]]:
    """The notices up to a day that stand, oldest first."""
    return ledger.told(Notice, day, customer)
