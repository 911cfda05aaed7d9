"""`ar verify`: a report or paper made again from the books, and compared."""

import inspect
import json
import re
import typing
from collections.abc import Callable, Mapping
from html import unescape
from importlib import import_module
from itertools import takewhile
from typing import Annotated, Any

import typer

from arledger import __version__
from arledger.cli import month_end
from arledger.cli.command import reads
from arledger.cli.commands import COMMANDS
from arledger.cli.files import file_bytes
from arledger.cli.session import Session
from arledger.dates import parse_date
from arledger.errors import UsageError
from arledger.render.facturx_pdf import ATTACHED
from arledger.reports.paper import Paper
from arledger.reports.report import Column, Provenance, Report, Table

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_COLUMNS = (Column("where", "Where"), Column("file", "In the file"), Column("books", "By the books"))
_MOST = 20  # differences that are shown


@app.command("verify")
@reads
def verify(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A report or statement: .json, .html or .pdf.")],
) -> Report:
    """\b
    ar verify statement-ACME-2026-06-30.pdf

    Whether a report or paper still says what the books at its commit give: it is made again from them and compared,
    figure by figure. It ends with 1 when something differs.
    """
    data = file_bytes(file)
    kind, told = _provenance(data, file)
    again, about = _again(session, kind, told)
    differs = _differences(kind, data, again)
    head = {"file": file, "commit": told.commit, "same": not differs, "about": about}
    title = f"{file} is what {about} gives" if not differs else f"{file} is not what {about} gives"
    rows = [[where, mine, theirs] for where, mine, theirs in differs[:_MOST]]
    notes = [f"and {len(differs) - _MOST} more"] if len(differs) > _MOST else []
    if differs and told.version != __version__:
        notes.append(f"it was made by arledger {told.version}; this is {__version__}")
    report = Report("verify", title, [Table(_COLUMNS, rows, empty="Nothing differs.")], head, notes)
    if differs:
        session.show(report)
        raise typer.Exit(1)
    return report


def _provenance(data: bytes, file: str) -> tuple[str, Provenance]:
    """The format of a file and where it says it comes from. Raises UsageError when it does not say."""
    kind, text = "json", ""
    if data.startswith(b"%PDF"):
        kind = "facturx" if _attached(data, ATTACHED["name"]) else "pdf"
        text = _attached(data, "arledger.json")
    elif data.lstrip()[:9].lower() == b"<!doctype":
        found = re.search(rb'<data id="arledger" value="([^"]*)"></data>', data)
        kind, text = "html", unescape(found[1].decode("utf-8", "replace")) if found else ""
    else:
        text = data.decode("utf-8", "replace")
    try:
        told = json.loads(text)
        told = told.get("provenance", {}) if kind == "json" else told
        keys = ("commit", "dirty", "facts", "checksum", "version", "made")
        return kind, Provenance(parse_date(told["as_of"]), *(told[key] for key in keys))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        hint = "give a report as .json or .html, or a paper as .pdf"
        raise UsageError(f"{file} does not say where it comes from", hint) from None


def _attached(data: bytes, name: str) -> str:
    """The text of a file that is in a PDF; "" where there is none."""
    import io

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return bytes(PdfReader(io.BytesIO(data)).attachments[name][0]).decode()
    except (PyPdfError, LookupError, ValueError, TypeError, RecursionError):
        return ""


def _again(session: Session, kind: str, told: Provenance) -> tuple[bytes, str]:
    """The file as the books give it, and which books those are."""
    pack = kind == "html" and told.made.get("command") == month_end.COMMAND
    does, arguments = (None, {}) if pack else _command(told.made)
    committed = told.commit and not told.dirty
    session.revision = told.commit or "" if committed else ""
    session.known, session.made, session.format = told, told.made, kind
    session.__dict__["today"] = told.as_of
    about = f"commit {told.commit[:12]}" if committed and told.commit else "the ledger as it is now"
    if does is None:
        session.format = "table"
        return month_end.page_again(session), about
    report = does(session, **arguments)
    if isinstance(report, Paper) and kind == "facturx":
        from arledger.cli import einvoice

        again = einvoice.made(session, arguments["fact"], "")
    elif isinstance(report, Paper):
        from arledger.cli.paper import made

        again = made(session, report)
    else:
        from arledger.render import render

        shown = render(report, kind)
        again = shown.encode() if isinstance(shown, str) else shown
    session.format = "table"
    return again, about


