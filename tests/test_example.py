"""The living example: made by its script, sound by every check, and shown in the docs as it is."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import docs_output
import make_example
from console import ar

ROOT = Path(__file__).resolve().parents[1]
INBOX = "ledgers/inbox/bank-2026-06.csv"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a copy of the example."""
    shutil.copytree(ROOT / "ledgers", tmp_path / "ledgers")
    return tmp_path


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_the_script_makes_the_same_bytes(tmp_path: Path) -> None:
    make_example.make(tmp_path)
    assert _files(tmp_path) == _files(ROOT / "ledgers"), "run python scripts/make_example.py"


def test_it_passes_every_check(home: Path) -> None:
    done = ar(["check"], home)
    assert (done.status, done.err) == (0, "")
    assert "closed through 2026-04-30" in done.out


def test_it_holds_what_a_year_holds(home: Path) -> None:
    found = Counter(path.relative_to(home / "ledgers").parts[0] for path in (home / "ledgers").rglob("*.yaml"))
    assert 140 <= found["invoices"] <= 170
    assert 12 <= found["customers"] <= 16
    for kind in ("payments", "credit-notes", "applications", "reversals", "refunds", "write-offs", "periods"):
        assert found[kind], kind
    texts = "\n".join(path.read_text("utf-8") for path in (home / "ledgers").rglob("*.yaml"))
    for sign in ("instalments:", "discount: ", "void: true", "kind: debit-note", "kind: return", "kind: unapply",
                 "currency: EUR", "method: check", "method: card"):  # fmt: skip
        assert sign in texts, sign
    assert any("customer:" not in path.read_text("utf-8") for path in (home / "ledgers" / "payments").rglob("*.yaml"))


@pytest.mark.parametrize("day", ["2025-07-31", "2025-12-31", "2026-04-30", "2026-06-30", "2027-01-01"])
def test_it_foots_on_any_day(home: Path, day: str) -> None:
    report = json.loads(ar(["aging", "--as-of", day, "--format", "json"], home).out)
    for total in report["totals"]:
        rows = [row for row in report["rows"] if row["currency"] == total["currency"]]
        assert sum(Decimal(row["total"]) for row in rows) == Decimal(total["total"])


def test_the_bank_file_is_a_real_mix(home: Path) -> None:
    command = ["apply-payments", INBOX, "--account", "main", "--yes", "--format", "json"]
    first = json.loads(ar(command, home).out)
    results = {(line["class"], line["status"]) for line in first["payments"]}
    assert {("exact", "posted"), ("discount", "posted"), ("short", "posted"), ("tolerance", "posted"),
            ("duplicate", "skipped"), ("duplicate", "review"), ("unidentified", "review")} <= results  # fmt: skip
    assert any(len(line["applied"]) > 1 for line in first["payments"])
    again = json.loads(ar(command, home).out)
    assert (again["posted"], again["review"]) == (0, first["review"])
    assert ar(["check"], home).status == 0


@pytest.mark.parametrize("page", list(docs_output.pages()), ids=lambda page: str(page.relative_to(ROOT)))
def test_docs_show_what_the_program_prints(page: Path) -> None:
    assert docs_output.rewritten(page) == page.read_text("utf-8"), "run python scripts/docs_output.py, read the diff"
