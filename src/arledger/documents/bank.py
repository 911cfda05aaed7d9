"""What a bank tells: statements and their lines, in one shape whatever the format of the file.

Every reader under `importers/` gives these, and matching takes them. Amounts are signed minor units of the
line's currency, positive when money came in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


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
    pending: bool = False  # not booked: never becomes a payment


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
