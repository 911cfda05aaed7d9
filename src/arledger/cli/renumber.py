"""`ar renumber`."""

import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from arledger.cli.command import writes
from arledger.cli.lazy import lazy
from arledger.cli.output import say
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
    one number, the merge has both, and this settles it, also where git stopped at it. A document that main has, or that
    other facts name, keeps its number: void it instead.
    """
    from arledger import history
    from arledger.store.editing import edit
    from arledger.store.written import as_written

    folder, name = os.path.split(os.path.abspath(file))
    known = main or next((one for one in history.MAIN if history.resolve(folder, one)), "")
    commit = history.resolve(folder, known) if known else None
    sides = history.sides(folder, name, commit or "")
    session.mend("duplicate-id", *(("merge-conflict", "number-gap") if sides else ()))
    books = session.books
    path = os.path.relpath(os.path.join(folder, name), books.root)
    if path.startswith("..") or not os.path.isfile(file):
        raise UsageError(f"{file} is no file of the ledger", "such as ledgers/invoices/2026-06/INV-2026-00042.yaml")
    if sides:
        _part(session, file, path, sides, date)
        return
    if commit and history.has(books.root, commit, path):
        raise RefusedError(
            f"{known} has {file}: it was issued", "void it instead: ar invoice void", code="already-issued"
        )
    text, written = books.text(path), as_written(books.bytes, path)
    when = session.day(date) if date else None
    if when:
        text = edit(text, renumbering.redated(written, when))
    kind = _kind(path, written)
    post(session, lambda ledger: renumbering.renumber(ledger, path, text, kind, when), f"Renumber {file}?")


def _part(session: Session, file: str, path: str, sides: tuple[bytes, bytes], date: str) -> None:
    """The two documents that git could not merge: each gets a file of its own."""
    from arledger.store.editing import edit
    from arledger.store.file_text import decode
    from arledger.store.written import as_written

    kept, text = map(decode, sides)
    written = as_written(lambda _: sides[1], path)
    if date:
        text = edit(text, renumbering.redated(written, session.day(date)))
    day, kind = session.day(date or written.get("date", "")), _kind(path, written)
    post(session, lambda ledger: renumbering.apart(ledger, path, kept, text, kind, day), f"Renumber {file}?")
    if not session.dry_run:
        say("git add both, and finish the merge")


def _kind(path: str, written: Mapping[str, Any]) -> str:
    return str(written.get("kind", "credit-note" if path.startswith("credit-notes/") else "invoice"))
