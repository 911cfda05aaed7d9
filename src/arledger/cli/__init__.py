"""The command line: reads arguments, calls the core, prints, exits. No arithmetic here."""

from __future__ import annotations

import sys


def run(arguments: list[str]) -> None:
    """Runs `ar` with these arguments and ends the process with the exit status of the contract."""
    from arledger.cli.app import command
    from arledger.cli.output import ending

    with ending():
        command()(arguments, prog_name="ar")
    sys.exit(0)
