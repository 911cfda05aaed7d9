"""A calendar file: days to reckon with, for whoever keeps them in a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arledger.cli.session import Session
    from arledger.reports.agenda import Entry


def calendar(session: Session, entries: Iterable[Entry]) -> bytes:
    """The entries as .ics, under keys of the company's own domain."""
    from arledger.render.calendar import render

    domain = session.ledger.policy.company.email.rpartition("@")[2]
    return render(entries, domain or "arledger.invalid")
