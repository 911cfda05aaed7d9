"""`ar charges`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.clock import day
from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import only_customer
from arledger.cli.options import AsOf, CustomerFilter, FirstDay
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.ledger.table import Ledger
from arledger.reports.report import Report

if TYPE_CHECKING:
    from datetime import date

    from arledger.commands.planned import Planned
    from arledger.compute.charge_rates import ChargeTerms
    from arledger.compute.charges import Run

charges_ = lazy("arledger.commands.charges")
compute = lazy("arledger.compute.charges")
packs = lazy("arledger.store.packs")
report = lazy("arledger.reports.charges")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("charges")
@writes
def charges(
    session: Session,
    as_of: AsOf = "",
    first: FirstDay = "",
    customer: CustomerFilter = "",
    post_: Annotated[bool, typer.Option("--post", help="Post them: a finance charge for each customer.")] = False,
    detail: Annotated[bool, typer.Option("--detail", help="A row for each principal and rate.")] = False,
    packs_: Annotated[bool, typer.Option("--packs", help="The statutory packs, and the periods they cover.")] = False,
) -> None:
    """\b
    ar charges --as-of 2026-06-30
    ar charges --as-of 2026-06-30 --post

    Interest on what is paid late, as `charges` in ledger.yaml says, and the fixed compensation of a statutory pack.
    Shown first; with --post each customer gets a finance charge with a line for every item. A run goes on where the
    last one ended, so the same run again adds nothing; where a payment dated into charged days comes in late, the next
    run gives the difference back with a credit note.
    """
    session.posts = post_ and not session.dry_run
    if packs_:
        found = [(name, packs.load(session.books, name)) for name in packs.names(session.books)]
        session.show(report.packs(found, packs.OURS))
        return
    ledger, last = session.ledger, session.day(as_of, "--as-of")
    since = day(first, "--from") if first else None  # the first day that bears interest
    whose = only_customer(ledger, customer) or ""
    with packs.telling_where(session.books):
        terms = terms_of(session)
        if terms is None:
            session.show(report.none(last))
        elif not post_:
            found = compute.run(ledger, terms, last, known=last, first=since, customer=whose)
            shown = report.build(found, terms, last, ledger.names, detail=detail)
            session.show(session.with_provenance(shown, last))
        else:
            _post(session, terms, last, since, whose, detail=detail)


def _post(
    session: Session, terms: "ChargeTerms", last: "date", since: "date | None", whose: str, *, detail: bool
) -> None:
    """Posts a run, and shows what it charged with the files that came of it."""
    runs: list[Run] = []
    names = session.ledger.names

    def plan(books: Ledger) -> "Planned":
        run, planned = charges_.charge(books, terms, last, since, whose)
        runs.append(run)
        result: Planned = planned
        return result

    post(session, plan, "Post these charges?", lambda posted: _with_facts(
            report.build(runs[-1], terms, last, names, detail=detail), posted))  # fmt: skip


def terms_of(session: Session) -> "ChargeTerms | None":
    """By what rules the ledger charges; None where there is no rule."""
    terms: ChargeTerms | None = packs.terms(session.books, session.ledger.policy.charges)
    return terms


def _with_facts(shown: Report, posted: Report) -> Report:
    """What was charged, and the files that came of it."""
    tables = [replace(table, title=posted.title) for table in posted.tables if table.rows]
    return replace(
        shown, tables=[*shown.tables, *tables], head={**shown.head, **posted.head}, notes=[*shown.notes, *posted.notes]
    )
