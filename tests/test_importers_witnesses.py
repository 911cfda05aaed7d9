"""Other people's readers as witnesses (INVARIANTS F6): on our samples they count and sum as ours do."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from arledger.importers import read_statements

BANK = Path(__file__).parent / "bank"


def ours(name: str) -> list[int]:
    return sorted(line.amount for each in read_statements((BANK / name).read_bytes(), name) for line in each.lines)


@pytest.mark.parametrize("name", ["two_days.sta", "day.942"])
def test_mt940(name: str) -> None:
    library = pytest.importorskip("mt940")
    text = (BANK / name).read_text()
    amounts = [
        int(transaction.data["amount"].amount * 100)
        for message in text.split("-\n")
        if message.strip()
        for transaction in library.parse(message, options=library.Options.all())
    ]
    assert sorted(amounts) == ours(name)


def test_bai2() -> None:
    library = pytest.importorskip("bai2.bai2")
    file = library.parse_from_string((BANK / "lockbox.bai2").read_text())
    amounts = [
        -each.amount if each.type_code.transaction.value == "debit" else each.amount
        for group in file.children
        for account in group.children
        for each in account.children
        if each.type_code.code != "115"  # the deposit, which its cheques stand for
    ]
    assert sorted(amounts) == ours("lockbox.bai2")


def test_camt() -> None:
    text = (BANK / "batch.053.xml").read_text()
    entries = re.findall(r"<Ntry>\s*<Amt Ccy=\"EUR\">([0-9.]+)</Amt><CdtDbtInd>(CRDT|DBIT)", text)
    total = sum(Decimal(amount) * (1 if side == "CRDT" else -1) for amount, side in entries)
    assert int(total * 100) == sum(ours("batch.053.xml"))
