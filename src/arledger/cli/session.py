"""What every command shares: finding the ledger, the common options, showing a report, posting a plan.

`reads` and `writes` wrap a command's function. They add the options every such command has, so that each is
written once; the function itself takes its own arguments and gives a report or a plan.
"""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from arledger.cli.output import color, put, refuse_place, save, say, width
from arledger.dates import parse_date
from arledger.errors import ArError, LedgerError, UsageError, printable
from arledger.ledger.table import Ledger
from arledger.reports.paper import Paper
from arledger.reports.report import Provenance, Report
from arledger.store.files import Books, find

if TYPE_CHECKING:
    from arledger.store.index import Opened

Format = Literal["table", "json", "csv", "md", "html", "xlsx"]
PaperFormat = Literal["table", "json", "csv", "md", "html", "xlsx", "pdf", "eml"]
CalendarFormat = Literal["table", "json", "csv", "md", "html", "xlsx", "ics"]
InvoiceFormat = Literal["table", "json", "csv", "md", "html", "xlsx", "pdf", "eml", "ubl", "cii", "facturx"]

#: One paper, or many of them one after the other.
Papers = Paper | Iterable[Paper]

LedgerOption = Annotated[str, typer.Option("--ledger", metavar="DIR", help="The ledger folder.", hidden=True)]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Read every file; do not use the index.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How to show the result.")]
OnlyPaperOption = Annotated[Literal["pdf", "eml"], typer.Option("--format", help="As what.")]
CalendarFormatOption = Annotated[CalendarFormat, typer.Option("--format", help="How to show the result.")]
InvoiceFormatOption = Annotated[InvoiceFormat, typer.Option("--format", help="How to show the result.")]
PaperFormatOption = Annotated[PaperFormat, typer.Option("--format", help="How to show the result.")]
AtOption = Annotated[
    str, typer.Option("--at", metavar="COMMIT", help="The books as they were at this commit: what was known then.")
]
OutputOption = Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Write the result to a file.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Let --output replace a file.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", "-n", help="Show the files that would be added; write nothing.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
CommitOption = Annotated[bool, typer.Option("--commit", help="Make one git commit of exactly the files written.")]


def today() -> date:
    """Today, or the day $AR_TODAY stands in with. The one place a clock is looked at for a date."""
    given = os.environ.get("AR_TODAY")
    return day(given, "$AR_TODAY") if given else date.today()  # noqa: DTZ011


def now() -> datetime:
    """This moment, or noon of the day $AR_TODAY stands in with."""
    given = os.environ.get("AR_TODAY")
    return datetime.combine(today(), time(12), UTC) if given else datetime.now(UTC)


def day(text: str, option: str) -> date:
    """A date given as an argument. Raises UsageError naming the option."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", "a date is written YYYY-MM-DD, such as 2026-01-31") from None


class Session:
    """One run of a command: its ledger, the day it takes for today, and how it shows things."""

    def __init__(self, ledger: str, cache: bool, format_: str, output: str, force: bool) -> None:
        self._given, self._cache = ledger, cache
        self.format, self.output, self.force = format_, output, force
        self.dry_run = self.yes = self.commit = self.posts = False
        self.mends: tuple[str, ...] = ()  # codes of errors in the books that the command is there to mend
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
        return replace(books, strict=self.posts, tolerates=self.mends)

    @functools.cached_property
    def now(self) -> Ledger:
        """The books as the files are. Raises LedgerError with every problem when they do not hold together."""
        return self._here.sound(self.opened, apart=self.posts and self.asks)

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

        commit = history.resolve(self._here.home, revision)
        if commit is None:
            raise UsageError(f"git knows no revision {revision} here", "name a commit, a branch or a tag")
        return history.blobs(self._here.root, self.differing(commit))

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
        """Puts a result to where it was asked for."""
        if self.output:
            save(shown, self.output, force=self.force, within=(self.books.root, self.books.state))
        elif isinstance(shown, bytes) and sys.stdout.isatty():
            raise UsageError(f"{self.format} is not for a terminal", "add --output FILE")
        else:
            put(shown)

    def ready(self) -> None:
        """Raises UsageError or RefusedError when what is to be shown has no place to go, or git would make no commit.

        So nothing is posted and then left half done.
        """
        if self.commit and self.posts:
            from arledger import history

            history.refuse_commit(self.books.home)
        if self.output:
            refuse_place(self.output, force=self.force, within=(self.books.root, self.books.state))
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


def reads(
    function: "Callable[..., Report]", formats: Any = FormatOption, default: str = "table"
) -> Callable[..., None]:
    """A command that shows a report: adds the options every such command has, finds the ledger, renders."""

    def run(ctx: typer.Context, /, **values: Any) -> None:
        revision = values.pop("at")
        session = _session(ctx, values)
        session.revision, session.made = revision, _made(ctx, function, values)
        report = function(session, **values)
        if isinstance(report, Report):
            session.let_go()
        session.show(report)

    options = {
        "at": (AtOption, ""), "format": (formats, default), "output": (OutputOption, ""),
        "force": (ForceOption, False),
    }  # fmt: skip
    return _with_options(run, function, options)


def hands_over(function: "Callable[..., Report | str | bytes]") -> Callable[..., None]:
    """A command that makes a file for another program, or a report in a format of its own choice."""

    def run(ctx: typer.Context, /, **values: Any) -> None:
        session = _session(ctx, {**values, "format": "table"})
        for shared in ("output", "force", "ledger_dir", "no_cache"):
            values.pop(shared)
        result = function(session, **values)
        session.let_go()
        if isinstance(result, Report):
            session.show(result)
        else:
            session.hand_over(result)

    return _with_options(run, function, {"output": (OutputOption, ""), "force": (ForceOption, False)})


def reads_or_prints(function: "Callable[..., Report | Papers | bytes]") -> Callable[..., None]:
    """A command that `reads`, and has papers and e-invoices for the formats a customer receives."""
    return reads(function, InvoiceFormatOption)  # type: ignore[arg-type]  # show takes them all


def reads_or_dates(function: "Callable[..., Report | bytes]") -> Callable[..., None]:
    """A command that `reads`, and has a calendar file of the days it is about."""
    return reads(function, CalendarFormatOption)  # type: ignore[arg-type]  # show takes both


def prints(function: "Callable[..., Papers]") -> Callable[..., None]:
    """A command that gives papers and nothing else, as PDF where nothing is said."""
    return reads(function, OnlyPaperOption, "pdf")  # type: ignore[arg-type]  # show takes both


def reads_or_sends(function: "Callable[..., Report | Papers | None]") -> Callable[..., None]:
    """A command that `reads_or_prints`, and may send what it prints: then it has shown by itself, and gives None."""

    def run(ctx: typer.Context, /, **values: Any) -> None:
        dry_run, yes, revision = values.pop("dry_run"), values.pop("yes"), values.pop("at")
        session = _session(ctx, values)
        session.dry_run, session.yes = dry_run, yes
        session.revision, session.made = revision, _made(ctx, function, values)
        report = function(session, **values)
        if isinstance(report, Report):
            session.let_go()
        if report is not None:
            session.show(report)

    options = {
        "dry_run": (DryRunOption, False), "yes": (YesOption, False), "at": (AtOption, ""),
        "format": (PaperFormatOption, "table"), "output": (OutputOption, ""), "force": (ForceOption, False),
    }  # fmt: skip
    return _with_options(run, function, options)


def _made(ctx: typer.Context, function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A command by name, and those of its arguments that are not what they are anyway."""
    names: list[str] = []
    at: Any = ctx
    while at.parent:
        names.insert(0, str(at.info_name))
        at = at.parent
    parameters = inspect.signature(function).parameters
    given = {name: value for name, value in values.items() if value != parameters[name].default}
    return {"command": " ".join(names), **given}


