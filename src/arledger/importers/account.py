"""An account somebody else keeps, line by line: a G/L account, or a customer's own statement of what they owe.

CSV and XLSX under whatever names the columns have, and the text of a PDF. Debits are positive: what raises the
receivable.

>>> data = b"Date,Document,Debit,Credit\\n2026-01-15,INV-1,148.75,\\n2026-01-20,PAY-1,,100.00\\n"
>>> [(line.number, line.amount) for line in read_account(data, "gl.csv", currency="EUR").lines]
[('INV-1', 14875), ('PAY-1', -10000)]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from arledger.errors import UsageError, did_you_mean
from arledger.importers.findings import Findings, decode, one_line
from arledger.importers.sheet import HEADER_WITHIN, places_of, sheet_rows
from arledger.importers.values import bank_amount, day

#: What others call the columns. The first is the field's own name, for `mapping`.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "document", "document no", "document number", "invoice", "invoice no", "invoice number",
               "reference", "ref", "belegnummer", "rechnung", "rechnungsnr", "rechnungsnummer", "facture", "num"),
    "date": ("date", "document date", "invoice date", "posting date", "datum", "belegdatum", "buchungsdatum"),
    "open": ("open", "open amount", "outstanding", "balance due", "amount due", "remaining", "offen", "offener betrag"),
    "debit": ("debit", "dr", "charges", "soll", "débit"),
    "credit": ("credit", "cr", "payments", "haben", "crédit"),
    "amount": ("amount", "total", "betrag", "montant", "importe", "value"),
    "balance": ("balance", "closing balance", "saldo", "solde"),
    "text": ("text", "description", "memo", "narration", "details", "name", "buchungstext", "libellé"),
    "account": ("account", "account name", "account no", "konto", "compte"),
    "currency": ("currency", "ccy", "cur", "commodity", "währung"),
}  # fmt: skip
_TOTALS = ("total", "sum", "summe", "gesamt", "grand total", "balance brought forward", "opening balance")
_AMOUNTS = ("open", "amount", "debit", "credit", "balance")
_IN_TEXT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4})\s+(?P<rest>.*?\S)\s+"
    r"(?P<amount>\(?-?[0-9][0-9.,' ]*[.,][0-9]{2,3}\)?-?)\s*(?:[A-Z]{3})?\s*$"
)


class AccountLine(NamedTuple):
    """One line of the account."""

    place: int  # line of the file
    date: date | None
    number: str
    text: str
    amount: int  # minor units of `currency`, debits positive
    currency: str
    account: str  # where the file is of several


class Account(NamedTuple):
    """What a file says. A trial balance has balances of accounts, and no dates."""

    lines: tuple[AccountLine, ...]
    is_trial_balance: bool


def read_account(
    data: bytes,
    name: str,
    *,
    currency: str,
    mapping: Mapping[str, str] | None = None,
    decimal: str = ".",
    date_format: str = "YYYY-MM-DD",
) -> Account:
    """The lines of the file. The text of a PDF has no columns: a line of it is a date, what follows, and an amount.

    Raises UsageError for a mapping of no field, ImportFileError with every problem of the file.
    """
    for known in mapping or {}:
        if known not in COLUMNS:
            raise UsageError(f"--map: there is no field {known!r}", did_you_mean(known, COLUMNS) or ", ".join(COLUMNS))
    file = Findings(name)
    columns = {**COLUMNS, **{known: (column,) for known, column in (mapping or {}).items()}}
    reader = _Reader(file, currency, decimal, date_format)
    rows = list(sheet_rows(data, file, (one for names in columns.values() for one in names)))
    lines = tuple(reader.read(rows, columns))
    if not reader.places and not data.startswith(b"PK"):
        file.problems.clear()
        lines = tuple(reader.read_text(decode(data, file)))
    if not lines and not file.problems:
        file.add(1, "missing-column", "no row names the columns, and no line is a date, a number and an amount",
                 "name the columns: --map number=COLUMN --map amount=COLUMN")  # fmt: skip
    file.raise_any()
    return Account(lines, bool(reader.places) and "date" not in reader.places)


class _Reader:
    """Reads rows into lines, and keeps what is wrong with them."""

    def __init__(self, file: Findings, currency: str, decimal: str, date_format: str) -> None:
        self.file, self.currency, self.decimal, self.date_format = file, currency, decimal, date_format
        self.places: dict[str, int] = {}

    def read(
        self, rows: Iterable[tuple[int, list[str]]], columns: Mapping[str, tuple[str, ...]]
    ) -> Iterator[AccountLine]:
        """The lines of a table. Rows of totals are passed over."""
        for seen, (place, cells) in enumerate(rows):
            if not self.places:
                self.places = self._header(cells, columns)
                if not self.places and seen >= HEADER_WITHIN:
                    return
            elif any(cell.strip() for cell in cells):
                cell = {known: one_line(cells[at]) for known, at in self.places.items() if at < len(cells)}
                first = one_line(next(filter(str.strip, cells))).casefold().rstrip(":")
                if not first.startswith(_TOTALS) and (line := self._line(place, cell)):
                    yield line

    def _header(self, cells: list[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
        places = places_of(cells, columns, needed=())
        return places if any(a in places for a in _AMOUNTS) and {"number", "account", "text"} & places.keys() else {}

    def _line(self, place: int, cell: Mapping[str, str]) -> AccountLine | None:
        currency = cell.get("currency", "").upper() or self.currency
        when = self._day(cell["date"], place) if cell.get("date") else None
        if "date" in self.places and when is None:
            if not cell.get("date"):
                self.file.add(place, "bad-date", "the row has no date", "complete or remove it")
            return None
        amounts = {known: self._amount(cell.get(known, ""), currency, place) for known in _AMOUNTS}
        if None in amounts.values():
            return None
        told = [known for known in _AMOUNTS if cell.get(known)]
        if not told:
            self.file.add(place, "bad-amount", "the row has no amount", "complete or remove it")
            return None
        known = told[0]
        amount = (amounts["debit"] or 0) - (amounts["credit"] or 0) if known in ("debit", "credit") else amounts[known]
        return AccountLine(place, when, cell.get("number", ""), cell.get("text", ""), amount or 0, currency,
                           cell.get("account", ""))  # fmt: skip

    def read_text(self, text: str) -> Iterator[AccountLine]:
        """The lines of a text without columns that are a date, something, and an amount."""
        for place, line in enumerate(text.splitlines(), 1):
            if found := _IN_TEXT.search(line):
                when = self._day(found["date"], place)
                amount = self._amount(found["amount"], self.currency, place)
                if when and amount is not None:
                    rest = one_line(found["rest"])
                    yield AccountLine(place, when, rest, rest, amount, self.currency, "")

    def _day(self, text: str, place: int) -> date | None:
        try:
            return day(text, "YYYY-MM-DD" if text[4:5] == "-" else self.date_format)
        except ValueError as error:
            self.file.add(place, "bad-date", str(error), "say how dates are written: --date-format DD.MM.YYYY")
            return None

    def _amount(self, text: str, currency: str, place: int) -> int | None:
        if not text:
            return 0
        try:
            return bank_amount(text, currency, decimal=self.decimal, thousands="," if self.decimal == "." else ".")
        except ValueError as error:
            self.file.add(place, "bad-amount", str(error), "say how amounts are written: --decimal ,")
            return None
