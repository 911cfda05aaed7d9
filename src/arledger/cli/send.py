"""Sending papers by mail: who gets what, drafts to look at, and the sending itself, at most once each."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import typer

from arledger.cli import einvoice
from arledger.cli.clock import now
from arledger.cli.output import color, put, say, width
from arledger.cli.paper import Write, ready_folder, recipient_of, sender_of, writer
from arledger.cli.progress import bar
from arledger.errors import UsageError, printable
from arledger.ledger.table import Ledger
from arledger.mail.message import address, compose, key_of, named
from arledger.mail.outbox import Entry, Outbox
from arledger.mail.smtp import Postman
from arledger.money import Money
from arledger.policy.mail import Mail
from arledger.reports.paper import Paper
from arledger.reports.report import Cell, Column, Report, Table
from arledger.store.locks import locked

if TYPE_CHECKING:
    from arledger.cli.session import Session
    from arledger.commands.planned import Planned

_COLUMNS = (
    Column("document", "Document"), Column("customer", "Customer"), Column("name", "Name"), Column("amount", "Over"),
    Column("to", "To"), Column("state", "State"), Column("reason", "Reason"),
)  # fmt: skip
_DONE = ("sent", "told")
#: What people are told of a state.
_SHOWN = {
    "new": "to send", "ready": "to send", "told": "sent", "no-address": "no address", "doubtful": "doubtful",
    "sent": "sent", "refused": "refused", "drafted": "drafted", "before": "sent before", "invalid": "not valid",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A paper on its way to a recipient: its key, and what became of it so far."""

    paper: Paper
    recipient: str
    key: str
    state: str
    reason: str = ""


def send(
    session: Session, papers: Iterable[Paper], *, to: str = "", run: str = "", drafts: str = "", aside: bool = False
) -> None:
    """Shows who gets what, then sends, or writes drafts into a folder; exit 1 when one did not go out.

    With `aside` what became of each is talk, not the result: the command has shown another.
    """
    wanted = _fit(session, _wanted(session, papers, to, run))
    if session.dry_run:
        _show(session, wanted)
        return
    if drafts:
        _show(session, list(_drafts(session, wanted, drafts)))
        return
    todo = [w for w in wanted if w.state in ("new", "ready")]
    if session.asks:
        put(_rendered(wanted))
        session.confirm(f"Send {len(todo)} mails?")
    _send(session, wanted, aside=aside)


def outbox_of(session: Session) -> Outbox:
    """The ledger's outbox."""
    return Outbox(os.path.join(session.books.state, "outbox"))


def _wanted(session: Session, papers: Iterable[Paper], to: str, run: str) -> list[Wanted]:
    """Who gets what, and what became of it before."""
    given, outbox = address(to) if to else "", outbox_of(session)
    found = []
    for paper in papers:
        try:
            recipient = given or recipient_of(session, paper)
        except UsageError as error:
            found.append(Wanted(paper, "", "", "no-address", error.message))
            continue
        if not recipient:
            found.append(Wanted(paper, "", "", "no-address", "the customer has no contact with an email"))
            continue
        key = key_of(run, paper.name, recipient)
        entry = outbox.find(key)
        before = "before" if _told(session.ledger, key) else "new"
        state = before if entry is None else "before" if entry.state == "told" else entry.state
        found.append(Wanted(paper, recipient, key, state, entry.reason if entry else ""))
    return found


def _fit(session: Session, wanted: Sequence[Wanted]) -> list[Wanted]:
    """The same, without those to be sent whose e-invoice breaks a rule."""
    todo = [one.paper for one in wanted if one.state == "new" and einvoice.with_paper(session, one.paper)]
    wrong = einvoice.unfit(session, todo) if todo else {}
    return [
        replace(one, state="invalid", reason=wrong[one.paper.name]) if one.paper.name in wrong else one
        for one in wanted
    ]


def _fact(key: str) -> str:
    return f"-mail-{key[:16]}"


def _told(ledger: Ledger, key: str) -> bool:
    """Whether the books tell of a mail, even when the outbox was thrown away."""
    return bool(ledger.facts("kind = 'contacts' AND fact LIKE ?", f"%{_fact(key)}"))


def _drafts(session: Session, wanted: Sequence[Wanted], folder: str) -> Iterator[Wanted]:
    """Writes each mail as a draft into a folder."""
    ready_folder(session, folder)
    sender, reply_to = sender_of(session), session.ledger.policy.mail.reply_to
    with writer(session) as write:
        for one in wanted:
            if not one.recipient or one.state == "invalid":
                yield one
                continue
            path = os.path.join(folder, f"{one.paper.name}.eml")
            message = compose(write(one.paper, one.recipient), sender, key=one.key, when=None, reply_to=reply_to)
            session.save(message.as_bytes(), path)
            yield replace(one, state="drafted", reason=path)


def _send(session: Session, wanted: Sequence[Wanted], *, aside: bool) -> None:
    outbox, sender, mail = outbox_of(session), sender_of(session), session.ledger.policy.mail
    done: list[Wanted] = []
    session.stand_apart()
    os.makedirs(session.books.state, exist_ok=True)
    with locked(os.path.join(session.books.state, "outbox.lock")), writer(session) as write:
        entries = (_entry(session, outbox, write, one, sender, mail) for one in wanted)
        try:
            for one, entry in zip(wanted, deliver(mail, outbox, entries, len(wanted)), strict=True):
                done.append(one if entry is None else replace(one, state=entry.state, reason=entry.reason))
        finally:
            tell(session, outbox)
    if aside:
        say(_rendered(done).rstrip())
    else:
        _show(session, done)
    if missing := [one for one in done if one.state not in (*_DONE, "before")]:
        say(f"{len(missing)} of {len(done)} did not go out: see the reasons, and ar outbox")
        raise typer.Exit(1)


