"""What a bank tells: statements and their lines, in one shape whatever the format of the file.

Every reader under `importers/` gives these, and matching takes them. Amounts are signed minor units of the
line's currency, positive when money came in. `BankProfile` says how to read one bank's CSV: it is what stands
under `bank_profiles` in ledger.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Reference:
    """One document number of structured remittance, and the amount the payer says is for it (None: not said)."""

    number: str
    amount: int | None = None  # minor units of the line's currency
    reason: str = ""  # X12 426 adjustment reason code of a deduction, where given
    adjustment: int = 0  # minor units withheld for that reason, positive


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked movement on our bank account."""

    place: int  # line of the file it starts on (row, for spreadsheets); counts from 1
    booked: date
    value_date: date
    amount: int  # minor units, positive: money in
    currency: str
    payer: str = ""  # name of the other side as the bank gives it
    payer_account: str = ""  # its IBAN or account number, without spaces
    text: str = ""  # free remittance text, one line
    references: tuple[Reference, ...] = ()  # structured remittance: document numbers, creditor references
    bank_reference: str = ""  # the bank's own number of the entry
    end_to_end: str = ""  # the payer's number of the order; "NOTPROVIDED" and the like are left out
    check_number: str = ""
    charges: int = 0  # minor units the bank kept before crediting, positive
    returned: bool = False  # a return or reversal of an earlier entry (cheque unpaid, debit recalled)
    return_reason: str = ""
    reversal: bool = False  # the bank's own mark for an entry that takes an earlier one back
    pending: bool = False  # not booked: never becomes a payment
    method: str = ""  # transfer, check, card, cash or direct-debit, where the bank's code says so


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement of one account, as read from a file."""

    account: str  # IBAN or account number in the file, without spaces; "" when the file names none
    currency: str
    lines: tuple[StatementLine, ...]
    number: str = ""
    opened_on: date | None = None
    opening: int | None = None  # minor units; None: the file does not say
    closed_on: date | None = None
    closing: int | None = None
    warnings: tuple[str, ...] = field(default=())
    place: int = 0  # line of the file it starts on; 0: the file as a whole
    closing_place: int = 0  # line of the file its closing balance stands on; 0: it has none
    # statement: booked, between two balances · report: of a day not over (camt.052, MT942) · notification: of single
    # entries (camt.054) · lockbox: cheques deposited for us · advice: what a payer says it pays, which is not money
    kind: str = "statement"


@dataclass(frozen=True, slots=True)
class ProfileColumns:
    """The bank's names of the columns, or their numbers counted from 1 where the file has no header.

    Either `amount` (signed, or with `mark`), or `debit` and `credit`. Columns named in a list are joined.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    date: str = "date"
    amount: str = ""
    debit: str = ""  # money out
    credit: str = ""  # money in
    mark: str = ""  # says for each amount whether it went in or out: C/D, Haben/Soll, +/-
    value_date: str = ""
    currency: str = ""
    name: str | tuple[str, ...] = ""  # the other side
    account: str = ""  # the other side's
    own_account: str = ""
    reference: str = ""
    text: str | tuple[str, ...] = ""
    bank_reference: str = ""
    check_number: str = ""
    balance: str = ""  # after the booking; proves the file complete
    status: str = ""  # see BankProfile.booked


@dataclass(frozen=True, slots=True)
class BankProfile:
    """How one bank writes its CSV. Whatever is left out is found out or has the default here."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    columns: ProfileColumns
    delimiter: str = ""  # , ; | or tab; empty: found out
    encoding: str = ""  # such as cp1252; empty: UTF-8, or as the file's first bytes say
    skip: int = 0  # lines before the header; without it the header is looked for in the first lines
    header: bool = True
    date: str = "YYYY-MM-DD"  # of D DD M MM MMM YY YYYY, such as DD.MM.YYYY; or as strptime writes it
    decimal: str = "."
    thousands: str = ""  # the sign between groups of three digits, where the bank writes one
    sign: str = "as-is"  # inverted: money in is written negative
    debit_marks: tuple[str, ...] = ("d", "dr", "dbit", "debit", "s", "soll", "-", "out")
    booked: tuple[str, ...] = ()  # values of the column `status` that mean booked; all others are pending
    account: str = ""  # ours, where no column names it
    currency: str = ""  # where no column names it
    footer: str = ""  # what the first cell of the first row after the bookings begins with


@dataclass(frozen=True, slots=True)
class LockboxLayout:
    """Where the fields of one bank's lockbox records stand: first and last position, counted from 1.

    Empty for a field the bank does not give. Amounts are in cents, without a point.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    lockbox: str = "8-14"  # record 5
    deposit_date: str = "15-20"
    batch: str = "2-4"  # records 4, 6 and 7
    item: str = "5-7"
    amount: str = "8-17"  # record 6: the cheque
    routing: str = "18-26"
    account: str = "27-36"
    check_number: str = "37-46"
    payer: str = ""
    check_invoice: str = ""
    check_invoice_amount: str = ""
    invoice: str = "12-21"  # record 4: one invoice the cheque names
    invoice_amount: str = "22-31"
    batch_count: str = "21-23"  # record 7
    batch_total: str = "24-33"
    lockbox_count: str = "21-24"  # record 8
    lockbox_total: str = "25-34"
    record_count: str = "2-7"  # record 9


def compact(account: str) -> str:
    """An account number as compared: letters and digits alone, capitals.

    >>> compact("de02 1203-0000")
    'DE0212030000'
    """
    return "".join(character for character in account if character.isalnum()).upper()
