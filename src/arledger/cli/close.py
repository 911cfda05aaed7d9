"""`ar close`."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.output import say
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.dates import month_of
from arledger.errors import LedgerError, RefusedError
from arledger.store.files import NO_FIGURE

if TYPE_CHECKING:
    from arledger.compute.closing import Finding

charges = lazy("arledger.cli.charges")
closing = lazy("arledger.compute.closing")
periods = lazy("arledger.commands.periods")
report = lazy("arledger.reports.closing")
run = lazy("arledger.compute.charges")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("close")
@writes
def close(
    session: Session,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="The month, YYYY-MM, or the year, YYYY.")],
    checklist: Annotated[bool, typer.Option("--checklist", help="Show what is left to do; close nothing.")] = False,
) -> None:
    """\b
    ar close 2026-10 --checklist
    ar close 2026-10

    Close a month, or what is left of a year. First the checklist: what is left to do, and how; what `closing` in
    ledger.yaml requires must be done. Then totals and a seal over the facts become a fact: afterwards nothing dated in
    the period can be added, changed or removed without `ar check` naming it; payments of later months may settle its
    invoices.
    """
    required = session.ledger.policy.closing.required
    if checklist:
        last = periods.months_of(period)[-1]
        session.show(report.build(period, last, _checklist(session, last), required))
        return
    if lacking := [p for p in session.books.problems(session.opened) if p.code in NO_FIGURE]:
        from arledger.cli.check_history import duties  # somebody may have agreed by a commit

        if left := [p for p in duties(session, session.ledger, lacking) if p.code in NO_FIGURE]:
            raise LedgerError(left)
    months = periods.to_close(session.ledger, period, session.today)
    if months:
        found = _checklist(session, months[-1])
        if undone := report.blocking(found, required):
            raise RefusedError(
                f"{period} cannot be closed: " + "; ".join(f"{f.title}: {f.told}" for f in undone),
                "; ".join(dict.fromkeys(f.remedy for f in undone)), code="not-ready-to-close",
            )  # fmt: skip
        for finding in found:
            if finding.state == "open":
                say(f"left: {finding.title}: {finding.told} ({finding.remedy})")
    from arledger.store import meaning  # reads YAML: not for help

    content = partial(meaning.content, session.books.root)
    post(session, lambda books: periods.close(books, period, session.today, content), f"Close {period}?")


def _checklist(session: Session, last: date) -> "list[Finding]":
    ledger = session.ledger
    drafts = {name: draft.date for name, draft in session.books.drafts().items()}
    closed = [row.date for row in ledger.closes() if month_of(row.date) < month_of(last)]
    first = max(closed, default=date.min)
    rows = ledger.facts("kind = 'bank' AND date > ?", first.toordinal())
    statements = [session.books.document(ledger, row.fact) for row in rows]
    lacking = [(p.place.path, p.message) for p in session.opened.ledger.problems() if p.code in NO_FIGURE]
    outside = closing.Outside(drafts, statements, lacking, _to_charge(session, last))
    found: list[Finding] = closing.checklist(ledger, first, last, outside)
    return found


def _to_charge(session: Session, last: date) -> int | None:
    """How many customers a run of finance charges up to a day would charge or give something back; None: no rule."""
    terms = charges.terms_of(session)
    if terms is None:
        return None
    found = run.run(session.ledger, terms, last, known=date.max)
    return len(found.charges) + len(found.corrections)
