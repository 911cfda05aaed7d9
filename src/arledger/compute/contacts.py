"""The contact log as of a date: who was contacted last, what is to follow up, and whether we may contact them now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

from arledger.documents.contacts import Channel, LoggedContact
from arledger.ledger.restore import restore
from arledger.ledger.table import FactRow, Ledger
from arledger.policy.collections import ContactRules

#: Outcomes of a contact in which somebody was spoken to.
CONVERSED = ("spoke", "promised", "disputed", "says-paid", "cannot-pay", "refused")

_LAST = """
SELECT customer, data FROM (SELECT f.customer, f.data, ROW_NUMBER() OVER (PARTITION BY f.customer
  ORDER BY f.date DESC, length(f.fact) DESC, f.fact DESC) AS place
FROM facts f WHERE f.kind = 'contacts' AND f.data != '' AND f.date <= ?1 AND NOT EXISTS (SELECT 1 FROM facts r
  WHERE r.about = f.fact AND r.about != '' AND r.kind = 'reversals' AND r.date <= ?1)) WHERE place = 1
"""


def contacts(
    ledger: Ledger, as_of: date, customer: str | None = None, first: date = date.min
) -> list[tuple[FactRow, LoggedContact]]:
    """The contacts from `first` to `as_of`, oldest first."""
    return [(row, contact) for row, contact in ledger.told(LoggedContact, as_of, customer) if contact.date >= first]


def last_contacts(ledger: Ledger, as_of: date) -> dict[str, LoggedContact]:
    """Customer → their last contact up to a day. What it says comes next is what is still to be done."""
    day = as_of.toordinal()
    return {customer: restore(LoggedContact, json.loads(data)) for customer, data in ledger.rows(_LAST, day)}


def against_rules(
    rules: ContactRules, earlier: Sequence[LoggedContact], day: date, time: str = "", channel: Channel = "call"
) -> list[str]:
    """Why a customer with these earlier contacts may not be contacted now, each reason in words.

    Without a time of day the hours are not looked at.
    """
    if channel not in rules.channels:
        return []
    ours = [c for c in earlier if not c.inbound and c.channel in rules.channels and c.date <= day]
    found = []
    if rules.hours and time and not rules.hours[:5] <= time <= rules.hours[6:]:
        found.append(f"{time} is not within {rules.hours}")
    last = max((c.date for c in ours), default=None)
    if last and rules.days_between and (day - last).days <= rules.days_between:
        found.append(f"last contact {last}, not again before {last + timedelta(rules.days_between + 1)}")
    recent = sum(c.date > day - timedelta(rules.within_days) for c in ours)
    if rules.most and recent >= rules.most:
        found.append(f"{recent} contacts within {rules.within_days} days, at most {rules.most}")
    spoke = max((c.date for c in earlier if c.outcome in CONVERSED and c.date <= day), default=None)
    wait = rules.days_after_conversation
    if spoke and wait and (day - spoke).days < wait:
        found.append(f"spoke on {spoke}, not again before {spoke + timedelta(wait)}")
    return found
