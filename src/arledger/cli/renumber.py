"""`ar renumber`."""

import os
from typing import Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import RefusedError, UsageError

renumbering = lazy("arledger.commands.renumber")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("renumber")
@writes
def renumber(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The document: which of the two of one number.")],
    date: Annotated[
        str, typer.Option("--date", metavar="DATE", help="A new date, where its own is before the last number's.")
    ] = "",
    main: Annotated[str, typer.Option("--main", metavar="REV", help="What everybody has: there it must not be.")] = "",
) -> None:
    """\b
    ar renumber ledgers/invoices/2026-06/INV-2026-00042.yaml --date 2026-06-30

    Give an invoice or credit note that nobody has seen yet the next free number of its series: when two branches used
    one number, the merge has both, and this settles it. A document that main has, or that other facts name, keeps its
    number: void it instead.
    """
    from arledger import history
    from arledger.store.editing import edit
    from arledger.store.written import as_written

    session.mend("duplicate-id")
    books = session.books
    path = os.path.relpath(os.path.abspath(file), books.root)
    if path.startswith("..") or not os.path.isfile(file):
        raise UsageError(f"{file} is no file of the ledger", "such as ledgers/invoices/2026-06/INV-2026-00042.yaml")
    known = main or next((name for name in history.MAIN if history.resolve(books.home, name)), "")
    if known and (commit := history.resolve(books.home, known)) and history.has(books.root, commit, path):
        raise RefusedError(
            f"{known} has {file}: it was issued", "void it instead: ar invoice void", code="already-issued"
        )
    text, written = books.text(path), as_written(books.bytes, path)
    kind = written.get("kind", "credit-note" if path.startswith("credit-notes/") else "invoice")
    when = session.day(date) if date else None
    if when:
        text = edit(text, renumbering.redated(written, when))
    post(session, lambda ledger: renumbering.renumber(ledger, path, text, kind, when), f"Renumber {file}?")