def writes(function: Callable[..., Any]) -> Callable[..., None]:
    """A command that posts: adds --dry-run, --yes and --commit; the function posts through `cli.posting`."""

    def run(ctx: typer.Context, /, **values: Any) -> None:
        flags = {name: values.pop(name) for name in ("dry_run", "yes", "commit")}
        session = _session(ctx, values)
        session.dry_run, session.yes, session.commit = flags["dry_run"], flags["yes"], flags["commit"]
        session.posts = not session.dry_run
        session.ready()
        function(session, **values)

    options = {
        "dry_run": (DryRunOption, False), "yes": (YesOption, False), "commit": (CommitOption, False),
        "format": (FormatOption, "table"), "output": (OutputOption, ""), "force": (ForceOption, False),
    }  # fmt: skip
    return _with_options(run, function, options)


def _session(ctx: typer.Context, values: dict[str, Any]) -> Session:
    for name, value in values.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and printable(text) != text:
                raise UsageError(f"{name}: {text!r} has a control character in it", "take it out")
    root = ctx.find_root().obj or ""
    ledger = values.pop("ledger_dir") or root
    return Session(ledger, not values.pop("no_cache"), values.pop("format"), values.pop("output"), values.pop("force"))


def _with_options(
    run: Callable[..., None], function: Callable[..., Any], options: Mapping[str, tuple[Any, Any]]
) -> Callable[..., None]:
    own = list(inspect.signature(function).parameters.values())[1:]
    shared = {**options, "ledger_dir": (LedgerOption, ""), "no_cache": (NoCacheOption, False)}
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shared.items()
    ]
    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]

    def command(ctx: typer.Context, **values: Any) -> None:
        run(ctx, **values)

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    command.does = function  # type: ignore[attr-defined]  # what it does once its session is there
    command.shows = "dry_run" not in options or "commit" not in options  # type: ignore[attr-defined]  # writes nothing
    command.__signature__ = inspect.Signature([context, *keyword, *added])  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in (context, *keyword, *added)}
    return command


def complete(ids: Callable[[Ledger], Sequence[str]]) -> Callable[[str], list[str]]:
    """A completion from the ledger's ids; silent where there is no ledger to ask."""

    def completion(incomplete: str) -> list[str]:
        try:
            books = find(os.environ.get("AR_LEDGER"), os.getcwd())
            return [id_ for id_ in ids(books.read()) if id_.lower().startswith(incomplete.lower())]
        except (ArError, OSError):
            return []

    return completion


complete_customers = complete(lambda ledger: sorted(ledger.known_ids("customers", "customer")))
complete_open = complete(
    lambda ledger: [id_ for (id_,) in ledger.rows("SELECT item FROM items WHERE open != 0 ORDER BY item")]
)
