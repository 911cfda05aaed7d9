"""`ar notices`."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from arledger.cli.clock import day
from arledger.cli.command import reads, writes
from arledger.cli.completion import complete_customers, complete_open
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer, known_fact, known_item, only_customer
from arledger.cli.options import CustomerFilter, Date, FirstDay, LastDay, Reason
from arledger.cli.posting import post
from arledger.cli.report_dates import span
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.reports.report import Report

letters = lazy("arledger.cli.letters")
notices = lazy("arledger.commands.notices")
compute = lazy("arledger.compute.notices")
drafts = lazy("arledger.compute.notice_drafts")
hand_overs = lazy("arledger.commands.hand_overs")
report = lazy("arledger.reports.notices")
sent = lazy("arledger.compute.notices_sent")


class _Showing(TyperGroup):
    """Without the name of a command: `due`, so that `ar notices` shows and only `ar notices run` posts."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments with the command they are for."""
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h")):
            args = ["run" if {"--dry-run", "-n"} & set(args) else "due", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Showing,
    rich_markup_mode=None,
    add_completion=False,
    help="Notices of what is overdue. Without a command: who would get one today.",
)
Whom = Annotated[str, typer.Argument(metavar="CUSTOMER", autocompletion=complete_customers, help="Whom.")]


@app.command("due")
@reads
def due(session: Session, customer: CustomerFilter = "", date: Date = "") -> Report:
    """\b
    ar notices --date 2026-06-11

    Who would get which notice on a day and why, and who would get none and why not. `ar notices` is short for it.
    """
    whose = only_customer(session.ledger, customer)
    when = session.day(date)
    found = compute.notices_due(session.ledger, when, whose)
    made = [drafts.draft(session.ledger, one, when) for one in found.due]
    bare = [(one.fact, one.notice) for one in made]
    return session.with_provenance(report.build_run(session.ledger.names, when, found, bare, "due"), when)


@app.command("run")
@writes
def run(
    session: Session,
    customer: CustomerFilter = "",
    date: Date = "",
    send: Annotated[bool, typer.Option("--send", help="Mail those that go by e-mail, at most once each.")] = False,
) -> None:
    """\b
    ar notices run --dry-run
    ar notices run --date 2026-06-11 --send

    Post the notices that are due, by the procedures under `notices` in ledger.yaml: each with its letter is one fact,
    and its fee an item under the ordinary numbers. A second run adds nothing. The letters are made from the templates
    in templates/notices/. With --send those of the day that go by e-mail are mailed, unless they were before;
    `ar paper NOTICE` prints the others.
    """
    whose = only_customer(session.ledger, customer)
    when = session.day(date)
    made: list[Any] = []

    def shown(_: Report) -> Report:
        verb = "would be posted" if session.dry_run else "posted"
        result: Report = report.build_run(made[0].names, when, made[0].outcome, made[0].notices, verb)
        return result

    with letters.writer(session, when) as write:

        def plan(books: Ledger) -> Any:
            made[:] = [notices.run(books, when, write, whose)]
            return made[0].planned

        post(session, plan, "Post these notices?", shown)
    if send and not session.dry_run:
        from arledger.cli.paper import paper_of
        from arledger.cli.send import send as mail

        session.read_anew()
        session.yes = True
        posted = sent.notices_of(session.ledger, when, whose)
        mailed = [row.fact for row, notice in posted if notice.date == when and notice.channel == "e-mail"
                  and notice.kind != "service"]  # fmt: skip
        mail(session, (paper_of(session, fact) for fact in mailed), aside=True)


@app.command("list")
@reads
def list_(session: Session, customer: CustomerFilter = "", first: FirstDay = "", last: LastDay = "") -> Report:
    """\b
    ar notices list --customer ACME

    The notices posted, oldest first, with the blocks that hold and what is handed over.
    """
    whose = only_customer(session.ledger, customer)
    begin, end = span(session, first, last, months=None)
    return session.with_provenance(report.build_list(session.ledger, begin, end, whose), end)


@app.command("show")
@reads
def show(session: Session, notice: Annotated[str, typer.Argument(metavar="NOTICE", help="Its id.")]) -> Report:
    """\b
    ar notices show N-2026-06-11-3fa9c1e2b0

    A notice as it was sent: the letter.
    """
    row = known_fact(session.ledger, notice, "NOTICE")
    found = {r.fact: n for r, n in sent.notices_of(session.ledger, dt.date.max, row.customer)}.get(row.fact)
    if found is None:
        raise UsageError(f"NOTICE: {notice} is no notice that stands", "see ar notices list")
    result: Report = report.build_show(row, found, session.books.shown(row.path))
    return session.with_provenance(result, session.today)


@app.command("block")
@writes
def block(
    session: Session,
    customer: Whom,
    reason: Reason,
    item: Annotated[str, typer.Option(metavar="ITEM", autocompletion=complete_open, help="Only for this item.")] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help="The last day; until unblocked if not given.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar notices block ACME --until 2026-07-31 --reason "merger: accounts payable moves"

    Send a customer no notices, or none for one item, from a day on.
    """
    customer = known_customer(session.ledger, customer)
    if item and known_item(session.ledger, item, "--item").customer != customer:
        raise UsageError(f"--item: {item} is not of {customer}", f"see ar open --customer {customer}")
    when, end = session.day(date), day(until, "--until") if until else None
    post(session, lambda books: notices.block(books, customer, when, reason, item=item, until=end), "Post this block?")


@app.command("unblock")
@writes
def unblock(
    session: Session,
    customer: Whom,
    reason: Reason = "no longer needed",
    date: Date = "",
) -> None:
    """\b
    ar notices unblock ACME

    End every block of a customer from a day on.
    """
    customer = known_customer(session.ledger, customer)
    when = session.day(date)
    post(session, lambda books: notices.unblock(books, customer, when, reason), "End these blocks?")


@app.command("hand-over")
@writes
def hand_over(
    session: Session,
    customer: Whom,
    to: Annotated[
        Literal["agency", "legal", ""], typer.Option(help="To whom; as the procedure says if not given.")
    ] = "",
    name: Annotated[str, typer.Option(metavar="TEXT", help="The agency or law firm.")] = "",
    item: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM", autocompletion=complete_open, help="Only these; repeat. Else all that may go."),
    ] = None,
    reason: Reason = "",
    date: Date = "",
) -> None:
    """\b
    ar notices hand-over ACME --to agency --name "Pine State Recovery"

    Hand what stays unpaid after its final notice over to an agency or a lawyer. It gets no more notices, and leaves
    the worklist; payments still count. `ar reverse` recalls it.
    """
    customer = known_customer(session.ledger, customer)
    wanted: Sequence[str] = [known_item(session.ledger, one, "--item").item for one in item or ()]
    when = session.day(date)
    post(session, lambda books: hand_overs.hand_over(books, customer, when, wanted, to=to, name=name, reason=reason),
         "Hand this over?")  # fmt: skip
