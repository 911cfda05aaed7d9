"""The outbox: what became of every mail, so that none is sent twice and none is lost, whatever happens in between.

A message is written down whole before a server is asked to take it. Just before the server is told that it is
complete, it is marked `doubtful`; the server's answer makes it `sent` or `refused`. So after a crash a `ready` message
has certainly not gone out, and a `doubtful` one may have: it is never sent again unless a person says so.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Literal

State = Literal["ready", "doubtful", "sent", "refused", "told"]


@dataclass(frozen=True)
class Entry:
    """One mail and what became of it. `told`: it was sent, and the books tell of it."""

    key: str
    state: State
    document: str
    customer: str
    item: str  # the invoice or other item it brings; "" for a statement
    recipient: str
    sender: str
    subject: str
    message_id: str
    date: str  # YYYY-MM-DD, of the business: the day the contact is dated
    reason: str = ""
    statement: str = ""  # YYYY-MM-DD, the day a statement of account is of


class Outbox:
    """The outbox in a folder, which is made when something is put in."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, by date, then document."""
        names = os.listdir(self._folder) if os.path.isdir(self._folder) else []
        found = [self.find(name.removesuffix(".json")) for name in names if name.endswith(".json")]
        return iter(sorted((entry for entry in found if entry), key=lambda e: (e.date, e.document, e.recipient)))

    def find(self, key: str) -> Entry | None:
        """What became of the mail with this key; None when there was none."""
        try:
            with open(self._path(key, "json"), encoding="utf-8") as file:
                return Entry(**json.load(file))
        except FileNotFoundError:
            return None

    def put(self, entry: Entry, message: bytes) -> None:
        """Writes a message down as `ready`."""
        self._write(self._path(entry.key, "eml"), message)
        self._save(entry)

    def message(self, entry: Entry) -> bytes:
        """The message as it was written down."""
        with open(self._path(entry.key, "eml"), "rb") as file:
            return file.read()

    def holds(self, entry: Entry) -> bool:
        """Whether the message is still there as it was written down."""
        return os.path.exists(self._path(entry.key, "eml"))

    def mark(self, entry: Entry, state: State, reason: str = "") -> Entry:
        """The entry with what became of it now, written down. Once the books tell of it, its text is let go."""
        changed = replace(entry, state=state, reason=reason)
        self._save(changed)
        if state == "told":
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path(entry.key, "eml"))
        return changed

    def _path(self, key: str, ending: str) -> str:
        return os.path.join(self._folder, f"{key}.{ending}")

    def _save(self, entry: Entry) -> None:
        self._write(self._path(entry.key, "json"), json.dumps(asdict(entry), ensure_ascii=False, indent=1).encode())

    def _write(self, path: str, data: bytes) -> None:
        """A file, whole and on the disk when this returns, or not at all."""
        os.makedirs(self._folder, exist_ok=True)
        temporary = f"{path}.{os.getpid()}.new"
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
