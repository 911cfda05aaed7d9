"""An invoice or credit note as e-invoice: written, checked against the official rules, then given out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arledger.cli.output import say
from arledger.cli.paper import credited
from arledger.errors import LedgerError, Place, Problem, UsageError
from arledger.money import DIGITS
from arledger.render import cii, ubl
from arledger.render.einvoice_check import Checker, Violation, official
from arledger.reports.einvoice import EInvoice, einvoice
from arledger.store.templates import templates

if TYPE_CHECKING:
    from arledger.cli.session import Session

FORMATS = ("ubl", "cii", "facturx")


def made(session: Session, fact: str, profile: str) -> bytes:
    """The e-invoice of a fact in the session's format. Raises LedgerError with every rule it breaks."""
    from arledger.documents.invoices import CreditNote, Invoice

    document = session.books.document(session.ledger, fact)
    if not isinstance(document, Invoice | CreditNote):
        raise UsageError(f"{fact} is no invoice and no credit note", "see ar invoice list")
    currency = document.currency
    if DIGITS[currency] > 2:  # BR-DEC
        raise UsageError(
            f"{currency} has {DIGITS[currency]} decimals, and EN 16931 takes two at most", "give it as pdf"
        )
    if isinstance(document, CreditNote):
        document = credited(session, document)
    customer = session.ledger.customer(document.customer)
    wanted = profile or (customer.einvoice if customer else "") or "en16931"
    if session.format == "facturx":  # the profile its metadata declare
        wanted = "en16931"
    invoice = einvoice(session.ledger, fact, document, wanted)
    syntax = "ubl" if session.format == "ubl" else "cii"
    official(syntax)
    xml = ubl.render(invoice) if syntax == "ubl" else cii.render(invoice)
    row = session.ledger.fact(fact)
    assert row
    _refuse(session, syntax, xml, invoice, session.books.shown(row.path))
    return _facturx(session, fact, xml) if session.format == "facturx" else xml.encode()


def _refuse(session: Session, syntax: str, xml: str, invoice: EInvoice, path: str) -> None:
    """Raises LedgerError with the fatal rules an e-invoice breaks; says the others."""
    folder = f"rules/{syntax}/"
    own = {
        name.removeprefix(folder): data for name, data in templates(session.books.home).own.items()
        if name.startswith(folder) and name.endswith((".xsl", ".xslt", ".sch"))
    }  # fmt: skip
    with Checker(own) as checker:
        found = checker.check(syntax, xml, invoice)
    for violation in found:
        if not violation.fatal:
            say(f"warning: {violation.rule}: {violation.text}")
    if fatal := [_problem(path, violation) for violation in found if violation.fatal]:
        raise LedgerError(fatal)


def _problem(path: str, violation: Violation) -> Problem:
    hint = f"mend {violation.mend}" if violation.mend else "see what the rule asks of the invoice"
    return Problem(Place(path), "einvoice-invalid", f"{violation.rule}: {violation.text}", hint)


def _facturx(session: Session, fact: str, xml: str) -> bytes:
    """The paper as PDF/A-3 with the XML in it."""
    from arledger.cli.paper import paper_of, press
    from arledger.render.facturx_pdf import ATTACHED, declared

    paper = paper_of(session, fact)
    attached = {**ATTACHED, "text": xml}
    with press(session, [attached]) as make:
        return declared(make(paper))
