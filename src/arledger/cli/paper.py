"""Papers to files: a PDF or a mail to edit where it was asked for, or a folder of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from arledger import __version__
from arledger.cli.calendar import calendar
from arledger.cli.lookup import known_fact
from arledger.cli.output import make_folder, put, refuse_folder
from arledger.errors import UsageError, printable
from arledger.ledger.table import Ledger
from arledger.mail.message import File, Letter, address, compose
from arledger.render.mail_text import Writer
from arledger.render.pdf import Press
from arledger.reports import paper_invoice, paper_payment
from arledger.reports.agenda import of_paper
from arledger.reports.paper import Paper
from arledger.reports.report import Provenance
from arledger.store.templates import templates

if TYPE_CHECKING:
    from arledger.cli.session import Session
    from arledger.documents.invoices import CreditNote

_ORIGIN = {"name": "arledger.json", "relationship": "supplement", "mime": "application/json",
           "description": "Where the figures come from"}  # fmt: skip
_OF_MANY = ("everybody", "send", "mail_to", "key")  # arguments about many statements, or what is done with them

Write = Callable[[Paper, str], Letter]


class Make(Protocol):
    """Makes the file of a paper. `attached` are files to put into it: name, text, relationship, mime, description."""

    def __call__(self, paper: Paper, attached: Sequence[Mapping[str, str]] = ()) -> bytes:
        """The file."""


def paper_of(session: Session, fact: str) -> Paper:
    """The paper of a fact: an invoice, a credit note, a receipt, the slip of a deposit. Raises UsageError."""
    from arledger.documents.bank_statements import Deposit
    from arledger.documents.invoices import CreditNote, Invoice
    from arledger.documents.payments import Payment

    ledger, books = session.ledger, session.books
    known_fact(ledger, fact)
    document = books.document(ledger, fact)
    if isinstance(document, Invoice):
        return paper_invoice.invoice(ledger, fact, document)
    if isinstance(document, CreditNote):
        return paper_invoice.credit_note(ledger, fact, credited(session, document))
    if isinstance(document, Payment):
        return paper_payment.receipt(ledger, fact, document)
    if isinstance(document, Deposit):
        cheques = [(name, books.document(ledger, name)) for name in document.payments]
        return paper_payment.deposit(ledger, fact, document, [(n, c) for n, c in cheques if isinstance(c, Payment)])
    if paper := _letter_of(ledger, fact, document):
        return paper
    raise UsageError(f"{fact} has no paper", "name an invoice, a credit note, a payment, a notice or an agreement")


def credited(session: Session, note: CreditNote) -> CreditNote:
    """A credit note with the tax in it, which one over an amount alone has from the invoice it is against."""
    from arledger.compute.taxes import itemised
    from arledger.documents.fields import item_and_part
    from arledger.documents.invoices import Invoice

    known = session.ledger.fact(note.against) if note.against else None
    if known and known.kind == "deductions":
        known = session.ledger.fact(item_and_part(known.about)[0])
    invoice = session.books.document(session.ledger, known.fact) if known else None
    return itemised(note, invoice) if isinstance(invoice, Invoice) else note


def _letter_of(ledger: Ledger, fact: str, document: object) -> Paper | None:
    """The paper of a notice, a payment plan, a settlement or a credit decision; None for anything else."""
    from arledger.documents.credit import CreditDecision
    from arledger.documents.notices import Notice
    from arledger.documents.plans import Plan
    from arledger.documents.settlements import Settlement
    from arledger.reports import paper_letters

    if isinstance(document, Notice):
        return paper_letters.notice(ledger, fact, document)
    if isinstance(document, Plan):
        return paper_letters.plan(ledger, fact, document)
    if isinstance(document, Settlement):
        return paper_letters.settlement(ledger, fact, document)
    return paper_letters.credit_decision(ledger, fact, document) if isinstance(document, CreditDecision) else None


@contextmanager
def press(session: Session) -> Iterator[Make]:
    """What makes the PDF of a paper, with the ledger's templates and the words of the customer's language."""
    found = templates(session.books.home)
    words, origin = cache(found.words), cache(session.provenance)
    with Press(found.files) as made:

        def make(paper: Paper, attached: Sequence[Mapping[str, str]] = ()) -> bytes:
            own = {**_ORIGIN, "text": json.dumps(_origin(session, paper, origin), ensure_ascii=False)}
            return made.pdf(paper, words(paper.language), {**_more(paper), "attached": [*attached, own]})

        yield make


@contextmanager
def writer(session: Session) -> Iterator[Write]:
    """What writes the letter that brings a paper to a recipient, with all that is attached."""
    from arledger.cli import einvoice

    found = templates(session.books.home)
    words = cache(found.words)
    with ExitStack() as stack:
        make, texts = stack.enter_context(press(session)), stack.enter_context(Writer(found.files))
        xml = stack.enter_context(einvoice.checked(session))

        def write(paper: Paper, recipient: str) -> Letter:
            text = texts.write(paper, words(paper.language))
            files = tuple(_files(session, paper, make, xml))
            return Letter(paper.name, paper.customer, paper.data["to"]["name"], recipient, *text, files)

        yield write


def _files(session: Session, paper: Paper, make: Make, xml: Callable[[str, str, str], str]) -> Iterator[File]:
    """What is attached to the mail of a paper. An e-invoice of EN 16931 is in the PDF, one of a profile beside it."""
    from arledger.cli import einvoice

    number, profile = str(paper.data["number"]), einvoice.with_paper(session, paper)
    hybrid = profile == "en16931"
    pdf = einvoice.hybrid(make, paper, xml(number, "cii", profile)) if hybrid else make(paper)
    yield File(f"{paper.name}.pdf", "application/pdf", pdf)
    if profile and not hybrid:
        yield File(f"{paper.name}.xml", "application/xml", xml(number, "ubl", profile).encode())
    if dates := of_paper(paper):
        yield File(f"{paper.name}.ics", "text/calendar", calendar(session, dates))


def _origin(session: Session, paper: Paper, origin: Callable[[date], Provenance]) -> dict[str, Any]:
    """Where a paper comes from, for `ar verify`: of a statement the books, of any other the fact it prints."""
    if paper.kind == "statement":
        made = {name: value for name, value in session.made.items() if name not in _OF_MANY}
        return replace(origin(paper.date), made={**made, "customer": paper.customer}).plain()
    number = str(paper.data["number"])
    row = session.ledger.fact(number)
    command = {"command": "paper", "fact": number}
    return Provenance(paper.date, None, None, 1, row.sha if row else "", __version__, command).plain()


def _more(paper: Paper) -> dict[str, Any]:
    return {"language": paper.language.partition("-")[0] or "en", "keywords": [paper.name]}


def sender_of(session: Session) -> str:
    """Who mails are from. Raises UsageError when nothing says so."""
    policy = session.ledger.policy
    if not (policy.mail.sender or policy.company.email):
        raise UsageError("nothing says whom mails are from", "write company: {email: ...} in ledger.yaml")
    return policy.mail.sender or f'"{policy.company.name.translate({34: None, 92: None})}" <{policy.company.email}>'


def recipient_of(session: Session, paper: Paper) -> str:
    """Where mails to the customer of a paper go; "" where the customer has no address. Raises UsageError for none."""
    if given := paper.data.get("recipient"):
        return address(given)
    customer = session.ledger.customer(paper.customer)
    return address(customer.email) if customer and customer.email else ""


@contextmanager
def maker(session: Session) -> Iterator[Callable[[Paper], bytes]]:
    """What makes the file of a paper in the session's format. Raises UsageError for a mail to nobody's address."""
    if session.format != "eml":
        with press(session) as make:
            yield make
        return
    sender, reply_to = sender_of(session), session.ledger.policy.mail.reply_to
    with writer(session) as write:

        def draft(paper: Paper) -> bytes:
            recipient = recipient_of(session, paper)
            if not recipient:
                raise UsageError(
                    f"{paper.customer} has no mail address",
                    f"add one: ar customer edit {paper.customer}",
                )
            return compose(write(paper, recipient), sender, key="", when=None, reply_to=reply_to).as_bytes()

        yield draft


def made(session: Session, paper: Paper) -> bytes:
    """The file of one paper in the session's format."""
    with maker(session) as make:
        return make(paper)


def made_each(session: Session, papers: Iterable[Paper], folder: str) -> None:
    """Writes a file for each paper into a folder, and says which. Raises UsageError without a folder."""
    ready_folder(session, folder)
    with maker(session) as make:
        for paper in papers:
            path = os.path.join(folder, f"{paper.name}.{session.format}")
            session.save(make(paper), path)
            put(printable(path) + "\n")


def ready_folder(session: Session, folder: str) -> None:
    """Makes a folder for many papers. Raises UsageError and RefusedError for a place they may not go to."""
    if not folder:
        raise UsageError("many papers need a folder", "add --output FOLDER")
    refuse_folder(folder, within=session.within)
    make_folder(folder)
