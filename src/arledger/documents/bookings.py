"""What a month's end booked for the general ledger beside the facts: the allowance, and gains on paper."""

from __future__ import annotations

from typing import ClassVar

from arledger.documents.fields import Amount, Currency, Day, Id, Quantity, record
from arledger.documents.told import Told


@record
class AllowanceBooking(Told):
    """The allowance of one currency at the end of a day, and how it came from the one booked before.

    opening + charge − written off + recovered = closing. What was written off and recovered counts from `since` on.
    """

    FOLDER: ClassVar = "allowances"

    date: Day
    currency: Currency
    since: Day
    opening: Amount
    charge: Amount
    written_off: Amount
    recovered: Amount
    closing: Amount
    customer: Id = ""  # of nobody: every fact has the key


@record
class RevaluedCurrency:
    """What was open in a foreign currency, and what it was booked at and worth in the ledger's."""

    currency: Currency
    open: Amount
    carried: Amount
    rate: Quantity
    worth: Amount


@record
class Revaluation(Told):
    """Gains on paper at the end of a day, in the ledger's currency. They are taken back the day after."""

    FOLDER: ClassVar = "revaluations"

    date: Day
    currency: Currency
    lines: tuple[RevaluedCurrency, ...]
    gain: Amount
    customer: Id = ""