def _entry(session: Session, outbox: Outbox, write: Write, one: Wanted, sender: str, mail: Mail) -> Entry | None:
    """The outbox's entry of a mail that is to go out, written down if it is new; None for one that is not."""
    if one.state not in ("new", "ready"):
        return None
    if entry := outbox.find(one.key):  # from an earlier run, or another process was quicker
        return entry
    letter, moment = write(one.paper, one.recipient), now()
    message = compose(letter, sender, key=one.key, when=moment, reply_to=mail.reply_to)
    who = named(sender)
    item = "" if one.paper.kind == "statement" else str(one.paper.data["number"])
    entry = Entry(
        one.key, "ready", one.paper.name, one.paper.customer, item, one.recipient, who.addr_spec, letter.subject,
        str(message["Message-ID"]), session.today.isoformat(),
        statement=one.paper.date.isoformat() if one.paper.kind == "statement" else "",
    )  # fmt: skip
    outbox.put(entry, message.as_bytes())
    return entry


def deliver(mail: Mail, outbox: Outbox, entries: Iterable[Entry | None], count: int) -> Iterator[Entry | None]:
    """Hands mails to the server one after the other, not more of them a minute than policy says; each as it then is.

    Raises DeviceError when the server cannot be reached: what is left stays ready.
    """
    progress, last = bar(), 0.0
    with Postman(mail.smtp, _password(mail.smtp.user, mail.smtp.host)) as postman:
        for number, entry in enumerate(entries, 1):
            if progress:
                progress("sending", number, count)
            if entry is None or entry.state != "ready":
                yield entry
                continue
            time.sleep(max(0.0, last + 60 / mail.per_minute - time.monotonic()) if last else 0)
            last = time.monotonic()
            recipients = [entry.recipient, *([address(mail.bcc)] if mail.bcc else [])]
            complete = partial(outbox.mark, entry, "doubtful", "handed over, and no answer known")
            outcome = postman.send(entry.sender, recipients, outbox.message(entry), complete)
            state = "ready" if outcome.state == "later" else outcome.state
            yield outbox.mark(entry, state, outcome.reason)


def tell(session: Session, outbox: Outbox) -> None:
    """Posts a contact for each mail that was sent and that the books do not tell of yet."""
    sent = [entry for entry in outbox if entry.state == "sent"]
    if not sent:
        return
    from arledger.cli.posting import files_of

    session.books.post(lambda ledger: files_of(session, ledger, _contacts(ledger, sent, session.today)))
    for entry in sent:
        outbox.mark(entry, "told", entry.reason)


def _contacts(ledger: Ledger, sent: Sequence[Entry], day: date) -> Planned:
    from arledger.commands.mailed import Mailed, contacts

    return contacts(ledger, [
        Mailed(f"{day}{_fact(e.key)}", e.customer, e.item, f"{e.subject}, to {e.recipient}",
               date.fromisoformat(e.statement) if e.statement else None)
        for e in sent if not _told(ledger, e.key)
    ], day)  # fmt: skip


def _password(user: str, host: str) -> str:
    """The password of the mail server: from $AR_SMTP_PASSWORD, else from the system's keyring where there is one."""
    given = os.environ.get("AR_SMTP_PASSWORD", "")
    if given or not user:
        return given
    from importlib.util import find_spec

    if find_spec("keyring"):
        import keyring
        from keyring.errors import KeyringError

        try:
            if found := keyring.get_password("arledger", f"{user}@{host}"):
                return str(found)
        except KeyringError as error:  # locked, or there is none
            say(f"the keyring: {printable(str(error))}")
    raise UsageError("there is no password for the mail server", "set $AR_SMTP_PASSWORD, or keep it in the keyring as "
                     f"service arledger, user {user}@{host}")  # fmt: skip


def _show(session: Session, wanted: Sequence[Wanted]) -> None:
    session.show(_report(wanted, plainly=session.format in ("json", "csv")))


def _report(wanted: Sequence[Wanted], *, plainly: bool = False) -> Report:
    """What is sent to whom and what became of it; `plainly`: amounts as programs read them."""
    rows: list[list[Cell]] = [
        [
            one.paper.name,
            one.paper.customer,
            one.paper.data["to"]["name"],
            [str(amount) if plainly else amount.said() for amount in _over(one.paper)],
            one.recipient,
            _SHOWN[one.state],
            one.reason,
        ]
        for one in wanted
    ]
    counts = {state: sum(row[5] == state for row in rows) for state in dict.fromkeys(str(row[5]) for row in rows)}
    title = ", ".join(f"{count} {state}" for state, count in counts.items())
    return Report("mails", title, [Table(_COLUMNS, rows, empty="There is nothing to send.")], {"counts": counts})


def _over(paper: Paper) -> list[Money]:
    """The amounts a paper is over: its total, or the balance in each currency; none of a credit decision."""
    data = paper.data
    return [section["closing"] for section in data.get("sections", ())] or [data["total"]] * ("total" in data)


def _rendered(wanted: Sequence[Wanted]) -> str:
    from arledger.render import render

    shown = render(_report(wanted), "table", width=width(), color=color())
    assert isinstance(shown, str)
    return shown
