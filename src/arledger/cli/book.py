"""`ar book`."""

from dataclasses import replace

import typer

from arledger.cli.clock import day
from arledger.cli.command import writes
from arledger.cli.files import file_bytes
from arledger.cli.lazy import lazy
from arledger.cli.options import AsOf, FirstDay, Rates
from arledger.cli.posting import Plan, post
from arledger.cli.session import Session
from arledger.reports.report import Report

booked = lazy("arledger.compute.bookings")
bookings = lazy("arledger.commands.bookings")
fx_side = lazy("arledger.compute.fx")
rates_file = lazy("arledger.importers.rates")
shown = lazy("arledger.reports.bookings")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True,
                  help="Book what a month's end comes to.")  # fmt: skip


@app.command("allowance")
@writes
def allowance(session: Session, as_of: AsOf = "", first: FirstDay = "") -> None:
    """\b
    ar book allowance --as-of 2026-06-30 --dry-run
    ar book allowance --as-of 2026-06-30 --yes

    Book the allowance for expected credit losses: a fact for each currency, with what it takes from the one booked
    before to that of the day, and the write-offs since then taken over. `ar export` posts it; the same again adds
    nothing. At the first booking write-offs count from --from on, or from the first of the month.
    """
    ledger, last = session.ledger, session.day(as_of, "--as-of")
    start = day(first, "--from") if first else None
    table = shown.of_allowance(ledger.policy.accounts, booked.to_book(ledger, last, start), last)
    built = shown.build(table, last, "Allowance for expected credit losses")
    _post(session, lambda books: bookings.book_allowance(books, last, start), built)


@app.command("fx")
@writes
def fx(
    session: Session,
    as_of: AsOf = "",
    rates: Rates = "",
) -> None:
    """\b
    ar book fx --as-of 2026-06-30 --rates rates.csv --yes

    Book gains and losses on paper: open items in foreign currencies at the rate of the day. It is one fact; `ar export`
    posts it, and takes it back the day after. Receivables themselves are left alone: it has an account of its own.
    """
    ledger, last = session.ledger, session.day(as_of, "--as-of")
    more = rates_file.read(file_bytes(rates), rates) if rates else ()
    policy = replace(ledger.policy, rates=(*more, *ledger.policy.rates))
    known, accounts = fx_side.rates_of(policy), policy.accounts
    gains = {one.currency: one.unrealised for one in booked.to_revalue(ledger, last, known)}
    journal = fx_side.journal(gains, last, (accounts.fx_revaluation, accounts.fx_unrealised))
    built = shown.build(shown.of_gains(journal, policy.currency), last, "Foreign currency revalued")
    _post(session, lambda books: bookings.book_revaluation(books, last, known), built)


def _post(session: Session, plan: Plan, built: Report) -> None:
    """Posts a booking, and shows its debits and credits with the files that came of it."""

    def both(posted: Report) -> Report:
        tables = [table for table in built.tables if table.rows]
        tables += [replace(table, title=posted.title) for table in posted.tables if table.rows]
        head = {**built.head, **posted.head}
        return replace(built, tables=tables or built.tables, head=head, notes=posted.notes)

    post(session, plan, "Book this?", both)
