"""A new ledger: its folders and settings, from the files the package carries."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import arledger
from arledger.errors import RefusedError
from arledger.store import canonical, journal
from arledger.store.locks import locked

_LEDGER = """\
# Everything ar knows of the company's policy. Only company and currency are needed; ar schema ledger lists all keys.

company: {{name: {name}}} # address: [...], country, tax_id, email and phone are printed on what customers receive
currency: {currency}
terms: net 30 # for customers whose own file names none

# Days past due; upper edges are inclusive. These give: current, 1-30, 31-60, 61-90, 91+.
aging: {{basis: due, buckets: [30, 60, 90]}}

# Numbers are given when a document is issued, in order of dates, and none may be missing.
numbering: {{invoice: "INV-{{year}}-{{seq:05}}", credit-note: "CN-{{year}}-{{seq:05}}", gapless: true}}

# What bank files are matched to. An iban or number tells whose account a file is of.
bank_accounts:
  main: {{currency: {currency}}}
"""
_GITIGNORE = "# what ar can make anew at any time\n.ar/\n"
# Facts are the same bytes on every system, or their checksums differ; nothing is hidden from review.
GITATTRIBUTES = "*.yaml text eol=lf diff=arledger\n"


def package_data(name: str) -> Path:
    """The folder `ledgers`, `templates` or `git` that comes with the package, or with its sources."""
    installed = Path(arledger.__file__).parent / "_data" / name
    return installed if installed.is_dir() else Path(arledger.__file__).parents[2] / name


def new_ledger(name: str, currency: str, schemas: Mapping[str, str]) -> dict[str, str]:
    """The files of an empty ledger, by path under its home. `schemas` are JSON Schemas by kind of file."""
    policy = _LEDGER.format(name=canonical.scalar(name), currency=currency)
    return {"ledgers/ledger.yaml": policy, **settings(schemas)}


def example_ledger(schemas: Mapping[str, str]) -> dict[str, str]:
    """The files of the living example, by path under its home."""
    return {**_below("ledgers"), **settings(schemas)}


def settings(schemas: Mapping[str, str]) -> dict[str, str]:
    """What goes beside any ledger: git's settings, the editor's, and the templates people may change."""
    globs = {f"./.vscode/schemas/{kind}.json": _globs(kind) for kind in schemas}
    return {
        ".gitignore": _GITIGNORE,
        ".gitattributes": GITATTRIBUTES,
        ".vscode/settings.json": json.dumps({"yaml.schemas": globs}, indent=2) + "\n",
        **{f".vscode/schemas/{kind}.json": text for kind, text in schemas.items()},
        **_below("templates"),
    }


def _globs(kind: str) -> list[str]:
    """Which files of a home are of that kind."""
    special = {
        "ledger": ["ledger.yaml"],
        "bank": ["bank/**/*.yaml"],
        "recovery": ["recoveries/**/*.yaml"],
        "invoice": ["invoices/**/*.yaml", "drafts/*.yaml"],
    }
    return [f"ledgers/{glob}" for glob in special.get(kind, [f"{kind}s/**/*.yaml"])]


def _below(name: str) -> dict[str, str]:
    """The text of every file of a folder the package carries, by path."""
    root = package_data(name)
    found = sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
    own = [path for path in found if not any(part.startswith(".") for part in path.parts)]
    return {f"{name}/{path.as_posix()}": (root / path).read_text("utf-8") for path in own}


def refuse_taken(home: str, files: Mapping[str, str]) -> None:
    """Raises RefusedError when there is a ledger already, or a file where one of the new ledger would go."""
    if os.path.exists(os.path.join(home, "ledger.yaml")) or os.path.exists(
        os.path.join(home, "ledgers", "ledger.yaml")
    ):
        raise RefusedError("the folder holds a ledger already", "choose another folder", code="ledger-exists")
    for path in files:
        if path.startswith("ledgers/") and os.path.lexists(os.path.join(home, path)):
            raise RefusedError(f"the folder holds a file {path} already", "choose another folder", code="ledger-exists")


def write(home: str, files: Mapping[str, str]) -> Mapping[str, str]:
    """Writes the files of a new ledger, all or none; gives those written. Raises RefusedError as `refuse_taken`.

    A setting file that is there already is left as it is.
    """
    refuse_taken(home, files)
    state = os.path.join(home, ".ar")
    os.makedirs(state, exist_ok=True)
    with locked(os.path.join(state, "lock")):
        refuse_taken(home, files)
        new = {path: text for path, text in files.items() if not os.path.lexists(os.path.join(home, path))}
        journal.post(home, state, new)
    return new
