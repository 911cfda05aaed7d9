"""Drafts as far as credit cares: whose, and how much. They are files beside the books, not facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arledger.cli.session import Session

if TYPE_CHECKING:
    from arledger.compute.exposure import Draft
    from arledger.policy.policy import Policy


def drafts_of(session: Session, policy: Policy | None = None) -> list[Draft]:
    """What drafts come to that bill no order; nothing where the policy (or another) does not count them."""
    from arledger.compute.exposure import Draft
    from arledger.money import minor_of

    counted = (policy or session.ledger.credit).credit.exposure
    if not counted.drafts or not session.books.has_drafts():
        return []
    found = session.books.drafts().values()
    return [Draft(d.customer, d.currency, minor_of(d.total, d.currency)) for d in found if not d.order]
