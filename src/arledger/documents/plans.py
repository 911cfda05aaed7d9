"""Payment plans: open items to be paid in instalments, and when the plan is lost."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Id, Text, record
from arledger.documents.told import Told

Interest = Literal["pause", "continue"]


@record
class PlanPart:
    """One instalment of a plan."""

    due: Day
    amount: Amount


@record
class Plan(Told):
    """What a customer pays when, for all that was open of these items; the instalments sum to the amount."""

    FOLDER: ClassVar = "plans"
    NAMES: ClassVar = {"items": "item"}

    _: KW_ONLY
    customer: Id
    date: Day
    items: tuple[Id, ...]
    default_after: int = 2  # so many instalments unpaid at one time, and the original due dates come back
    grace_days: int = 0  # of each instalment
    interest: Interest = "pause"  # finance charges on the items while the plan holds
    text: Text = ""
    currency: Currency
    instalments: tuple[PlanPart, ...]
    amount: Amount
