"""Lockbox files of BAI's fixed records: cheques a bank opened and deposited for us, with the invoices they name.

Banks move the fields about, so where they stand is a `LockboxLayout`; its defaults are the common one. Totals of
batches and lockboxes prove that the amounts were read from the right place.
Source: BAI, Lockbox Communications Standards for Banks; record types 1, 2, 4 to 9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

from arledger.documents.bank import BankStatement, LockboxLayout, Reference, StatementLine
from arledger.importers.findings import Findings, beginning, one_line, quoted, readable
from arledger.importers.values import compact, day
from arledger.money import DIGITS, plain

_AGAIN = "the file is incomplete, or the bank's layout is another: see lockbox layouts in the bank profile"


def identify(data: bytes) -> bool:
    """Whether the file begins with a transmission header of fixed width, followed by a service or lockbox record."""
    return bool(re.match(r"1[0-9]{2}[ -~]{20}[0-9]{6}[^\r\n]*[\r\n]+[25]", beginning(data)))


def extract(
    data: bytes, file: Findings, currencies: Mapping[str, str], layout: LockboxLayout | None = None
) -> list[BankStatement]:
    """One statement of kind lockbox for each lockbox header, its cheques in file order."""
    layout = layout or LockboxLayout()
    for each in fields(layout):
        if not re.fullmatch(r"(?:[1-9][0-9]{0,3}-[1-9][0-9]{0,3})?", getattr(layout, each.name), re.ASCII):
            message = f"{each.name} is not at {quoted(getattr(layout, each.name))}"
            file.add(0, "bad-profile", message, "write first and last position, such as 8-17")
    file.raise_any()
    text, warnings = readable(data, file)
    reader = _Reader(file, layout, currencies.get("", "") or "USD")
    for number, record in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if record.strip():
            reader.take(number, record)
    if not reader.ended:
        last = text.count("\n") + (not text.endswith("\n"))
        file.add(last, "bad-lockbox", "the file has no trailer (record 9): it is cut off", _AGAIN)
    return [replace(statement, warnings=warnings) for statement in reader.statements()]


class _Reader:
    """Takes the records in order."""

    def __init__(self, file: Findings, layout: LockboxLayout, currency: str) -> None:
        self.file, self.layout, self.currency = file, layout, currency
        self.boxes: list[tuple[int, str, list[StatementLine]]] = []
        self.day: date | None = None
        self.batch: list[int] = []  # the amounts of the batch under way
        self.records, self.ended = 0, False
        if currency not in DIGITS:
            raise file.fatal(0, "bad-currency", f"{currency!r} is no ISO 4217 currency", "correct ledger.yaml")

    def statements(self) -> list[BankStatement]:
        """What was taken."""
        return [
            BankStatement(box, self.currency, tuple(lines), closed_on=self.day, place=place, kind="lockbox")
            for place, box, lines in self.boxes
        ]

    def take(self, number: int, record: str) -> None:
        """One record; what it says wrong goes to the findings."""
        self.records += 1
        if self.ended:
            self._bad(number, "a record stands behind the trailer")
        handlers = {"5": self._box, "6": self._check, "4": self._invoice, "7": self._batch_total, "8": self._box_total}
        if record[0] == "9":
            self.ended = True
            told = self._number(number, record, self.layout.record_count)
            if told not in (0, self.records):
                self._bad(number, f"the file should have {told} records, it has {self.records}", "balance-mismatch")
        elif record[0] in handlers:
            handlers[record[0]](number, record)
        elif record[0] not in "12":
            self._bad(number, f"{quoted(record)} begins with no record type of a lockbox file")

    def _box(self, number: int, record: str) -> None:
        try:
            self.day = day(cut(record, self.layout.deposit_date), "YYMMDD")
        except ValueError as error:
            self._bad(number, str(error), "bad-date")
        box = cut(record, self.layout.lockbox)
        if not self.boxes or self.boxes[-1][1] != box:  # some banks begin every batch with a header
            self.boxes.append((number, box, []))

    def _check(self, number: int, record: str) -> None:
        amount = self._number(number, record, self.layout.amount)
        self.batch.append(amount)
        if not self.boxes or self.day is None:
            self._bad(number, "a cheque stands before its lockbox header (record 5)")
            return
        layout = self.layout
        self.boxes[-1][2].append(
            StatementLine(
                place=number,
                booked=self.day,
                value_date=self.day,
                amount=amount,
                currency=self.currency,
                payer=cut(record, layout.payer),
                payer_account=compact(f"{cut(record, layout.routing)}/{cut(record, layout.account)}".strip("/")),
                bank_reference=f"{cut(record, layout.batch)}-{cut(record, layout.item)}",
                check_number=cut(record, layout.check_number).lstrip("0"),
                references=self._references(number, record, layout.check_invoice, layout.check_invoice_amount),
                method="check",
            )
        )

    def _invoice(self, number: int, record: str) -> None:
        """A further invoice of the cheque before."""
        if not self.boxes or not self.boxes[-1][2]:
            self._bad(number, "an invoice (record 4) stands before any cheque (record 6)")
            return
        lines = self.boxes[-1][2]
        found = self._references(number, record, self.layout.invoice, self.layout.invoice_amount)
        lines[-1] = replace(lines[-1], references=lines[-1].references + found)

    def _references(self, number: int, record: str, invoice: str, amount: str) -> tuple[Reference, ...]:
        text = cut(record, invoice)
        if not text:
            return ()
        return (
            Reference(text.lstrip("0") or text, self._number(number, record, amount) if cut(record, amount) else None),
        )

    def _batch_total(self, number: int, record: str) -> None:
        told = self._number(number, record, self.layout.batch_total)
        count = self._number(number, record, self.layout.batch_count)
        self._compare(number, "the batch", (count, told), self.batch)
        self.batch = []

    def _box_total(self, number: int, record: str) -> None:
        told = self._number(number, record, self.layout.lockbox_total)
        count = self._number(number, record, self.layout.lockbox_count)
        if self.boxes:
            self._compare(number, "the lockbox", (count, told), [line.amount for line in self.boxes[-1][2]])

    def _compare(self, number: int, word: str, told: tuple[int, int], amounts: list[int]) -> None:
        if told != (len(amounts), sum(amounts)):
            should = f"{told[0]} cheques of {plain(told[1], self.currency)}"
            has = f"{len(amounts)} of {plain(sum(amounts), self.currency)}"
            self._bad(number, f"{word} should hold {should}, it holds {has}", "balance-mismatch")

    def _number(self, number: int, record: str, place: str) -> int:
        text = cut(record, place)
        if not re.fullmatch(r"[0-9]*", text, re.ASCII):
            self._bad(number, f"{quoted(text)} at {place} is no number", "bad-amount")
            return 0
        return int(text or "0")

    def _bad(self, number: int, message: str, code: str = "bad-lockbox") -> None:
        self.file.add(number, code, message, _AGAIN)


def cut(record: str, place: str) -> str:
    """The text at a place such as `8-17` of a record, counted from 1, both ends in it; "" for no place.

    >>> cut("6001002", "2-4")
    '001'
    """
    first, _, last = place.partition("-")
    return one_line(record[int(first) - 1 : int(last)]) if first else ""
