"""How money that is late is collected: disputes, promises, payment plans, and how often a customer is contacted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Literal

from arledger.documents.contacts import Channel
from arledger.documents.fields import Id, Percent, Text, record
from arledger.documents.plans import Interest

#: Reasons of disputes where ledger.yaml names none: code → in words.
REASONS: Mapping[str, str] = {
    "price": "price or discount not as agreed", "quantity": "less delivered than billed",
    "quality": "goods damaged or not as ordered", "not-received": "goods or invoice not received",
    "duplicate": "billed twice", "returned": "goods sent back", "tax": "tax or address wrong",
    "freight": "freight not as agreed", "terms": "due date or terms wrong", "inquiry": "a question", "other": "other",
}  # fmt: skip


#: Who of us finds out, by reason.
OWNERS: Mapping[str, str] = {
    "price": "sales", "terms": "sales", "quantity": "logistics", "quality": "logistics", "not-received": "logistics",
    "returned": "logistics", "freight": "logistics", "duplicate": "billing", "tax": "billing", "inquiry": "billing",
}  # fmt: skip


@record
class Disputes:
    """Why customers may contest an item, who finds out, and within how many days a dispute should be resolved."""

    reasons: Mapping[Id, Text] = field(default_factory=lambda: REASONS)
    owners: Mapping[Id, Text] = field(default_factory=lambda: OWNERS)
    days: int = 14


@record
class Promises:
    """How late, by value date, a promise still counts as kept, and for how long one stops notices at most."""

    tolerance_days: int = 0
    pause_days: int = 14


@record
class Plans:
    """What new payment plans are agreed on, where nothing else is said."""

    default_after: int = 2  # instalments unpaid at one time
    grace_days: int = 0
    interest: Interest = "pause"


_HOURS = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


@record
class ContactRules:
    """When and how often we may contact a customer of our own accord. Contacts by the customer never count.

    Source of the figures many use: US Regulation F, 12 CFR 1006.6(b)(1) and 1006.14(b)(2), written for third-party
    collectors of consumer debt: 08:00-21:00, seven calls in seven days, none within seven days of a conversation.
    """

    hours: Text = ""  # such as 08:00-21:00, where the customer is
    days_between: int = 0  # whole days between two contacts
    most: int = 0  # contacts within `within_days`; 0: any number
    within_days: int = 7
    days_after_conversation: int = 0
    channels: tuple[Channel, ...] = ("call",)  # those that count and are held back
    then: Literal["warn", "refuse"] = "warn"

    def __post_init__(self) -> None:
        if self.hours and not _HOURS.fullmatch(self.hours):
            raise ValueError(f"contact_rules: hours {self.hours!r} must be written such as 08:00-21:00")


@record
class Targets:
    """What a collector is to reach in a month. 0: no target."""

    contacts_per_day: int = 0  # on days with any
    right_party: Percent = Decimal(0)  # of contacts: with somebody who can pay or decide it
    promised: Percent = Decimal(0)  # of those: that brought a promise
    kept: Percent = Decimal(0)  # of promises that came due, by number


@record
class Worklist:
    """How long the worklist leaves a customer in peace after a contact."""

    quiet_days: int = 3


@record
class Collections:
    """The whole of `collections` in ledger.yaml."""

    disputes: Disputes = Disputes()
    promises: Promises = Promises()
    plans: Plans = Plans()
    contact_rules: ContactRules | None = None
    targets: Targets = Targets()
    worklist: Worklist = Worklist()
