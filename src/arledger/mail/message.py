"""A mail as bytes: text, HTML and a PDF. The same content gives the same message, and nothing in it adds a header."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from arledger.errors import UsageError, printable

# Source: RFC 5322 dot-atom, RFC 5321 lengths. Quoted local parts and literals are nobody's billing address.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class File(NamedTuple):
    """An attachment."""

    name: str
    kind: str  # such as application/pdf
    data: bytes


class Letter(NamedTuple):
    """What is to be sent, before it has a form."""

    document: str  # what it brings: the name of a paper
    customer: str
    name: str  # of the customer
    recipient: str  # an address
    subject: str
    text: str
    html: str
    files: tuple[File, ...] = ()


def address(text: str) -> str:
    """The address as a server takes it, its domain in ASCII. Raises UsageError for what is no address, or several.

    >>> address("ap@bücher.example")
    'ap@xn--bcher-kva.example'
    """
    local, at, domain = text.rpartition("@")
    try:
        host = domain.encode("idna").decode() if domain else ""
    except UnicodeError:
        host = ""
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(host) or len(local) > 64 or len(host) > 253:
        raise UsageError(f"{text!r} is no mail address", "write one address, such as ap@acme.example")
    return f"{local}@{host}"


def named(text: str) -> Address:
    """`Name <address>` or an address alone, as a header has it. Raises UsageError."""
    name, plain = parseaddr(text)
    found = address(plain)
    local, _, domain = found.rpartition("@")
    return Address(_line(name), local, domain)


def key_of(run: str, document: str, recipient: str) -> str:
    """What is sent at most once: this document to this recipient under this run key."""
    return hashlib.sha256("\0".join((run, document, recipient.lower())).encode()).hexdigest()[:32]


def compose(letter: Letter, sender: str, *, key: str, when: datetime | None, reply_to: str = "") -> EmailMessage:
    """The message. Without `when` it is a draft, which mail programs open for editing.

    Its Message-ID follows from the key and the content: sent again after a crash, it is the same message.
    """
    who = named(sender)
    message = EmailMessage(policy=SMTP)
    digest = _digest(letter, key)
    message["From"] = who
    message["To"] = Address(_line(letter.name), *letter.recipient.rsplit("@", 1))
    message["Subject"] = _line(letter.subject)
    message["Message-ID"] = f"<{digest[:32]}@{who.domain}>"
    if reply_to:
        message["Reply-To"] = named(reply_to)
    if when:
        message["Date"] = format_datetime(when)
        message["Auto-Submitted"] = "auto-generated"  # no answers of machines to a machine (RFC 3834)
    else:
        message["X-Unsent"] = "1"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for file in letter.files:
        main, _, sub = file.kind.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    for number, part in enumerate(_multiparts(message)):
        part.set_boundary(f"=_{digest[:24]}_{number}")
    return message


def _multiparts(message: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in message.walk() if part.is_multipart())


def _digest(letter: Letter, key: str) -> str:
    hashed = hashlib.sha256(key.encode())
    for part in (letter.recipient, letter.subject, letter.text, letter.html):
        hashed.update(hashlib.sha256(part.encode()).digest())
    for file in letter.files:
        hashed.update(hashlib.sha256(file.name.encode() + b"\0" + file.data).digest())
    return hashed.hexdigest()


def _line(text: str) -> str:
    """Text as one line: whatever would end a header is shown, not obeyed."""
    return printable(" ".join(text.split()))[:300]
