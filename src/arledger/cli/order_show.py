"""`ar order list` and `ar order show`: registered in `order`."""

from typing import Annotated, Literal

import typer

from arledger.cli.command import reads
from arledger.cli.completion import complete
from arledger.cli.drafts import drafts_of
from arledger.cli.lazy import lazy
from arledger.cli.lookup import only_customer
from arledger.cli.options import AsOf, CustomerFilter
from arledger.cli.session import Session
from arledger.errors import UsageError, did_you_mean
from arledger.reports.report import Report

exposure = lazy("arledger.compute.exposure")
holds = lazy("arledger.compute.holds")
orders = lazy("arledger.compute.orders")
report = lazy("arledger.reports.orders")

complete_orders = complete(
    lambda ledger: [id_ for (id_,) in ledger.rows("SELECT fact FROM facts WHERE kind = 'orders' ORDER BY fact")]
)


@reads
def list_(
    session: Session,
    customer: CustomerFilter = "",
    status: Annotated[
        Literal["open", "held", "free", "billed", "cancelled", "all"], typer.Option(help="Only these.")
    ] = "open",
    held: Annotated[bool, typer.Option("--held", help="Only those that are held: --status held.")] = False,
    as_of: AsOf = "",
) -> Report:
    """\b
    ar order list --held

    Orders with something still to be billed, in the order they were placed, and what holds them.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    whose, wanted = only_customer(ledger, customer) or "", "held" if held else status
    judged = holds.Holds(exposure.CreditBook(ledger, day, drafts_of(session))).all()
    standing = {one.order.order: one for one in judged}
    some = orders.orders(ledger, day) if wanted in ("billed", "cancelled", "all") else [one.order for one in judged]
    found = [(order, standing.get(order.order)) for order in some if whose in ("", order.customer)]
    shown = [
        pair for pair in found
        if wanted == "all" or wanted == report.status_of(*pair) or (wanted == "open" and pair[1])
    ]  # fmt: skip
    what = "orders" if wanted == "all" else f"{wanted} orders"
    return session.with_provenance(report.build_list(ledger, shown, day, what), day)


@reads
def show(
    session: Session,
    order: Annotated[str, typer.Argument(metavar="ORDER", autocompletion=complete_orders)],
    as_of: AsOf = "",
) -> Report:
    """\b
    ar order show SO-2026-00007

    One order: what was ordered, delivered and billed, and every reason that holds it.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    row = orders.order_row(ledger, order, day)
    if row is None:
        known = [id_ for (id_,) in ledger.rows("SELECT fact FROM facts WHERE kind = 'orders'")]
        raise UsageError(f"ORDER: there is no order {order}", did_you_mean(order, known) or "see ar order list")
    book = exposure.CreditBook(ledger, day, drafts_of(session))
    standing = holds.Holds(book).of(row) if row.state == "open" else None
    document, lines = orders.order_lines(ledger, order, day)
    bills = orders.invoices_of(ledger, order, day)
    path = session.books.shown(row.path)
    built = report.build_show(ledger, row, document, lines, standing, bills, day, path)
    return session.with_provenance(built, day)
