"""`ar attach`."""

from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_fact
from arledger.cli.options import Date
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.ledger.table import Ledger

if TYPE_CHECKING:
    from arledger.commands.planned import Planned

attachments = lazy("arledger.commands.attachments")
planned = lazy("arledger.commands.planned")
attached = lazy("arledger.store.attached")
writing = lazy("arledger.store.writing")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("attach")
@writes
def attach(
    session: Session,
    to: Annotated[str, typer.Argument(metavar="ID", help="An invoice, order, contract, draft, customer: anything.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file under the folder that holds the books.")],
    kind: Annotated[str, typer.Option(metavar="WORD", help="Such as timesheet, delivery-note, contract.")] = "",
    text: Annotated[str, typer.Option(metavar="TEXT", help="What it is.")] = "",
    date: Date = "",
) -> None:
    """\b
    ar attach INV-2026-00042 papers/timesheet-june.pdf --kind timesheet

    Keep a file with something, by its path and SHA-256. ar check tells when it is gone or changed. What is attached
    to a draft goes with the invoice it becomes.
    """
    path, sha256 = attached.path_and_hash(session.books, file)
    if not session.ledger.fact(to) and (draft := session.books.drafts().get(to)):
        edited = writing.text_of(attachments.to_draft(draft, path, sha256, kind))

        def plan(_: Ledger) -> "Planned":
            result: Planned = planned.Planned(files={f"drafts/{to}.yaml": edited}, about=f"Attach {path} to {to}")
            return result

        post(session, plan, f"Attach it to {to}?")
        return
    ledger, when = session.ledger, session.day(date)
    whole = to in ledger.names
    customer = ledger.merged.get(to, to) if whole else known_fact(ledger, to).customer
    post(session, lambda books: attachments.attach(books, "" if whole else to, customer, when, path=path, sha256=sha256,
                                                   kind=kind, text=text), f"Attach it to {to}?")  # fmt: skip
