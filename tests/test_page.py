"""The HTML page in a real browser: what it shows is what JSON says, and nothing in it runs or is fetched."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import SMTP
from html import unescape
from pathlib import Path

import pytest

from console import ar

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")


class Listener(http.server.BaseHTTPRequestHandler):
    """Remembers what was asked for."""

    asked: list[str] = []  # noqa: RUF012  # one for the module

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path, port: int) -> Path:
    evil = f"<img src=http://127.0.0.1:{port}/img onerror=document.title=1><script>document.title='x'</script>Łódź"
    files = {
        "ledger.yaml": "company: {name: Northwind, email: ar@northwind.example}\ncurrency: EUR\n",
        "customers/ACME.yaml": f"name: {json.dumps(evil)}\ncontacts: [{{email: a@x.example}}]\n",
        "invoices/INV-1.yaml": f"customer: ACME\ndate: 2026-05-01\nterms: net 30\npo: {json.dumps(evil)}\ncurrency: EUR\ntotal: 1234567.89\n",
        "invoices/INV-2.yaml": "customer: ACME\ndate: 2026-06-01\nterms: net 30\ncurrency: JPY\ntotal: 5000\n",
    }
    for path, text in files.items():
        (tmp_path / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ledgers" / path).write_text(text, "utf-8")
    return tmp_path


def shown(page: Path) -> tuple[str, str]:
    """The title a browser has for a page once it has run, and the words on it."""
    assert BROWSER
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'profile'}",
               "--virtual-time-budget=1000", "--dump-dom", page.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title
    body = done.stdout.partition("<body")[2]
    return unescape(title[1]), " ".join(unescape(re.sub(r"<[^>]*>", " ", "<body" + body)).split())


def test_the_page_shows_what_json_says_and_runs_nothing(home: Path) -> None:
    done = ar(["statement", "ACME", "--format", "html", "--output", "page.html"], home)
    assert done.status == 0, done.err
    told = json.loads(ar(["statement", "ACME", "--format", "json"], home).out)
    title, words = shown(home / "page.html")
    assert title.startswith("Statement of account")
    assert "onerror=document.title=1" in words  # it is text
    assert "Łódź" in words
    for section in told["sections"]:
        digits = f"{int(section['closing'].partition('.')[0]):,}"
        assert re.search(re.escape(digits), words)
    assert Listener.asked == []


def test_the_html_of_a_mail_runs_nothing(home: Path) -> None:
    done = ar(["invoice", "send", "INV-1", "--drafts", "out"], home)
    assert done.status == 0, done.err
    message = message_from_bytes((home / "out" / "invoice-INV-1.eml").read_bytes(), policy=SMTP)
    (home / "mail.html").write_text(message.get_body(("html",)).get_content(), "utf-8")
    title, words = shown(home / "mail.html")
    assert title == "Invoice INV-1 from Northwind"
    assert "1,234,567.89 EUR" in words
    assert "onerror=document.title=1" in words
    assert Listener.asked == []
