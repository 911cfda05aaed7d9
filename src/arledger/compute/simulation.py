"""What other rules would change: the same books and day, judged under two policies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from arledger.compute.exposure import CreditBook, Draft
from arledger.compute.holds import Holds, Standing
from arledger.ledger.table import Ledger
from arledger.policy.credit import CreditBasis
from arledger.policy.policy import Policy


class Changed(NamedTuple):
    """An order as it stands, and as it would."""

    now: Standing
    then: Standing


def simulated(ledger: Ledger, as_of: dt.date, drafts: Sequence[Draft], policy: Policy) -> list[Changed]:
    """The open orders another policy would hold, let go, or hold for other reasons; in the order they were placed."""
    basis = CreditBasis(policy.currency, policy.terms, policy.rates, policy.credit)
    now = Holds(CreditBook(ledger, as_of, drafts)).all()
    then = Holds(CreditBook(ledger, as_of, drafts, basis)).all()
    return [
        Changed(before, after) for before, after in zip(now, then, strict=True)
        if {reason.rule for reason in before.reasons} != {reason.rule for reason in after.reasons}
    ]  # fmt: skip
