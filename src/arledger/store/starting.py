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

_GITIGNORE = "# what ar can make anew at any time\n.ar/\n"
# Facts are the same bytes on every system, or their checksums differ; nothing is hidden from review.
_GITATTRIBUTES = "*.yaml text eol=lf\n"


def package_data(name: str) -> Path:
    """The folder `ledgers` or `templates` that comes with the package, or with its sources."""
    installed = Path(arledger.__file__).parent / "_data" / name
    return installed if installed.is_dir() else Path(arledger.__file__).parents[2] / name


def new_ledger(name: str, currency: str, schemas: Mapping[str, str]) -> dict[str, str]:
    """The files of an empty ledger, by path under its home. `schemas` are JSON Schemas by kind of file."""
    policy = {
        "company": {"name": name}, "currency": currency, "terms": "net 30",
        "aging": {"basis": "due", "buckets": canonical.Bare("[30, 60, 90]")},
        "numbering": {
            "invoice": canonical.Bare('"INV-{year}-{seq:05}"'), "credit-note": canonical.Bare('"CN-{year}-{seq:05}"'),
            "gapless": True,
        },
        "bank_accounts": {"main": {"currency": currency}},
    }  # fmt: skip
    return {"ledgers/ledger.yaml": canonical.dump(policy), **settings(schemas)}


def example_ledger(schemas: Mapping[str, str]) -> dict[str, str]:
    """The files of the living example, by path under its home."""
    root = package_data("ledgers")
    files = {f"ledgers/{path.relative_to(root).as_posix()}": path.read_text("utf-8") for path in _files(root)}
    return {**files, **settings(schemas)}


def settings(schemas: Mapping[str, str]) -> dict[str, str]:
    """What goes beside any ledger: git's settings, the editor's, and the templates people may change."""
    root = package_data("templates")
    templates = {f"templates/{path.relative_to(root).as_posix()}": path.read_text("utf-8") for path in _files(root)}
    globs = {f"./.vscode/schemas/{kind}.json": _glob(kind) for kind in schemas}
    return {
        ".gitignore": _GITIGNORE,
        ".gitattributes": _GITATTRIBUTES,
        ".vscode/settings.json": json.dumps({"yaml.schemas": globs}, indent=2) + "\n",
        **{f".vscode/schemas/{kind}.json": text for kind, text in schemas.items()},
        **templates,
    }


def _glob(kind: str) -> str:
    return {"ledger": "ledgers/ledger.yaml", "period": "ledgers/periods/*.yaml"}.get(kind, f"ledgers/{kind}s/**/*.yaml")


def _files(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".ar" not in path.parts
    )


def write(home: str, files: Mapping[str, str]) -> None:
    """Writes the files of a new ledger, all or none. Raises RefusedError when there is a ledger already.

    A setting file that is there already is left as it is.
    """
    if os.path.exists(os.path.join(home, "ledgers", "ledger.yaml")):
        raise RefusedError(f"there is a ledger in {home} already", "choose another folder", code="ledger-exists")
    state = os.path.join(home, ".ar")
    os.makedirs(state, exist_ok=True)
    with locked(os.path.join(state, "lock")):
        new = {path: text for path, text in files.items() if not os.path.exists(os.path.join(home, path))}
        journal.post(home, state, new)
