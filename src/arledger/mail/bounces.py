"""A mail that came back: which of ours it was, and why. Source: RFC 3464, delivery status notifications."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from arledger.errors import printable


class Bounce(NamedTuple):
    """The Message-ID of a mail that did not arrive, and the reason given."""

    message_id: str
    reason: str


def read(data: bytes) -> Bounce | None:
    """What a delivery status notification says; None for any other mail."""
    parts = list(message_from_bytes(data).walk())
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    blocks = [block for part in reports for block in _blocks(part)]
    returned = [part for part in parts if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")]
    ids = [str(inner["Message-ID"]) for part in returned for inner in _inner(part) if inner["Message-ID"]]
    failed = [block for block in blocks if str(block.get("Action", "")).strip().lower() == "failed"]
    if not ids or not failed:
        return None
    said = failed[0].get("Diagnostic-Code") or failed[0].get("Status") or "returned"
    return Bounce(ids[0].strip(), printable(" ".join(str(said).split()))[:300])


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _inner(part: Message) -> list[Message]:
    """The message that came back; of headers alone, those."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [inner for inner in payload if isinstance(inner, Message)]
    return [message_from_bytes(str(payload).encode())]
