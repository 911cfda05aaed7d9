"""BAI2 balance reports: groups of accounts with balances and transactions, proved by their control totals.

Amounts are whole minor units already. Source: Cash Management Balance Reporting Specifications, Version 2
(BAI 2005), with its transaction type codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from arledger.documents.bank import BankStatement, StatementLine
from arledger.importers.findings import Findings, beginning, one_line, quoted, readable
from arledger.importers.values import compact, day
from arledger.money import DIGITS

_AGAIN = "the file is incomplete or was changed: download it again"
_OPENING, _CLOSING = "010", "015"
_DEPOSIT, _DEPOSIT_ITEM = "115", "116"  # a lockbox deposit, and one cheque of it
_METHODS = {
    **dict.fromkeys(("115", "116", "174", "175", "176", "301", "475"), "check"),
    **dict.fromkeys(("142", "165", "166", "169", "191", "195", "206", "208"), "transfer"),
}
# Reversals of a debit or a credit, deposited items and ACH items returned.
_RETURNS = {"252", "255", "257", "552", "555", "557"}
_PAYER = re.compile(
    r"(?:ORIG(?:INATOR)? ?(?:CO)? ?NAME|ORG|BO1|B/O(?: CUSTOMER)?|REMITTER)[:=] *(.+?)(?: {2,}|$)", re.I
)
_FUNDS = {"S": 3, "V": 2}  # fields of availability behind the funds type


class _Record(NamedTuple):
    """A record with its continuations: the fields of the first row, and the rows behind it."""

    line: int
    code: str
    fields: list[str]
    more: list[str]


class _Total:
    """What a file, group or account holds so far: its control total, its parts, and its records with the trailer."""

    def __init__(self, word: str) -> None:
        self.word, self.amount, self.parts, self.records = word, 0, 0, 0


class _Account(_Total):
    """An account under way."""

    def __init__(self, record: _Record, currency: str) -> None:
        super().__init__("the account")
        self.record, self.currency = record, currency
        self.balances: dict[str, int] = {}
        self.lines: list[tuple[str, StatementLine]] = []  # with their type codes


def identify(data: bytes) -> bool:
    """Whether the file begins with a file header and a group header."""
    return bool(re.match(r"01 *,[^\r\n]*[\r\n]+0[23] *,", beginning(data)))


def extract(data: bytes, file: Findings, currencies: Mapping[str, str]) -> list[BankStatement]:
    """One statement for each account and day in the file, in file order; control totals that differ are problems."""
    text, warnings = readable(data, file)
    reader = _Reader(file, currencies, warnings)
    for record in _records(text, file):
        reader.take(record)
    if reader.open:
        message = f"the file ends inside {reader.open[-1].word}: its trailer is missing"
        file.add(text.count("\n") + (not text.endswith("\n")), "bad-bai", message, _AGAIN)
    return reader.statements


def _records(text: str, file: Findings) -> list[_Record]:
    """The records in file order, rows of code 88 with the record they continue."""
    records: list[_Record] = []
    for number, row in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        bare = row.strip()
        if not bare:
            continue
        code, _, rest = bare.partition(",")
        if code.strip() == "88" and records:
            records[-1].more.append(rest.removesuffix("/"))
        elif code.strip() in ("01", "02", "03", "16", "49", "98", "99"):
            records.append(
                _Record(number, code.strip(), [part.strip() for part in rest.removesuffix("/").split(",")], [])
            )
        else:
            file.add(number, "bad-bai", f"{quoted(bare)} begins with no record code of BAI2", _AGAIN)
    return records


class _Reader:
    """Takes the records in order and keeps the totals that the trailers must show."""

    def __init__(self, file: Findings, currencies: Mapping[str, str], warnings: tuple[str, ...]) -> None:
        self.file, self.currencies, self.warnings = file, currencies, warnings
        self.statements: list[BankStatement] = []
        self.open: list[_Total] = []  # the file, a group of it, an account of that
        self.as_of: date | None = None
        self.currency, self.kind = "", "statement"

    def take(self, record: _Record) -> None:
        """One record. What is out of place or does not sum up is added to the findings."""
        depth = {"01": 0, "02": 1, "03": 2, "16": 3, "49": 3, "98": 2, "99": 1}[record.code]
        if len(self.open) != depth:
            where = f"inside {self.open[-1].word}" if self.open else "outside a file"
            raise self.file.fatal(record.line, "bad-bai", f"a record {record.code} stands {where}", _AGAIN)
        begin = {"01": self._begin_file, "02": self._begin_group, "03": self._begin_account}.get(record.code)
        if begin:
            begin(record)
        for total in self.open:
            total.records += 1 + len(record.more)
        if record.code == "16":
            self._line(record)
        elif not begin:
            self._end(record)

    def _begin_file(self, record: _Record) -> None:
        if record.fields[-1] not in ("2", ""):
            self._bad(record, f"BAI version {quoted(record.fields[-1])}: only version 2 is read")
        self.open.append(_Total("the file"))

    def _begin_group(self, record: _Record) -> None:
        fields = [*record.fields, *[""] * 7]
        if fields[2] != "1":
            what = {"2": "takes an earlier one back", "3": "corrects an earlier one", "4": "is a test"}.get(
                fields[2], "?"
            )
            self._bad(record, f"the group {what} (status {quoted(fields[2])}): only updates can be posted")
        self.as_of = self._day(fields[3], record)
        self.currency = fields[5].upper()
        self.kind = "report" if fields[6] in ("1", "3") else "statement"  # interim, of the day before or of this one
        self.open.append(_Total("a group"))

    def _begin_account(self, record: _Record) -> None:
        number = compact(record.fields[0])
        told = (record.fields[1].upper() if len(record.fields) > 1 else "") or self.currency
        currency = told or self.currencies.get(number) or self.currencies.get("", "") or "USD"
        if currency not in DIGITS:
            self._bad(record, f"{quoted(currency)} is no ISO 4217 currency", "bad-currency")
        account = _Account(record, currency)
        rows = [record.fields[2:], *(row.split(",") for row in record.more)]
        fields = [part.strip() for row in rows for part in row]
        while fields:
            code, *fields = fields
            if not code:  # some banks end a row with a field too many
                continue
            amount = self._whole(fields[0] if fields else "", record)
            account.amount += amount
            account.balances.setdefault(code, amount)
            funds = fields[2] if len(fields) > 2 else ""
            fields = fields[3 + _availability(funds, fields[3:]) :]
        self.open.append(account)

    def _line(self, record: _Record) -> None:
        """A transaction: type, amount, funds type, availability, the bank's and the customer's number, text."""
        account = self.open[-1]
        assert isinstance(account, _Account)
        fields, texts = list(record.fields), list(record.more)
        while texts and len(fields) < 5 + _availability(fields[2] if len(fields) > 2 else "", fields[3:]):
            fields += [part.strip() for part in texts.pop(0).split(",")]
        code, amount = fields[0], self._whole(fields[1] if len(fields) > 1 else "", record)
        account.amount += amount
        skipped = _availability(fields[2] if len(fields) > 2 else "", fields[3:])
        bank, customer, *rest = [*fields[3 + skipped :], "", ""]
        value = self._day(fields[3], record) if fields[2:3] == ["V"] and fields[3:4] != [""] else None
        if not (code.isdigit() and len(code) == 3):
            self._bad(record, f"{quoted(code)} is no type code of three digits")
            return
        sign = 1 if "100" <= code < "400" or "920" <= code < "960" else -1
        when = self.as_of or value
        if when is None or code == "890" or amount < 0:  # 890 carries text only
            if code != "890":
                self._bad(record, "the transaction has no date" if when is None else "its amount is negative")
            return
        rows = [",".join(rest).strip(","), *texts]
        method = _METHODS.get(code, "")
        line = StatementLine(
            place=record.line,
            booked=when,
            value_date=value or when,
            amount=sign * amount,
            currency=account.currency,
            payer=next((one_line(match[1]) for row in rows if (match := _PAYER.search(row))), ""),
            text=one_line(" ".join(rows)),
            bank_reference=one_line(bank),
            end_to_end="" if method == "check" else one_line(customer),
            check_number=one_line(customer) if method == "check" else "",
            returned=code in _RETURNS,
            method=method,
        )
        account.lines.append((code, line))

    def _end(self, record: _Record) -> None:
        """The trailer of what is open: its totals are checked, and count for what is around it."""
        ended = self.open.pop()
        told = [self._whole(part, record) for part in record.fields]
        count = told[-1] if len(told) > 1 else 0
        if told[0] != ended.amount:
            self._bad(
                record,
                f"the control total of {ended.word} is {told[0]}, its amounts make {ended.amount}",
                "balance-mismatch",
            )
        if record.code != "49" and len(told) > 2 and told[1] != ended.parts:
            self._bad(record, f"{ended.word} should have {told[1]} parts, it has {ended.parts}", "balance-mismatch")
        if count and count != ended.records:
            self._bad(record, f"{ended.word} should have {count} records, it has {ended.records}", "balance-mismatch")
        if self.open:
            self.open[-1].amount += ended.amount
            self.open[-1].parts += 1
        if isinstance(ended, _Account):
            self.statements.append(self._statement(ended, record))

    def _statement(self, account: _Account, trailer: _Record) -> BankStatement:
        return BankStatement(
            account=compact(account.record.fields[0]),
            currency=account.currency,
            lines=_items(account.lines),
            opened_on=self.as_of,
            opening=account.balances.get(_OPENING),
            closed_on=self.as_of,
            closing=account.balances.get(_CLOSING),
            warnings=self.warnings,
            place=account.record.line,
            closing_place=trailer.line,
            kind=self.kind,
        )

    def _bad(self, record: _Record, message: str, code: str = "bad-bai") -> None:
        self.file.add(record.line, code, message, _AGAIN)

    def _whole(self, text: str, record: _Record) -> int:
        """Minor units as BAI writes them: a whole number, perhaps signed; nothing is zero."""
        if re.fullmatch(r"[+-]?[0-9]{0,18}", text.strip(), re.ASCII):
            return int(text.strip() or "0") if text.strip() not in ("+", "-") else 0
        self._bad(record, f"{quoted(text)} is no whole number of minor units", "bad-amount")
        return 0

    def _day(self, text: str, record: _Record) -> date | None:
        try:
            return day(text, "YYMMDD" if len(text) == 6 else "YYYYMMDD")
        except ValueError as error:
            self._bad(record, str(error), "bad-date")
            return None


def _availability(funds: str, fields: Sequence[str]) -> int:
    """How many fields behind the funds type say when the money is available."""
    if funds == "D":
        return 1 + 2 * int(fields[0]) if fields and fields[0].isdigit() else 1
    return _FUNDS.get(funds, 0)


def _items(lines: Sequence[tuple[str, StatementLine]]) -> tuple[StatementLine, ...]:
    """The lines; a lockbox deposit whose cheques follow it and sum up to it gives way to them."""
    kept: list[StatementLine] = []
    for place, (code, line) in enumerate(lines):
        following = []
        for item_code, item in lines[place + 1 :]:
            if item_code != _DEPOSIT_ITEM:
                break
            following.append(item.amount)
        if code != _DEPOSIT or sum(following) != line.amount:
            kept.append(line)
    return tuple(kept)
