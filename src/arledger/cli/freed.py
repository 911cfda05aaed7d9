"""Posting what may set held orders free, and telling which it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from arledger.cli.drafts import drafts_of
from arledger.cli.output import say
from arledger.cli.posting import Plan, post
from arledger.cli.session import Session
from arledger.ledger.table import Ledger
from arledger.reports.report import Report

if TYPE_CHECKING:
    from arledger.compute.holds import Standing


def post_freeing(session: Session, plan: Plan, question: str, report: Callable[[Report], Report] | None = None) -> None:
    """Posts as `post` does, and says which orders that were held before are free to go now."""
    held = [] if session.dry_run else [one for one in _standings(session, session.ledger) if one.held]
    post(session, plan, question, report)
    if not held:
        return
    from arledger.compute.holds import freed

    for standing in freed(held, _standings(session, session.books.read())):
        say(f"{standing.order.order} of {standing.order.customer} is free to go (ar order release --ready)")


def _standings(session: Session, ledger: Ledger) -> list[Standing]:
    """The orders as they stand today; none where nothing was ever ordered."""
    if not ledger.rows("SELECT 1 FROM facts WHERE kind = 'orders' LIMIT 1"):
        return []
    from arledger.compute.exposure import CreditBook
    from arledger.compute.holds import Holds

    return Holds(CreditBook(ledger, session.today, drafts_of(session))).all()
