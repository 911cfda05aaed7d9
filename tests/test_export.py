"""Exports: every posting balances, the control account is ours, and the programs they are for come to the same."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given

from arledger.compute.postings import balances, postings
from books import LAST, books
from console import ar, environment
from model import Facts
from test_laws import interesting, kept

FIRST = dt.date(2025, 1, 1)
ROOT = Path(__file__).resolve().parents[1]


@given(books())
def test_postings(facts: Facts) -> None:
    """C2: each posting comes to nothing; the control account is ours on every day."""
    with kept(facts) as ledger:
        everything = list(postings(ledger, FIRST, LAST))
        assert all(sum(leg.amount for leg in posting.legs) == 0 for posting in everything)
        for day in interesting(facts)[::3]:
            found = {c: m for (account, c), m in balances(p for p in everything if p.date <= day).items()
                     if account == "Assets:Receivable" and m}  # fmt: skip
            assert found == ledger.control(day)


@given(books())
def test_what_is_taken_back_is_as_if_it_never_was(facts: Facts) -> None:
    """Facts reversed as a whole leave nothing in any account."""
    with kept(facts) as ledger:
        sums: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
        for posting in postings(ledger, FIRST, LAST):
            of = facts[posting.fact][1].get("of", posting.fact)
            for leg in posting.legs:
                sums[of][leg.account, posting.currency] += leg.amount
        gone = {doc["of"] for folder, doc in facts.values() if folder == "reversals" and doc["kind"] != "unapply"}
        assert all(not any(sums[fact].values()) for fact in gone)


def test_the_programs_agree(tmp_path: Path) -> None:
    """hledger, Ledger and Beancount read what is for them, and their balance of the control account is ours."""
    shutil.copytree(ROOT / "ledgers", tmp_path / "ledgers")
    with (tmp_path / "ledgers/ledger.yaml").open("a") as policy:
        policy.write("\naccounts: {banks: {main: 'Assets:Bank:Main', eur: 'Assets:Bank:Euro'}}\n")
    told = {"hledger": ["hledger", "bal", "-f"], "ledger": ["ledger", "bal", "-f"], "beancount": ["bean-check"]}
    ran = 0
    for style, command in told.items():
        for more in ([], ["--from", "2026-06-01"]):
            file = tmp_path / f"{style}{len(more)}"
            done = ar(["export", style, *more, "--to", "2026-06-30", "-o", str(file)], tmp_path, environment())
            assert done.status == 0, done
            if shutil.which(command[0]):
                ran += 1
                result = subprocess.run([*command, str(file)], capture_output=True, text=True)
                assert result.returncode == 0, result.stderr
                if style != "beancount":
                    assert "13034.00 EUR" in result.stdout
                    assert "25959.78 USD" in result.stdout
                text = file.read_text()
                file.write_text(text.replace("25959.78", "25959.79"))  # were ours another, they would tell
                assert subprocess.run([*command, str(file)], capture_output=True).returncode != 0
    if not ran:
        pytest.skip("neither hledger nor ledger nor bean-check is here")
