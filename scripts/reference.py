"""Writes the parts of docs/reference that follow from the program: commands, files and errors.

python scripts/reference.py            write them
python scripts/reference.py --check    exit 1 when one is not as it would be written
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from arledger.cli.commands import COMMANDS
from arledger.documents.customers import Customer
from arledger.documents.kinds import FACTS, keys_of
from arledger.policy.charges import Pack
from arledger.policy.policy import SPELLED, Policy

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
    lines = [
        f"## ar {path}\n",
        "```console",
        *(f"$ {line.strip()}" for line in example.splitlines()),
        "```\n",
        rest.strip(),
        "",
    ]
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
    kinds = {"ledger.yaml": Policy, "customers/ID.yaml": Customer, "packs/NAME.yaml": Pack}
    kinds |= {f"{folder}/…/ID.yaml": model for folder, model in FACTS.items()}
    parts = [GENERATED, (OUT / "files.head.md").read_text("utf-8")]
    parts += [_fields(f"## {title}", model) for title, model in kinds.items()]
    parts.append("## Blocks\n\nThe parts the files above are made of.\n")
    blocks: dict[str, Any] = {}
    for model in kinds.values():
        _collect(model, blocks)
    parts += [_fields(f"### {_spaced(name)}", block) for name, block in sorted(blocks.items())]
    return "\n".join(parts)


def _collect(model: Any, blocks: dict[str, Any]) -> None:
    """Adds every record a model holds, directly or further down, by name."""
    for hint in typing.get_type_hints(model, include_extras=True).values():
        todo = [hint]
        while todo:
            one = todo.pop()
            todo += [arg for arg in typing.get_args(one) if isinstance(arg, type) or typing.get_args(arg)]
            record = isinstance(one, type) and (hasattr(one, "model_fields") or dataclasses.is_dataclass(one))
            if record and one.__name__ not in blocks:
                blocks[one.__name__] = one
                _collect(one, blocks)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _fields(title: str, model: Any) -> str:
    lines = [f"{title}\n", f"{inspect.getdoc(model)}\n", "| key | what | |", "|---|---|---|"]
    hints = inspect.get_annotations(model)
    for key in keys_of(model):
        written = {v: k for k, v in SPELLED.items()}.get(key.name, key.name)
        lines.append(
            f"| `{written}` | {_kind(str(hints.get(key.name, '')), model)} | {'needed' if key.needed else ''} |"
        )
    return "\n".join(lines) + "\n"


_KINDS = {
    "Id": "id", "ItemId": "item, or instalment `ITEM/N`", "Day": "date", "Amount": "amount", "Quantity": "number",
    "Percent": "rate, such as `19%`", "Currency": "currency code", "TermsText": "terms", "Text": "text",
    "Letter": "text of any length", "Flag": "`true` or `false`", "str": "text", "int": "whole number",
    "bool": "`true` or `false`",
}  # fmt: skip


def _kind(annotation: str, model: Any) -> str:
    bare = annotation.replace(" | None", "").strip("'\"")
    named = getattr(sys.modules[model.__module__], bare, None)
    if typing.get_origin(named) is typing.Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in typing.get_args(named))
    if match := re.fullmatch(r"Literal\[(.*)\]", bare):
        return "one of " + ", ".join(f"`{choice.strip()[1:-1]}`" for choice in match[1].split(","))
    if match := re.fullmatch(r"tuple\[(.*), \.\.\.\]", bare):
        return f"list of {_kind(match[1], model)}"
    if match := re.fullmatch(r"Mapping\[(.*), (.*)\]", bare):
        return f"{_kind(match[2], model)}, by {_kind(match[1], model)}"
    return _KINDS.get(bare) or _spaced(bare).replace("_", " ")


_NOT_RUN = """### cannot-read

The file cannot be opened: no permission, or the disk fails. Make it readable, then run the command again.

### cannot-edit

A customer's file cannot be changed without spoiling the rest of it. Edit it by hand, then run `ar check`.
"""


def errors() -> str:
    """docs/reference/errors.md: a section for each code, from the runnable broken example in tests/errors."""
    parts = [
        GENERATED,
        "# Errors\n",
        "An error has a place, a stable code, what is wrong, and a hint. All problems are told at once. Each example",
        "here is run by the tests, in a ledger with the customers ACME and GLOBEX and one invoice, INV-2026-00001 over",
        "100.00 EUR.\n",
    ]
    for path in sorted((ROOT / "tests" / "errors").glob("*.md")):
        head, *sections = re.split(r"^## ", path.read_text("utf-8").strip() + "\n", flags=re.M)
        title, _, rest = head.partition("\n")
        parts.append(f"## {title.removeprefix('# ')}\n\n{rest.split('```')[0].strip()}\n")
        parts += [f"### {section.strip()}\n".replace("```console", "```shell-session") for section in sections]
    return "\n".join([*parts, "## Not shown by an example\n", _NOT_RUN])


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
