"""What was agreed with customers, listed: `ar promise list`, `ar plan list`, `ar settle list`."""

from collections.abc import Callable
from typing import Any

from arledger.cli.lookup import known_customer
from arledger.cli.session import Session
from arledger.reports.report import Report


def listed(session: Session, build: Callable[..., Report], customer: str, state: Any, as_of: str) -> Report:
    """The report of one kind of agreement on a day: of a customer where one is named, in a state where one is."""
    when = session.day(as_of, "--as-of")
    whose = known_customer(session.ledger, customer, "--customer") if customer else None
    return session.with_provenance(build(session.ledger, when, whose, state), when)
