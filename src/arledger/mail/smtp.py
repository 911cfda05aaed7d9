"""The server that takes our mail. A message counts as gone from the moment the server is told that it is complete."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Literal, NamedTuple

from arledger.errors import DeviceError, printable
from arledger.policy.mail import Smtp


class Outcome(NamedTuple):
    """What became of a message. `later`: it certainly did not go out, and may be tried again."""

    state: Literal["sent", "refused", "later", "doubtful"]
    reason: str


class Postman:
    """A connection to the server, opened when needed. Use it in a `with` block."""

    def __init__(self, server: Smtp, password: str) -> None:
        self._server, self._password = server, password
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._open = None

    def send(self, sender: str, recipients: list[str], message: bytes, complete: Callable[[], object]) -> Outcome:
        """Hands a message over. `complete` is called just before the server is told that it has all of it.

        Raises DeviceError when the server cannot be reached or does not know us.
        """
        try:
            server = self._open or self._connect()
            server.rset()
        except (smtplib.SMTPException, OSError):  # it hung up meanwhile
            self._drop()
            server = self._connect()
        try:
            if refused := self._envelope(server, sender, recipients):
                return refused
            server.send(_transparent(message))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("later", _text(error))
        complete()
        try:
            server.send(b".\r\n")
            code, answer = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome("doubtful", f"no answer after the message: {_text(error)}")
        return _outcome(code, answer)

    def _envelope(self, server: smtplib.SMTP, sender: str, recipients: list[str]) -> Outcome | None:
        """Sender and recipients, and leave to begin; what stands in the way, if anything does."""
        to_each = [partial(server.rcpt, to) for to in recipients]
        steps: list[Callable[[], tuple[int, bytes]]] = [
            partial(server.mail, sender), *to_each, partial(server.docmd, "DATA")
        ]  # fmt: skip
        for step in steps:
            code, answer = step()
            if code not in (250, 251, 354):
                return _outcome(code, answer)
        return None

    def _connect(self) -> smtplib.SMTP:
        server, at = self._server, f"{self._server.host}:{self._server.at}"
        if not server.host:
            raise DeviceError("no server for mail is named", "write mail: {smtp: {host: ...}} in ledger.yaml")
        try:
            context = ssl.create_default_context()
            made = (
                smtplib.SMTP_SSL(server.host, server.at, timeout=server.timeout, context=context)
                if server.security == "tls" else smtplib.SMTP(server.host, server.at, timeout=server.timeout)
            )  # fmt: skip
            if server.security == "starttls":
                made.starttls(context=context)
            if server.user:
                self._log_in(made)
            made.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError:
            raise DeviceError(f"{at} does not take our name and password", "set $AR_SMTP_PASSWORD") from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeviceError(f"{at} cannot be reached: {_text(error)}", "check mail: smtp in ledger.yaml") from None
        self._open = made
        return made

    def _log_in(self, made: smtplib.SMTP) -> None:
        """Says who we are. A password beyond ASCII goes as UTF-8 by PLAIN, which smtplib does not know (RFC 4616)."""
        user, password = self._server.user, self._password
        if (user + password).isascii():
            made.login(user, password)
            return
        made.ehlo_or_helo_if_needed()
        told = b64encode("\0".join(("", user, password)).encode()).decode()
        code, answer = made.docmd("AUTH", f"PLAIN {told}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def _drop(self) -> None:
        if self._open:
            self._open.close()
            self._open = None


def _outcome(code: int, answer: bytes) -> Outcome:
    """What a reply means. Source: RFC 5321 4.2.1: 2 done, 4 try later, 5 no."""
    reason = printable(f"{code} {answer.decode('utf-8', 'replace')}")[:300]
    state: Literal["sent", "later", "refused"] = "sent" if code < 400 else "later" if code < 500 else "refused"
    return Outcome(state, reason)


def _text(error: BaseException) -> str:
    return printable(str(error) or type(error).__name__)[:300]


def _transparent(message: bytes) -> bytes:
    """The message with CRLF at the end of each line, and a point before each that begins with one (RFC 5321 4.5.2)."""
    lines = message.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)
