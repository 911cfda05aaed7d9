"""Writes the parts of docs/reference that follow from the program: commands, files and errors.

    python scripts/reference.py            write them
    python scripts/reference.py --check    exit 1 when one is not as it would be written
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from arledger.cli.commands import COMMANDS
from arledger.documents.customers import Customer
from arledger.documents.kinds import FACTS
from arledger.policy import Policy

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "reference"
GENERATED = "<!-- written by scripts/reference.py -->\n"


def commands() -> str:
    """docs/reference/commands.md: every command with its help and options, in the order of `ar --help`."""
    parts = [GENERATED, "# Commands\n", _INTRO]
    for name, entry in COMMANDS.items():
        command = get_command(importlib.import_module(f"arledger.cli.{entry.module}").app)
        for path, leaf in leaves(name, command):
            parts.append(_command(path, leaf))
    return "\n".join(parts)


_INTRO = """Every command takes `--help` (with an example first), `--ledger DIR` and `--no-cache`; reports take
`--format table|json|csv|md|html|xlsx`, `--output FILE` and `--force`; commands that write take `--dry-run`, `--yes`
and `--commit`.

| exit | when |
|--:|---|
| 0 | done |
| 1 | a checking command found problems |
| 2 | wrong usage: an unknown id or a malformed value in an argument |
| 3 | the ledger cannot be read, or does not pass the checks the command relies on |
| 4 | an import file or template is bad; nothing was written |
| 5 | refused by a rule: closed period, over-application … |
| 6 | another writer holds the lock |
| 7 | disk or network failure; nothing half-written |
| 70 | a bug: a short message, and a report in a file |
| 130 | interrupted |
"""


def leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command below a group with its full name; the command itself when it is none."""
    if hasattr(command, "commands"):
        for name, sub in command.commands.items():
            yield from leaves(f"{path} {name}", sub)
    else:
        yield path, command


_SHARED = {"format", "output", "force", "dry_run", "yes", "commit", "ledger_dir", "no_cache", "help"}


def _command(path: str, command: Any) -> str:
    example, _, rest = inspect.cleandoc(command.help or "").replace("\b\n", "").partition("\n\n")
    lines = [f"## ar {path}\n", "```console", *(f"$ {line.strip()}" for line in example.splitlines()), "```\n", rest.strip(), ""]
    rows = []
    for parameter in command.params:
        if parameter.name in _SHARED or getattr(parameter, "hidden", False):
            continue
        names = ", ".join(f"`{option}`" for option in parameter.opts) if parameter.param_type_name == "option" else (
            f"`{parameter.metavar or parameter.human_readable_name}`")  # fmt: skip
        kind = getattr(parameter.type, "choices", None)
        choices = " One of " + ", ".join(f"`{c}`" for c in kind if c) + "." if kind else ""
        rows.append(f"| {names} | {(parameter.help or '').replace('|', chr(92) + '|')}{choices} |")
    if rows:
        lines += ["| | |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def files() -> str:
    """docs/reference/files.md: every kind of file with its keys, in the order they are written."""
    parts = [GENERATED, (OUT / "files.head.md").read_text("utf-8")]
    parts.append(_fields("ledger.yaml", "Company and policy; edited by people.", Policy))
    parts.append(_fields("customers/ID.yaml", inspect.getdoc(Customer) or "", Customer))
    for folder, model in FACTS.items():
        parts.append(_fields(f"{folder}/…/ID.yaml", inspect.getdoc(model) or "", model))
    return "\n".join(parts)


def _fields(title: str, about: str, model: Any) -> str:
    lines = [f"## {title}\n", f"{about}\n", "| key | what | |", "|---|---|---|"]
    fields = getattr(model, "model_fields", None)
    hints = inspect.get_annotations(model)
    for name in fields or model.__dataclass_fields__:
        kind = _kind(str(hints.get(name, "")))
        needed = fields[name].is_required() if fields else name in ("company", "currency", "name") and model in (Policy, Customer)
        lines.append(f"| `{name.replace('_', '-') if model is Policy and False else name}` | {kind} | {'needed' if needed else ''} |")
    return "\n".join(lines) + "\n"


_KINDS = {
    "Id": "id", "ItemId": "item, or instalment `ITEM/N`", "Day": "date", "Amount": "amount", "Quantity": "number",
    "Percent": "rate, such as `19%`", "Currency": "currency code", "TermsText": "terms", "Text": "text", "Flag": "`true` or `false`",
}  # fmt: skip


def _kind(annotation: str) -> str:
    bare = annotation.replace(" | None", "").strip("'\"")
    if match := re.fullmatch(r"Literal\[(.*)\]", bare):
        return "one of " + ", ".join(f"`{choice.strip()[1:-1]}`" for choice in match[1].split(","))
    if match := re.fullmatch(r"tuple\[(.*), \.\.\.\]", bare):
        return f"list of {_kind(match[1])}"
    if match := re.fullmatch(r"Mapping\[(.*), (.*)\]", bare):
        return f"{_kind(match[2])}, by {_kind(match[1])}"
    return _KINDS.get(bare, bare.replace("_", " ").lower())


def errors() -> str:
    """docs/reference/errors.md: a section for each code, from the runnable broken example in tests/errors."""
    parts = [GENERATED, "# Errors\n", "Each error has a place, a stable code, what is wrong, and a hint. Every example here is run by the tests.\n"]
    for path in sorted((ROOT / "tests" / "errors").glob("*.md")):
        text = path.read_text("utf-8").strip()
        parts.append(re.sub(r"^#+ ", "## ", text, count=1, flags=re.M) + "\n")
    return "\n".join(parts)


PAGES = {"commands.md": commands, "files.md": files, "errors.md": errors}


def main() -> int:
    """Writes or checks the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = []
    for name, build in PAGES.items():
        text, path = build(), OUT / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, "utf-8")
    if check and stale:
        print(f"not up to date: {', '.join(stale)}; run python scripts/reference.py")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
