"""Bank CSV: the plain profile of the contract, and files of any bank through a `BankProfile`.

>>> data = b"date,amount,currency,name\\n2026-01-28,88.75,EUR,ACME GMBH\\n"
>>> statement = extract(data, Findings("bank.csv"), None, {})[0]
>>> [(line.place, line.amount, line.payer) for line in statement.lines]
[(2, 8875, 'ACME GMBH')]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from arledger.dates import parse_date
from arledger.documents.bank import BankProfile, BankStatement, ProfileColumns, Reference, StatementLine
from arledger.importers.came_back import came_back
from arledger.importers.findings import Findings, decode, quoted
from arledger.importers.profile import check_profile, column_names, profile_rows
from arledger.importers.table import Row, table_rows
from arledger.importers.values import bank_amount, compact, day
from arledger.money import DIGITS, minor_units, plain

_PLAIN_NAMES = ("date", "amount", "currency", "name", "account", "reference", "text")
#: The profile of files made for this program. Its dates and amounts are read as strictly as ledger files.
PLAIN = BankProfile(ProfileColumns(**{name: name for name in _PLAIN_NAMES}))
_PLAIN_HINT = "write YYYY-MM-DD and 1250.00, or describe the bank's own file under bank_profiles in ledger.yaml"
_NO_PROFILE = "name the account that has a profile, or the profile; ar bank profile --guess FILE drafts one"
_PROFILE_HINT = "correct the profile in ledger.yaml, or the file"


def extract(
    data: bytes, file: Findings, profile: BankProfile | None, currencies: Mapping[str, str]
) -> list[BankStatement]:
    """One statement for each account and currency in the file, lines in file order; all bad rows are problems."""
    if profile is None:
        names = {name: name for name in _PLAIN_NAMES}
        rows = table_rows(decode(data, file), file, names, {"date", "amount"}, _NO_PROFILE)
    else:
        check_profile(profile, file)
        rows = profile_rows(decode(data, file, profile.encoding), profile, file)
    reader = _RowReader(profile or PLAIN, currencies, file)
    bookings = [booking for row in rows if (booking := reader.booking(row))]
    return _statements(bookings, profile or PLAIN, currencies, file)


@dataclass(frozen=True, slots=True)
class _Booking:
    """One row as a line, with the account of ours it is on and the balance after it, where the file gives them."""

    line: StatementLine
    own_account: str
    balance: int | None


class _RowReader:
    """Reads rows under one profile; what is wrong with a row goes to the findings."""

    def __init__(self, profile: BankProfile, currencies: Mapping[str, str], file: Findings) -> None:
        self.profile, self.currencies, self.file = profile, currencies, file
        self.columns = column_names(profile.columns)
        self.strict = profile is PLAIN
        self.hint = _PLAIN_HINT if self.strict else _PROFILE_HINT

    def booking(self, row: Row) -> _Booking | None:
        """The line a row says, or None after adding all that is wrong with it."""
        cell = {field: self._joined(row, columns) for field, columns in self.columns.items()}
        before = len(self.file.problems)
        own = compact(cell.get("own_account") or self.profile.account)
        booked = self._day(cell["date"], row.number)
        value = self._day(cell["value_date"], row.number) if cell.get("value_date") else booked
        currency = self._currency(cell.get("currency", ""), own, row.number)
        amount = self._signed(cell, currency, row.number) if currency else None
        balance = self._amount(cell["balance"], currency, row.number) if cell.get("balance") and currency else None
        if booked is None or value is None or amount is None or len(self.file.problems) > before:
            return None
        line = StatementLine(
            place=row.number,
            booked=booked,
            value_date=value,
            amount=amount,
            currency=currency,
            payer=cell.get("name", ""),
            payer_account=compact(cell.get("account", "")),
            text=cell.get("text", ""),
            references=(Reference(cell["reference"]),) if cell.get("reference") else (),
            bank_reference=cell.get("bank_reference", ""),
            check_number=cell.get("check_number", ""),
            returned=amount < 0 and came_back(cell.get("text", "")),
            pending=bool(self.profile.booked) and cell.get("status", "") not in self.profile.booked,
        )
        return _Booking(line, own, balance)

    def _joined(self, row: Row, columns: Sequence[str]) -> str:
        return " ".join(filter(None, (row.values.get(column, "") for column in columns)))

    def _day(self, text: str, line: int) -> date | None:
        try:
            return parse_date(text) if self.strict else day(text, self.profile.date)
        except ValueError as error:
            self.file.add(line, "bad-date", str(error), self.hint)
            return None

    def _currency(self, text: str, own: str, line: int) -> str:
        code = (text or self.profile.currency or default_currency(self.currencies, own)).upper()
        if code in DIGITS:
            return code
        what = f"{quoted(text)} is no ISO 4217 currency" if code else "neither the row nor the account has a currency"
        self.file.add(line, "bad-currency", what, "write a code such as EUR in the row, the profile or the account")
        return ""

    def _signed(self, cell: Mapping[str, str], currency: str, line: int) -> int | None:
        """The amount of a row, positive for money in."""
        if not self.profile.columns.amount:
            return self._two_columns(cell.get("debit", ""), cell.get("credit", ""), currency, line)
        amount = self._amount(cell["amount"], currency, line)
        if amount is None:
            return None
        if self.profile.columns.mark and cell.get("mark", "").casefold() in self.profile.debit_marks:
            amount = -abs(amount)
        return -amount if self.profile.sign == "inverted" else amount

    def _two_columns(self, debit: str, credit: str, currency: str, line: int) -> int | None:
        sides = [(sign, self._amount(text, currency, line)) for sign, text in ((-1, debit), (1, credit)) if text]
        if len(sides) == 2:  # some banks fill the other column with 0.00
            sides = [(sign, amount) for sign, amount in sides if amount != 0] or sides[:1]
        if len(sides) != 1:
            what = "both debit and credit" if sides else "neither debit nor credit"
            self.file.add(line, "bad-amount", f"the row has {what}", "one of the two holds the amount")
            return None
        sign, amount = sides[0]
        # Money out stands in the debit column with or without its minus; a minus in credit is a credit taken back.
        return None if amount is None else -abs(amount) if sign < 0 else amount

    def _amount(self, text: str, currency: str, line: int) -> int | None:
        try:
            if self.strict:
                return minor_units(text, currency)
            return bank_amount(text, currency, decimal=self.profile.decimal, thousands=self.profile.thousands)
        except ValueError as error:
            self.file.add(line, "bad-amount", str(error), self.hint)
            return None


def default_currency(currencies: Mapping[str, str], account: str) -> str:
    """The currency of an account of ours as the caller knows it; "" when it does not."""
    return currencies.get(account) or currencies.get("", "")


def _statements(
    bookings: Sequence[_Booking], profile: BankProfile, currencies: Mapping[str, str], file: Findings
) -> list[BankStatement]:
    """The bookings by account and currency, in order of first appearance; one empty statement for an empty file."""
    groups: dict[tuple[str, str], list[_Booking]] = {}
    for booking in bookings:
        groups.setdefault((booking.own_account, booking.line.currency), []).append(booking)
    if not groups:
        own = compact(profile.account)
        return [BankStatement(own, profile.currency or default_currency(currencies, own), ())]
    return [_statement(own, currency, members, file) for (own, currency), members in groups.items()]


def _statement(own: str, currency: str, members: Sequence[_Booking], file: Findings) -> BankStatement:
    opening, closing = _balances(members, file)
    dates = [member.line.booked for member in members]
    return BankStatement(
        own,
        currency,
        tuple(member.line for member in members),
        opened_on=min(dates),
        opening=opening,
        closed_on=max(dates),
        closing=closing,
        place=members[0].line.place,
    )


def _balances(members: Sequence[_Booking], file: Findings) -> tuple[int | None, int | None]:
    """Opening and closing balance by the balances after each row, whether the oldest row comes first or last.

    A row that does not lead on from the one before it is lost, doubled or changed: a problem at the first such.
    """
    booked = [member for member in members if not member.line.pending]
    steps = [(m.balance - m.line.amount, m.balance, m.line.place) for m in booked if m.balance is not None]
    if not steps or len(steps) < len(booked):
        return None, None
    broken = []
    for way in (steps, steps[::-1]):
        breaks = [(earlier, later) for earlier, later in pairwise(way) if earlier[1] != later[0]]
        if not breaks:
            return way[0][0], way[-1][1]
        broken.append(breaks)
    earlier, later = min(broken, key=len)[0]
    reached, begins = (plain(minor, members[0].line.currency) for minor in (earlier[1], later[0]))
    message = f"the balance was {reached} before this row, by its own balance and amount it was {begins}"
    hint = (
        "rows are missing or were changed: download the file again; if the bank sorts them otherwise, take the "
        "balance out of the profile"
    )
    file.add(later[2], "balance-mismatch", message, hint)
    return None, None
