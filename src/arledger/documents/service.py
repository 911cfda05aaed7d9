"""Service stopped for what is unpaid, and given again. The notice before it is a notice of the kind `service`."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Id, ItemId, Text, record
from arledger.documents.told import Told

Stop = Literal["disconnect", "repossess"]


@record
class ServiceStop(Told):
    """A service disconnected, or goods taken back, for what is unpaid, after a notice and its days."""

    FOLDER: ClassVar = "service-stops"
    NAMES: ClassVar = {"notice": "fact", "default": "fact", "items": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    action: Stop
    unit: Text = ""  # the contract, meter or machine; "" where the customer is one unit
    notice: Id
    default: Id = ""  # what documents the default: a final notice, or a payment plan that was lost
    evidence: tuple[Text, ...] = ()  # papers: paths or addresses
    reason: Text = ""
    items: tuple[ItemId, ...]
    currency: Currency
    amount: Amount  # unpaid on the day


@record
class ServiceRestore(Told):
    """Service given again."""

    FOLDER: ClassVar = "service-restores"
    NAMES: ClassVar = {"stop": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    stop: Id
    reason: Text = ""
