"""A real mail server that goes wrong as it is told to, books to send from, and what became of each mail."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from console import ar

CUSTOMERS = ("ACME", "BOLT", "CARGO")


class Server:
    """A real SMTP server. `faults` says, by address, what goes wrong at each try, one after the other."""

    def __init__(self, faults: Mapping[str, list[str]], **more: Any) -> None:
        self.faults = {to: list(script) for to, script in faults.items()}
        self.taken: list[tuple[str, EmailMessage]] = []  # what arrived, whether we were told or not
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **more)
        self.stalled = threading.Event()

    def __enter__(self) -> Server:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop(no_assert=True)

    def _fault(self, to: str, where: str) -> str:
        script = self.faults.get(to, [])
        return script.pop(0) if script and script[0].startswith(where) else ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:  # noqa: ARG002, N802
        fault = self._fault(to, "rcpt")
        if fault == "rcpt-drop":
            server.transport.abort()
        if fault == "rcpt-stall":
            self.stalled.set()
            await asyncio.sleep(30)
        if fault == "rcpt-no":
            return "550 5.1.1 no such person"
        if fault == "rcpt-later":
            return "450 4.2.0 mailbox busy"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        fault = self._fault(envelope.rcpt_tos[0], "data")
        if fault == "data-no":
            return "554 5.7.1 looks like spam"
        if fault == "data-later":
            return "451 4.3.0 disk is full"
        self.taken += [(to, message_from_bytes(envelope.content, policy=SMTP)) for to in envelope.rcpt_tos]
        if fault == "data-drop":
            server.transport.abort()
        if fault == "data-stall":
            self.stalled.set()
            await asyncio.sleep(30)
        return "250 2.0.0 queued"


def books(home: Path, port: int) -> Path:
    files = {
        "ledger.yaml": "company: {name: Northwind Supply Co., email: ar@northwind.example}\ncurrency: EUR\n"
        f"mail: {{per_minute: 60000, smtp: {{host: 127.0.0.1, port: {port}, security: none, timeout: 1}}}}\n",
        **{
            f"customers/{name}.yaml": f'name: "{name} & <b>Söhne</b>"\ncontacts: [{{email: {name.lower()}@x.example}}]\n'
            for name in CUSTOMERS
        },
        **{
            f"invoices/INV-{name}.yaml": f"customer: {name}\ndate: 2026-06-01\nterms: net 30\ncurrency: EUR\ntotal: 1234.50\n"
            for name in CUSTOMERS
        },
    }  # fmt: skip
    for path, text in files.items():
        (home / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "ledgers" / path).write_text(text, "utf-8")
    return home


def states(home: Path) -> dict[str, str]:
    rows = json.loads(ar(["outbox", "list", "--format", "json"], home).out)["rows"]
    return {row["customer"]: row["state"] for row in rows}


def contacts(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "ledgers").glob("contacts/*/*.yaml"))
