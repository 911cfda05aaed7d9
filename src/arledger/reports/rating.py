"""`ar credit review`: how each customer is rated, why, and what follows."""

from __future__ import annotations

from typing import Any

from arledger.compute.exposure import CreditBook
from arledger.compute.rating import Conduct, Rating, conducts, rate, shown
from arledger.documents.credit import CreditDecision, CreditReference
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_LIST = (
    Column("customer", "Customer"), Column("name", "Name"), Column("grade", "Grade"),
    Column("rating", "Rating", "number"), Column("days_late", "Days late, overdue too"),
    Column("overdue", "Overdue", "money"),
    Column("open", "Open", "money"), Column("broken", "Broken", "number"), Column("returned", "Returned", "number"),
    Column("currency", "Cur"), Column("limit", "Limit", "money"), Column("suggested_limit", "Suggested", "money"),
    Column("terms", "Terms"), Column("suggested_terms", "Suggested"), Column("review", "Next review", "date"),
)  # fmt: skip
_MARKS = (Column("what", "What"), Column("figure", "Figure"), Column("points", "Points", "number"))
_SAID = (Column("date", "Date", "date"), Column("source", "Source"), Column("score", "Score"), Column("text", "Text"))
_DECIDED = (
    Column("date", "Date", "date"), Column("decision", "Decision"), Column("limit", "Limit", "money"),
    Column("terms", "Terms"), Column("expires", "Expires", "date"), Column("review", "Review", "date"),
    Column("reasons", "Reasons"), Column("by", "By"),
)  # fmt: skip


def build_list(book: CreditBook) -> Report:
    """Every customer, the lowest rating first, those without one last."""
    names = book.ledger.names
    rated = [
        (customer, c, rate(c, book.limits.accounts[customer].terms, book.as_of))
        for customer, c in conducts(book).items()
    ]
    rated.sort(key=lambda one: (one[2].points is None, one[2].points, one[0]))
    rows = [_row(book, names.get(customer, ""), customer, c, r) for customer, c, r in rated]
    notes = [
        f"{customer}: amounts in {', '.join(sorted(c.missing))} are left out: no rate is stated"
        for customer, c, _ in rated if c.missing
    ]  # fmt: skip
    table = Table(_LIST, rows, empty="There are no customers.")
    return Report("credit-review", f"Credit review on {book.as_of}", [table], {"as_of": book.as_of}, notes)


def _row(book: CreditBook, name: str, customer: str, c: Conduct, r: Rating) -> list[Cell]:
    account = book.limits.accounts[customer]
    limit = book.limits.of(customer)[0].amount
    return [
        customer, name, r.grade or "new", r.points, shown(c.late) if c.known else None,
        Money(c.overdue.amount, account.currency), Money(c.open, account.currency), c.broken, c.returned,
        account.currency, None if limit is None else Money(limit, account.currency),
        None if r.limit is None else Money(r.limit, account.currency), account.terms, r.terms, r.review,
    ]  # fmt: skip


def build_one(book: CreditBook, customer: str) -> Report:
    """One customer: each thing that counts with its points, what others say, and what was decided."""
    conduct, account = conducts(book)[customer], book.limits.accounts[customer]
    rating = rate(conduct, account.terms, book.as_of)
    marks = Table(_MARKS, [[m.what, m.figure, -m.points or 0] for m in rating.marks], name="reasons", title="Why",
                  empty="They have not paid yet, and nothing is overdue.")  # fmt: skip
    references = book.ledger.told(CreditReference, book.as_of, customer)
    said = Table(_SAID, [[f.date, f.source, f.score, f.text] for _, f in references], name="references",
                 title="What others say", empty="Nothing was entered.")  # fmt: skip
    decided = Table(_DECIDED, [_decision(row.amount, f) for row, f in
                               book.ledger.told(CreditDecision, book.as_of, customer)], name="decisions",
                    title="What was decided", empty="Nothing was decided: the customer's file counts.")  # fmt: skip
    limit = book.limits.of(customer)[0]
    exposure = book.exposure(limit)
    currency = account.currency
    head: dict[str, Any] = {
        "customer": customer, "as_of": book.as_of, "grade": rating.grade or "new", "rating": rating.points,
        "limit": None if limit.amount is None else Money(limit.amount, currency),
        "exposure": None if exposure.missing else Money(exposure.total, currency),
        "suggested_limit": None if rating.limit is None else Money(rating.limit, currency),
        "terms": account.terms, "suggested_terms": rating.terms, "next_review": rating.review,
    }  # fmt: skip
    facts = [
        ("Rating", _sum_text(rating)), ("Limit", _text(head["limit"], "none set")),
        ("Exposure", _text(head["exposure"], "not known: a rate is missing")),
        ("Suggested", f"{_text(head['suggested_limit'], 'no limit yet')}, {rating.terms}"),
        ("Look again", f"on {rating.review}"),
    ]  # fmt: skip
    title = f"Credit review of {customer} on {book.as_of}"
    return Report("credit-review", title, [marks, said, decided], head, facts=facts)


def _text(amount: Money | None, none: str) -> str:
    return none if amount is None else amount.said()


def _sum_text(rating: Rating) -> str:
    if rating.points is None:
        return "none: nothing to go by"
    lost = sum(mark.points for mark in rating.marks)
    return f"{rating.grade}, {rating.points} points: 100 - {lost}"


def _decision(limit: int, fact: CreditDecision) -> list[Cell]:
    return [fact.date, fact.decision, Money(limit, fact.currency) if fact.amount is not None else None, fact.terms,
            fact.expires, fact.review, "; ".join(fact.reasons), fact.by]  # fmt: skip
