"""The root command: a table of commands, each imported only when it is the one that runs."""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from arledger import __version__
from arledger.cli.commands import COMMANDS
from arledger.cli.output import say
from arledger.errors import did_you_mean, printable

_WrongUsage: Any = typer.BadParameter.__base__  # click's, wherever typer keeps it
_SENTENCE = re.compile(r".*?[.:](?=\s|$)")


class LazyGroup(TyperGroup):
    """Lists the commands from the table; loads the module of one when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # typer's signature
        """Names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # typer's signature
        """A stand-in good enough for a list of commands."""
        entry = COMMANDS.get(cmd_name)
        return entry and TyperCommand(cmd_name, help=entry.help, short_help=entry.help, rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command, its module imported."""
        name = args[0]
        if name not in COMMANDS:
            if ctx.resilient_parsing:
                return None, None, args[1:]
            ctx.fail(_no_command(name, did_you_mean(name, COMMANDS)))
        module = importlib.import_module(f"arledger.cli.{COMMANDS[name].module}")
        loaded = get_command(module.app)
        loaded.name = name
        describe(loaded)
        _refuse_unknown(ctx, loaded, args[1:])
        return name, loaded, args[1:]

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """The context of the root command, whose own options are read here."""
        with _nearest_option():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. Ctrl-C or Ctrl-D at a question is an interruption like any other."""
        try:
            with _nearest_option():
                return super().invoke(ctx)
        except typer.Abort:
            say("interrupted: nothing was posted")
            raise KeyboardInterrupt from None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  # typer's signature
        """The commands by section, in the order of a working day."""
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            rows = [(name, entry.help) for name, entry in COMMANDS.items() if entry.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)


def describe(group: Any) -> None:
    """What stands beside each command of a group: where nothing shorter is given, the first sentence of its help."""
    for command in getattr(group, "commands", {}).values():
        prose = " ".join((command.help or "").partition("\n\n")[2].split())  # the examples come before
        if not command.short_help and (sentence := _SENTENCE.match(prose)):
            command.short_help = f"{sentence[0][:-1]}."


def _refuse_unknown(ctx: Any, group: Any, args: list[str]) -> None:
    """Fails with the nearest command there is when a group is given a word that is none of its own."""
    known = getattr(group, "commands", None)
    if ctx.resilient_parsing or not known or not args or args[0].startswith("-") or args[0] in known:
        return
    own = did_you_mean(args[0], known).replace("mean ", f"mean {group.name} ")
    ctx.fail(_no_command(f"{group.name} {args[0]}", own or did_you_mean(args[0], COMMANDS)))


def _no_command(name: str, near: str) -> str:
    told = (
        near.replace("did you mean", "Did you mean ar")
        or f"{' '.join(['ar', *name.split()[:-1]])} -h lists those there are."
    )
    return f"There is no command {printable(name)!r}. {told}"


@contextlib.contextmanager
def _nearest_option() -> Iterator[None]:
    """Of an option there is not, tells the one that may be meant; click tells all that have some letters in common."""
    try:
        yield
    except _WrongUsage as error:
        if not hasattr(error, "possibilities"):
            raise
        given, group = error.option_name, error.ctx.command_path
        options = error.ctx.command.get_params(error.ctx)
        known = [name[2:] for option in options for name in option.opts if name[:2] == "--"]
        near = did_you_mean(given.lstrip("-"), known).replace("did you mean ", "Did you mean --")
        error.ctx.fail(f"There is no option {printable(given)}. {near or f'{group} -h lists those there are.'}")


def command() -> Any:
    """The whole command line as one callable."""
    app = typer.Typer(cls=LazyGroup, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
                      context_settings={"help_option_names": ["-h", "--help"]})  # fmt: skip
    app.callback()(_root)
    return get_command(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"arledger {__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    ledger: str = typer.Option(
        "", "--ledger", metavar="DIR", help="The ledger folder; else $AR_LEDGER, else the nearest above."
    ),
    _version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """\b
    ar init --example books && cd books && ar aging

    Accounts receivable over plain YAML files: facts in, figures out. Every figure is a sum of entries as of a
    date. `ar COMMAND --help` begins with an example. $AR_TODAY, when it is set, is today.
    """
    ctx.obj = ledger
