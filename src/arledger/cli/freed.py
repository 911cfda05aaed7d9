"""After cash came in: which orders it set free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arledger.cli.drafts import drafts_of
from arledger.cli.output import say
from arledger.cli.session import Session
from arledger.ledger.table import Ledger

if TYPE_CHECKING:
    from arledger.compute.holds import Standing


def held_orders(session: Session) -> list[Standing]:
    """The orders as they stand today; none where nothing was ever ordered."""
    return _standings(session, session.ledger)


def tell_freed(session: Session, before: list[Standing]) -> None:
    """Says which orders that were held before are free to go now."""
    if not before or session.dry_run:
        return
    from arledger.compute.holds import freed

    for standing in freed(before, _standings(session, session.books.read())):
        say(f"{standing.order.order} of {standing.order.customer} is free to go (ar order release --ready)")


def _standings(session: Session, ledger: Ledger) -> list[Standing]:
    if not ledger.rows("SELECT 1 FROM facts WHERE kind = 'orders' LIMIT 1"):
        return []
    from arledger.compute.exposure import CreditBook
    from arledger.compute.holds import Holds

    return Holds(CreditBook(ledger, session.today, drafts_of(session))).all()
