"""`ar facts`."""

from typing import Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.options import AsOf
from arledger.cli.session import Session
from arledger.reports import facts as report
from arledger.reports.report import Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("facts")
@reads
def facts(
    session: Session,
    as_of: AsOf = "",
    months: Annotated[bool, typer.Option("--months", help="One digest a month: what the checksum is made of.")] = False,
) -> Report:
    """\b
    cd ledgers && ar facts | sha256sum -c --quiet
    ar facts --months | sha256sum

    The facts behind a report, as `<sha256>  <path>`: what sha256sum prints in the folder of ledger.yaml. By month
    of their date, sorted within each. The digest of a month is the SHA-256 of its lines; the checksum that reports
    carry is the SHA-256 of the lines `<digest>  <month>`, which --months prints. Files are hashed with line ends
    as LF. docs/reference/provenance.md has the commands that make it again without ar.
    """
    day = session.day(as_of, "--as-of")
    build = report.months if months else report.build
    return session.with_provenance(build(session.ledger, day), day)
