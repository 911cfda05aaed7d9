"""`ar verify`: what was made from the books is made again from them, whatever came after; what was changed is told."""

from __future__ import annotations

import importlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from arledger.cli import verify
from arledger.cli.commands import COMMANDS as COMMAND_TABLE
from console import ar, environment

LEDGER = "company: {name: Northwind Supply Co.}\ncurrency: EUR\nbank_accounts:\n  main: {iban: DE02120300000000202051, currency: EUR}\n"


def commit(home: Path) -> None:
    for command in (["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], cwd=home, env=environment(), check=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    files = {
        "ledger.yaml": LEDGER, "customers/ACME.yaml": "name: Acme <b>\n", "customers/BOLT.yaml": "name: Bolt\n",
        "invoices/I-1.yaml": "customer: ACME\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\ntotal: 1234.50\n",
        "invoices/I-2.yaml": "customer: BOLT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\ntotal: 10.00\n",
    }  # fmt: skip
    for path, text in files.items():
        (tmp_path / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ledgers" / path).write_text(text, "utf-8")
    (tmp_path / ".gitignore").write_text(".ar/\n*.json\n*.html\n*.pdf\nout/\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, env=environment(), check=True)
    commit(tmp_path)
    return tmp_path


COMMANDS = {
    "statement": ["statement", "ACME", "--style", "activity"], "aging": ["aging"], "open": ["open", "--customer", "ACME"],
    "invoice": ["invoice", "show", "I-1"], "rollforward": ["report", "rollforward", "--from", "2026-05-01", "--to", "2026-05-31"],
}  # fmt: skip


def made(home: Path, name: str, kind: str) -> str:
    file = f"{name}.{kind}"
    done = ar([*COMMANDS[name], "--format", kind, "--output", file], home)
    assert done.status == 0, done.err
    return file


@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, kind) for name in COMMANDS for kind in ("json", "html")), ("statement", "pdf"), ("invoice", "pdf")],
)
def test_what_was_made_stays_what_the_books_gave(home: Path, name: str, kind: str) -> None:
    file = made(home, name, kind)
    paid = (
        "customer: ACME\ndate: 2026-05-20\ncurrency: EUR\napplied:\n  - {item: I-1, amount: 200.00}\namount: 200.00\n"
    )
    (home / "ledgers" / "payments").mkdir()
    (home / "ledgers" / "payments" / "P-1.yaml").write_text(paid)  # comes later, dated before
    commit(home)
    done = ar(["verify", file], home, environment(AR_TODAY="2027-01-01"))
    assert done.status == 0, done.out + done.err
    assert f"{file} is what " in done.out


def test_what_is_made_before_it_is_committed(home: Path) -> None:
    paid = "customer: ACME\ndate: 2026-05-20\ncurrency: EUR\namount: 200.00\n"
    (home / "ledgers" / "payments").mkdir()
    (home / "ledgers" / "payments" / "P-1.yaml").write_text(paid)
    file = made(home, "statement", "pdf")
    assert "what the ledger as it is now gives" in ar(["verify", file], home).out
    (home / "ledgers" / "payments" / "P-1.yaml").write_text(paid.replace("200", "300"))
    done = ar(["verify", file], home)
    assert done.status == 1
    assert "200.00" in done.out
    assert "300.00" in done.out


def test_a_changed_figure_is_told(home: Path) -> None:
    file = made(home, "statement", "json")
    told = json.loads((home / file).read_text())
    told["sections"][0]["closing"] = "1134.50"
    (home / file).write_text(json.dumps(told))
    done = ar(["verify", file], home)
    assert done.status == 1
    assert [line.split() for line in done.out.splitlines()][-1] == ["sections[0].closing", '"1134.50"', '"1234.50"']
    page = made(home, "statement", "html")
    text = (home / page).read_text()
    (home / page).write_text(text.replace("1,234.50", "1,134.50"))
    done = ar(["verify", page], home)
    assert done.status == 1
    assert "<" not in done.out
    assert "1,134.50" in done.out
    paper = made(home, "statement", "pdf")
    (home / paper).write_bytes((home / paper).read_bytes() + b"\n% changed\n")
    done = ar(["verify", paper], home)
    assert done.status == 1
    assert "the same words, other bytes" in done.out


