"""Mail against a real server that misbehaves: nothing is sent twice, nothing is lost, nothing is slipped in."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.errors import ImportFileError, UsageError
from arledger.importers.einvoice import read as read_invoice
from arledger.mail.bounces import read
from arledger.mail.message import Letter, address, compose
from arledger.render import child
from arledger.render.mail_text import Writer
from arledger.reports.paper import Paper
from arledger.store.templates import templates
from console import Done, ar, environment
from mail_server import CUSTOMERS, Server, books, contacts, states


@pytest.fixture
def server() -> Iterator[Server]:
    with Server({}) as running:
        yield running


def sends(home: Path, *more: str) -> Done:
    return ar(["invoice", "send", "--all", "--send", "--yes", "--format", "json", *more], home)


def test_an_invoice_goes_out_once_with_text_html_and_pdf(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    assert json.loads(sends(home, "--dry-run").out)["counts"] == {"to send": 3}
    assert server.taken == []
    first = sends(home)
    assert first.status == 0, first.err
    assert json.loads(first.out)["counts"] == {"sent": 3}
    to, message = server.taken[0]
    assert to == "acme@x.example"
    assert message["Subject"] == "Invoice INV-ACME from Northwind Supply Co."
    assert message["Date"].datetime.date() == date(2026, 6, 30)
    text, html = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    assert "over 1,234.50 EUR" in text
    assert "<b>Söhne" not in html
    assert "ACME &amp; &lt;b&gt;Söhne" in html
    (pdf,) = message.iter_attachments()
    assert pdf.get_filename() == "invoice-INV-ACME.pdf"
    assert pdf.get_content().startswith(b"%PDF")
    assert len(contacts(home)) == 3
    assert ar(["check"], home).status == 0
    again = sends(home)
    assert json.loads(again.out)["counts"] == {"sent before": 3}
    assert len(server.taken) == 3
    assert json.loads(sends(home, "--key", "second").out)["counts"] == {"sent": 3}  # wanted twice
    assert len(server.taken) == 6


def test_who_wants_e_invoices_gets_one_that_keeps_the_rules(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    ledger = home / "ledgers" / "ledger.yaml"
    who = "company: {name: Northwind Supply Co., email: ar@northwind.example, country: DE, tax_id: DE811907980,"
    more = f"{who} contact: Jo, phone: '+49 40 5550 142', address: [Weg 1, 10115 Berlin]}}"
    text = ledger.read_text("utf-8").replace("company: {name: Northwind Supply Co., email: ar@northwind.example}", more)
    ledger.write_text(f"{text}bank_accounts:\n  main: {{iban: DE02120300000000202051, currency: EUR}}\n", "utf-8")
    for name, added in (
        ("ACME", "einvoice: en16931\ncountry: DE\n"), ("BOLT", "einvoice: xrechnung\ncountry: DE\n"),
        ("CARGO", "einvoice: xrechnung\ncountry: DE\nbuyer_reference: 11-2\naddress: [Kai 2, 20457 Hamburg]\n"),
    ):  # fmt: skip
        customer = home / "ledgers" / "customers" / f"{name}.yaml"
        customer.write_text(customer.read_text("utf-8") + added, "utf-8")
    preview = json.loads(sends(home, "--dry-run").out)
    assert preview["counts"] == {"to send": 2, "not valid": 1}
    assert "BR-DE-8" in next(row["reason"] for row in preview["rows"] if row["customer"] == "BOLT")
    done = sends(home)
    assert done.status == 1
    assert json.loads(done.out)["counts"] == {"sent": 2, "not valid": 1}
    files = {
        to: {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
        for to, message in server.taken
    }
    assert {to: list(found) for to, found in files.items()} == {
        "acme@x.example": ["invoice-INV-ACME.pdf"], "cargo@x.example": ["invoice-INV-CARGO.pdf", "invoice-INV-CARGO.xml"],
    }  # fmt: skip
    for data in (files["acme@x.example"]["invoice-INV-ACME.pdf"], files["cargo@x.example"]["invoice-INV-CARGO.xml"]):
        assert read_invoice(data, "x").payable == 123450
    customer = home / "ledgers" / "customers" / "BOLT.yaml"
    customer.write_text(
        customer.read_text("utf-8") + "buyer_reference: 11-3\naddress: [Kai 2, 20457 Hamburg]\n", "utf-8"
    )
    assert json.loads(sends(home).out)["counts"] == {"sent before": 2, "sent": 1}


def test_nothing_goes_out_again_when_the_outbox_was_thrown_away(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    sends(home)
    subprocess.run(["rm", "-r", str(home / ".ar")], check=True)
    assert json.loads(sends(home).out)["counts"] == {"sent before": 3}
    assert len(server.taken) == 3


def test_statements_go_out_once_a_day(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    command = ["statement", "--all", "--send", "--yes", "--format", "json"]
    assert json.loads(ar(command, home).out)["counts"] == {"sent": 3}
    assert json.loads(ar(command, home).out)["counts"] == {"sent before": 3}
    assert json.loads(ar([*command, "--as-of", "2026-07-31"], home).out)["counts"] == {"sent": 3}
    assert server.taken[0][1]["Subject"] == "Your statement of account with Northwind Supply Co., 30 Jun 2026"
    assert len(server.taken) == 6


def test_what_is_refused_is_told_and_not_tried_again(tmp_path: Path) -> None:
    with Server({"bolt@x.example": ["rcpt-no"], "cargo@x.example": ["data-later"]}) as server:
        home = books(tmp_path, server.port)
        first = sends(home)
        assert first.status == 1
        reasons = {row["customer"]: (row["state"], row["reason"]) for row in json.loads(first.out)["rows"]}
        assert reasons["BOLT"] == ("refused", "550 5.1.1 no such person")
        assert reasons["CARGO"] == ("to send", "451 4.3.0 disk is full")
        assert len(contacts(home)) == 1
        assert ar(["outbox", "send", "--yes"], home).status == 0
        assert states(home) == {"ACME": "sent", "BOLT": "refused", "CARGO": "sent"}
        assert [to for to, _ in server.taken] == ["acme@x.example", "cargo@x.example"]


@pytest.mark.parametrize("fault", ["data-drop", "data-stall"])
def test_without_an_answer_it_is_doubtful_and_never_sent_twice(tmp_path: Path, fault: str) -> None:
    with Server({"bolt@x.example": [fault]}) as server:
        home = books(tmp_path, server.port)
        assert sends(home).status == 1
        assert states(home) == {"ACME": "sent", "BOLT": "doubtful", "CARGO": "sent"}
        assert sends(home).status == 1
        assert ar(["outbox", "send", "--yes"], home).status == 0
        assert Counter(to for to, _ in server.taken) == {f"{name.lower()}@x.example": 1 for name in CUSTOMERS}
        key = next(
            row["key"] for row in json.loads(ar(["outbox", "list", "--left", "--format", "json"], home).out)["rows"]
        )
        assert ar(["outbox", "settle", key[:8], "--as", "sent"], home).status == 0
        assert len(contacts(home)) == 3
        assert states(home)["BOLT"] == "sent"


@pytest.mark.parametrize(("fault", "left"), [("rcpt-stall", "ready"), ("data-stall", "doubtful")])
def test_a_killed_run_is_taken_up_where_it_was(tmp_path: Path, fault: str, left: str) -> None:
    with Server({"bolt@x.example": [fault]}) as server:
        home = books(tmp_path, server.port)
        ledger = home / "ledgers" / "ledger.yaml"
        ledger.write_text(ledger.read_text().replace("timeout: 1", "timeout: 20"))
        command = [sys.executable, "-m", "arledger", "invoice", "send", "--all", "--send", "--yes"]
        (tmp_path / "tmp").mkdir()
        env = environment(TMPDIR=str(tmp_path / "tmp"))
        process = subprocess.Popen(command, cwd=home, env=env, stdout=subprocess.DEVNULL)
        assert server.stalled.wait(20)
        assert list((tmp_path / "tmp").iterdir())
        process.send_signal(signal.SIGKILL)
        process.wait()
        for _ in range(100):  # what made its papers ends by itself, and leaves nothing
            if not list((tmp_path / "tmp").iterdir()):
                break
            time.sleep(0.1)
        assert not list((tmp_path / "tmp").iterdir())
        assert states(home) == {"ACME": "sent", "BOLT": left}
        assert contacts(home) == []  # told by the next run
        after = sends(home)
        assert after.status == (left == "doubtful")
        assert Counter(to for to, _ in server.taken) == {f"{name.lower()}@x.example": 1 for name in CUSTOMERS}
        assert len(contacts(home)) == (2 if left == "doubtful" else 3)


FAULTS = st.lists(
    st.sampled_from(["rcpt-no", "rcpt-later", "rcpt-drop", "data-no", "data-later", "data-drop"]), max_size=3
)


@settings(max_examples=4)
@given(
    scripts=st.fixed_dictionaries({f"{name.lower()}@x.example": FAULTS for name in CUSTOMERS}), tries=st.integers(1, 3)
)
def test_nothing_twice_and_nothing_lost(tmp_path_factory: pytest.TempPathFactory, scripts: Any, tries: int) -> None:
    with Server(scripts) as server:
        home = books(tmp_path_factory.mktemp("mail"), server.port)
        for _ in range(tries):
            sends(home)
        arrived = Counter(to for to, _ in server.taken)
        assert max(arrived.values(), default=0) <= 1
        for name, state in states(home).items():
            came = arrived[f"{name.lower()}@x.example"]
            assert came == {"sent": 1, "ready": 0, "refused": 0}.get(state, came)
        assert set(states(home)) == set(CUSTOMERS)
        assert len(contacts(home)) == list(states(home).values()).count("sent")


def test_two_at_once_send_once(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    command = [sys.executable, "-m", "arledger", "invoice", "send", "--all", "--send", "--yes"]
    both = [subprocess.Popen(command, cwd=home, env=environment(), stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(server.taken) == 3
    assert len(contacts(home)) == 3


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home = books(tmp_path, port)
    done = sends(home)
    assert done.status == 7
    assert "cannot be reached" in done.err
    assert states(home)["ACME"] == "ready"
    with Server({}) as server:
        ledger = home / "ledgers" / "ledger.yaml"
        ledger.write_text(ledger.read_text().replace(f"port: {port}", f"port: {server.port}"))
        assert json.loads(sends(home).out)["counts"] == {"sent": 3}


def test_the_rate_is_kept(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    ledger = home / "ledgers" / "ledger.yaml"
    ledger.write_text(ledger.read_text().replace("per_minute: 60000", "per_minute: 120"))
    begun = time.monotonic()
    assert sends(home).status == 0
    assert time.monotonic() - begun >= 1.0  # half a second between each two of three


def test_drafts_are_the_same_bytes_and_go_nowhere(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    first = ar(["invoice", "send", "INV-ACME", "--drafts", "a"], home)
    assert first.status == 0, first.err
    assert ar(["invoice", "send", "INV-ACME", "--drafts", "b"], home).status == 0
    one, two = ((home / folder / "invoice-INV-ACME.eml").read_bytes() for folder in "ab")
    assert one == two
    assert message_from_bytes(one)["X-Unsent"] == "1"
    shown = ar(["invoice", "show", "INV-ACME", "--format", "eml", "--output", "c.eml"], home)
    assert shown.status == 0, shown.err
    assert server.taken == []
    assert contacts(home) == []


def test_a_bounce_is_read(tmp_path: Path, server: Server) -> None:
    home = books(tmp_path, server.port)
    sends(home)
    sent = server.taken[0][1]
    (home / "back.eml").write_text(
        "From: postmaster@x.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        "--B\nContent-Type: text/plain\n\nSorry.\n--B\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; acme@x.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 gone\n\n--B\nContent-Type: message/rfc822\n\n"
        f"Message-ID: {sent['Message-ID']}\nSubject: x\n\nbody\n--B--\n"
    )
    done = ar(["outbox", "bounce", "back.eml"], home)
    assert done.status == 0, done.err
    assert states(home)["ACME"] == "refused"
    assert "550 5.1.1 gone" in done.out
    assert read(b"Subject: holiday\n\nI am away.\n") is None


# What is slipped in

HOSTILE = st.text(st.sampled_from("aé\r\n\t:,;<>\"'@\0\x85\u2028 Bcc"), max_size=40)


@given(name=HOSTILE, subject=HOSTILE, company=HOSTILE)
def test_no_header_and_no_recipient_is_added(name: str, subject: str, company: str) -> None:
    sender = f'"{company.translate({34: None, 92: None, 10: None, 13: None})}" <ar@northwind.example>'
    letter = Letter("x", "ACME", name, "ap@acme.example", subject, "text\n", "<p>text</p>\n")
    try:
        message = compose(letter, sender, key="k", when=datetime(2026, 1, 1, tzinfo=UTC))
    except UsageError:  # a company name that makes no sender is refused
        return
    found = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert found.keys() == [
        "From",
        "To",
        "Subject",
        "Message-ID",
        "Date",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    ]
    assert [a.addr_spec for a in found["To"].addresses] == ["ap@acme.example"]
    assert [a.addr_spec for a in found["From"].addresses] == ["ar@northwind.example"]


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@", "a@b c", "a@b,c@d", "a@b\r\nBcc: c@d", "<a@b>", "a@b>\n", "ä@b.example", "a" * 65 + "@b", "a@-b"],
)
def test_no_address(text: str) -> None:
    with pytest.raises(UsageError):
        address(text)


# Templates that mean harm


def filled(source: str, seconds: float = 5, name: str = "mail/en/invoice.txt") -> str:
    files = {**templates("/nonexistent").package, name: source.encode()}
    words = templates("/nonexistent").words("en")
    company = {"name": "N", "address": [], "phone": ""}
    data = {**dict.fromkeys(("po", "date", "total", "currency", "due"), ""), "to": {"name": "<b>"}, "company": company}
    data |= {"color": "#000000", "number": "1", "discounts": [], "pay": {"by": "transfer"}}
    with Writer(files, child.Job("arledger.render.jinja_job", seconds, 500)) as writer:
        try:
            return writer.write(Paper("invoice", "x", "ACME", date(2026, 1, 1), "en", data), words).html
        except ImportFileError as error:
            return str(error)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "takes longer than 1 seconds",
        ),
        ("{% for a in range(10**9) %}x{% endfor %}", "Range too big"),
        ("{{ 'x' * 10 ** 10 }}", "memory"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ company | attr('__class__') }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "/etc/passwd"),
        ("{% include '../../../../etc/passwd' %}", "passwd"),
        ("{{ nothing }}", "templates/mail/en/invoice.txt:1:1: bad-template: 'nothing' is undefined"),
        ("a\n\n{% if %}", "templates/mail/en/invoice.txt:3:1: bad-template: Expected an expression"),
        ("{{ 1 / 0 }}", "division by zero"),
    ],
)
def test_a_hostile_template_is_stopped(source: str, said: str) -> None:
    assert said in filled(source, 1)


def test_html_is_escaped() -> None:
    assert re.search(r"Dear &lt;b&gt;", filled("Hello\n\nDear {{ to.name }}"))
    assert "&lt;b&gt;" in filled("{{ to.name }}", name="mail/page.html")


def test_notices_go_out_with_their_letter(tmp_path: Path) -> None:
    with Server({"bolt@x.example": ["rcpt-no"]}) as server:
        home = books(tmp_path, server.port)
        ledger = home / "ledgers" / "ledger.yaml"
        ledger.write_text(
            ledger.read_text() + "notices:\n  procedures:\n    standard:\n      levels:\n        - {days: 10}\n"
        )
        command = ["notices", "run", "--date", "2026-07-20", "--send", "--yes", "--format", "json"]
        without = [part for part in command if part != "--send"]
        assert ar(without, home, environment(AR_TODAY="2026-07-20")).status == 0
        assert server.taken == []  # posted, and mailed by the next run
        done = ar(command, home, environment(AR_TODAY="2026-07-20"))
        assert done.status == 1
        assert "550 5.1.1 no such person" in done.err
        json.loads(done.out)  # the result is that of the run alone
        assert sorted(to for to, _ in server.taken) == ["acme@x.example", "cargo@x.example"]
        message = server.taken[0][1]
        assert "1,234.50 EUR" in message["Subject"]
        assert "INV-ACME" in message.get_body(("plain",)).get_content()
        assert next(message.iter_attachments()).get_content().startswith(b"%PDF")
        assert ar(["check"], home).status == 0
        again = ar(command, home, environment(AR_TODAY="2026-07-20"))
        assert again.status == 1  # what did not go out is tried again, what went is not
        assert "sent before" in again.err
        assert len(server.taken) == 2
