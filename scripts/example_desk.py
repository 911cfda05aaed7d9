"""The clerk's desk of the example: posts what the library's commands plan, one thing after another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from arledger.commands import bookings, invoices, payments, periods, write_offs
from arledger.commands.bank_lines import booked
from arledger.commands.invoices import Asked
from arledger.commands.payments import Received
from arledger.commands.planned import Planned
from arledger.commands.shares import Wanted, shares
from arledger.compute.discounts import earned
from arledger.compute.fx import rates_of
from arledger.dates import parse_month
from arledger.documents.base import Document
from arledger.documents.invoices import CreditNote, Invoice
from arledger.documents.payments import BankLine, Payment
from arledger.importers import read_statements
from arledger.ledger.table import Ledger
from arledger.money import decimal, minor_units, plain
from arledger.store import meaning
from arledger.store.files import Books
from arledger.store.writing import path_of, text_of

BANK_COLUMNS = ("date", "amount", "currency", "name", "account", "reference", "text")


class Desk:
    """The books of the example while they are written, under a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.state = tempfile.TemporaryDirectory()
        self.books = Books(str(root), self.state.name)
        self.issued: dict[str, list[str]] = {}  # customer → its invoices, in order
        self.banked: list[dict[str, str]] = []  # rows of the bank that were posted, in order
        self._read: Ledger | None = None

    def post(self, plan: Callable[[Ledger], Planned]) -> list[tuple[str, Document]]:
        """Posts a plan; gives the facts it added."""
        made: list[Planned] = []
        if self._read:  # a reader would keep the writer waiting
            self._read.connection.close()
            self._read = None

        def files(ledger: Ledger) -> Mapping[str, str]:
            made[:] = [plan(ledger)]
            return {path_of(fact, document): text_of(document) for fact, document in made[0].facts}

        self.books.post(files)
        return list(made[0].facts)

    def ledger(self) -> Ledger:
        """The books as they are now."""
        self._read = self._read or self.books.read()
        return self._read

    def open(self, *items: str) -> int:
        """What is open of these items together, minor units."""
        ledger = self.ledger()
        return sum(row.open for item in items if (row := ledger.item(item)))

    def due_now(self, day: date, items: Sequence[str]) -> int:
        """What settles these items on that day: open less the discounts earned, minor units."""
        ledger = self.ledger()
        return sum(row.open - earned(ledger, row, day) for item in items if (row := ledger.item(item)))

    # -- what we bill ---------------------------------------------------------------------------------------

    def invoice(self, asked: Asked) -> str:
        """Issues an invoice; gives its number."""
        ((number, _),) = self.post(lambda ledger: invoices.new(ledger, asked))
        self.issued.setdefault(asked.customer, []).append(number)
        return number

    def credit_note(self, customer: str, day: date, amount: str, reason: str, against: str = "") -> str:
        """Issues a credit note, applied at once to the invoice it is against."""
        currency = self.currency(customer)
        minor = minor_units(amount, currency)
        ((number, _),) = self.post(
            lambda ledger: invoices.new_credit_note(
                ledger, customer, day, minor, currency, against=against, reason=reason, key=""
            )
        )
        return number

    def void(self, number: str, day: date, reason: str) -> None:
        """Voids an invoice nobody has paid."""

        def plan(ledger: Ledger) -> Planned:
            document = self.books.document(ledger, number)
            assert isinstance(document, Invoice)
            return invoices.void(ledger, number, document, day, reason)

        ((_, note),) = self.post(plan)
        assert isinstance(note, CreditNote)

    # -- what comes in --------------------------------------------------------------------------------------

    def transfer(self, customer: str, day: date, items: Sequence[Wanted], amount: int, text: str) -> str:
        """A payment by bank transfer, as a clerk applied it from the bank's file."""
        ledger = self.ledger()
        currency = self.currency(customer)
        record = ledger.customer(customer)
        assert record
        row = bank_row(day, amount, currency, record.payer.names[0], next(iter(record.payer.accounts), ""), text)
        return self._from_bank(row, customer, currency, items)

    def unknown_transfer(self, day: date, amount: int, name: str, text: str) -> str:
        """A transfer nobody can place: posted as unidentified."""
        return self._from_bank(bank_row(day, amount, "USD", name, "", text), "", "USD", ())

    def _from_bank(self, row: dict[str, str], customer: str, currency: str, items: Sequence[Wanted]) -> str:
        self.banked.append(row)
        account = "main" if currency == "USD" else "eur"
        statements = read_statements(bank_csv([row]).encode(), "bank.csv", currencies={"": currency})

        def plan(ledger: Ledger) -> Planned:
            ((_, _, (line,)),) = booked(ledger.policy, statements, "bank.csv", account)
            came = line.line
            info = BankLine(
                account=account, payer=came.payer or None, payer_account=came.payer_account or None,
                text=came.text or None, line=line.key,
            )  # fmt: skip
            payment = Payment(
                customer=customer or None, date=came.value_date, currency=currency, bank=info,
                applied=tuple(shares(ledger, customer, currency, came.value_date, came.amount, items)),
                amount=decimal(came.amount, currency),
            )  # fmt: skip
            return Planned([(f"{came.value_date}-{line.key[:8]}", payment)])

        return self.post(plan)[0][0]

    def receive(self, received: Received, items: Sequence[Wanted]) -> str:
        """A payment by cheque, card or in cash, typed in by hand."""
        return self.post(lambda ledger: payments.new(ledger, received, items))[0][0]

    # -- what is done with it afterwards --------------------------------------------------------------------

    def apply(self, credit: str, items: Sequence[Wanted], day: date) -> None:
        """Sets a credit against items."""
        self.post(lambda ledger: payments.apply(ledger, credit, items, day))

    def unapply(self, credit: str, day: date, reason: str) -> None:
        """Takes back what a credit was applied to."""
        self.post(lambda ledger: payments.unapply(ledger, credit, day, reason))

    def bounce(self, payment: str, day: date, reason: str, fee: str) -> None:
        """The bank took a payment back."""
        self.post(lambda ledger: payments.return_(ledger, payment, day, reason, minor_units(fee, "USD")))

    def refund(self, credit: str, amount: int, day: date, reference: str) -> None:
        """Pays a credit back."""
        self.post(lambda ledger: payments.refund(ledger, credit, amount, day, "transfer", reference))

    def write_off(self, item: str, day: date, reason: str) -> None:
        """Gives up what is open of an item."""
        self.post(lambda ledger: write_offs.write_off(ledger, item, None, day, reason))

    def close(self, month: str, today: date) -> None:
        """Closes a month, once its allowance and its gains on paper are booked."""
        last = parse_month(month)[1]
        self.post(lambda ledger: bookings.book_allowance(ledger, last))
        self.post(lambda ledger: bookings.book_revaluation(ledger, last, rates_of(ledger.policy)))
        content = partial(meaning.content, self.books.root)
        self.post(lambda ledger: periods.close(ledger, month, today, content))

    def currency(self, customer: str) -> str:
        """The currency a customer is billed in."""
        ledger = self.ledger()
        record = ledger.customer(customer)
        assert record
        return record.currency or ledger.policy.currency


def bank_row(
    day: date, amount: int, currency: str, name: str, account: str, text: str, reference: str = ""
) -> dict[str, str]:
    """A row of a bank's CSV file in the plain profile. Amounts in minor units, negative: money out."""
    cells = (day.isoformat(), plain(amount, currency), currency, name, account, reference, text)
    return dict(zip(BANK_COLUMNS, cells, strict=True))


def bank_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a CSV file."""
    lines = [",".join(BANK_COLUMNS)]
    lines += [",".join(_cell(row[column]) for column in BANK_COLUMNS) for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return f'"{text}"' if "," in text else text


def part_of(amount: int, share: str) -> int:
    """A round part of an amount: whole tens of currency, as people pay on account."""
    return int(amount * Decimal(share)) // 1000 * 1000
