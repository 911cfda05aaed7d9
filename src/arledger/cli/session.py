"""One run of a command: its ledger, its day, and where what it shows is put."""

import functools
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

import typer

from arledger.cli.clock import day, today
from arledger.cli.lookup import no_revision
from arledger.cli.output import color, put, refuse_place, save, say, width
from arledger.errors import LedgerError, UsageError
from arledger.ledger.table import Ledger
from arledger.reports.paper import Paper
from arledger.reports.report import Provenance, Report
from arledger.store.files import Books, find

if TYPE_CHECKING:
    from arledger.store.index import Opened

Format = Literal["table", "json", "csv", "md", "html", "xlsx"]
#: One paper, or many of them one after the other.
Papers = Paper | Iterable[Paper]


class Session:
    """One run of a command: its ledger, the day it takes for today, and how it shows things."""

    def __init__(self, ledger: str, cache: bool, format_: str, output: str, force: bool) -> None:
        self._given, self._cache = ledger, cache
        self.format, self.output, self.force = format_, output, force
        self.dry_run = self.yes = self.commit = self.posts = False
        self._mends: tuple[str, ...] = ()  # codes of errors in the books that the command is there to mend
        self.made: Mapping[str, Any] = {}  # the command and its arguments, as a report tells where it comes from
        self.known: Provenance | None = None  # of a file that is made again to be compared
        self.revision = ""  # of the commit the books are to be read at; "": the files as they are

    @functools.cached_property
    def books(self) -> Books:
        """Where the ledger lies; its files as they were at the commit the command was given."""
        return replace(self._here, then=self._files_at(self.revision)) if self.revision else self._here

    @functools.cached_property
    def _here(self) -> Books:
        given = self._given or os.environ.get("AR_LEDGER")
        from arledger.cli.progress import bar

        books = find(given, os.getcwd(), cache=self._cache, progress=bar())
        return replace(books, strict=self.posts, tolerates=self._mends)

    def mend(self, *codes: str) -> None:
        """Lets the command work on books with errors of these codes: it is there to mend them."""
        self._mends = codes
        for name in ("books", "_here"):  # known already where git was asked
            self.__dict__.pop(name, None)

    @functools.cached_property
    def now(self) -> Ledger:
        """The books as the files are. Raises LedgerError with every problem when they do not hold together."""
        found = self._here.sound(self.opened, apart=self.posts and self.asks)
        self.opened.ledger = found  # a copy stands in for what was let go
        return found

    @functools.cached_property
    def opened(self) -> "Opened":
        """The books as the files are, whether they hold together or not."""
        return self._here.open()

    @property
    def prints(self) -> bool:
        """Whether a paper was asked for: a format that is no way to show a report."""
        return self.format not in get_args(Format)

    @functools.cached_property
    def ledger(self) -> Ledger:
        """The books a command is about: those of the files, or of the commit it was given."""
        return self.at(self.revision) if self.revision else self.now

    def at(self, revision: str) -> Ledger:
        """The books as they were at a commit. Raises UsageError for a revision git does not know here.

        Made from the index by what differs, so that little is read where little changed.
        """
        from arledger.store.views import with_files

        files = self.books.then if revision == self.revision else self._files_at(revision)
        try:
            if same := [problem for problem in self.opened.problems if problem.place.path not in files]:
                raise LedgerError(same)  # files that cannot be read now, and were the same then
            return with_files(self.opened.ledger, files)
        except LedgerError as error:
            raise LedgerError(p._replace(place=p.place._replace(path=f"{revision}:{self._here.shown(p.place.path)}"))
                              for p in error.problems) from None  # fmt: skip

    def _files_at(self, revision: str) -> Mapping[str, bytes | None]:
        """The files of the ledger that were otherwise at a commit: path → what they were, None for not there."""
        from arledger import history

        return history.blobs(self._here.root, self.differing(self.commit_of(revision)))

    def commit_of(self, revision: str) -> str:
        """The full id of the commit a revision names. Raises UsageError where git knows no such."""
        from arledger import history

        commit = history.resolve(self._here.home, revision)
        if commit is None:
            raise no_revision(self._here.home, revision)
        return commit

    def read_anew(self) -> None:
        """Forgets the books as they were read: what was posted since is to count."""
        for name in ("ledger", "now", "opened"):
            self.__dict__.pop(name, None)

    def stand_apart(self) -> None:
        """Goes on with a copy of the books: what takes long must keep nobody from bringing the index up to date."""
        from arledger.store.index import in_memory

        copy = in_memory(self.ledger)
        self.let_go()
        self.__dict__["ledger"] = copy

    def differing(self, commit: str) -> dict[str, str | None]:
        """The files of the ledger that are not as they were at a commit: path → the blob there, None for none.

        What is not committed is looked for once, however many commits are asked about.
        """
        from arledger import history

        root = self._here.root
        head = history.resolve(root, "HEAD") or ""
        return {**self._uncommitted, **(history.between(root, commit, head) if commit != head else {})}

    @functools.cached_property
    def _uncommitted(self) -> dict[str, str | None]:
        from arledger import history

        return history.differing(self._here.root, "HEAD")

    def let_go(self) -> None:
        """Ends reading: a pager that is left open must not keep others from bringing the index up to date."""
        for ledger in (self.__dict__.get("ledger"), self.__dict__.get("now"), self._open_ledger()):
            if ledger:
                ledger.connection.close()

    def _open_ledger(self) -> Ledger | None:
        opened = self.__dict__.get("opened")
        return opened.ledger if opened else None

    @functools.cached_property
    def today(self) -> date:
        """Today, or $AR_TODAY."""
        return today()

    def day(self, text: str, option: str = "--date") -> date:
        """The day given, today when none is."""
        return day(text, option) if text else self.today

    def show(self, report: "Report | Papers | bytes") -> None:
        """Renders a report, or papers, to where it was asked for; what is made already is put there as it is."""
        if isinstance(report, bytes):
            shown: str | bytes = report
        elif isinstance(report, Report):
            from arledger.render import render

            shown = render(report, self.format, width=width(), color=color())
        else:
            from arledger.cli.paper import made, made_each

            if not isinstance(report, Paper):
                made_each(self, report, self.output)
                return
            shown = made(self, report)
        self.hand_over(shown)

    def hand_over(self, shown: str | bytes) -> None:
        """Puts a result to where it was asked for. Raises UsageError for bytes to a terminal."""
        if self.output:
            self.save(shown, self.output)
        elif isinstance(shown, bytes) and sys.stdout.isatty():
            raise UsageError(f"{self.format} is not for a terminal", "add --output FILE")
        else:
            put(shown)

    def save(self, result: str | bytes, path: str) -> None:
        """A result: to a file outside the ledger's own folders. Raises as `output.save` does."""
        save(result, path, force=self.force, within=self.within)

    @property
    def within(self) -> tuple[str, str]:
        """The ledger's own folders, which no result goes to."""
        return self.books.root, self.books.state

    def ready(self) -> None:
        """Raises UsageError or RefusedError when what is to be shown has no place to go, or git would make no commit.

        So nothing is posted and then left half done.
        """
        if self.commit and self.posts:
            from arledger import history

            history.refuse_commit(self.books.home)
        if self.output:
            refuse_place(self.output, force=self.force, within=self.within)
        elif self.format in ("xlsx", "pdf") and sys.stdout.isatty():
            raise UsageError(f"{self.format} is not for a terminal", "add --output FILE")

    def with_provenance(self, report: Report, as_of: date) -> Report:
        """The report with where it comes from, for the formats that carry it."""
        return report if self.format in ("table", "csv") else replace(report, provenance=self.provenance(as_of))

    def provenance(self, as_of: date) -> Provenance:
        """Where figures of a day come from."""
        from arledger import __version__, history
        from arledger.compute.provenance import checksum

        facts, digest = checksum(self.ledger, as_of)
        if self.known:
            return replace(self.known, facts=facts, checksum=digest)
        commit = history.resolve(self.books.home, self.revision or "HEAD")
        dirty = None if commit is None else not self.revision and self._dirty()
        return Provenance(as_of, commit, dirty, facts, digest, __version__, self.made)

    def _dirty(self) -> bool | None:
        from arledger import history

        known = self.__dict__.get("_uncommitted")
        return history.dirty(self.books.home, self.books.root) if known is None else bool(known)

    def trial(self, files: Mapping[str, str | None]) -> None:
        """Says what would be warned of. Raises RefusedError when the books would not hold together with these files."""
        from arledger.store.trial import try_out

        for warning in try_out(self.books.root, self.ledger, files):
            say(warning)

    @property
    def asks(self) -> bool:
        """Whether there is a person to ask: a terminal on both sides, and no --yes."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.yes

    def confirm(self, question: str, files: Callable[[], None] | None = None) -> None:
        """Asks before posting when there is a person to ask. Raises UsageError when they decline.

        `files` shows what would be written, for those who want to see it first.
        """
        answer = "" if self.asks else "y"
        while answer not in ("y", "yes"):
            choices = "Y/n/f: see the files" if files else "Y/n"
            answer = typer.prompt(f"{question} [{choices}]", default="y", show_default=False, err=True).strip().lower()
            if answer in ("n", "no"):
                raise UsageError("nothing was posted", "run the command again when it is right")
            if answer in ("f", "files") and files:
                files()
