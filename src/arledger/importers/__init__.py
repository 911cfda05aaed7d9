"""Readers of bank files: bytes in, statements out, the same shape from every format.

>>> data = b"date,amount,currency,name\\n2026-01-28,88.75,EUR,ACME GMBH\\n"
>>> [line.amount for line in read_statements(data, "bank.csv")[0].lines]
[8875]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from arledger.documents.bank import BankProfile, BankStatement, LockboxLayout
from arledger.importers import bai2, bank_csv, camt, lockbox, mt940, ofx, x12
from arledger.importers.findings import Findings, refuse_foreign
from arledger.importers.guess import guess_profile
from arledger.importers.proof import prove, prove_balance
from arledger.importers.remittance import read_remittance
from arledger.importers.table import Row, read_table
from arledger.importers.values import compact
from arledger.importers.values import day as parse_day

__all__ = [
    "FORMATS",
    "Format",
    "Row",
    "guess_profile",
    "parse_day",
    "prove_balance",
    "read_remittance",
    "read_statements",
    "read_table",
]


class Format(NamedTuple):
    """A format: its name, whether a file's bytes are of it, and what the file says."""

    name: str
    identify: Callable[[bytes], bool]
    extract: Callable[[bytes, Findings, Mapping[str, str]], list[BankStatement]]


#: The formats that show by their content, asked in this order. What is none of them is CSV.
FORMATS: tuple[Format, ...] = (
    Format("ofx", ofx.identify, ofx.extract),
    Format("bai2", bai2.identify, bai2.extract),
    Format("x12", x12.identify, x12.extract),
    Format("lockbox", lockbox.identify, lockbox.extract),
    Format("camt", camt.identify, camt.extract),
    Format("mt940", mt940.identify, mt940.extract),
)


def read_statements(
    data: bytes,
    name: str,
    *,
    profile: BankProfile | LockboxLayout | None = None,
    currencies: Mapping[str, str] | None = None,
    unproved: bool = False,
) -> list[BankStatement]:
    """The bank statements in a file, in file order, proved by their balances.

    `profile` says how to read a bank's CSV, or its lockbox file; without it a CSV is read by the plain profile.
    Other formats show what they are. `currencies` gives the currency of an account ("" for any) where the file
    names none. With `unproved` a balance that is missing, or that its lines do not prove, is a warning, no problem.
    Raises ImportFileError with every problem of the file: nothing of it can be used then.
    """
    file = Findings(name, unproved=unproved)
    refuse_foreign(data, file)
    known = {compact(account): currency for account, currency in (currencies or {}).items()}
    if isinstance(profile, LockboxLayout):
        statements = lockbox.extract(data, file, known, profile)
    elif profile is None and (found := next((each for each in FORMATS if each.identify(data)), None)):
        statements = found.extract(data, file, known)
    else:
        statements = bank_csv.extract(data, file, profile, known)
    file.raise_any()
    statements = prove(statements, file)
    file.raise_any()
    return statements
