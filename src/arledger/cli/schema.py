"""`ar schema`: needs no ledger."""

from typing import Annotated

import typer

from arledger.cli.command import ForceOption, OutputOption
from arledger.cli.output import put, save
from arledger.compute.history import kind_of
from arledger.errors import UsageError, did_you_mean
from arledger.store.index import TOPS

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_KINDS = ("ledger", "pack", *map(kind_of, TOPS))


@app.command("schema")
def schema(
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", autocompletion=lambda: list(_KINDS), help="Without it, all are listed.")
    ] = "",
    output: OutputOption = "",
    force: ForceOption = False,
) -> None:
    """\b
    ar schema invoice > invoice.schema.json

    The JSON Schema of a kind of file, for editors that complete and check YAML as you type. Without a kind, the
    kinds there are.
    """
    import json

    if not kind:
        put("".join(f"{name}\n" for name in _KINDS))
        return
    if kind not in _KINDS:
        near = did_you_mean(kind, _KINDS)
        raise UsageError(f"KIND: there is no kind of file {kind}", near or "ar schema lists them")
    from arledger.store.schema import schema as made  # needs pydantic: not for help

    text = json.dumps(made(kind), ensure_ascii=False, indent=1) + "\n"
    if output:
        save(text, output, force=force)
    else:
        put(text)
