"""`ar bank`."""

from typing import Annotated, Any

import typer

from arledger.cli.files import file_bytes
from arledger.cli.lazy import lazy
from arledger.cli.output import ending, put, say

importers = lazy("arledger.importers")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Bank profiles.")


@app.callback()
def _group() -> None:
    """Bank profiles: how to read a bank's CSV."""


@app.command("profile")
def profile(
    guess: Annotated[str, typer.Option("--guess", metavar="FILE", help="A CSV file of the bank.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call the profile.")] = "mybank",
) -> None:
    """\b
    ar bank profile --guess export.csv --name dkb

    Draft the profile of a bank's CSV, to be copied into ledger.yaml. What was concluded from what is told on stderr.
    """
    with ending():
        drafted = importers.guess_profile(file_bytes(guess))
        for reason in drafted.reasons:
            say(reason)
        if not drafted.sure:
            say("please look at it: something in the file was ambiguous or missing")
        put("bank_profiles:\n" + _block({name: _given(drafted.profile)}, "  "))


def _given(profile: Any) -> dict[str, Any]:
    """The fields of a profile that differ from their defaults, nested ones alike."""
    result: dict[str, Any] = {}
    for key, field in profile.__dataclass_fields__.items():
        value = getattr(profile, key)
        if hasattr(value, "__dataclass_fields__"):
            result[key] = _given(value)
        elif value != field.default or key == "date":
            result[key] = value
    return result


def _block(mapping: dict[str, Any], indent: str) -> str:
    from arledger.store.canonical import scalar

    text = ""
    for key, value in mapping.items():
        if isinstance(value, dict):
            text += f"{indent}{key}:\n{_block(value, indent + '  ')}"
        elif isinstance(value, tuple):
            text += f"{indent}{key}: [{', '.join(scalar(part) for part in value)}]\n"
        else:
            shown = (
                str(value).lower()
                if isinstance(value, bool)
                else str(value)
                if isinstance(value, int)
                else scalar(value)
            )
            text += f"{indent}{key}: {shown}\n"
    return text
