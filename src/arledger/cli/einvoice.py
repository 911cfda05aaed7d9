"""An invoice or credit note as e-invoice: written, checked against the official rules, then given out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from arledger.cli.output import say
from arledger.cli.paper import Make, credited, paper_of, press
from arledger.errors import ArError, LedgerError, Place, Problem, UsageError
from arledger.money import DIGITS
from arledger.render import cii, ubl
from arledger.render.einvoice_check import Checker, Violation, official
from arledger.render.facturx_pdf import ATTACHED, declared
from arledger.reports.einvoice import EInvoice, einvoice
from arledger.reports.paper import Paper
from arledger.store.templates import templates

if TYPE_CHECKING:
    from arledger.cli.session import Session

FORMATS = ("ubl", "cii", "facturx")

#: Gives the XML of a fact in a syntax and under a profile.
Write = Callable[[str, str, str], str]


def received(session: Session, fact: str, profile: str) -> Paper | bytes:
    """What a customer receives of a fact, in the session's format: its paper, or the e-invoice as `made`."""
    return made(session, fact, profile) if session.format in FORMATS else paper_of(session, fact)


def made(session: Session, fact: str, profile: str) -> bytes:
    """The e-invoice of a fact in the session's format. Raises LedgerError with every rule it breaks."""
    wanted = profile or profile_of(session, fact) or "en16931"
    with checked(session) as write:
        if session.format != "facturx":
            return write(fact, session.format, wanted).encode()
        xml = write(fact, "cii", "en16931")  # the profile its metadata declare
    with press(session) as make:
        return hybrid(make, paper_of(session, fact), xml)


def profile_of(session: Session, fact: str) -> str:
    """The profile that the customer of a fact wants e-invoices in; "" where they want none."""
    row = session.ledger.fact(fact)
    customer = session.ledger.customer(row.customer) if row else None
    return customer.einvoice if customer else ""


def hybrid(make: Make, paper: Paper, xml: str) -> bytes:
    """A paper as PDF/A-3 with the XML in it."""
    return declared(make(paper, [{**ATTACHED, "text": xml}]))


@contextmanager
def checked(session: Session, *, warns: bool = True) -> Iterator[Write]:
    """What writes e-invoices that keep every rule, as long as the block lasts.

    It raises LedgerError with the fatal rules one breaks; with `warns`, it says the others.
    """
    with ExitStack() as stack:

        @cache
        def checker(syntax: str) -> Checker:
            official(syntax)
            return stack.enter_context(Checker(_own_rules(session, syntax)))

        def write(fact: str, syntax: str, profile: str) -> str:
            invoice = _invoice(session, fact, profile)
            xml = ubl.render(invoice) if syntax == "ubl" else cii.render(invoice)
            row = session.ledger.fact(fact)
            assert row
            found = checker(syntax).check(syntax, xml, invoice)
            for violation in found if warns else ():
                if not violation.fatal:
                    say(f"warning: {violation.rule}: {violation.text}")
            if fatal := [_problem(session.books.shown(row.path), one) for one in found if one.fatal]:
                raise LedgerError(fatal)
            return xml

        yield write


def unfit(session: Session, papers: Iterable[Paper]) -> dict[str, str]:
    """What keeps the e-invoices that go with papers from going out, by the name of the paper."""
    found = {}
    with checked(session, warns=False) as write:
        for paper in papers:
            if profile := with_paper(session, paper):
                try:
                    write(str(paper.data["number"]), "cii" if profile == "en16931" else "ubl", profile)
                except LedgerError as error:
                    found[paper.name] = "; ".join(problem.message for problem in error.problems)
                except ArError as error:
                    found[paper.name] = str(error).partition("\n")[0]
    return found


def with_paper(session: Session, paper: Paper) -> str:
    """The profile of the e-invoice that goes with a paper; "" where none does."""
    billed = paper.kind in ("invoice", "credit-note")
    return profile_of(session, str(paper.data["number"])) if billed else ""


def _invoice(session: Session, fact: str, profile: str) -> EInvoice:
    from arledger.documents.invoices import CreditNote, Invoice

    document = session.books.document(session.ledger, fact)
    if not isinstance(document, Invoice | CreditNote):
        raise UsageError(f"{fact} is no invoice and no credit note", "see ar invoice list")
    currency = document.currency
    if DIGITS[currency] > 2:  # BR-DEC
        told = f"{currency} has {DIGITS[currency]} decimals, and EN 16931 takes two at most"
        raise UsageError(told, "give it as pdf")
    if isinstance(document, CreditNote):
        document = credited(session, document)
    return einvoice(session.ledger, fact, document, profile)


def _own_rules(session: Session, syntax: str) -> dict[str, bytes]:
    """The ledger's own rules for a syntax, by file name."""
    folder = f"rules/{syntax}/"
    return {
        name.removeprefix(folder): data for name, data in templates(session.books.home).own.items()
        if name.startswith(folder) and name.endswith((".xsl", ".xslt", ".sch"))
    }  # fmt: skip


def _problem(path: str, violation: Violation) -> Problem:
    hint = f"mend {violation.mend}" if violation.mend else "see what the rule asks of the invoice"
    return Problem(Place(path), "einvoice-invalid", f"{violation.rule}: {violation.text}", hint)
