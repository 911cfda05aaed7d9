"""`ar outbox`: what became of every mail."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from arledger.cli.command import reads, writes
from arledger.cli.files import file_bytes
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.reports.report import Cell, Column, Report, Table

if TYPE_CHECKING:
    from arledger.mail.outbox import Entry, Outbox

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Mails.")

_COLUMNS = (
    Column("key", "Key"), Column("date", "Date"), Column("document", "Document"), Column("customer", "Customer"),
    Column("to", "To"), Column("state", "State"), Column("reason", "Reason"), Column("message_id", "Id", shown=False),
)  # fmt: skip


@app.command("list")
@reads
def list_(
    session: Session,
    left: Annotated[bool, typer.Option("--left", help="Only what did not go out, or may not have.")] = False,
) -> Report:
    """\b
    ar outbox list --left

    Every mail and what became of it: ready (not gone out yet), sent, refused by the server, or doubtful: handed over,
    but no answer came. A doubtful mail is never sent again by itself; find out, then `ar outbox settle`.
    """
    from arledger.cli.send import outbox_of

    return _report([entry for entry in outbox_of(session) if not left or entry.state not in ("sent", "told")])


def _report(entries: "Sequence[Entry]") -> Report:
    rows: list[list[Cell]] = [
        [e.key, e.date, e.document, e.customer, e.recipient, "sent" if e.state == "told" else e.state, e.reason,
         e.message_id]
        for e in entries
    ]  # fmt: skip
    return Report("outbox", "Mails", [Table(_COLUMNS, rows, empty="There are none.")])


@app.command("send")
@writes
def send(session: Session) -> None:
    """\b
    ar outbox send

    Send what is ready: what an earlier run did not come to, or a server put off.
    """
    import os

    from arledger.cli.send import deliver, outbox_of, tell
    from arledger.store.locks import locked

    outbox, mail = outbox_of(session), session.ledger.policy.mail
    ready = [entry for entry in outbox if entry.state == "ready"]
    if session.dry_run:
        session.show(_report(ready))
        return
    session.confirm(f"Send {len(ready)} mails?")
    session.let_go()
    os.makedirs(session.books.state, exist_ok=True)
    with locked(os.path.join(session.books.state, "outbox.lock")):
        ready = [entry for entry in outbox if entry.state == "ready"]
        try:
            done = [entry for entry in deliver(mail, outbox, ready, len(ready)) if entry]
        finally:
            tell(session, outbox)
    session.show(_report(done))
    if any(entry.state != "sent" for entry in done):
        raise typer.Exit(1)


@app.command("settle")
@writes
def settle(
    session: Session,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Of the mail; its first digits are enough.")],
    as_: Annotated[Literal["sent", "lost"], typer.Option("--as", help="sent: it arrived; lost: it may go out again.")],
) -> None:
    """\b
    ar outbox settle 3f2a91 --as sent

    Say what became of a doubtful or refused mail: that it arrived, or that it may be sent again.
    """
    from arledger.cli.send import outbox_of, tell

    outbox = outbox_of(session)
    entry = _one(outbox, key)
    if entry.state not in ("doubtful", "refused"):
        raise UsageError(f"{entry.document} to {entry.recipient} is {entry.state}", "only doubt is settled")
    if as_ == "lost" and not outbox.holds(entry):
        raise UsageError("what bounced is not sent again as it was", "mend the address, or send with another --key")
    if not session.dry_run:
        entry = outbox.mark(entry, "sent" if as_ == "sent" else "ready", "settled by hand")
        tell(session, outbox)
    session.show(_report([entry]))


@app.command("bounce")
@writes
def bounce(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The mail that came back, as .eml.")],
) -> None:
    """\b
    ar outbox bounce returned.eml

    Read a mail that says another did not arrive: that one is refused then, with the reason given. Mend the address,
    and the document goes out to the new one when it is sent again.
    """
    from arledger.cli.send import outbox_of
    from arledger.mail.bounces import read

    found, outbox = read(file_bytes(file)), outbox_of(session)
    entry = next((e for e in outbox if found and e.message_id == found.message_id), None)
    if not found or not entry:
        raise UsageError(f"{file} tells of no mail of ours", "give the whole mail, with what came back attached to it")
    if not session.dry_run:
        entry = outbox.mark(entry, "refused", found.reason)
    session.show(_report([entry]))


def _one(outbox: "Outbox", key: str) -> "Entry":
    found = [entry for entry in outbox if entry.key.startswith(key)]
    if len(found) != 1:
        raise UsageError(f"KEY: {len(found)} mails have a key that begins with {key}", "see ar outbox list")
    return found[0]
