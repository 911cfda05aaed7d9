"""`ar credit file`: what a decision on credit rests on, and the notice to who was declined or given less.

Source of the notice: Regulation B, 12 CFR 1002.9(b)(1) and its model forms; of who gets it and how long the file is
kept for trade credit: 12 CFR 1002.9(a)(3)(ii) and 1002.12(b)(5). It is text to start from, not legal advice.
"""

from __future__ import annotations

from datetime import timedelta

from arledger.compute.exposure import CreditBook
from arledger.documents.credit import CreditDecision
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports import rating
from arledger.reports.report import Report

_ECOA = (
    "The Federal Equal Credit Opportunity Act prohibits creditors from discriminating against credit applicants on the "
    "basis of race, color, religion, national origin, sex, marital status, age (provided the applicant has the "
    "capacity to enter into a binding contract); because all or part of the applicant's income derives from any public "
    "assistance program; or because the applicant has in good faith exercised any right under the Consumer Credit "
    "Protection Act. The Federal agency that administers compliance with this law concerning this creditor is "
)
_AGENCY = "the Federal Trade Commission, Equal Credit Opportunity, Washington, DC 20580."
ASKING, KEPT, YEAR = 60, 60, 365  # days: to ask for the reasons, to keep the file, and once they were asked


def build(book: CreditBook, customer: str) -> Report:
    """The last decision with everything it rests on. Raises UsageError when there is none."""
    told = book.ledger.told(CreditDecision, book.as_of, customer)
    if not told:
        raise UsageError(f"no credit of {customer} was decided by {book.as_of}", f"ar credit decide {customer} …")
    row, decision = told[-1]
    review = rating.build_one(book, customer)
    adverse = is_adverse(book.ledger, decision)
    limit = Money(row.amount, decision.currency).said() if decision.amount is not None else "none"
    facts = [
        ("Customer", f"{customer}  {book.ledger.names[customer]}"),
        ("Asked", str(decision.applied or "")), ("Decided", f"{decision.date}: {decision.decision}"), ("Limit", limit),
        ("Terms", decision.terms), ("Reasons", "; ".join(decision.reasons)), ("By", decision.by),
        ("Keep until", str(decision.date + timedelta(KEPT))),
        ("If asked", f"for the reasons, until {decision.date + timedelta(YEAR)}"),
        *review.facts,
    ]  # fmt: skip
    head = {**review.head, "decision": decision.decision, "decided": decision.date,
            "principal_reasons": list(decision.reasons),
            "notice": notice(book, customer, decision) if adverse else None}  # fmt: skip
    notes = ["", *notice(book, customer, decision).split("\n")] if adverse else []
    title = f"Credit file of {customer} on {book.as_of}"
    return Report("credit-file", title, review.tables, head, notes, facts=[(a, b) for a, b in facts if b])


def is_adverse(ledger: Ledger, decision: CreditDecision) -> bool:
    """Whether a decision declines, or gives less than the one before it or the customer's file: a notice is due."""
    told = [one.amount for _, one in ledger.told(CreditDecision, decision.date, decision.customer) if one != decision]
    record = ledger.customer(decision.customer)
    before = told[-1] if told else record.credit_limit if record else None
    lowered = before is not None and decision.amount is not None and decision.amount < before
    return decision.decision == "declined" or lowered


def statement(country: str) -> str:
    """What the law of the creditor's country has every such notice say; nothing where none is known."""
    return _ECOA + _AGENCY if country in ("US", "") else ""


def notice(book: CreditBook, customer: str, decision: CreditDecision) -> str:
    """The letter to a customer whose application was declined or whose limit was lowered."""
    company, record = book.ledger.policy.company, book.ledger.customer(customer)
    assert record
    declined = decision.decision == "declined"
    did = "cannot open an account on credit for you" if declined else "have lowered your credit limit"
    asked = f"your application of {decision.applied}" if decision.applied else "your account"
    last = decision.date + timedelta(ASKING)
    lines = [
        *[company.name, *company.address], "", *[record.name, *record.address], "", str(decision.date), "",
        f"Statement of action taken on {asked}", "",
        f"Thank you for doing business with us. We {did}. Our principal reasons:",
        *[f"  - {reason}" for reason in decision.reasons], "",
        f"You may ask us in writing for a statement of the reasons until {last}.",
        *(["", law] if (law := statement(company.country)) else []),
    ]  # fmt: skip
    return "\n".join(lines)
