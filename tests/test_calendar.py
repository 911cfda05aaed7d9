"""Calendar files: another program reads the same days and words from them, and nothing slips in."""

from __future__ import annotations

import datetime as dt
import json
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from arledger.render.calendar import render
from arledger.reports.agenda import Entry
from console import ar

TEXT = st.text(st.sampled_from('aéŻω₹𝄞 ,;:\\"\r\n\t\x85\u2028BEGIN'), max_size=120)
FILES = {
    "ledger.yaml": "company: {name: Northwind Supply Co., email: ar@northwind.example}\ncurrency: EUR\n"
    "bank_accounts:\n  main: {iban: DE02120300000000202051, currency: EUR}\n",
    "customers/ACME.yaml": "name: Ακμή; BEGIN:VEVENT, Ltd\ncontacts: [{email: ap@acme.example}]\n",
    "invoices/INV-1.yaml": "customer: ACME\ndate: 2026-05-01\nterms: net 30\ncurrency: EUR\ntotal: 1000.00\n",
    "invoices/INV-2.yaml": "customer: ACME\ndate: 2026-05-02\nterms: net 30\ncurrency: EUR\ntotal: 300.00\n",
}


def events(data: bytes) -> list[tuple[str, dt.date, str]]:
    """What another program reads: key, day and title."""
    found = Calendar.from_ical(data).walk("VEVENT")
    assert all(not event.errors for event in found)
    return [(str(event["UID"]), event["DTSTART"].dt, str(event["SUMMARY"])) for event in found]


@given(TEXT, TEXT, st.dates(dt.date(1970, 1, 1), dt.date(2199, 12, 31)))
def test_whatever_people_write_is_text(title: str, text: str, day: dt.date) -> None:
    data = render([Entry("K-1", day, title, text, dt.date(2026, 1, 1))], "x.example")
    assert max(map(len, data.split(b"\r\n"))) <= 75
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event["DTSTART"].dt == day
    assert event["DTEND"].dt == day + dt.timedelta(1)
    shown = ["".join(c for c in line if c.isprintable()) for line in text.splitlines()]
    assert str(event["DESCRIPTION"]) == "\n".join(shown)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ledgers" / path).write_text(text, "utf-8")
    return tmp_path


def test_promises_and_instalments_by_day(home: Path) -> None:
    for command in (
        ["promise", "new", "ACME", "--item", "INV-2", "--amount", "300.00", "--due", "2026-07-08", "--yes"],
        ["plan", "new", "ACME", "--item", "INV-1", "--in", "3", "--first", "2026-07-15", "--yes"],
    ):
        done = ar(command, home)
        assert done.status == 0, done.err
    name = "Ακμή; BEGIN:VEVENT, Ltd"
    (promise,) = events(ar(["promise", "list", "--format", "ics"], home).out.encode())
    assert promise == (
        "ACME-2026-06-30-P1@northwind.example", dt.date(2026, 7, 8), f"{name}: 300.00 EUR promised"
    )  # fmt: skip
    assert events(ar(["promise", "list", "--state", "broken", "--format", "ics"], home).out.encode()) == []
    shown = json.loads(ar(["plan", "show", "ACME", "--format", "json"], home).out)["rows"]
    for command in (["plan", "show", "ACME"], ["plan", "list"]):
        found = events(ar([*command, "--format", "ics"], home).out.encode())
        assert [(str(day), title) for _, day, title in found] == [
            (row["due"], f"{name}: {row['amount']} EUR, instalment {row['instalment']} of 3") for row in shown
        ]
    ar(["payment", "new", "--customer", "ACME", "--amount", "400.00", "--apply", "INV-1", "--yes"], home)
    left = events(ar(["plan", "show", "ACME", "--format", "ics"], home).out.encode())
    assert [title for _, _, title in left] == [
        f"{name}: 266.66 EUR, instalment 2 of 3", f"{name}: 333.34 EUR, instalment 3 of 3"
    ]  # fmt: skip


def test_the_mail_of_a_plan_and_a_settlement_brings_its_days(home: Path) -> None:
    for command in (
        ["plan", "new", "ACME", "--item", "INV-1", "--in", "2", "--first", "2026-07-15", "--yes"],
        ["settle", "new", "ACME", "--item", "INV-2", "--amount", "250.00", "--expires", "2026-07-31", "--yes"],
        ["invoice", "send", "ACME-2026-06-30-PL1", "ACME-2026-06-30-S1", "INV-1", "--drafts", "out"],
    ):
        done = ar(command, home)
        assert done.status == 0, done.err
    found = {}
    for path in (home / "out").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=SMTP)
        files = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
        found[path.stem] = [events(data) for name, data in files.items() if name.endswith(".ics")]
    assert found["invoice-INV-1"] == []
    (plan,), (settlement,) = (
        found[f"{kind}-ACME-2026-06-30-{n}"] for kind, n in (("plan", "PL1"), ("settlement", "S1"))
    )
    assert [(str(day), title) for _, day, title in plan] == [
        ("2026-07-15", "Northwind Supply Co.: 500.00 EUR"), ("2026-08-15", "Northwind Supply Co.: 500.00 EUR")
    ]  # fmt: skip
    assert [(str(day), title) for _, day, title in settlement] == [("2026-07-31", "Northwind Supply Co.: 250.00 EUR")]
