"""What git merges without a word and the books do not bear: found on real branches, with both facts, commits and
authors (INVARIANTS §2, row 15)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from console import ar, environment

TODAY = environment(AR_TODAY="2026-06-30")
JO = {"GIT_AUTHOR_NAME": "Jo Reyes", "GIT_AUTHOR_EMAIL": "jo@northwind.example"}
MARIA = {"GIT_AUTHOR_NAME": "Maria Lopez", "GIT_AUTHOR_EMAIL": "maria@northwind.example"}

HEAD = "customer: ACME\ndate: 2026-06-0{day}\ncurrency: EUR\n"
BEFORE = {
    "ledger.yaml": "company: {name: Northwind Supply Co.}\ncurrency: EUR\nbank_accounts: {main: {currency: EUR}}\n",
    "customers/ACME.yaml": "name: Acme\ncredit_limit: 1000.00\n",
    "invoices/2026-04/INV-1.yaml": "customer: ACME\ndate: 2026-04-01\ndue: 2026-05-01\ncurrency: EUR\ntotal: 100.00\n",
    "invoices/2026-04/INV-2.yaml": "customer: ACME\ndate: 2026-04-02\ndue: 2026-05-02\ncurrency: EUR\ntotal: 100.00\n",
    "payments/2026-04/PAY-1.yaml": "customer: ACME\ndate: 2026-04-03\ncurrency: EUR\namount: 100.00\n",
    "payments/2026-04/PAY-2.yaml": "customer: ACME\ndate: 2026-04-03\ncurrency: EUR\napplied:\n"
    "  - {item: INV-2, amount: 100.00}\namount: 100.00\n",
}


def head(day: int) -> str:
    return HEAD.format(day=day)


def payment(day: int, item: str = "", line: str = "") -> str:
    bank = f"bank: {{account: main, line: {line}}}\n" if line else ""
    applied = f"applied:\n  - {{item: {item}, amount: 100.00}}\n" if item else ""
    return f"{head(day)}{bank}{applied}amount: 100.00\n"


def application(day: int, item: str) -> str:
    return f"{head(day)}credit: PAY-1\napplied:\n  - {{item: {item}, amount: 100.00}}\namount: 100.00\n"


def write_off(day: int) -> str:
    return f"{head(day)}item: INV-1\nreason: given up\namount: 100.00\n"


def credit_note(day: int) -> str:
    return f"{head(day)}against: INV-1\napplied:\n  - {{item: INV-1, amount: 100.00}}\nreason: damaged\ntotal: 100.00\n"


def reversal(day: int, of: str) -> str:
    return f"of: {of}\ndate: 2026-06-0{day}\ncurrency: EUR\ncustomer: ACME\nreason: returned\namount: 100.00\n"


def invoice(day: int, total: str = "10.00") -> str:
    return f"{head(day)}due: 2026-07-01\ntotal: {total}\n"


Files = Mapping[str, str]
#: What each of two branches adds, the finding, and the fact of each side that it has to name.
CASES: Mapping[str, tuple[Files, Files, str, tuple[str, str]]] = {
    "two payments of one invoice": (
        {"payments/2026-06/PAY-3.yaml": payment(1, "INV-1")}, {"payments/2026-06/PAY-4.yaml": payment(2, "INV-1")},
        "over-applied", ("PAY-3", "PAY-4")),
    "a payment and a write-off": (
        {"payments/2026-06/PAY-3.yaml": payment(1, "INV-1")}, {"write-offs/2026-06/INV-1-W1.yaml": write_off(2)},
        "over-applied", ("PAY-3", "INV-1-W1")),
    "a payment and a credit note": (
        {"payments/2026-06/PAY-3.yaml": payment(1, "INV-1")}, {"credit-notes/2026-06/CN-1.yaml": credit_note(2)},
        "over-applied", ("PAY-3", "CN-1")),
    "one credit applied and refunded": (
        {"applications/2026-06/PAY-1-A2.yaml": application(1, "INV-1")},
        {"refunds/2026-06/PAY-1-F1.yaml": f"{head(2)}credit: PAY-1\namount: 100.00\n"},
        "over-applied", ("PAY-1-A2", "PAY-1-F1")),
    "one bank line under two names": (
        {"payments/2026-06/PAY-3.yaml": payment(1, line="0a1b2c3d4e5f6071")},
        {"payments/2026-06/PAY-4.yaml": payment(1, line="0a1b2c3d4e5f6071")}, "posted-twice", ("PAY-3", "PAY-4")),
    "one number in two months": (
        {"invoices/2026-06/INV-3.yaml": invoice(1)}, {"invoices/2026-05/INV-3.yaml":
         invoice(1).replace("date: 2026-06", "date: 2026-05")}, "duplicate-id", ("2026-06/INV-3", "2026-05/INV-3")),
    "one number in two spellings": (
        {"invoices/2026-06/INV-3.yaml": invoice(1)}, {"invoices/2026-06/inv-3.yaml": invoice(1)}, "duplicate-id",
        ("INV-3", "inv-3")),
    "one payment reversed twice": (
        {"reversals/2026-06/PAY-2-X.yaml": reversal(1, "PAY-2")}, {"reversals/2026-06/PAY-2-X2.yaml":
         reversal(2, "PAY-2")}, "reversed-twice", ("PAY-2-X", "PAY-2-X2")),
    "a month closed and posted into": (
        {"close": "2026-04"}, {"invoices/2026-04/INV-3.yaml": invoice(1).replace("date: 2026-06", "date: 2026-04")},
        "closed-period-changed", ("periods/2026-04", "INV-3")),
    "a credit limit passed together": (
        {"invoices/2026-06/INV-3.yaml": invoice(1, "600.00")}, {"invoices/2026-06/INV-4.yaml": invoice(2, "700.00")},
        "credit-limit-passed", ("INV-3", "INV-4")),
}  # fmt: skip


def git(home: Path, *arguments: str, who: Mapping[str, str] = JO) -> None:
    done = subprocess.run(["git", *arguments], cwd=home, env={**TODAY, **who}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def adds(home: Path, files: Files, who: Mapping[str, str]) -> None:
    """A commit of these files; what a `close` names is closed."""
    for path, text in files.items():
        if path == "close":
            assert ar(["close", text, "--yes"], home, TODAY).status == 0
        else:
            (home / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
            (home / "ledgers" / path).write_text(text)
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "work", who=who)


def problems(home: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(ar(["check", "--format", "json"], home, TODAY).out)["problems"]
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_a_merge_brought_together_is_named(tmp_path: Path, case: str) -> None:
    """Each branch is in order; the merge is not, and the finding names the facts, commits and authors of both."""
    his, hers, code, facts = CASES[case]
    (tmp_path / ".gitignore").write_text(".ar/\n")
    git(tmp_path, "init", "-q", "-b", "main")
    adds(tmp_path, BEFORE, JO)
    git(tmp_path, "checkout", "-q", "-b", "hers")
    adds(tmp_path, hers, MARIA)
    assert problems(tmp_path) == []
    git(tmp_path, "checkout", "-q", "main")
    adds(tmp_path, his, JO)
    assert problems(tmp_path) == []
    git(tmp_path, "merge", "-q", "--no-edit", "hers")
    found = problems(tmp_path)
    assert {problem["code"] for problem in found} - {"closing-balance"} - {"over-applied"} <= {code}
    told = [problem["message"] for problem in found if problem["code"] == code]
    assert told
    for message in told:
        assert all(
            f"{fact}.yaml by {who['GIT_AUTHOR_NAME']} in " in message
            for fact, who in zip(facts, (JO, MARIA), strict=True)
        ), message
    assert all(problem["hint"] for problem in found)
