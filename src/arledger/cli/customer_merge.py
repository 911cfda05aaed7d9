"""`ar customer merge`, `rename`, `erase` and `duplicates`: registered in `customer`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from arledger.cli.command import reads, writes
from arledger.cli.completion import complete_customers
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer
from arledger.cli.options import Customer
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.ledger.table import Ledger
from arledger.reports.report import Report

if TYPE_CHECKING:
    from arledger.commands.planned import Planned

customers = lazy("arledger.commands.customers")
editing = lazy("arledger.store.editing")
report = lazy("arledger.reports.duplicates")

Old = Annotated[str, typer.Argument(metavar="OLD", autocompletion=complete_customers, help="Who is to be no more.")]


@writes
def merge(
    session: Session,
    old: Old,
    new: Annotated[str, typer.Argument(metavar="NEW", autocompletion=complete_customers, help="Who they are.")],
) -> None:
    """\b
    ar customer merge ACMECORP ACME

    Say that two customers are one. Posted files stay as they are; every report has what was OLD's as NEW's, and OLD
    gets no new invoices. OLD's payer names and accounts go to NEW.
    """
    known_customer(session.ledger, new, "NEW", as_given=True)
    _redirect(session, known_customer(session.ledger, old, "OLD", as_given=True), new, renamed=False)


@writes
def rename(
    session: Session,
    old: Old,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new id.")],
) -> None:
    """\b
    ar customer rename ACMECORP ACME

    Give a customer another id. Their file goes to the new one, and the old id leads there; posted files stay as they
    are.
    """
    _redirect(session, known_customer(session.ledger, old, "OLD", as_given=True), new, renamed=True)


def _redirect(session: Session, old: str, new: str, *, renamed: bool) -> None:
    texts = {id_: session.books.text(session.ledger.customer_path(id_)) for id_ in ([old] if renamed else [old, new])}

    def plan(books: Ledger) -> "Planned":
        payer = customers.merged(books, old, new, renamed=renamed)
        changes: dict[str, Any] = {"parent": new, "merged_into": new}
        if books.customer(old).payer.names or books.customer(old).payer.accounts:  # type: ignore[union-attr]
            changes["payer"] = None
        edited = texts[old] if renamed else editing.edit(texts[new], payer) if payer else texts[new]
        where = f"customers/{new}.yaml" if renamed else books.customer_path(new)
        files = {where: edited, books.customer_path(old): editing.edit(texts[old], changes)}
        verb = "Rename" if renamed else "Merge"
        result: Planned = customers.changed(files, f"{verb} customer {old} into {new}")
        return result

    post(session, plan, f"{'Rename' if renamed else 'Merge'} {old} into {new}?")


@writes
def erase(
    session: Session,
    customer: Customer,
) -> None:
    """\b
    ar customer erase ACME

    Take what is personal out of a customer's file: name, address, contacts, notes, payer names and accounts. Facts
    name a customer by id alone; what they hold beside it (the payer as the bank gave it) is told, and stays. Refused
    while something is open. git keeps the old file until its history is rewritten.
    """
    known_customer(session.ledger, customer, as_given=True)
    path = session.ledger.customer_path(customer)
    text = session.books.text(path)

    def plan(books: Ledger) -> "Planned":
        changes, notes = customers.erased(books, customer)
        edited = editing.edit(text, changes)
        result: Planned = customers.changed({path: edited}, f"Erase what is personal of {customer}", notes)
        return result

    post(session, plan, f"Erase what is personal of {customer}?")


@reads
def duplicates(session: Session) -> Report:
    """\b
    ar customer duplicates

    Customers that may be one: the same tax number, account or e-mail address, or nearly the same name.
    """
    built: Report = report.build(session.ledger)
    return built
