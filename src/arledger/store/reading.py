"""One ledger file to one document, or to everything that is wrong with it, each with line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from arledger.checks import Finding
from arledger.checks.documents import check_document
from arledger.documents.customers import Customer
from arledger.documents.fields import ID_FORM, is_id
from arledger.documents.kinds import FACTS, keys_of
from arledger.errors import BadValueError, Place, Problem, did_you_mean
from arledger.ledger.lower import lower
from arledger.ledger.rows import Lowered
from arledger.policy.charges import Pack
from arledger.policy.policy import SPELLED, Policy
from arledger.store import canonical
from arledger.store.file_text import Unreadable, decode, digest
from arledger.store.locating import locate
from arledger.store.yaml_text import load

#: Folder (or file) under the ledger → what each file of it holds.
_KINDS: Mapping[str, type] = {
    "customers": Customer, "ledger.yaml": Policy, "packs": Pack, "drafts": FACTS["invoices"], **FACTS
}  # fmt: skip
_WRITTEN = {name: key for key, name in SPELLED.items()}
_COMPUTED = {"status", "open", "balance", "paid", "age", "days_past_due", "level"}


class Read(NamedTuple):
    """What a file gave: a SHA-256 of its bytes (line ends as LF) and the document, or problems and no document."""

    path: str
    sha: str
    document: Any
    problems: tuple[Problem, ...] = ()


def read_document(data: bytes, path: str) -> Read:
    """The document a file of this path holds: a fact, a customer, or the policy."""
    return read_documents([(path, data)])[0]


def read_documents(files: Iterable[tuple[str, bytes]]) -> list[Read]:
    """The documents files hold, given path and bytes of each.

    Each step is taken for all files before the next: a processor that does the same again and again has everything
    it needs for that at hand, which saves a third of the time.
    """
    parsed = [_parsed(path, data) for path, data in files]
    validated = [_validated(draft) for draft in parsed]
    return [_checked(*pair) for pair in zip(parsed, validated, strict=True)]


class _Draft(NamedTuple):
    """A file on the way to a document: its text and what that says, or what is wrong with it."""

    path: str
    id: str
    sha: str
    text: str
    raw: dict[str, Any]
    problem: Problem | None = None


def _parsed(path: str, data: bytes) -> _Draft:
    id_, sha = id_of(path), digest(data)
    try:
        text = decode(data)
        raw = canonical.read(text)
        if raw is None:
            raw = load(text)
    except Unreadable as error:
        return _Draft(path, id_, sha, "", {}, error.problem(path))
    if not is_id(id_):
        return _Draft(path, id_, sha, "", {}, Problem(Place(path), "bad-id", f"{id_!r} is not an id", ID_FORM))
    return _Draft(path, id_, sha, text, raw)


def _validated(draft: _Draft) -> Any:
    """The document of a draft; where it is none, what pydantic has against it; None for one with a problem."""
    if draft.problem:
        return None
    folder = draft.path.partition("/")[0]
    return _document(_reader(folder), draft.raw if folder in FACTS else _spelled(draft.raw))


def _document(read: Callable[[Any], Any], raw: Any) -> Any:
    """What `read` makes of a mapping, or has against it. Few facts have a key that Python spells otherwise: it is
    tried only when they are refused as they stand."""
    try:
        return read(raw)
    except ValidationError as error:
        spelled = _spelled(raw)
        return error if spelled == raw else _document(read, spelled)


@cache
def _reader(folder: str) -> Callable[[Any], Any]:
    """What makes the document of a mapping in a file of that folder."""
    return TypeAdapter(_KINDS[folder]).validator.validate_python


def _checked(draft: _Draft, document: Any) -> Read:
    """The document once it holds together by itself, else everything wrong with it."""
    path, id_, sha, text, raw, problem = draft
    if problem:
        return Read(path, sha, None, (problem,))
    folder = path.partition("/")[0]
    findings: Sequence[Finding] = ()
    if isinstance(document, ValidationError):
        findings = [_finding(details, raw) for details in document.errors(include_url=False)]
    elif folder not in ("customers", "ledger.yaml", "packs"):
        findings = check_document(document, id_)
    if folder in FACTS and not text.endswith("\n"):
        findings = [Finding("", (), "cut-off", "the file does not end with a newline: it looks cut off",
                            "restore it from git, or end its last line")]  # fmt: skip
    return Read(path, sha, None, tuple(locate(text, path, findings))) if findings else Read(path, sha, document)


def lowered(read: Read) -> Lowered:
    """What a fact that was read adds to the ledger."""
    return lower(read.document, id_of(read.path))


def id_of(path: str) -> str:
    """The id a file's path gives: its name without the folder and `.yaml`.

    >>> id_of("invoices/2026-01/INV-2026-00042.yaml")
    'INV-2026-00042'
    """
    return path.rpartition("/")[2].removesuffix(".yaml")


def _spelled(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {SPELLED.get(key, key): _spelled(value) for key, value in raw.items()}
    return [_spelled(entry) for entry in raw] if isinstance(raw, list) else raw


def _finding(details: ErrorDetails, raw: dict[str, Any]) -> Finding:
    """What pydantic found, in the words of this product."""
    loc = tuple(_WRITTEN.get(str(key), key) if isinstance(key, str) else key for key in details["loc"])
    name, kind = str(loc[-1]) if loc else "", details["type"]
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, BadValueError):
        loc, name = (*loc, *cause.at), str(cause.at[0]) if cause.at else name
        return Finding("", loc, cause.code, f"{name}: {cause}", cause.hint)
    if kind == "missing":
        near = _near(name, raw, loc)
        return Finding("", loc[:-1], "missing-key", f"the key {name} is missing", near or f"add a line {name}:")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        if name in _COMPUTED:
            return Finding("", loc, "unknown-key", f"{name} is not a key of this file: it is computed", "delete it")
        return Finding("", loc, "unknown-key", f"{name} is not a key of this file", _known(details) or "delete it")
    if kind == "literal_error":
        choices = details["ctx"]["expected"]
        return Finding("", loc, "bad-choice", f"{name} is {details['input']!r}", f"write one of {choices}")
    if kind == "string_too_long":
        return Finding("", loc, "text-too-long", f"{name}: {len(details['input'])} characters of text",
                       f"keep it under {details['ctx']['max_length']}")  # fmt: skip
    message = str(cause) if cause else details["msg"]
    return Finding("", loc, "bad-value", f"{name}: {message}", "see `ar schema` for the form of this file")


def _near(name: str, raw: dict[str, Any], loc: tuple[int | str, ...]) -> str:
    present = raw if len(loc) == 1 else {}
    close = did_you_mean(name, present)
    return f"{close[13:-1]} should perhaps be {name}" if close else ""


def _known(details: ErrorDetails) -> str:
    return _suggestion(str(details["loc"][-1]), details["loc"][:-1])


def _suggestion(name: str, _: Iterable[int | str]) -> str:
    """A known key near to a misspelt one, from all kinds of file."""
    known = {_WRITTEN.get(key.name, key.name) for kind in (*FACTS.values(), Policy, Customer) for key in keys_of(kind)}
    return did_you_mean(name, sorted(known - {name}))  # another kind of file may have that very key
