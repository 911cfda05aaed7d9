"""Statutory packs: what a law says of late payment, as files. A ledger's own takes the place of ours of that name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import arledger
from arledger.checks import Finding
from arledger.compute.charge_rates import ChargeTerms
from arledger.errors import BadValueError, LedgerError, Problem, did_you_mean
from arledger.policy.charges import Charges, Pack
from arledger.store.file_text import read_bytes
from arledger.store.files import Books
from arledger.store.locating import locate
from arledger.store.reading import read_document

_HERE = str(Path(arledger.__file__).parent)
OURS = os.path.join(_HERE, "packs")  # the folder of those that come with ar


def names(books: Books) -> list[str]:
    """The packs there are for a ledger, in the order of their names."""
    folders = [OURS, os.path.join(books.root, "packs")]
    found = [name for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)]
    return sorted({name.removesuffix(".yaml") for name in found if name.endswith(".yaml")})


def load(books: Books, name: str) -> Pack:
    """The pack of that name. Raises BadValueError where there is none, LedgerError for one that cannot be read."""
    path = f"packs/{name}.yaml"
    own = bool(books.then.get(path)) or (path not in books.then and os.path.isfile(os.path.join(books.root, path)))
    if not own and name not in (known := names(books)):
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise BadValueError("unknown-pack", f"charges: there is no pack {name}", hint)
    read = read_document(books.bytes(path) if own else read_bytes(_HERE, path), path)
    if read.problems:
        raise LedgerError(p._replace(place=p.place._replace(path=books.shown(p.place.path))) for p in read.problems)
    pack: Pack = read.document
    return pack


def terms(books: Books, policy: Charges | None) -> ChargeTerms | None:
    """The policy on charges with the pack it names; None where there is none. Raises BadValueError for a pack that is
    not there, or needs what policy lacks."""
    return ChargeTerms(policy, load(books, policy.pack) if policy.pack else None) if policy else None


def problems(books: Books, policy: Charges | None) -> list[Problem]:
    """What is wrong with `charges` in ledger.yaml and the pack it names, with paths under the ledger folder."""
    try:
        terms(books, policy)
    except BadValueError as error:
        return locate(books.text("ledger.yaml"), "ledger.yaml", [_finding(error)])
    except LedgerError as error:
        path = f"packs/{policy.pack if policy else ''}.yaml"
        return [problem._replace(place=problem.place._replace(path=path)) for problem in error.problems]
    return []


def _finding(error: BadValueError) -> Finding:
    return Finding("", ("charges",), error.code, str(error), error.hint)


@contextmanager
def telling_where(books: Books) -> Iterator[None]:
    """Turns what is wrong with `charges` in ledger.yaml into LedgerError with its line."""
    try:
        yield
    except BadValueError as error:
        found = locate(books.text("ledger.yaml"), books.shown("ledger.yaml"), [_finding(error)])
        raise LedgerError(found) from None
