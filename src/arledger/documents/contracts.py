"""What was agreed with a customer for a time, and papers that are kept with it or with anything else."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Flag, Id, TermsText, Text, record
from arledger.documents.orders import OrderLine
from arledger.documents.told import Told

Every = Literal["month", "quarter", "half-year", "year"]


@record
class Milestone:
    """A part of a contract's price that is billed on a day of its own."""

    date: Day
    amount: Amount
    text: Text


@record
class Contract(Told):
    """An agreement billed by periods (a subscription, a retainer), by milestones, or by both."""

    FOLDER: ClassVar = "contracts"

    _: KW_ONLY
    customer: Id
    date: Day  # it was signed
    title: Text
    starts: Day
    ends: Day | None = None  # its last day
    every: Every | None = None  # a period; its lines are billed for each
    in_arrears: Flag = False  # on the last day of each period; else on its first
    calendar: Flag = False  # periods are those of the calendar; else they count from the day it starts
    pro_rata: Flag = False  # a first or last period that is not whole is billed by its days; else as if it were
    terms: TermsText = ""
    po: Text = ""
    buyer_reference: Text = ""
    currency: Currency
    lines: tuple[OrderLine, ...] = ()
    schedule: tuple[Milestone, ...] = ()


@record
class Termination(Told):
    """The end of a contract before its time, or of one without an end."""

    FOLDER: ClassVar = "terminations"
    NAMES: ClassVar = {"contract": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    contract: Id
    last: Day  # its last day
    reason: Text = ""


@record
class Attachment(Told):
    """A file kept with a fact, or with a customer: where it lies, and its SHA-256."""

    FOLDER: ClassVar = "attachments"
    NAMES: ClassVar = {"to": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    to: Id = ""  # none: to the customer
    path: Text  # under the folder that holds the books
    sha256: Text
    kind: Text = ""  # timesheet, delivery-note, contract …
    text: Text = ""
