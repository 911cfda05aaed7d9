"""`ar init`."""

import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import typer

from arledger.cli.lookup import known_currency
from arledger.cli.output import ending, put, say
from arledger.errors import DeviceError, UsageError, printable
from arledger.store.starting import example_ledger, new_ledger, refuse_taken, write

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("init")
def init(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="Where; here if not given.")] = ".",
    name: Annotated[str, typer.Option(metavar="TEXT", help="Your company's name; the folder's if not given.")] = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="The currency of the books; EUR if not given.")] = "",
    example: Annotated[
        bool, typer.Option("--example", help="Write the living example instead of an empty ledger.")
    ] = False,
    git: Annotated[
        bool, typer.Option("--git", help="Make it a git repository, set up for review, with a first commit.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be written.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """\b
    ar init books --name "Northwind Supply Co." --currency USD --git

    Start a ledger: ledgers/ledger.yaml, settings for git and editors, templates. --example writes a company with
    a year of business to try things on. --git adds what `ar git setup` does: workflow, hook, owners of folders.
    """
    with ending():
        from arledger.store.schema import KINDS, schema  # needs pydantic: not for help

        if example and (name or currency):
            raise UsageError("--example has a company and a currency of its own", "leave --name and --currency out")
        home = os.path.abspath(folder)
        schemas = {kind: json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n" for kind in KINDS}
        files = example_ledger(schemas) if example else new_ledger(*_asked(home, name, currency, yes), schemas)
        try:
            if dry_run:
                refuse_taken(home, files)
                _summary("would write", folder, files)
                if git:
                    say("would set it up for review in git")
                return
            written = write(home, files)
            _summary("wrote", folder, written)
            if git:
                _in_git(home, list(written))
            say(f"next: {_next(folder, example)}")
        except OSError as error:
            raise DeviceError(f"{folder}: {error.strerror}", "allow writing there, or choose another folder") from None


def _in_git(home: str, written: list[str]) -> None:
    """Sets new books up for review: in the repository they are in, or in one of their own with a first commit."""
    from arledger import history
    from arledger.cli.git import files_of
    from arledger.cli.git import write as set_up
    from arledger.store.files import find

    found = history.top(home)
    if not found and not history.start(home):
        raise DeviceError("git made no repository", "check that git is installed, then run ar git setup")
    books = find(None, home)
    ledger = books.read()
    files = {path: text for path, text in files_of(books, ledger.policy).items() if path not in written}
    ledger.connection.close()
    set_up(books, files)
    if found:
        say("the folder is in a git repository already: commit what was written when it is right")
        return
    if commit := history.commit(home, sorted({*written, *files}), "Start the books"):
        say(f"committed {commit[:12]}: Start the books")
    else:
        say("git made no commit: run git config user.name and user.email, then git add -A && git commit")


def _summary(verb: str, folder: str, files: Mapping[str, str]) -> None:
    """Says what was written, folder by folder."""
    tops = Counter(path.partition("/")[0] for path in files)
    for top, count in tops.items():
        put(printable(f"{verb} {os.path.join(folder, top)}" + (f" ({count} files)" if count > 1 else "")) + "\n")


def _next(folder: str, example: bool) -> str:
    """The command to go on with."""
    go = "" if folder == "." else f"cd {shlex.quote(folder)} && "
    return go + (
        "export AR_TODAY=2026-06-30 && ar aging" if example else 'ar customer new ACME --name "Acme Corporation"'
    )


def _asked(home: str, name: str, currency: str, yes: bool) -> tuple[str, str]:
    """Name and currency of the books: as given, as asked for on a terminal, else the folder's name and EUR."""
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not yes
    default = os.path.basename(home) or "My company"
    if not name:
        name = typer.prompt("Company name", default=default, err=True) if asks else default
    if printable(name) != name:
        raise UsageError(f"--name: {name!r} has a control character in it", "take it out")
    if not currency:
        currency = typer.prompt("Currency of the books", default="EUR", err=True) if asks else "EUR"
    return name, known_currency(currency)
