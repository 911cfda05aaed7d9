"""Notices: what was sent about what a customer owes, who is to get none, and what others collect for us."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Flag, Id, ItemId, Letter, Text, record
from arledger.documents.told import Told

#: How a notice goes out. What cannot go the first way goes the next; a call is a task on the worklist.
Channel = Literal["e-mail", "letter", "call"]

#: Why something is listed and not asked for.
Why = Literal["disputed", "promised", "plan", "settlement", "credit", "blocked", "handed-over", "final"]


@record
class NoticeLine:
    """An item a notice asks for, as it was on the day: what of it is asked for, and the level it reached."""

    item: ItemId
    due: Day
    amount: Amount
    level: int = 0


@record
class AsideLine:
    """An item, or a part of one, that a notice lists but does not ask for."""

    item: ItemId
    due: Day
    amount: Amount
    kind: Why
    why: Text = ""  # more of it in words


@record
class Notice(Told):
    """What was sent: a reminder before the due date, a notice of a level, a referral to our credit department, or a
    notice that a service will be stopped."""

    FOLDER: ClassVar = "notices"
    NAMES: ClassVar = {"lines": "item", "aside": "item", "fee_item": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    kind: Literal["notice", "reminder", "referral", "service"] = "notice"
    procedure: Id  # of a service: the state
    unit: Text = ""  # of a service: what of it will be stopped
    level: int = 0  # the highest of its lines
    final: Flag = False
    channel: Channel
    instead_of: Channel | None = None  # the channel policy asks for, where the customer cannot be reached by it
    to: Text = ""  # the address it goes to, where the channel needs one
    language: Text = ""
    pay_by: Day | None = None
    currency: Currency
    lines: tuple[NoticeLine, ...]
    aside: tuple[AsideLine, ...] = ()
    fee: Amount | None = None
    fee_item: Id = ""  # the item that bills it
    text: Letter  # as it was sent
    amount: Amount  # asked for, without the fee of this notice

    @property
    def subject(self) -> str:
        """Nothing but its customer: it is about many items."""
        return ""


@record
class NoticeBlock(Told):
    """A customer, or one item, gets no notices from a day on. A reversal ends it early."""

    FOLDER: ClassVar = "notice-blocks"
    NAMES: ClassVar = {"item": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    item: ItemId = ""
    until: Day | None = None  # the last day; none: until it is taken back
    reason: Text


@record
class HandOver(Told):
    """Items an agency or a lawyer collects for us from a day on: they get no more notices. A reversal recalls them."""

    FOLDER: ClassVar = "hand-overs"
    NAMES: ClassVar = {"items": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    to: Literal["agency", "legal"]
    name: Text = ""  # of the agency or law firm
    items: tuple[ItemId, ...]
    reason: Text = ""
    currency: Currency = ""
    amount: Amount | None = None  # unpaid of them on the day

    @property
    def subject(self) -> str:
        """Nothing but its customer: it is about many items."""
        return ""