def _command(made: object) -> tuple[Callable[..., Any], dict[str, Any]]:
    """What a file says made it: a command that only shows, and its arguments. Raises UsageError for anything else."""
    if not isinstance(made, Mapping) or not isinstance(made.get("command"), str):
        raise UsageError("the file does not say which command made it", "make it anew with this version")
    first, _, second = made["command"].partition(" ")
    found = next((info.callback for info in _commands_of(first) if not second or info.name == second), None)
    if not found or not getattr(found, "shows", False):
        raise UsageError(f"{made['command']!r} is no command that shows something", "give a report as ar has made it")
    arguments = {name: value for name, value in made.items() if name != "command"}
    hints = typing.get_type_hints(found.does)
    for name, value in arguments.items():
        if name not in inspect.signature(found.does).parameters or not _fits(value, hints.get(name)):
            raise UsageError(f"{made['command']} takes no {name} {value!r}", "give a report as ar has made it")
    return found.does, arguments


def _commands_of(name: str) -> list[Any]:
    """The commands of a group, those of its parts too; of a command itself alone."""
    if name not in COMMANDS:
        return []
    app_ = import_module(f"arledger.cli.{COMMANDS[name].module}").app
    parts = [part.typer_instance for part in app_.registered_groups]
    return [info for one in (app_, *parts) for info in one.registered_commands]


def _fits(value: object, hint: Any) -> bool:
    """Whether a value read from a file can be an argument of that type."""
    if typing.get_origin(hint) is typing.Literal:
        return value in typing.get_args(hint)
    if isinstance(value, list):
        return all(isinstance(entry, str) for entry in value)
    return isinstance(value, hint) if isinstance(hint, type) else isinstance(value, str | bool | int)


def _differences(kind: str, data: bytes, again: bytes) -> list[tuple[str, str, str]]:
    """Where a file and what the books give differ: the place, and what each says there."""
    if data == again:
        return []
    if kind == "json":
        return list(_apart("", json.loads(data), json.loads(again)))
    texts = [_html_lines(one) if kind == "html" else _page_lines(one) for one in (data, again)]
    found = [("", *_around(mine, theirs)) for mine, theirs in zip(*texts, strict=False) if mine != theirs]
    if len(texts[0]) != len(texts[1]):
        found.append(("", f"{len(texts[0])} lines", f"{len(texts[1])} lines"))
    return found or [("", "the same words, other bytes", "")]


def _around(mine: str, theirs: str) -> tuple[str, str]:
    """Two lines from shortly before where they part.

    >>> _around("a" * 50 + " 12", "a" * 50 + " 13")
    ('…aaaaaaaaaaaaaaaaaa 12', '…aaaaaaaaaaaaaaaaaa 13')
    """
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, theirs, strict=False)))
    start = max(same - 20, 0)
    before = "…" if start else ""
    return before + mine[start : start + 80], before + theirs[start : start + 80]


def _html_lines(data: bytes) -> list[str]:
    """The words of a page, line by line."""
    return [" ".join(re.sub(r"<[^>]*>", " ", line).split()) for line in data.decode("utf-8", "replace").splitlines()]


def _page_lines(data: bytes) -> list[str]:
    import io

    from pypdf import PdfReader

    return [line for page in PdfReader(io.BytesIO(data)).pages for line in page.extract_text().splitlines()]


def _apart(where: str, mine: Any, theirs: Any) -> typing.Iterator[tuple[str, str, str]]:
    """The places in two JSON values that differ. Recursive."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in dict.fromkeys([*mine, *theirs]):
            yield from _apart(f"{where}.{key}".lstrip("."), mine.get(key), theirs.get(key))
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            yield from _apart(f"{where}[{number}]", one, other)
    elif mine != theirs:
        yield where, json.dumps(mine, ensure_ascii=False)[:80], json.dumps(theirs, ensure_ascii=False)[:80]
