"""`ar invoice verify`: registered in `invoice`."""

from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.lazy import lazy
from arledger.cli.session import Session
from arledger.errors import UsageError, did_you_mean
from arledger.reports.report import Report

if TYPE_CHECKING:
    from arledger.documents.invoices import Invoice

cases = lazy("arledger.checks.requirement_case")
checks = lazy("arledger.checks.requirements")
documents = lazy("arledger.documents.invoices")
report = lazy("arledger.reports.requirements")
store = lazy("arledger.store.requirements")


@reads
def verify(
    session: Session,
    invoice: Annotated[list[str] | None, typer.Argument(metavar="[INVOICE|DRAFT]...", help="Which.")] = None,
) -> Report:
    """\b
    ar invoice verify ACME-2026-06-01

    Whether invoices are right before they leave: what ledger.yaml and the customer's file ask for under
    `requirements`. Without names, every draft, and every invoice of an open period that has requirements to meet.
    Ends with 1 when something required is not met. Issuing refuses the same, and ar check tells it.
    """
    batch = cases.Batch(session.ledger)
    found = [
        (name, document.customer, checks.verify(batch, document, "" if draft else name, name if draft else ""))
        for name, document, draft in _chosen(session, invoice or ())
    ]
    built: Report = report.build(found)
    if not built.head["ok"]:
        session.show(built)
        raise SystemExit(1)
    return built


def _chosen(session: Session, names: list[str] | tuple[()]) -> "list[tuple[str, Invoice, bool]]":
    """The invoices and drafts named, or all, as they would be issued: name, document, and whether it is a draft."""
    ledger, drafts = session.ledger, session.books.drafts()
    chosen = names or [*drafts, *(fact for fact, _ in store.judged(ledger))]
    found = []
    for name in chosen:
        document = drafts.get(name) or (session.books.document(ledger, name) if ledger.fact(name) else None)
        if not isinstance(document, documents.Invoice):
            near = did_you_mean(name, [*drafts, *ledger.known_ids("items", "item")])
            raise UsageError(f"INVOICE: there is no invoice or draft {name}", near or "see ar invoice list")
        found.append((name, document, name in drafts))
    return sorted(found, key=lambda one: one[1].date) if not names else found
