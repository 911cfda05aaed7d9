"""`ar invoice send`: registered in `invoice`."""

from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.invoice_show import complete_invoices
from arledger.cli.lookup import only_customer
from arledger.cli.options import CustomerFilter, MailKey, ToAddress
from arledger.cli.session import Session
from arledger.errors import UsageError


@writes
def send(
    session: Session,
    document: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DOCUMENT]...", autocompletion=complete_invoices, help="Invoices, credit notes, payments."
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every open invoice that was not sent yet.")] = False,
    customer: CustomerFilter = "",
    really: Annotated[bool, typer.Option("--send", help="Send them; without it, drafts are written.")] = False,
    drafts: Annotated[
        str, typer.Option("--drafts", metavar="FOLDER", help="Where drafts go, as .eml files.")
    ] = "mail-drafts",
    to: ToAddress = "",
    key: MailKey = "",
) -> None:
    """\b
    ar invoice send INV-2026-00042
    ar invoice send --all --send --dry-run

    Mail invoices, credit notes and receipts as PDF. Without --send each becomes a draft that a mail program opens.
    With it, each goes out through the server in ledger.yaml, at most once to each address, and is kept as a contact.
    """
    from arledger.cli import send as mails
    from arledger.cli.paper import paper_of

    if bool(document) == all_:
        raise UsageError("name a document, or give --all", "such as ar invoice send INV-2026-00042")
    only = only_customer(session.ledger, customer)
    chosen = document or [
        item
        for item, whose in session.ledger.rows(
            "SELECT item, customer FROM items WHERE total > 0 AND open > 0 AND kind IN "
            "('invoice', 'debit-note', 'finance-charge') ORDER BY date, item"
        )
        if only in (None, whose)
    ]
    papers = (paper_of(session, fact) for fact in chosen)
    mails.send(session, papers, to=to, run=key, drafts="" if really else drafts)
