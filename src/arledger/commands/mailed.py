"""What was mailed, as contacts with the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.commands.planned import Planned
from arledger.documents.contacts import LoggedContact
from arledger.documents.kinds import AnyFact
from arledger.ledger.table import Ledger


def contacts(ledger: Ledger, mails: Sequence[tuple[str, str, str, str]], day: date) -> Planned:
    """A contact for each mail: its id, the customer, the item it brings ("" for none), and what it was."""
    facts: list[tuple[str, AnyFact]] = [
        (fact, LoggedContact(customer=customer, date=day, channel="e-mail", outcome="sent", text=text,
                             items=(item,) if item and ledger.item(item) else ()))
        for fact, customer, item, text in mails
    ]  # fmt: skip
    return Planned(facts, about=f"Mail {len(facts)} papers")
