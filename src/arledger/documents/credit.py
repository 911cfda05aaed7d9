"""Credit as facts: what others say of a customer, and what was decided to allow them."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Id, TermsText, Text, record
from arledger.documents.told import Told


@record
class CreditReference(Told):
    """What an agency, a bank or another supplier says of a customer: a score, or words."""

    FOLDER: ClassVar = "credit-references"

    _: KW_ONLY
    customer: Id
    date: Day
    source: Text
    score: Text = ""  # as the source writes it, with its scale: 78/100, BB+
    text: Text = ""


@record
class CreditDecision(Told):
    """What a customer may owe, and on what terms, from a day on; or that nothing is allowed, and why.

    From its date on its limit counts in place of the one in the customer's file.
    """

    FOLDER: ClassVar = "credit-decisions"

    _: KW_ONLY
    customer: Id
    date: Day
    decision: Literal["granted", "changed", "declined"]
    applied: Day | None = None  # the day the customer asked
    terms: TermsText = ""
    expires: Day | None = None
    review: Day | None = None
    reasons: tuple[Text, ...] = ()
    by: Text = ""
    currency: Currency = ""
    amount: Amount | None = None  # the limit; none of one that declines
