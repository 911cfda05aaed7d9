"""What kinds of command there are: `reads`, `writes` and the like wrap a command's function.

They add the options every such command has, so that each is written once; the function itself takes its own arguments
and gives a report, papers or nothing.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import typer

from arledger.cli.session import Format, Papers, Session
from arledger.errors import UsageError, printable
from arledger.reports.report import Report

PaperFormat = Literal["table", "json", "csv", "md", "html", "xlsx", "pdf", "eml"]
CalendarFormat = Literal["table", "json", "csv", "md", "html", "xlsx", "ics"]
InvoiceFormat = Literal["table", "json", "csv", "md", "html", "xlsx", "pdf", "eml", "ubl", "cii", "facturx"]

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
