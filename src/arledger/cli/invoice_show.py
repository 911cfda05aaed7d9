"""`ar invoice list` and `ar invoice show`: registered in `invoice`."""

from typing import Annotated, Literal

import typer

from arledger.cli.command import reads, reads_or_prints
from arledger.cli.completion import complete
from arledger.cli.lookup import known_item, only_customer
from arledger.cli.options import AsOf, CustomerFilter, FirstDay, LastDay, Profile
from arledger.cli.report_dates import span
from arledger.cli.session import Papers, Session
from arledger.errors import UsageError
from arledger.reports.report import Report

complete_invoices = complete(
    lambda ledger: [id_ for (id_,) in ledger.rows("SELECT item FROM items WHERE total > 0 ORDER BY item")]
)


@reads
def list_(
    session: Session,
    customer: CustomerFilter = "",
    from_: FirstDay = "",
    to: LastDay = "",
    as_of: AsOf = "",
    status: Annotated[
        Literal["open", "overdue", "settled", ""], typer.Option(help="Only these.", show_default=False)
    ] = "",
) -> Report:
    """\b
    ar invoice list --customer ACME --from 2026-01-01 --status open

    Invoices, debit notes and finance charges by date, with what is open of each as of a day.
    """
    from arledger.reports import invoices as report

    ledger, day = session.ledger, session.day(as_of, "--as-of")
    first, last = span(session, from_, to or as_of, months=None)
    whose = only_customer(ledger, customer)
    return session.with_provenance(report.build_list(ledger, day, first, last, whose, status), day)


@reads_or_prints
def show(
    session: Session,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", autocompletion=complete_invoices)],
    as_of: AsOf = "",
    profile: Profile = "",
) -> Report | Papers | bytes:
    """\b
    ar invoice show INV-2026-00042
    ar invoice show INV-2026-00042 --format pdf --output INV-2026-00042.pdf
    ar invoice show INV-2026-00042 --format ubl --profile peppol --output INV-2026-00042.xml

    One invoice: its fields as they are written, its lines and instalments, what is open of it, and what was paid
    when. As pdf or eml: the invoice itself, as it was issued. As ubl, cii or facturx: an e-invoice, checked against
    the official rules first.
    """
    from arledger.reports import invoices as report
    from arledger.store.written import as_written

    ledger, day = session.ledger, session.day(as_of, "--as-of")
    item = known_item(ledger, invoice, "INVOICE")
    fact = ledger.fact(item.item)
    if item.total < 0 or not fact:
        raise UsageError(f"INVOICE: {item.item} is a {item.kind}", f"see ar payment show {item.item}")
    if session.prints:
        from arledger.cli.einvoice import received

        return received(session, item.item, profile)
    written = as_written(session.books.bytes, fact.path)
    return session.with_provenance(report.build_show(ledger, item, written, session.books.shown(fact.path), day), day)
