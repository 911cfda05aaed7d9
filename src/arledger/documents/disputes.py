"""Disputes: what a customer contests of an item, what was said about it since, and how it ended."""

from __future__ import annotations

from dataclasses import KW_ONLY
from decimal import Decimal
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Id, ItemId, Text, record
from arledger.documents.told import Told

Outcome = Literal["credit-note", "rebill", "goodwill", "invalid", "answered"]


@record
class Dispute(Told):
    """What a customer contests, and who of us has to find out. An amount of zero is an inquiry: a question alone."""

    FOLDER: ClassVar = "disputes"
    NAMES: ClassVar = {"item": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    item: ItemId
    reason: Id  # a code of `disputes: reasons` in ledger.yaml
    owner: Text = ""  # sales, billing, logistics …
    due: Day | None = None  # the day it should be resolved by
    text: Text = ""  # what the customer says
    evidence: tuple[Text, ...] = ()  # papers: paths or addresses
    currency: Currency
    amount: Amount = Decimal(0)


@record
class DisputeComment(Told):
    """What was found out about a dispute, or who has to go on with it by when."""

    FOLDER: ClassVar = "dispute-comments"
    NAMES: ClassVar = {"dispute": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    dispute: Id
    text: Text
    owner: Text = ""  # the new one, where it changes hands
    due: Day | None = None  # likewise
    evidence: tuple[Text, ...] = ()


@record
class DisputeResolution(Told):
    """How a dispute ended: what of it was granted, and by which facts. The rest is collectable again."""

    FOLDER: ClassVar = "dispute-resolutions"
    NAMES: ClassVar = {"dispute": "fact", "facts": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    dispute: Id
    outcome: Outcome
    facts: tuple[Id, ...] = ()
    text: Text = ""
    currency: Currency
    amount: Amount = Decimal(0)  # granted
