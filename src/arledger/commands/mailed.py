"""What was mailed, as contacts with the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from arledger.commands.planned import Planned
from arledger.documents.contacts import LoggedContact
from arledger.documents.kinds import AnyFact
from arledger.ledger.table import Ledger


class Mailed(NamedTuple):
    """A mail that went out."""

    fact: str  # the id of the contact it becomes
    customer: str
    item: str  # the item it brings; "" for none
    text: str
    statement: date | None  # the day of the statement it brings


def contacts(ledger: Ledger, mails: Sequence[Mailed], day: date) -> Planned:
    """A contact for each mail."""
    facts: list[tuple[str, AnyFact]] = [
        (one.fact, LoggedContact(customer=one.customer, date=day, channel="e-mail", outcome="sent", text=one.text,
                                 items=(one.item,) if one.item and ledger.item(one.item) else (),
                                 statement=one.statement))
        for one in mails
    ]  # fmt: skip
    return Planned(facts, about=f"Mail {len(facts)} papers")
