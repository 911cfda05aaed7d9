"""The contact log: who spoke or wrote to a customer, what was said, and what comes next."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from arledger.documents.fields import Day, Flag, Id, ItemId, Text, record
from arledger.documents.told import Told

#: A time of day, as files and arguments have it.
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)

Channel = Literal["call", "e-mail", "letter", "message", "visit"]
Outcome = Literal[
    "spoke", "promised", "disputed", "says-paid", "cannot-pay", "refused", "left-message", "no-answer", "wrong-number",
    "sent",
]  # fmt: skip


@record
class LoggedContact(Told):
    """One contact with a customer, by us or (`inbound`) by them."""

    FOLDER: ClassVar = "contacts"
    NAMES: ClassVar = {"items": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    time: Text = ""  # of day where the customer is, HH:MM
    channel: Channel
    inbound: Flag = False
    collector: Text = ""  # who of us
    person: Text = ""  # whom of theirs
    right_party: Flag = False  # somebody who can pay or decide it
    outcome: Outcome
    text: Text = ""  # what was said
    items: tuple[ItemId, ...] = ()
    statement: Day | None = None  # of a statement of account it brought: the day that is of
    next: Text = ""  # what we do next
    next_date: Day | None = None  # and when
