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


def post_freeing(
    session: Session, plan: Plan, question: str, report: Callable[[Report], Report] | None = None,
    whose: str | None = None,
) -> None:  # fmt: skip
    """Posts as `post` does, and says which orders that were held before are free to go now.

    `whose`: the customer it is of, "" while nobody knows; None where it may be of many.
    """
    held = [] if session.dry_run else [one for one in _standings(session, session.ledger, whose) if one.held]
    post(session, plan, question, report)
    if not held:
        return
    from arledger.compute.holds import freed

    for standing in freed(held, _standings(session, session.books.read(), whose)):
        say(f"{standing.order.order} of {standing.order.customer} is free to go (ar order release --ready)")


def _standings(session: Session, ledger: Ledger, whose: str | None) -> list[Standing]:
    """The orders as they stand today, of everybody or of those one customer's cash may matter to."""
    if whose == "" or not ledger.rows("SELECT 1 FROM facts WHERE kind = 'orders' LIMIT 1"):
        return []
    from arledger.compute.exposure import CreditBook
    from arledger.compute.holds import Holds

    book = CreditBook(ledger, session.today, drafts_of(session))
    if whose is None:
        return Holds(book).all()
    family = {whose, *(one for pair in ledger.parents.items() for one in pair if ledger.same_family(one, whose))}
    shared = {limit for one in family if one in book.limits.accounts for limit in book.limits.of(one)}
    near = {*family, *(one for limit in shared for one in book.limits.members(limit))}
    ordered = {one for (one,) in ledger.rows("SELECT DISTINCT customer FROM facts WHERE kind = 'orders'")}
    holds = Holds(book) if near & ordered else None
    return [holds.of(order) for order in book.orders if order.customer in near] if holds else []
