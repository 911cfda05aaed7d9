"""Matching: which open items a bank line pays, who paid it, and what says so.

Pure functions over small values: no files, no clock. A line is posted automatically only when one explanation
stands out (RULES C3); everything else is listed with ranked candidates. Lines are worked through strongest
evidence first and in an order made from their content, so the order of the file cannot change the outcome.

All amounts are whole minor units of the line's currency. An item is paid only in its own currency.
"""

from __future__ import annotations

from collections.abc import Sequence

from arledger.compute.matching_types import (
    Candidate,
    Class,
    MatchBook,
    MatchCustomer,
    MatchItem,
    MatchPolicy,
    Offset,
    PastPayment,
    Proposal,
    Share,
    Tier,
)
from arledger.documents.bank import StatementLine

__all__ = [
    "Candidate",
    "Class",
    "MatchBook",
    "MatchCustomer",
    "MatchItem",
    "MatchPolicy",
    "Offset",
    "PastPayment",
    "Proposal",
    "Share",
    "Tier",
    "match",
]


def match(lines: Sequence[StatementLine], book: MatchBook, policy: MatchPolicy) -> list[Proposal]:
    """A proposal for each credit line (amount above 0, booked, not a return), in the order of `lines`.

    No item is ever given more than it has open, over all lines together.
    """
    raise NotImplementedError
