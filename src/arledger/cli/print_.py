"""`ar paper`."""

from typing import Annotated

import typer

from arledger.cli.command import prints
from arledger.cli.session import Papers, Session

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("paper")
@prints
def paper(
    session: Session,
    fact: Annotated[str, typer.Argument(metavar="FACT", help="Its id.")],
) -> Papers:
    """\b
    ar paper N-2026-06-11-3fa9c1e2b0 --output reminder.pdf

    What a customer receives of a fact: an invoice, a credit note, a receipt, the slip of a deposit, a notice, a payment
    plan or settlement to be signed, a credit decision.
    """
    from arledger.cli.paper import paper_of

    return paper_of(session, fact)
