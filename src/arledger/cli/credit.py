"""`ar credit`: exposure, review, file, simulate; what is posted lives in `credit_decide`."""

from typing import Annotated, Any

import typer

from arledger.cli import credit_decide
from arledger.cli.command import reads
from arledger.cli.completion import complete_customers
from arledger.cli.drafts import drafts_of
from arledger.cli.files import file_bytes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer
from arledger.cli.options import AsOf
from arledger.cli.session import Session
from arledger.errors import ImportFileError
from arledger.reports.report import Report

compute = lazy("arledger.compute.exposure")
credit_file = lazy("arledger.reports.credit_file")
exposures = lazy("arledger.reports.exposure")
ratings = lazy("arledger.reports.rating")
reading = lazy("arledger.store.reading")
simulation = lazy("arledger.compute.simulation")
simulations = lazy("arledger.reports.simulation")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Credit limits and ratings.")
app.command("decide", short_help="Grant, change or decline a limit.")(credit_decide.decide)
app.command("reference", short_help="What others say of a customer.")(credit_decide.reference)

OneCustomer = Annotated[str, typer.Argument(metavar="[CUSTOMER]", autocompletion=complete_customers)]


@app.command("exposure", short_help="What counts against each limit.")
@reads
def exposure(session: Session, customer: OneCustomer = "", as_of: AsOf = "") -> Report:
    """\b
    ar credit exposure ACME

    What counts against each limit: open items less what is unapplied, orders not yet billed, drafts; in the limit's
    currency at the rates ledger.yaml states. Without a customer, every limit there is.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    whose = known_customer(ledger, customer) if customer else ""
    book = compute.CreditBook(ledger, day, drafts_of(session))
    return session.with_provenance(exposures.build(ledger, book, day, whose), day)


@app.command("review", short_help="How customers are rated, and why.")
@reads
def review(session: Session, customer: OneCustomer = "", as_of: AsOf = "") -> Report:
    """\b
    ar credit review ACME

    A rating from how a customer paid in the last year, each reason with its points, a limit and terms that would
    suit, and what others say. Without a customer, all of them, the worst first.
    """
    day = session.day(as_of, "--as-of")
    book = compute.CreditBook(session.ledger, day, drafts_of(session))
    built = ratings.build_one(book, known_customer(session.ledger, customer)) if customer else ratings.build_list(book)
    return session.with_provenance(built, day)


@app.command("file", short_help="What a decision rests on, and the notice.")
@reads
def file(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", autocompletion=complete_customers)],
    as_of: AsOf = "",
) -> Report:
    """\b
    ar credit file ACME --format md --output acme.md

    The file of a credit application: the last decision, its reasons, the rating and references it rests on, how long
    to keep it, and where credit was declined or lowered the notice to the customer.
    """
    day = session.day(as_of, "--as-of")
    book = compute.CreditBook(session.ledger, day, drafts_of(session))
    return session.with_provenance(credit_file.build(book, known_customer(session.ledger, customer)), day)


@app.command("simulate", short_help="What other rules would change.")
@reads
def simulate(
    session: Session,
    policy: Annotated[str, typer.Option(metavar="FILE", help="A ledger.yaml with the other rules.")],
    as_of: AsOf = "",
) -> Report:
    """\b
    ar credit simulate --policy stricter.yaml

    Which orders would be held or let go under the rules of another ledger.yaml. Nothing is posted.
    """
    ledger, day = session.ledger, session.day(as_of, "--as-of")
    other = _policy(policy)
    drafts = drafts_of(session) or drafts_of(session, other)
    changed = simulation.simulated(ledger, day, drafts, other)
    return session.with_provenance(simulations.build(ledger, changed, day), day)


def _policy(file: str) -> Any:
    """The policy in a file. Raises ImportFileError with all that is wrong with it."""
    read = reading.read_document(file_bytes(file), "ledger.yaml")
    if read.problems:
        raise ImportFileError(p._replace(place=p.place._replace(path=file)) for p in read.problems)
    return read.document
