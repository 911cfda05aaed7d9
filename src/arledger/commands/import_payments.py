"""Payments from a CSV file: rows with the same id are one payment with several shares.

A row without an id is a payment of its own. Its id is made of what it says, and of how many rows before it say the
same: so rows alike in one file are as many payments, and a file that overlaps with an earlier one adds what is new.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from arledger.commands.import_rows import Findings, Options, Row
from arledger.commands.planned import Planned, refuse_closed
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import Share
from arledger.documents.payments import METHODS, Payment
from arledger.errors import RefusedError, did_you_mean
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import decimal, minor_units, plain

FIELDS = ("payment", "customer", "date", "amount", "currency", "invoice", "applied", "reference", "method")
REQUIRED = ("date", "amount")
_OF_PAYMENT = ("customer", "date", "amount", "currency", "reference", "method")  # alike in all rows of one payment


class _Open:
    """What is left of each item as the shares of the file use it up."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._left = ledger, dict[str, int]()

    def row(self, item: str) -> ItemRow | None:
        """The item, None when there is no such."""
        return self._ledger.item(item_and_part(item)[0])

    def left(self, row: ItemRow) -> int:
        """Minor units open."""
        return self._left.setdefault(row.item, row.open)

    def use(self, row: ItemRow, amount: int) -> None:
        """Notes a share."""
        self._left[row.item] = self.left(row) - amount


def plan(ledger: Ledger, options: Options) -> Planned:
    """A payment for each id that is not there yet. Raises ImportFileError with every problem of the file."""
    found, open_ = Findings(options.name), _Open(ledger)
    facts = []
    for payment, rows in _by_id(found, options).items():
        if ledger.fact(payment):
            _same_or_noted(found, ledger, payment, rows)
        elif document := _payment(found, ledger, options, rows, open_):
            facts.append((payment, document))
    found.raise_any()
    return Planned(facts, about=f"Import {len(facts)} payments")


def _by_id(found: Findings, options: Options) -> Mapping[str, Sequence[Row]]:
    """The rows of each payment, in the order of the file."""
    rows_of: dict[str, list[Row]] = {}
    alike: Counter[str] = Counter()
    for row in options.rows:
        if row.values.get("payment"):
            payment = found.id(row, "payment")
        else:
            says = "|".join(" ".join(row.values.get(field, "").split()) for field in FIELDS[1:])
            alike[says] += 1
            payment = _made_id(row, options, f"{says}|{alike[says]}")
        if payment is not None:
            rows_of.setdefault(payment, []).append(row)
    return rows_of


def _made_id(row: Row, options: Options, text: str) -> str:
    """`<date>-<12 hex digits>` of a row without an id; the number of the row where its date cannot be read."""
    try:
        return f"{options.read_date(row.values.get('date', ''))}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    except ValueError:
        return f"row-{row.number}"


def _same_or_noted(found: Findings, ledger: Ledger, payment: str, rows: Sequence[Row]) -> None:
    there = ledger.fact(payment)
    assert there
    text = rows[0].values.get("amount", "")
    try:
        same = there.kind == "payments" and minor_units(text, there.currency) == there.amount
    except ValueError:
        same = False
    if not same:
        message = f"{payment} is there already, with {plain(there.amount, there.currency)}"
        found.add(rows[0], "imported-differently", message, f"see ar why {payment}")


def _payment(found: Findings, ledger: Ledger, options: Options, rows: Sequence[Row], open_: _Open) -> Payment | None:
    first = rows[0]
    customer = found.customer(first, ledger, needed=False)
    record = ledger.customer(customer) if customer else None
    currency = found.currency(first, (record and record.currency) or ledger.policy.currency)
    day = found.day(first, "date", options.read_date)
    amount = found.amount(first, "amount", currency)
    method = first.values.get("method", "").lower() or "transfer"
    if method not in METHODS:
        found.add(first, "bad-choice", f"method is {method!r}", f"write one of {', '.join(METHODS)}")
    found.alike(rows, _OF_PAYMENT)
    if customer is None or currency is None or day is None or amount is None:
        return None
    try:
        refuse_closed(ledger, day)
    except RefusedError as error:
        found.add(first, error.code, error.message, error.hint)
    shares, left = [], amount
    for row in rows:
        share = (
            _share(found, row, open_, left, (customer, currency, day), ledger) if row.values.get("invoice") else None
        )
        if share:
            left -= share[1]
            shares.append(Share(item=share[0], amount=decimal(share[1], currency)))
    if method not in METHODS:
        return None
    return Payment.model_validate({
        "customer": customer or None, "date": day, "currency": currency, "method": method,
        "reference": first.values.get("reference") or None, "applied": tuple(shares),
        "amount": decimal(amount, currency),
    })  # fmt: skip


def _share(
    found: Findings, row: Row, open_: _Open, left: int, payment: tuple[str, str, date], ledger: Ledger
) -> tuple[str, int] | None:
    """Item and minor units of a row's share: what was said, else what is open and the payment covers."""
    item, currency = row.values["invoice"], payment[1]
    there = open_.row(item)
    if there is None:
        hint = did_you_mean(item, ledger.known_ids("items", "item")) or "import invoices first"
        found.add(row, "unknown-item", f"there is no invoice {item}", hint)
        return None
    if wrong := _wrong(ledger, there, *payment):
        found.add(row, *wrong)
        return None
    available = open_.left(there)
    amount = found.amount(row, "applied", currency) if row.values.get("applied") else min(available, left)
    if amount is None:
        return None
    if amount > left or amount > available or amount <= 0:
        what = f"{plain(available, currency)} is open of {item}, {plain(left, currency)} left of the payment"
        found.add(row, "over-applied", f"applied {plain(amount, currency)}, but {what}", "lower the amount applied")
        return None
    open_.use(there, amount)
    return item, amount


def _wrong(ledger: Ledger, item: ItemRow, customer: str, currency: str, day: date) -> tuple[str, str, str] | None:
    """Why a payment of this customer, currency and day cannot be applied to an item: code, message, hint."""
    if item.total < 0:
        return "not-a-debt", f"{item.item} is a {item.kind}, not a debt", "apply it to an invoice"
    if not ledger.same_family(item.customer, customer):
        return ("wrong-customer", f"{item.item} is of {item.customer}, not of {customer or 'nobody'}",
                "apply it to an item of the same customer")  # fmt: skip
    if item.currency != currency:
        return ("wrong-currency", f"{item.item} is in {item.currency}, not in {currency}",
                "apply it to an item of the same currency")  # fmt: skip
    if item.date > day.toordinal():
        return ("applied-too-early", f"{item.item} is dated {date.fromordinal(item.date)}, after {day}",
                "date the payment on or after its invoices")  # fmt: skip
    return None
