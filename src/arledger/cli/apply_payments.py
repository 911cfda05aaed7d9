"""`ar apply-payments`: its options. What it does is in `bank_file`."""

from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.session import Session

bank_file = lazy("arledger.cli.bank_file")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("apply-payments")
@writes
def apply_payments_(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A bank statement: CSV, CAMT, MT940, OFX, BAI2 …")],
    account: Annotated[
        str, typer.Option(metavar="NAME", help="Which of our accounts, where the file does not say.")
    ] = "",
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="How to read a bank's CSV: of bank_profiles in ledger.yaml.")
    ] = "",
    on_account: Annotated[
        bool, typer.Option("--on-account", help="Post what is left for review too, unapplied or unidentified.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Walk the doubtful ones here, and post what is decided.")
    ] = False,
    review_to: Annotated[
        str, typer.Option("--review-to", metavar="FILE", help="Write the doubtful ones to a file, to be decided there.")
    ] = "",
    from_: Annotated[str, typer.Option("--from", metavar="FILE", help="Post what a review file decides.")] = "",
    score: Annotated[
        str, typer.Option(metavar="TRUTH.CSV", help="Post nothing: compare with the truth, columns line and invoices.")
    ] = "",
    remittance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="A remittance advice (CSV, XLSX, X12 820) that tells what the payments are for; repeat.",
        ),
    ] = None,
    unproved: Annotated[
        bool,
        typer.Option("--unproved", help="Post although the balances do not prove the lines; the statement keeps why."),
    ] = False,
) -> None:
    """\b
    ar apply-payments bank.csv --account main

    Read a bank file and apply each payment to the open items it pays. Posted is only what one explanation stands
    out for; the rest is listed with candidates. The same line is never posted twice, whatever file it comes in.
    """
    bank_file.run(
        session, file, account, profile, on_account=on_account, review=review, review_to=review_to, decided=from_,
        score=score, advice=remittance or (), unproved=unproved,
    )  # fmt: skip
