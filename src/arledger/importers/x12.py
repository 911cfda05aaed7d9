"""X12 820, remittance advice: what a payer says it pays, invoice by invoice, with deductions and their reasons.

Source: ASC X12 820, release 004010, segments BPR, TRN, N1, RMR, REF, DTM and ADX; code list 426 for reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from arledger.documents.bank import BankStatement, Reference, StatementLine
from arledger.importers.findings import Findings, beginning, one_line, quoted, readable
from arledger.importers.values import compact, day, exact_amount
from arledger.money import DIGITS, plain

_AGAIN = "the file is incomplete or was changed: ask the sender for it again"
_METHODS = {"ACH": "transfer", "FWT": "transfer", "BOP": "transfer", "CHK": "check", "DCC": "direct-debit"}


class _Segment(NamedTuple):
    line: int
    name: str
    elements: list[str]

    def get(self, number: int) -> str:
        """Element `number`, counted from 1; "" beyond the last."""
        return self.elements[number - 1].strip() if number <= len(self.elements) else ""


def identify(data: bytes) -> bool:
    """Whether the file begins with an X12 interchange."""
    return bool(re.match(r"ISA[^A-Za-z0-9\s]", beginning(data)))


def extract(data: bytes, file: Findings, currencies: Mapping[str, str]) -> list[BankStatement]:
    """One statement of kind advice, a line for each transaction set 820. Stops at other transaction sets."""
    text, warnings = readable(data, file)
    default = currencies.get("", "") or "USD"
    lines: list[StatementLine] = []
    under_way: _Advice | None = None
    interchange = ""
    last = 1
    for segment in _segments(text, file):
        last = segment.line
        if segment.name == "ISA":
            interchange = segment.get(13)
        elif segment.name == "ST":
            if segment.get(1) != "820":
                what = f"the transaction set is {segment.get(1)}, not 820 (remittance advice)"
                raise file.fatal(segment.line, "wrong-format", what, "only remittance advice is read")
            under_way = _Advice(segment, file, default)
        elif segment.name == "SE" and under_way:
            lines += under_way.finished(segment)
            under_way = None
        elif segment.name == "IEA":
            if segment.get(2) != interchange:
                file.add(segment.line, "bad-x12", "the trailer is of another interchange", _AGAIN)
            interchange = ""
        elif under_way:
            under_way.take(segment)
    if interchange or under_way:
        file.add(last, "bad-x12", "the interchange has no end (IEA): the file is cut off", _AGAIN)
    if not lines and not file.problems:
        raise file.fatal(0, "wrong-format", "the file holds no remittance advice", _AGAIN)
    currency = lines[0].currency if lines else default
    return [BankStatement("", currency, tuple(lines), warnings=warnings, place=1, kind="advice")]


def _segments(text: str, file: Findings) -> Iterator[_Segment]:
    """The segments with their lines. The separators are those the interchange header shows by its fixed width."""
    text = text.lstrip("\ufeff")
    start = len(text) - len(text.lstrip())
    body = text[start:]
    if len(body) < 106:
        raise file.fatal(1, "bad-x12", "the interchange header (ISA) is not complete", _AGAIN)
    element, end = body[3], body[105]
    line = text.count("\n", 0, start) + 1
    for part in body.split(end):
        line += part[: len(part) - len(part.lstrip())].count("\n")
        if part.strip():
            name, *elements = part.strip().split(element)
            yield _Segment(line, name, elements)
        line += part.lstrip().count("\n") + (end == "\n")


class _Advice:
    """One transaction set 820 under way."""

    def __init__(self, start: _Segment, file: Findings, currency: str) -> None:
        self.start, self.file, self.currency = start, file, currency
        self.count, self.amount, self.method = 1, 0, ""
        self.booked: date | None = None
        self.payer = self.account = self.trace = ""
        self.items: list[Reference] = []
        self.payment: _Segment | None = None
        self.loose = 0  # adjustments of no invoice, signed
        self.texts: list[str] = []
        self.in_item = False

    def take(self, segment: _Segment) -> None:
        """One segment between ST and SE."""
        self.count += 1
        handlers = {
            "BPR": self._payment, "TRN": self._trace, "CUR": self._currency, "DTM": self._date, "N1": self._name,
            "RMR": self._item, "ADX": self._adjustment, "ENT": self._entity, "NTE": self._note,
        }  # fmt: skip
        if segment.name in handlers:
            handlers[segment.name](segment)

    def finished(self, end: _Segment) -> list[StatementLine]:
        """The line of the advice; nothing after adding a problem."""
        before = len(self.file.problems)
        if end.get(1) != str(self.count + 1):
            message = f"the set should have {end.get(1)} segments, it has {self.count + 1}"
            self.file.add(end.line, "balance-mismatch", message, _AGAIN)
        if self.booked is None:
            self.file.add(self.start.line, "bad-entry", "the advice has no payment date (BPR16, DTM)", _AGAIN)
        self._prove_items()
        if self.booked is None or len(self.file.problems) > before:
            return []
        line = StatementLine(
            place=self.start.line,
            booked=self.booked,
            value_date=self.booked,
            amount=self.amount,
            currency=self.currency,
            payer=self.payer,
            payer_account=self.account,
            text=one_line(" ".join(self.texts)),
            references=tuple(self.items),
            end_to_end=self.trace,
            check_number=self.trace if self.method == "check" else "",
            method=self.method,
        )
        return [line]

    def _prove_items(self) -> None:
        """What is paid on the items and withheld of none of them makes the payment."""
        amounts = [item.amount for item in self.items if item.amount is not None]
        if len(amounts) < len(self.items) or not amounts:
            return
        paid = sum(amounts) + self.loose
        withheld = sum(item.adjustment for item in self.items)
        if withheld and paid - withheld == self.amount:  # some payers give an item's amount before its deductions
            self.items = [replace(item, amount=(item.amount or 0) - item.adjustment) for item in self.items]
        elif paid != self.amount:
            said, made = plain(self.amount, self.currency), plain(paid, self.currency)
            message = f"the payment is {said} {self.currency}, its items make {made}"
            self.file.add(self.start.line, "balance-mismatch", message, _AGAIN)

    def _payment(self, segment: _Segment) -> None:
        self.payment = segment
        self.amount = self._money(segment, 2)
        if segment.get(3) == "D":
            self.amount = -self.amount
        self.method = _METHODS.get(segment.get(4), "")
        self.account = compact("/".join(filter(None, (segment.get(7), segment.get(9)))))
        self.booked = self._day(segment, 16) or self.booked

    def _trace(self, segment: _Segment) -> None:
        self.trace = self.trace or one_line(segment.get(2))

    def _currency(self, segment: _Segment) -> None:
        if segment.get(2) in DIGITS:
            self.currency = segment.get(2)
            if self.payment:  # its amount stands before its currency
                self._payment(self.payment)
        else:
            self.file.add(segment.line, "bad-currency", f"{quoted(segment.get(2))} is no ISO 4217 currency", _AGAIN)

    def _date(self, segment: _Segment) -> None:
        if not self.in_item and self.booked is None:
            self.booked = self._day(segment, 2)

    def _name(self, segment: _Segment) -> None:
        if segment.get(1) == "PR":
            self.payer = one_line(segment.get(2))

    def _entity(self, _: _Segment) -> None:
        self.in_item = False

    def _note(self, segment: _Segment) -> None:
        self.texts.append(segment.get(2))

    def _item(self, segment: _Segment) -> None:
        """RMR: an invoice with what is paid on it; RMR05 is its total, RMR06 the discount taken."""
        self.in_item = True
        amount = self._money(segment, 4) if segment.get(4) else None
        self.items.append(Reference(one_line(segment.get(2)), amount))

    def _adjustment(self, segment: _Segment) -> None:
        """ADX: withheld (negative) from the item before; without one, from the payment as a whole."""
        amount = self._money(segment, 1)
        if not self.in_item or not self.items:
            self.loose += amount
            self.texts.append(f"{segment.get(2)} {segment.get(4)}")
            return
        item = self.items[-1]
        reason = item.reason or segment.get(2)
        self.items[-1] = replace(item, reason=reason, adjustment=item.adjustment - amount)

    def _money(self, segment: _Segment, number: int) -> int:
        try:
            return exact_amount(segment.get(number), self.currency)
        except ValueError as error:
            self.file.add(segment.line, "bad-amount", f"{segment.name}{number:02}: {error}", _AGAIN)
            return 0

    def _day(self, segment: _Segment, number: int) -> date | None:
        if not segment.get(number):
            return None
        try:
            return day(segment.get(number), "YYYYMMDD" if len(segment.get(number)) == 8 else "YYMMDD")
        except ValueError as error:
            self.file.add(segment.line, "bad-date", f"{segment.name}{number:02}: {error}", _AGAIN)
            return None
