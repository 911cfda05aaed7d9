"""E-invoices of another system as facts: each under its own number, over what is still to be paid."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError

from arledger.checks.documents import check_document
from arledger.commands.planned import Planned, refuse_closed
from arledger.documents.fields import is_id
from arledger.documents.incoming import Incoming
from arledger.documents.invoices import CreditNote, Invoice, Line
from arledger.documents.kinds import AnyFact
from arledger.errors import ImportFileError, Place, Problem
from arledger.ledger.table import Ledger
from arledger.money import decimal


def plan(ledger: Ledger, files: Sequence[tuple[str, Incoming]], customer: str = "") -> Planned:
    """An invoice or credit note for each file that is not there yet. Raises ImportFileError with all that is wrong."""
    problems: list[Problem] = []
    facts: dict[str, AnyFact] = {}
    notes = []
    for name, found in files:
        number = _id(found.number)
        whose = customer or _buyer(ledger, found)
        if not whose:
            known = f"{found.buyer} {found.buyer_vat}".strip() or "nobody named"
            problems.append(Problem(Place(name), "unknown-buyer", f"the buyer is no customer of ours: {known}",
                                    "add the customer with this tax_id, or say --customer ID"))  # fmt: skip
            continue
        refuse_closed(ledger, found.date)
        there = ledger.item(number)
        if not found.payable:
            notes.append(f"{found.number}: nothing is left to be paid")
        elif there and (there.customer, there.currency, there.total) == (whose, found.currency, found.payable):
            notes.append(f"{found.number} is there already")
        elif there or ledger.fact(number) or number in facts:
            problems.append(Problem(Place(name), "imported-differently", f"{number} is there, with other content",
                                    f"see ar why {number}"))  # fmt: skip
        else:
            facts[number] = _document(ledger, found, number, whose)
    if problems:
        raise ImportFileError(problems)
    return Planned(list(facts.items()), notes=notes, about=f"Import {len(facts)} e-invoices")


def _id(number: str) -> str:
    """The number as an id; characters an id cannot have become dashes."""
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", number).strip("-._")[:64]
    return found if is_id(found) else f"E-{found}"[:64]


def _buyer(ledger: Ledger, found: Incoming) -> str:
    """The one customer with the buyer's tax id, else with their very name; "" when there is none, or several."""
    if found.buyer_vat:
        same = [id_ for id_ in ledger.names if id_ and _tax_id(ledger, id_) == found.buyer_vat]
        if len(same) == 1:
            return same[0]
    named = [id_ for id_, name in ledger.names.items() if id_ and name.casefold() == found.buyer.casefold()]
    return named[0] if len(named) == 1 else ""


def _tax_id(ledger: Ledger, customer: str) -> str:
    record = ledger.customer(customer)
    return re.sub(r"[^A-Za-z0-9]", "", record.tax_id).upper() if record else ""


def _document(ledger: Ledger, found: Incoming, number: str, customer: str) -> AnyFact:
    """The fact: with its lines where they lead to its total, else with the total alone."""
    currency, total = found.currency, decimal(abs(found.payable), found.currency)
    if found.payable < 0:
        return CreditNote(customer=customer, date=found.date, currency=currency, total=total,
                          reason=f"As billed: {found.number}" if number != found.number else None)  # fmt: skip
    record = ledger.customer(customer)
    terms = None if found.due else (record.terms if record else "") or ledger.policy.terms
    bare = Invoice(
        customer=customer, date=found.date, terms=terms, due=found.due, currency=currency, po=found.po or None,
        references=(found.number,) if number != found.number else (), total=total,
    )  # fmt: skip
    if found.due and found.due < found.date:
        bare = bare.model_copy(update={"due": found.date})
    try:
        whole = bare.model_copy(update={
            "lines": tuple(
                Line(description=line.description, quantity=line.quantity, unit_price=line.price, tax=line.rate,
                     unit=line.unit or None, tax_category=line.category or None)  # type: ignore[arg-type]  # checked
                for line in found.lines
            ),
            "net": decimal(found.net or 0, currency), "tax": decimal(found.tax or 0, currency),
            "prepaid": decimal(found.prepaid, currency) if found.prepaid else None,
        })  # fmt: skip
    except ValidationError:
        return bare
    return bare if not found.lines or check_document(whole, number) else whole
