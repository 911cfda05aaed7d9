"""Exports: every posting balances, the control account is ours, and the programs they are for come to the same."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given

from arledger.compute.fx import rates_of, revalued
from arledger.compute.postings import balances, postings
from books import LAST, books
from console import ar, environment
from kept_books import interesting, kept, opened
from model import Facts

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


DATEV = """
accounts: {receivable: "1400", sales: "8400", tax: "1776", bank: "1200", discounts: "8736", write_offs: "2400",
  fx_realised: "2660", allowance: "1249", credit_losses: "2451", fx_revaluation: "1410", fx_unrealised: "2661"}
datev: {consultant: 1001, client: 42}
"""


def test_datev(tmp_path: Path) -> None:
    """The batches by their own rules: a header of 31 fields, amounts positive, days without a year.

    They balance the control account to what the open items are carried at, foreign ones at the rates of their days.
    """
    shutil.copytree(ROOT / "ledgers", tmp_path / "ledgers")
    with (tmp_path / "ledgers/ledger.yaml").open("a") as policy:
        policy.write(DATEV)
    control = gains = 0
    for first, last in (("2025-07-01", "2025-12-31"), ("2026-01-01", "2026-06-30")):
        done = ar(["export", "datev", "--from", first, "--to", last, "-o", f"{last}.csv"], tmp_path, environment())
        assert done.status == 0, done
        text = (tmp_path / f"{last}.csv").read_bytes().decode("cp1252")
        head, names, *rows = text.removesuffix("\r\n").split("\r\n")
        assert len(head.split(";")) == 31
        began = f"{last[:4]}0101;4;{first.replace('-', '')};{last.replace('-', '')}"
        made = last.replace("-", "") + "000000000"
        assert head.startswith(f'"EXTF";700;21;"Buchungsstapel";13;{made};;"AR";"";"";1001;42;{began}')
        assert len(names.split(";")) == 14
        for row in rows:
            cells = row.split(";")
            assert re.fullmatch(r"\d{1,10},\d{2}", cells[0])
            assert re.fullmatch(r'"[SH]"', cells[1])
            assert re.fullmatch(r"\d{1,9}", cells[6])
            assert re.fullmatch(r"\d{1,9}", cells[7])
            assert re.fullmatch(r"\d{4}", cells[9])
            assert len(cells) == 14
            moved = int(cells[0].replace(",", "")) * (1 if cells[1] == '"S"' else -1)
            control += moved if cells[6] == "1400" else 0
            gains += moved if cells[7] == "2660" else 0
    with opened(tmp_path / "ledgers") as (ledger, _):
        end = dt.date(2026, 6, 30)
        carried = sum(one.carried for one in revalued(ledger, end, rates_of(ledger.policy)))
        assert control == ledger.control(end)["USD"] + carried
    assert gains


def test_parquet(tmp_path: Path) -> None:
    """The same balances in DuckDB, from the files alone."""
    duckdb = pytest.importorskip("duckdb")
    shutil.copytree(ROOT / "ledgers", tmp_path / "ledgers")
    done = ar(["export", "parquet", "-o", str(tmp_path / "tables")], tmp_path, environment())
    assert done.status == 0, done
    found = duckdb.sql(
        f"SELECT currency, SUM(amount) FROM '{tmp_path}/tables/entries.parquet' JOIN '{tmp_path}/tables/items.parquet' "
        "USING (item) WHERE entries.date <= DATE '2026-06-30' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert found == [("EUR", 1303400), ("USD", 2595978)]
