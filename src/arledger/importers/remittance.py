"""Remittance advice as a table, CSV or XLSX: which invoices a payment is for, with deductions.

The columns are known by the names payers use. A total below the rows is checked.

>>> data = b"Invoice No,Amount Paid\\nINV-1,100.00\\nINV-2,48.75\\nTotal,148.75\\n"
>>> advice = read_remittance(data, "advice.csv", currency="EUR", received=date(2026, 1, 20))
>>> advice.lines[0].amount, [(r.number, r.amount) for r in advice.lines[0].references]
(14875, [('INV-1', 10000), ('INV-2', 4875)])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from arledger.documents.bank import BankStatement, Reference, StatementLine
from arledger.importers.findings import Findings, one_line
from arledger.importers.sheet import HEADER_WITHIN, places_of, sheet_rows
from arledger.importers.values import bank_amount, day
from arledger.money import plain

#: What payers call the columns.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "invoice": ("invoice", "invoice no", "invoice no.", "invoice number", "invoice #", "invoice ref", "document",
                "document no", "document number", "bill no", "rechnung", "rechnungsnr", "rechnungsnr.",
                "rechnungsnummer", "belegnummer", "facture", "factura"),
    "amount": ("amount", "amount paid", "paid", "paid amount", "payment amount", "net amount", "net", "net paid",
               "zahlbetrag", "betrag", "montant", "importe"),
    "discount": ("discount", "discount taken", "cash discount", "skonto", "escompte"),
    "deduction": ("deduction", "deductions", "adjustment", "withheld", "abzug"),
    "reason": ("reason", "reason code", "adjustment reason", "comment", "grund"),
    "payment": ("payment", "payment no", "payment number", "payment reference", "check", "check no", "check number",
                "cheque", "cheque number", "zahlung"),
    "date": ("date", "payment date", "paid on", "check date", "zahldatum"),
    "payer": ("payer", "customer", "customer name", "vendor name", "kunde"),
    "currency": ("currency", "ccy", "währung"),
}  # fmt: skip
_TOTALS = ("total", "sum", "summe", "gesamt", "grand total", "totaux", "subtotal")
_HINT = "write plain amounts and dates, or say how they are written"


@dataclass(slots=True)
class _Payment:
    """The rows of one payment so far."""

    line: int
    booked: date
    currency: str
    payer: str
    amount: int = 0
    references: list[Reference] = field(default_factory=list)


def read_remittance(
    data: bytes,
    name: str,
    *,
    currency: str,
    received: date | None = None,
    decimal: str = ".",
    date_format: str = "YYYY-MM-DD",
) -> BankStatement:
    """The advice as a statement of kind advice: one line for each payment number, or one for the file.

    A payment has the date of its rows, else that of `received`. Deductions are positive minor units. Raises
    ImportFileError with every problem of the file.
    """
    file = Findings(name)
    rows = sheet_rows(data, file, (name for names in COLUMNS.values() for name in names))
    reader = _Reader(file, currency, received, decimal, date_format)
    reader.read(rows)
    file.raise_any()
    return reader.statement()


class _Reader:
    """Reads the rows into payments."""

    def __init__(self, file: Findings, currency: str, received: date | None, decimal: str, date_format: str) -> None:
        self.file, self.currency, self.received = file, currency, received
        self.decimal, self.date_format = decimal, date_format
        self.payments: dict[str, _Payment] = {}
        self.since_total = 0

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        """Takes the header, the rows and the totals."""
        places: dict[str, int] = {}
        for seen, (line, cells) in enumerate(rows):
            if not places:
                places = places_of(cells, COLUMNS, needed=("invoice", "amount"))
                if not places and seen >= HEADER_WITHIN:
                    break
            elif any(cell.strip() for cell in cells):
                self._row(line, {known: one_line(cells[at]) for known, at in places.items() if at < len(cells)}, cells)
        if not places:
            hint = "name them in a row above, such as invoice and amount"
            self.file.add(1, "missing-column", "no row names a column of invoices and one of amounts", hint)

    def statement(self) -> BankStatement:
        """The payments read, in order of first appearance."""
        lines = [
            StatementLine(
                place=payment.line,
                booked=payment.booked,
                value_date=payment.booked,
                amount=payment.amount,
                currency=payment.currency,
                payer=payment.payer,
                references=tuple(payment.references),
                end_to_end=number,
            )
            for number, payment in self.payments.items()
        ]
        return BankStatement("", lines[0].currency if lines else self.currency, tuple(lines), place=1, kind="advice")

    def _row(self, line: int, cell: Mapping[str, str], cells: list[str]) -> None:
        first = one_line(next(filter(str.strip, cells))).casefold().rstrip(":")
        if first.startswith(_TOTALS):
            self._total(line, cell)
            return
        currency = cell.get("currency", "").upper() or self.currency
        amounts = [self._amount(cell.get(known, ""), currency, line) for known in ("amount", "discount", "deduction")]
        when = self._day(cell.get("date", ""), line)
        number = cell.get("invoice", "")
        if not number or not cell.get("amount"):
            missing = "invoice" if not number else "amount"
            self.file.add(line, "bad-entry", f"the row has no {missing}", "complete or remove it")
        if when is None or None in amounts or not number:
            return
        paid, discount, deduction = (amount or 0 for amount in amounts)
        self.since_total += paid
        payment = self.payments.setdefault(
            cell.get("payment", ""), _Payment(line, when, currency, cell.get("payer", ""))
        )
        if payment.currency != currency:
            self.file.add(line, "currency-change", f"{currency} in a payment of {payment.currency}", "part the file")
        payment.amount += paid
        payment.references.append(Reference(number, paid, cell.get("reason", ""), abs(discount) + abs(deduction)))

    def _total(self, line: int, cell: Mapping[str, str]) -> None:
        """A total is of the rows since the last one, or of all rows."""
        if not cell.get("amount"):
            return
        told = self._amount(cell["amount"], self.currency, line)
        whole = sum(payment.amount for payment in self.payments.values())
        if told is not None and told not in (self.since_total, whole):
            said, made = plain(told, self.currency), plain(whole, self.currency)
            message = f"the total is {said} {self.currency}, the rows make {made}"
            self.file.add(line, "balance-mismatch", message, "ask the payer for the whole advice")
        self.since_total = 0

    def _amount(self, text: str, currency: str, line: int) -> int | None:
        if not text:
            return 0
        try:
            thousands = "," if self.decimal == "." else "."
            return bank_amount(text, currency, decimal=self.decimal, thousands=thousands)
        except ValueError as error:
            self.file.add(line, "bad-amount", str(error), _HINT)
            return None

    def _day(self, text: str, line: int) -> date | None:
        try:
            if text:
                return day(text, "YYYY-MM-DD" if text[4:5] == "-" else self.date_format)
        except ValueError as error:
            self.file.add(line, "bad-date", str(error), _HINT)
            return None
        if self.received is None:
            self.file.add(line, "bad-date", "the advice has no date", "say when it was received")
        return self.received