def test_an_e_invoice_in_a_pdf(home: Path) -> None:
    ledger = home / "ledgers" / "ledger.yaml"
    who = "company: {name: Northwind Supply Co., country: DE, tax_id: DE811907980, address: [Weg 1, 10115 Berlin]}"
    ledger.write_text(LEDGER.replace("company: {name: Northwind Supply Co.}", who))
    (home / "ledgers" / "customers" / "ACME.yaml").write_text("name: Acme\ncountry: DE\n")
    commit(home)
    done = ar(["invoice", "show", "I-1", "--format", "facturx", "--output", "f.pdf"], home)
    assert done.status == 0, done.err
    assert ar(["verify", "f.pdf"], home).status == 0
    (home / "ledgers" / "customers" / "ACME.yaml").write_text("name: Acme Inc.\ncountry: DE\n")
    done = ar(["verify", "f.pdf"], home)
    assert done.status == 1
    assert "Acme Inc." in done.out


def test_each_of_many_statements_verifies(home: Path) -> None:
    done = ar(["statement", "--all", "--format", "pdf", "--output", "out"], home)
    for file in done.out.split():
        assert ar(["verify", file], home).status == 0


@pytest.mark.parametrize(
    "made_by",
    [None, 5, {}, {"command": "invoice new"}, {"command": "nothing"}, {"command": "aging", "as_of": ["x"], "no": 1},
     {"command": "statement", "customer": "ACME", "style": "evil"}, {"command": "init"}, {"command": "close"},
     {"command": "statement", "customer": {"a": 1}}, {"command": "outbox send"}, {"command": "verify", "file": "x"}],
)  # fmt: skip
def test_a_file_cannot_ask_for_anything_else(home: Path, made_by: object) -> None:
    file = made(home, "aging", "json")
    told = json.loads((home / file).read_text())
    told["provenance"]["made"] = made_by
    (home / file).write_text(json.dumps(told))
    before = sorted(str(path) for path in (home / "ledgers").rglob("*"))
    assert ar(["verify", file], home).status in (1, 2)
    assert sorted(str(path) for path in (home / "ledgers").rglob("*")) == before


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"%PDF-1.7", b"<!doctype html><p>", b"a,b\n", b"\xff\xfe", b"[" * 9999]
)
def test_a_file_that_does_not_say(home: Path, data: bytes) -> None:
    (home / "x").write_bytes(data)
    done = ar(["verify", "x"], home)
    assert done.status == 2
    assert "does not say where it comes from" in done.err


def test_every_command_that_shows_is_made_again() -> None:
    """Those of the parts of a group too, such as `ar report sales`."""

    def leaves(name: str, command: Any) -> Iterator[str]:
        if hasattr(command, "commands"):
            for sub, below in command.commands.items():
                yield from leaves(f"{name} {sub}", below)
        elif getattr(command.callback, "shows", False):
            yield name

    shown = [
        full for name, entry in COMMAND_TABLE.items()
        for full in leaves(name, get_command(importlib.import_module(f"arledger.cli.{entry.module}").app))
    ]  # fmt: skip
    assert {"aging", "report credit", "report sales", "report rollforward"} <= set(shown)
    for name in shown:
        assert verify._command({"command": name})[0], name


def test_the_page_of_a_pack(home: Path) -> None:
    env = environment(AR_TODAY="2026-06-15")
    assert ar(["report", "month-end", "--as-of", "2026-05-31", "--output", "out"], home, env).status == 0
    page = home / "out" / "month-end-2026-05.html"
    assert ar(["verify", str(page)], home, environment(AR_TODAY="2027-01-01")).out.endswith("Nothing differs.\n")
    page.write_text(page.read_text("utf-8").replace("1,244.50", "1,244.60", 1), "utf-8")
    done = ar(["verify", str(page)], home, env)
    assert (done.status, "1,244.60" in done.out) == (1, True)
