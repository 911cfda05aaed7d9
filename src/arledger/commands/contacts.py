"""The contact log: noting a call, a letter or a visit, where the contact rules let it be."""

from __future__ import annotations

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.contacts import against_rules, contacts
from arledger.documents.contacts import LoggedContact
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger


def log(ledger: Ledger, contact: LoggedContact, *, anyway: bool) -> Planned:
    """Notes a contact. Raises RefusedError for one of ours that the rules forbid, unless it happened `anyway`."""
    refuse_closed(ledger, contact.date)
    notes: list[str] = []
    rules = ledger.policy.collections.contact_rules
    if rules and not contact.inbound:
        earlier = [c for _, c in contacts(ledger, contact.date, contact.customer)]
        notes = against_rules(rules, earlier, contact.date, contact.time, contact.channel)
        if notes and rules.then == "refuse" and not anyway:
            raise RefusedError("; ".join(notes), "wait; --anyway notes one that took place", code="contact-rules")
    about = f"{contact.channel} {'from' if contact.inbound else 'to'} {contact.customer}: {contact.outcome}"
    fact = (next_id(ledger, f"{contact.customer}-{contact.date}-C"), contact)
    return Planned([fact], notes=[f"warning: {note}" for note in notes], about=about)
