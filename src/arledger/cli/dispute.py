"""`ar dispute`."""

from typing import Annotated

import typer

from arledger.cli.clock import day
from arledger.cli.command import reads, writes
from arledger.cli.completion import complete, complete_open
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_item, only_customer
from arledger.cli.options import AsOf, CustomerFilter, Date
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.compute.disputes import named
from arledger.documents.disputes import Outcome
from arledger.reports.report import Report

disputes = lazy("arledger.commands.disputes")
invoices = lazy("arledger.commands.invoices")
report = lazy("arledger.reports.disputes")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Disputes.")

Dispute = Annotated[
    str,
    typer.Argument(metavar="DISPUTE", help="The dispute, or the item while it has one alone.",
                   autocompletion=complete(lambda ledger: sorted(r.fact for r in ledger.facts("kind = 'disputes'")))),
]  # fmt: skip
Evidence = Annotated[
    list[str] | None, typer.Option("--evidence", metavar="PATH", help="A paper that shows it; repeat for more.")
]
Owner = Annotated[str, typer.Option(metavar="NAME", help="Who of us finds out: sales, billing, logistics …")]
Due = Annotated[str, typer.Option(metavar="DATE", help="The day it should be resolved by.")]


@app.command("list", short_help="What customers contest, and how long it takes.")
@reads
def list_(
    session: Session,
    customer: CustomerFilter = "",
    owner: Annotated[str, typer.Option(metavar="NAME", help="Only those this owner has.")] = "",
    reason: Annotated[str, typer.Option(metavar="CODE", help="Only those of this reason.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Also those that are resolved.")] = False,
    as_of: AsOf = "",
) -> Report:
    """\b
    ar dispute list --owner logistics

    What customers contest, oldest first, with who has it and since when; and the days to resolve by reason.
    """
    ledger, when = session.ledger, session.day(as_of, "--as-of")
    whose = only_customer(ledger, customer)
    found = report.build(ledger, when, whose, owner=owner, reason=reason, ended=all_)
    return session.with_provenance(found, when)


@app.command("show", short_help="One dispute, and all that was said about it.")
@reads
def show(session: Session, dispute: Dispute, as_of: AsOf = "") -> Report:
    """\b
    ar dispute show INV-2026-00042-Q1

    One dispute: what is contested and why, who has it, and all that was said and done since.
    """
    ledger, when = session.ledger, session.day(as_of, "--as-of")
    return session.with_provenance(report.build_show(ledger, named(ledger, dispute, when), when), when)


@app.command("open", short_help="A customer contests an item, or asks about it.")
@writes
def open_(
    session: Session,
    item: Annotated[str, typer.Argument(metavar="ITEM", autocompletion=complete_open, help="What is contested.")],
    reason: Annotated[str, typer.Option(metavar="CODE", help="Why: price, quantity, quality, not-received … ")],
    amount: Annotated[
        str, typer.Option(metavar="AMOUNT", help="How much; all that is open if not given; 0 is a question alone.")
    ] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="What the customer says.")] = "",
    owner: Owner = "",
    due: Due = "",
    evidence: Evidence = None,
    date: Date = "",
) -> None:
    """\b
    ar dispute open INV-2026-00042 --reason price --amount 120.00 --text "agreed 11.00 a piece"

    Note that a customer contests an item, or a part of it. It stays in the ageing, which says what is disputed; no
    notice and no finance charge goes out for it until it is resolved. ledger.yaml says under `collections: disputes:`
    which reasons there are, who finds out and in how many days. An amount of 0 is a question that has to be answered.
    """
    row, when = known_item(session.ledger, item), session.day(date)
    minor = invoices.amount_of(amount, row.currency, "--amount", zero=True) if amount else None
    by = day(due, "--due") if due else None
    post(session, lambda books: disputes.new(books, item, minor, when, reason=reason, owner=owner, due=by, text=text,
                                             evidence=evidence or ()), "Post this dispute?")  # fmt: skip


@app.command("comment", short_help="What was found out, who goes on with it.")
@writes
def comment(
    session: Session,
    dispute: Dispute,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was found out.")],
    owner: Owner = "",
    due: Due = "",
    evidence: Evidence = None,
    date: Date = "",
) -> None:
    """\b
    ar dispute comment INV-2026-00042 "delivery note shows 90 pieces" --owner billing --evidence papers/dn-118.pdf

    Note what was found out about a dispute. With --owner it changes hands, with --due it gets another day.
    """
    when, by = session.day(date), day(due, "--due") if due else None
    post(session, lambda books: disputes.comment(books, dispute, when, text, owner=owner, due=by,
                                                 evidence=evidence or ()), "Post this comment?")  # fmt: skip


@app.command("resolve", short_help="End a dispute one way or another.")
@writes
def resolve(
    session: Session,
    dispute: Dispute,
    as_: Annotated[
        Outcome,
        typer.Option("--as", help="They were right; billed anew; given up; not so, it is collectable; answered."),
    ],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="Granted; all that is disputed if not given.")] = "",
    bill: Annotated[
        str, typer.Option(metavar="AMOUNT", help="Of a rebill: what is billed anew; what was granted if not given.")
    ] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar dispute resolve INV-2026-00042 --as credit-note --amount 100.00 --text "10 pieces short"

    End a dispute: with a credit note, with a credit note and a new invoice, with a write-off as goodwill, or as not
    so. What is not granted is collectable again. `ar reverse` of the resolution opens the dispute again.
    """
    when, ledger = session.day(date), session.ledger
    currency = named(ledger, dispute, when).dispute.currency
    minor = invoices.amount_of(amount, currency, "--amount") if amount else None
    anew = invoices.amount_of(bill, currency, "--bill") if bill else None
    post(session, lambda books: disputes.resolve(books, dispute, as_, minor, when, text=text, bill=anew),
         f"Resolve {dispute}?")  # fmt: skip
