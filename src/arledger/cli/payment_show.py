"""`ar payment list` and `ar payment show`: registered in `payment`."""

from typing import Annotated

import typer

from arledger.cli.command import reads, reads_or_prints
from arledger.cli.completion import complete
from arledger.cli.lookup import known_item, only_customer
from arledger.cli.options import AsOf, CustomerFilter, FirstDay, LastDay, Profile
from arledger.cli.report_dates import span
from arledger.cli.session import Papers, Session
from arledger.errors import UsageError
from arledger.reports.report import Report

complete_credits = complete(
    lambda ledger: [id_ for (id_,) in ledger.rows("SELECT item FROM items WHERE total < 0 ORDER BY item")]
)


@reads
def list_(
    session: Session,
    customer: CustomerFilter = "",
    from_: FirstDay = "",
    to: LastDay = "",
    as_of: AsOf = "",
    unapplied: Annotated[bool, typer.Option("--unapplied", help="Only payments with money left.")] = False,
    unidentified: Annotated[bool, typer.Option("--unidentified", help="Only payments of unknown payers.")] = False,
) -> Report:
    """\b
    ar payment list --customer ACME --unapplied

    Payments by date, with what of each is not applied as of a day.
    """
    from arledger.reports import payments as report

    if customer and unidentified:
        raise UsageError("--customer and --unidentified exclude each other", "give one of them")
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    first, last = span(session, from_, to or as_of, months=None)
    whose = "" if unidentified else only_customer(ledger, customer)
    return session.with_provenance(report.build_list(ledger, day, first, last, whose, unapplied=unapplied), day)


@reads_or_prints
def show(
    session: Session,
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", autocompletion=complete_credits)],
    as_of: AsOf = "",
    profile: Profile = "",
) -> Report | Papers | bytes:
    """\b
    ar payment show 2026-01-20-5f3a9c1e
    ar payment show CN-2026-00007 --format pdf --output CN-2026-00007.pdf

    One payment or credit note: its fields as they are written, what of it is not applied, and where it went. As pdf:
    the credit note, a receipt for the payment, or the slip of a deposit.
    """
    if session.prints:
        from arledger.cli.einvoice import received

        return received(session, payment, profile)
    from arledger.reports import payments as report
    from arledger.store.written import as_written

    ledger, day = session.ledger, session.day(as_of, "--as-of")
    item = known_item(ledger, payment, "PAYMENT")
    fact = ledger.fact(item.item)
    if item.total > 0 or not fact:
        raise UsageError(f"PAYMENT: {item.item} is a {item.kind}", f"see ar invoice show {item.item}")
    written = as_written(session.books.bytes, fact.path)
    return session.with_provenance(report.build_show(ledger, item, written, session.books.shown(fact.path), day), day)
