"""Credit as facts: what others say of a customer, and what was decided to allow them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.approvals import known_person
from arledger.dates import Terms
from arledger.documents.credit import CreditDecision, CreditReference
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.money import Money, decimal

Decision = Literal["granted", "changed", "declined"]


def refer(ledger: Ledger, customer: str, day: date, *, source: str, score: str, text: str) -> Planned:
    """What an agency, a bank or another supplier says. Raises UsageError where that is neither score nor text."""
    if not score and not text:
        raise UsageError("give --score or --text", 'such as --score 78/100, or --text "pays in 45 days"')
    refuse_closed(ledger, day)
    fact = CreditReference(customer=customer, date=day, source=source, score=score, text=text)
    return Planned([(next_id(ledger, f"{customer}-REF"), fact)], about=f"Credit reference of {customer} by {source}")


def decide(
    ledger: Ledger, customer: str, decision: Decision, day: date, *, limit: int | None, terms: str,
    applied: date | None,
    expires: date | None, review: date | None, reasons: Sequence[str], by: str,
) -> Planned:  # fmt: skip
    """A limit granted, changed or declined. Raises UsageError for one without a limit, or declined without a reason."""
    refuse_closed(ledger, day)
    known_person(ledger, by)
    record = ledger.customer(customer)
    assert record
    if (limit is None) != (decision == "declined"):
        raise UsageError(f"--limit: a decision {decision} {'has none' if limit else 'needs one'}", "see --help")
    if decision == "declined" and not reasons:
        raise UsageError("--reason is missing", "say why: the customer may ask")
    for option, later in (("--expires", expires), ("--review", review)):
        if later and later < day:
            raise UsageError(f"{option}: {later} is before {day}", "name a day to come")
    if terms:
        _known_terms(terms)
    currency = (record.currency or ledger.policy.currency) if limit is not None else ""
    fact = CreditDecision(
        customer=customer, date=day, decision=decision, applied=applied, terms=terms, expires=expires, review=review,
        reasons=tuple(reasons), by=by, currency=currency,
        amount=None if limit is None else decimal(limit, currency),
    )  # fmt: skip
    what = f" {Money(limit, currency).said()}" if limit is not None else ""
    return Planned([(next_id(ledger, f"{customer}-CD"), fact)], about=f"Credit of {customer} {decision}{what}")


def _known_terms(terms: str) -> None:
    try:
        Terms.parse(terms)
    except ValueError as error:
        raise UsageError(f"--terms: {error}", "such as `net 30`") from None
