"""SWIFT customer statements MT940, and reports of the day MT942.

Strict where a figure stands: a balance, a line, a sum that is not written as the standard has it is a problem
with its line. Lenient in the texts. Source: SWIFT Standards Category 9, MT940 and MT942.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from arledger.documents.bank import BankStatement, Reference, StatementLine
from arledger.importers.findings import UNPROVED, Findings, beginning, one_line, quoted, readable
from arledger.importers.mt940_text import Details, read_details, read_non_swift
from arledger.importers.values import compact, day, exact_amount
from arledger.money import DIGITS, plain

# What begins with another tag inside a text is text: ":12:" of a time of day, cut at the end of a line.
_FIELD = re.compile(r":(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|34F|13D?|90[CD]|NS):(.*)")
_END = re.compile(r"- *|-\}.*")
_MORE = re.compile(r":(61|86|62[FM]|90[CD]|NS):")  # a line of a dash before one of these is text: the message goes on
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})?([0-9]{1,24},[0-9]*)", re.ASCII)
_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}| {4})?(?P<mark>R?[CD])(?P<funds>[A-Z])?(?P<amount>[0-9]{1,24},[0-9]*)"
    r"(?P<kind>[A-Z][A-Z0-9 ]{3})?(?P<reference>(?:(?!//).)*)(?://(?P<bank>.*))?",
    re.ASCII,
)
_SUM = re.compile(r"([0-9]{0,5})([A-Z]{3})([0-9]{1,24},[0-9]*)", re.ASCII)
_AGAIN = "the file is incomplete or was changed: download it again"
_METHODS = {"CHK": "check", "DDT": "direct-debit", "TRF": "transfer"}
_NOTHING = {"NONREF", "KREF+", "KREF", ""}


class _Field(NamedTuple):
    line: int
    tag: str
    text: str  # lines parted by line feeds


def identify(data: bytes) -> bool:
    """Whether the file begins with a SWIFT block or field."""
    start = beginning(data).lstrip("\x01\x02 \r\n")
    return bool(re.match(r"\{1:F|:[0-9]{2}[A-Z]?:|:NS:", start) or re.search(r"^:20:.*\n(.*\n)?:25:", start, re.M))


def extract(data: bytes, file: Findings, currencies: Mapping[str, str]) -> list[BankStatement]:
    """The statements in file order. Problems: half a statement, a field out of place, figures that are none."""
    text, warnings = readable(data, file)
    messages: list[list[_Field]] = [[]]
    closed = False
    for field in _fields(text):
        if field.tag == "20" or (closed and field.tag in ("25", "25P", "28", "28C", "60F", "60M")):
            messages.append([])
            closed = False
        messages[-1].append(field)
        closed = closed or field.tag in ("62F", "62M")
    statements = []
    for message in filter(None, messages):
        if statement := _Message(message, file, currencies).statement():
            statements.append(replace(statement, warnings=(*warnings, *statement.warnings)))
    if not statements and not file.problems:
        raise file.fatal(0, "wrong-format", "the file holds no statement", _AGAIN)
    return statements


def _fields(text: str) -> Iterator[_Field]:
    """The fields with the line each starts on. Block headers and the ends of messages are passed over."""
    open_field: _Field | None = None
    lines = re.split(r"\r\n|\n|\r", text)
    for number, line in enumerate(lines, 1):
        bare = line.strip("\x01\x02\x03")
        block = re.match(r"(?:\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}?)*\{4:", bare)
        bare = bare[block.end() :] if block else bare
        if match := _FIELD.fullmatch(bare):
            if open_field:
                yield open_field
            open_field = _Field(number, match[1], match[2])
        elif _END.fullmatch(bare) and not _MORE.match("".join(lines[number : number + 1])):
            if open_field:
                yield open_field
            open_field = None
        elif open_field:
            open_field = open_field._replace(text=f"{open_field.text}\n{bare}")
    if open_field:
        yield open_field


class _Message:
    """The fields of one message on their way to a statement."""

    def __init__(self, fields: list[_Field], file: Findings, currencies: Mapping[str, str]) -> None:
        self.fields, self.file = fields, file
        self.first: dict[str, _Field] = {}
        for field in fields:
            self.first.setdefault(field.tag, field)
        self.account = _account(self.first["25"].text if "25" in self.first else self._text("25P"))
        self.currency = ""
        self.warnings: tuple[str, ...] = ()
        self.default = currencies.get(self.account) or currencies.get("", "")

    def statement(self) -> BankStatement | None:
        """The statement; None after adding problems, or when the message holds nothing but its head."""
        report = "34F" in self.first or "13D" in self.first or "90C" in self.first or "90D" in self.first
        opened = self._balance("60F", "60M")
        closed = self._balance("62F", "62M")
        self.currency = self.currency or self._report_currency()
        lines = self._lines()
        if report:
            self._check_sums(lines)
        elif not self._whole(opened is not None, closed is not None) and not self.warnings:
            return None
        if self.currency not in DIGITS:
            what = f"{self.currency!r} is no ISO 4217 currency"
            self.file.add(self.fields[0].line, "bad-currency", what, "only accounts in today's currencies are read")
            return None
        closing = self.first.get("62F") or self.first.get("62M")
        return BankStatement(
            account=self.account,
            currency=self.currency,
            lines=tuple(lines),
            number=one_line(self._text("28C") or self._text("28")),
            opened_on=opened[0] if opened else None,
            opening=opened[1] if opened else None,
            closed_on=closed[0] if closed else None,
            closing=closed[1] if closed else None,
            place=self.fields[0].line,
            closing_place=closing.line if closing else 0,
            warnings=self.warnings,
            kind="report" if report else "statement",
        )

    def _text(self, tag: str) -> str:
        return self.first[tag].text if tag in self.first else ""

    def _whole(self, opened: bool, closed: bool) -> bool:
        """Whether both balances are there; what of a statement is there without one is half of it."""
        for there, tags, word in ((opened, ("60F", "60M"), "opening"), (closed, ("62F", "62M"), "closing")):
            if not there and not any(tag in self.first for tag in tags):
                last = self.fields[-1].line if word == "closing" else self.fields[0].line
                message = f"the statement has no {word} balance (:{tags[0]}:): it is only half of one"
                if self.file.unproved and "61" in self.first:
                    self.warnings += (f"{UNPROVED}{message}",)
                else:
                    self.file.add(last, "no-balance", message, _AGAIN)
        return opened and closed

    def _balance(self, *tags: str) -> tuple[date, int] | None:
        """Day and amount of a balance; the first sets the currency of the message, others must have it."""
        field = next((self.first[tag] for tag in tags if tag in self.first), None)
        if field is None:
            return None
        match = _BALANCE.fullmatch(field.text.strip())
        if not match:
            self._bad(field, "bad-balance", f"{quoted(field.text)} is no balance such as C260128EUR1000,00")
            return None
        self.currency = self.currency or match[3] or self.default
        if match[3] and match[3] != self.currency:
            message = f"a balance in {match[3]} in a statement in {self.currency}"
            self._bad(field, "currency-change", message)
            return None
        when, minor = self._day(match[2], field), self._amount(match[4], field)
        if when is None or minor is None:
            return None
        return when, -minor if match[1] == "D" else minor

    def _report_currency(self) -> str:
        match = re.match(r"(?:[0-9]*)([A-Z]{3})", self._text("34F") or self._text("90C") or self._text("90D"))
        return match[1] if match else self.default

    def _day(self, digits: str, field: _Field) -> date | None:
        try:
            return day(digits, "YYMMDD")
        except ValueError as error:
            # Some banks count 30 days to every month. A payment needs a day that was.
            hint = f"{_AGAIN}; if the bank writes 30 February, correct it to the last of the month"
            self.file.add(field.line, "bad-date", f":{field.tag}: {error} (year, month, day)", hint)
            return None

    def _amount(self, text: str, field: _Field) -> int | None:
        if self.currency not in DIGITS:
            return 0  # said once, of the statement
        try:
            return exact_amount(text, self.currency)
        except ValueError as error:
            self._bad(field, "bad-amount", str(error))
            return None

    def _bad(self, field: _Field, code: str, message: str) -> None:
        self.file.add(field.line, code, f":{field.tag}: {message}", _AGAIN)

    # -- the lines

    def _lines(self) -> list[StatementLine]:
        """The lines with their details, in file order."""
        lines: list[StatementLine] = []
        last, closed = "", False
        for field in self.fields:
            if field.tag == "61":
                line = self._line(field)
                if closed:
                    self._bad(field, "bad-order", "a line after the closing balance belongs to no statement")
                lines += [line] if line else []
            elif field.tag == "86" and last in ("61", "NS") and lines:
                lines[-1] = _with_details(lines[-1], read_details(field.text))
            elif field.tag == "NS" and last in ("61", "86") and lines:
                lines[-1] = _with_details(lines[-1], read_non_swift(field.text))
            elif field.tag in ("25", "28", "28C", "60F", "60M") and last in ("61", "86"):
                self._bad(field, "bad-order", "stands among the lines")
            closed = closed or field.tag in ("62F", "62M")
            last = field.tag
        return lines

    def _line(self, field: _Field) -> StatementLine | None:
        first, *more = field.text.split("\n")
        match = _LINE.fullmatch(first) or (_LINE.fullmatch(first + more[0]) if more else None)
        if not match:
            self._bad(field, "bad-line", f"{quoted(first)} is no line such as 2601280128C88,75NTRFNONREF")
            return None
        value, minor = self._day(match["value"], field), self._amount(match["amount"], field)
        if value is None or minor is None:
            return None
        reversal = match["mark"].startswith("R")
        money_in = match["mark"] in ("C", "RD")  # RC takes a credit back, RD a debit
        kind, reference = (match["kind"] or "")[1:].strip(), match["reference"].strip()
        return StatementLine(
            place=field.line,
            booked=self._entry_day(match["entry"], value, field) or value,
            value_date=value,
            amount=minor if money_in else -minor,
            currency=self.currency,
            text=one_line(" ".join(more)) if match.re.fullmatch(first) else "",
            bank_reference=one_line(match["bank"] or ""),
            end_to_end="" if reference.upper() in _NOTHING or kind == "CHK" else one_line(reference),
            check_number=one_line(reference) if kind == "CHK" else "",
            returned=reversal or kind == "RTI",
            reversal=reversal,
            method=_METHODS.get(kind, ""),
        )

    def _entry_day(self, digits: str | None, value: date, field: _Field) -> date | None:
        """The entry date, which has no year: the day of that name nearest to the value date."""
        if not digits or not digits.strip():
            return None
        days = []
        for year in (value.year - 1, value.year, value.year + 1):
            try:
                days.append(day(f"{year:04}{digits}", "YYYYMMDD"))
            except ValueError:
                continue  # 29 February stands in one year of four
        if not days:
            self._bad(field, "bad-date", f"entry date {digits}: there is no such day")
            return None
        return min(days, key=lambda each: abs(each - value))

    def _check_sums(self, lines: list[StatementLine]) -> None:
        """The sums of a report of the day count its debits and credits."""
        for tag, sign, word in (("90D", -1, "debits"), ("90C", 1, "credits")):
            field = self.first.get(tag)
            match = _SUM.fullmatch(field.text.strip()) if field else None
            if field is None or match is None:
                continue
            amounts = [sign * line.amount for line in lines if sign * line.amount > 0]
            told = self._amount(match[3], field)
            if told is not None and ((match[1] and int(match[1]) != len(amounts)) or told != sum(amounts)):
                said = f"{match[1]} {word} of {match[3]}"
                found = f"{len(amounts)} of {plain(sum(amounts), self.currency)}"
                self._bad(field, "balance-mismatch", f"says {said}, the report holds {found}")


def _account(text: str) -> str:
    """The account, without the currency some banks write behind it."""
    account = compact(text)
    return account[:-3] if re.fullmatch(r"[0-9/]+[A-Z]{3}", account) and account[-3:] in DIGITS else account


def _with_details(line: StatementLine, details: Details) -> StatementLine:
    return replace(
        line,
        payer=details.payer or line.payer,
        payer_account=details.payer_account or line.payer_account,
        text=details.text or line.text,
        end_to_end=details.end_to_end or line.end_to_end,
        references=(Reference(details.reference),) if details.reference else line.references,
        method=details.method or line.method,
        returned=line.returned or details.returned,
        return_reason=details.return_reason or line.return_reason,
    )
