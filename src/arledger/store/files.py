"""A ledger on disk: finding it, opening it for reading, and posting to it under its lock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from arledger.errors import DeviceError, LedgerError, Problem, UsageError
from arledger.ledger.table import Ledger
from arledger.store import journal
from arledger.store.index import Opened, Progress, in_memory, open_index
from arledger.store.locks import locked

if TYPE_CHECKING:
    from arledger.documents.base import Document
    from arledger.documents.invoices import Invoice


#: Codes of errors that no figure rests on: a missing approval is told by `ar check`, and keeps a month open.
NO_FIGURE = ("approval-missing",)


@dataclass(frozen=True)
class Books:
    """Where a ledger lies: `root` holds ledger.yaml, `state` (.ar) beside or above it what can be made anew."""

    root: str
    state: str
    cache: bool = True
    progress: Progress | None = None
    tolerates: tuple[str, ...] = ()  # codes of errors that what is about to be done mends, besides `NO_FIGURE`
    strict: bool = False  # for commands that post: a disk that refuses the index is a failure, not worked around
    then: Mapping[str, bytes | None] = field(default_factory=dict)  # files that are otherwise at the commit asked about

    @property
    def home(self) -> str:
        """The folder paths are shown from: the one that holds `ledgers/`, or the ledger folder itself."""
        return os.path.dirname(self.state)

    def shown(self, path: str) -> str:
        """A path under the ledger folder as people see it: `ledgers/customers/ACME.yaml`."""
        return os.path.relpath(os.path.join(self.root, path), self.home)

    def where(self, path: str, keys: tuple[str | int, ...]) -> str:
        """A file as people see it, with the line of a key in it."""
        from arledger.checks import Finding
        from arledger.store.locating import locate

        (problem,) = locate(self.text(path), path, [Finding(path, keys, "", "", "")])
        return f"{self.shown(path)}:{problem.place.line}"

    def read(self, *, thorough: bool = False, apart: bool = False) -> Ledger:
        """The ledger, up to date with its files. Raises LedgerError with every problem there is.

        With `apart` a copy in memory: while a person thinks, nobody waits for the index.
        """
        return self.sound(self.open(thorough=thorough), apart=apart)

    def sound(self, opened: Opened, *, apart: bool = False) -> Ledger:
        """The ledger of books that hold together. Raises LedgerError with every problem there is."""
        problems = self.problems(opened)
        if any(
            problem.severity == "error" and problem.code not in (*self.tolerates, *NO_FIGURE) for problem in problems
        ):
            raise LedgerError(problems)
        return in_memory(opened.ledger) if apart else opened.ledger

    def problems(self, opened: Opened) -> list[Problem]:
        """Every problem of files and book, with paths as people see them."""
        found = [*opened.problems, *opened.ledger.problems()]
        return [p._replace(place=p.place._replace(path=self.shown(p.place.path))) for p in found]

    def open(self, *, thorough: bool = False) -> Opened:
        """The ledger and what is wrong with it. Never half of a posting: read again when one was under way.

        Raises DeviceError where postings leave no pause to read in.
        """
        for _ in range(100):
            if journal.pending(self.state):
                self._recover()
            before = journal.generation(self.state)
            opened = open_index(
                self.root,
                self.state,
                cache=self.cache,
                thorough=thorough,
                now_ns=time.time_ns(),
                progress=self.progress,
                strict=self.strict,
            )
            if journal.generation(self.state) == before and not journal.pending(self.state):
                opened.ledger.where = self.where
                return opened
            opened.ledger.connection.close()
        raise DeviceError("the ledger is written without a pause", "try again")

    def _recover(self) -> None:
        with locked(os.path.join(self.state, "lock")):
            journal.recover(self.root, self.state)

    def has_drafts(self) -> bool:
        """Whether there are drafts at all: to ask costs nothing."""
        folder = os.path.join(self.root, "drafts")
        there = os.path.isdir(folder) and any(name.endswith(".yaml") for name in os.listdir(folder))
        return there or any(path.startswith("drafts/") for path in self.then)

    def drafts(self) -> dict[str, Invoice]:
        """Every draft by name. Raises LedgerError when one cannot be read."""
        from arledger.documents.invoices import Invoice
        from arledger.store.reading import read_document

        folder = os.path.join(self.root, "drafts")
        listed = {f"drafts/{name}" for name in os.listdir(folder)} if os.path.isdir(folder) else set()
        listed = {path for path in listed | self.then.keys() if path.startswith("drafts/")} - self._gone
        names = [name for path in sorted(listed) if _is_draft(name := path.partition("/")[2])]
        reads = [read_document(self.bytes(f"drafts/{name}"), f"drafts/{name}") for name in names]
        if problems := [problem for read in reads for problem in read.problems]:
            raise LedgerError(p._replace(place=p.place._replace(path=self.shown(p.place.path))) for p in problems)
        return {
            n.removesuffix(".yaml"): r.document
            for n, r in zip(names, reads, strict=True)
            if isinstance(r.document, Invoice)
        }

    def free_draft(self, name: str) -> str:
        """A path for a draft of that name that no file has yet."""
        path, number = f"drafts/{name}.yaml", 2
        while os.path.exists(os.path.join(self.root, path)):
            path, number = f"drafts/{name}-{number}.yaml", number + 1
        return path

    @property
    def _gone(self) -> set[str]:
        """The files that were not there at the commit asked about."""
        return {path for path, data in self.then.items() if data is None}

    def bytes(self, path: str) -> bytes:
        """The bytes of a file under the ledger folder, as it was at the commit asked about. Raises Unreadable."""
        from arledger.store.file_text import read_bytes

        data = self.then.get(path)
        return read_bytes(self.root, path) if data is None else data

    def has(self, path: str) -> bool:
        """Whether there is a file of that path under the ledger folder."""
        return os.path.isfile(os.path.join(self.root, path))

    def text(self, path: str) -> str:
        """The text of a file under the ledger folder."""
        from arledger.store.file_text import decode

        return decode(self.bytes(path))

    def document(self, ledger: Ledger, fact: str) -> Document:
        """The document of a fact, read from its file. Raises LedgerError when it cannot be."""
        from arledger.store.reading import read_document

        row = ledger.fact(fact)
        assert row is not None, fact
        read = read_document(self.bytes(row.path), row.path)
        if read.problems:
            raise LedgerError(read.problems)
        document: Document = read.document
        return document

    def post(
        self, plan: Callable[[Ledger], Mapping[str, str | None]], warn: Callable[[str], None] = lambda _: None
    ) -> Mapping[str, str | None]:
        """Posts the files a plan gives, made while the ledger's lock is held. Gives those files.

        The plan sees the ledger as it is under the lock, and its result must pass the checks of `ar check`. Raises
        RefusedError where it does not, LockedError where others hold the lock too long, DeviceError when writing fails.
        """
        from arledger.store.trial import try_out

        if not os.path.isdir(self.state):
            try:
                os.makedirs(self.state)
            except FileExistsError:  # another process was quicker
                pass
            except OSError as error:
                raise DeviceError(f".ar: {error.strerror}", "allow writing to the ledger's folder") from None
        with locked(os.path.join(self.state, "lock")):
            journal.recover(self.root, self.state)
            ledger = self.read()
            files = plan(ledger)
            for warning in try_out(self.root, ledger, files):
                warn(warning)
            ledger.connection.close()
            if files:
                journal.post(self.root, self.state, files, self.progress)
        return files


def _is_draft(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(".")


def find(given: str | None, start: str, *, cache: bool = True, progress: Progress | None = None) -> Books:
    """The ledger in the folder given, or the nearest at or above `start`. Raises UsageError when there is none."""
    if given:
        books = _at(os.path.abspath(given), cache, progress)
        if not books:
            raise UsageError(f"{given} holds no ledger.yaml", "name the folder that holds ledger.yaml, or run ar init")
        return books
    folder = os.path.abspath(start)
    while True:
        if books := _at(folder, cache, progress):
            return books
        above = os.path.dirname(folder)
        if above == folder:
            raise UsageError("there is no ledger here or above", "run ar init, or name one with --ledger DIR")
        folder = above


def _at(folder: str, cache: bool, progress: Progress | None) -> Books | None:
    for root in (folder, os.path.join(folder, "ledgers")):
        if os.path.isfile(os.path.join(root, "ledger.yaml")):
            home = os.path.dirname(root) if os.path.basename(root) == "ledgers" else root
            return Books(root, os.path.join(home, ".ar"), cache, progress)
    return None
