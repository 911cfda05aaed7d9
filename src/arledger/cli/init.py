"""`ar init`."""

import json
import os
import sys
from typing import Annotated

import typer

from arledger.cli.invoice import currency_code
from arledger.cli.output import ending, say
from arledger.errors import DeviceError, UsageError, printable
from arledger.store.starting import example_ledger, new_ledger, write

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("init")
def init(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="Where; here if not given.")] = ".",
    name: Annotated[str, typer.Option(metavar="TEXT", help="Your company's name.")] = "",
    currency: Annotated[str, typer.Option(metavar="CODE", help="The currency of the books.")] = "",
    example: Annotated[
        bool, typer.Option("--example", help="Write the living example instead of an empty ledger.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be written.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """\b
    ar init books --name "Northwind Supply Co." --currency USD

    Start a ledger: ledgers/ledger.yaml, settings for git and editors, templates. --example writes a company with
    a year of business to try things on.
    """
    with ending():
        from arledger.store.schema import KINDS, schema  # needs pydantic: not for help

        schemas = {kind: json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n" for kind in KINDS}
        files = example_ledger(schemas) if example else new_ledger(*_asked(name, currency, yes), schemas)
        if not dry_run:
            try:
                write(os.path.abspath(folder), files)
            except OSError as error:
                raise DeviceError(
                    f"{folder}: {error.strerror}", "allow writing there, or choose another folder"
                ) from None
        verb = "would write" if dry_run else "wrote"
        _summary(verb, folder, files)


def _summary(verb: str, folder: str, files: dict[str, str]) -> None:
    """Says what was written, folder by folder."""
    tops: dict[str, int] = {}
    for path in files:
        top = "/".join(path.split("/")[:2])
        tops[top] = tops.get(top, 0) + 1
    for top, count in tops.items():
        typer.echo(f"{verb} {printable(os.path.join(folder, top))}" + (f" ({count} files)" if count > 1 else ""))
    say(
        f"next: cd {folder} && ar aging" if "ledgers/invoices" in tops else f"next: cd {folder} && ar customer new ACME"
    )


def _asked(name: str, currency: str, yes: bool) -> tuple[str, str]:
    asks = sys.stdin.isatty() and sys.stderr.isatty() and not yes
    if not name and asks:
        name = typer.prompt("Company name", err=True)
    if not currency and asks:
        currency = typer.prompt("Currency", default="EUR", err=True)
    if not name:
        raise UsageError("--name is missing", 'write ar init --name "Northwind Supply Co." --currency USD')
    return name, currency_code(currency or "EUR")
