"""Who somebody was before they moved or took another name, so that a paper printed again names them as it did.

It stands in the customer's file and in ledger.yaml, apart from the facts: what is personal can still be taken out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Protocol, TypeVar

from arledger.documents.fields import Day, Text, record


@record
class Former:
    """A name and address, and the last day they were right."""

    until: Day
    name: Text
    address: tuple[Text, ...] = ()
    country: Text = ""
    tax_id: Text = ""


class Named(Protocol):
    """A customer or our own company."""

    @property
    def former(self) -> tuple[Former, ...]:
        """Who they were, in any order."""


T = TypeVar("T", bound=Named)


def on(party: T, day: date) -> T:
    """A customer or company as they were on a day."""
    were = min((one for one in party.former if day <= one.until), key=lambda one: one.until, default=None)
    if were is None:
        return party
    return replace(party, name=were.name, address=were.address, country=were.country, tax_id=were.tax_id)  # type: ignore[type-var]  # both are dataclasses
