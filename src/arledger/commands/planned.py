"""What a command plans: new facts by id, and other files (customers, drafts) as text. One function posts it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from arledger.documents.fields import ID_FORM, is_id
from arledger.documents.invoices import Invoice
from arledger.documents.kinds import AnyFact
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger


@dataclass(frozen=True)
class Planned:
    """Files to add (facts), to write or to remove (others, by path; None removes). Empty: nothing to do."""

    facts: Sequence[tuple[str, AnyFact]] = ()
    files: Mapping[str, str | None] = field(default_factory=dict)
    drafts: Mapping[str, Invoice] = field(default_factory=dict)  # by the name wanted; the poster finds a free one
    customers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # new ones: what is known of each
    learned: Sequence[tuple[str, str, str]] = ()  # customer, and a payer's name and account to remember with it
    notes: Sequence[str] = ()  # for the person who asked
    about: str = ""  # what happened, in business words: the subject of a commit


def refuse_closed(ledger: Ledger, day: date) -> None:
    """Raises RefusedError for a date in a closed period."""
    closed = ledger.closed_through()
    if closed and day <= closed:
        raise RefusedError(
            f"{day} lies in a closed period: the books are closed through {closed}",
            "date it in an open period; it may still settle an older item",
            code="closed-period",
        )


def next_id(ledger: Ledger, stem: str, first: int = 1, taken: Container[str] = ()) -> str:
    """The first free id of the form `<stem><n>`, counting from `first`; those `taken` by the same plan are not free."""
    number = first
    while f"{stem}{number}" in taken or ledger.fact(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def refuse_id(ledger: Ledger, wanted: str) -> None:
    """Raises UsageError for a number given that is no id, RefusedError for one that a fact has already."""
    if not is_id(wanted):
        raise UsageError(f"--number: {wanted!r} is not an id", ID_FORM)
    if ledger.fact(wanted):
        raise RefusedError(f"there is a fact {wanted} already", f"see ar why {wanted}", code="duplicate-id")


def already(ledger: Ledger, kind: str, key: str | None) -> Planned | None:
    """A plan of nothing, and why, where a fact of this kind was posted with this key before; else None."""
    found = ledger.facts("kind = ? AND key = ?", kind, key) if key else []
    return Planned(notes=[f"{found[0].fact} was posted with this key before: nothing to do"]) if found else None


def on_account(credit: str, left: Decimal, currency: str) -> list[str]:
    """For people: what of a credit stays on account, where it is more than what it was to be applied to."""
    return [f"note: {left:f} {currency} of {credit} stays on account"] if left else []
