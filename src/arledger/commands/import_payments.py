"""Payments from a CSV file: rows with the same id are one payment with several shares."""

from __future__ import annotations

from collections.abc import Sequence

from arledger.commands.import_rows import Findings, Options, Row
from arledger.commands.planned import Planned, refuse_closed
from arledger.documents.invoices import Share
from arledger.documents.payments import Payment
from arledger.errors import RefusedError, did_you_mean
from arledger.ledger.lower import item_and_part
from arledger.ledger.table import Ledger
from arledger.money import decimal, minor_units, plain

FIELDS = ("payment", "customer", "date", "amount", "currency", "invoice", "applied", "reference", "method")
REQUIRED = ("payment", "date", "amount")


class _Open:
    """What is left of each item as the shares of the file use it up."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._left = ledger, dict[str, int]()

    def left(self, item: str) -> int | None:
        """Minor units open, None when there is no such item."""
        name = item_and_part(item)[0]
        if name not in self._left:
            row = self._ledger.item(name)
            if row is None:
                return None
            self._left[name] = row.open
        return self._left[name]

    def use(self, item: str, amount: int) -> None:
        """Notes a share."""
        self._left[item_and_part(item)[0]] -= amount


def plan(ledger: Ledger, options: Options) -> Planned:
    """A payment for each id that is not there yet. Raises ImportFileError with every problem of the file."""
    found, open_ = Findings(options.name), _Open(ledger)
    by_id: dict[str, list[Row]] = {}
    for row in options.rows:
        if (payment := found.id(row, "payment")) is not None:
            by_id.setdefault(payment, []).append(row)
    facts = []
    for payment, rows in by_id.items():
        if ledger.fact(payment):
            _same_or_noted(found, ledger, payment, rows)
        elif document := _payment(found, ledger, options, rows, open_):
            facts.append((payment, document))
    found.raise_any()
    return Planned(facts, about=f"Import {len(facts)} payments")


def _same_or_noted(found: Findings, ledger: Ledger, payment: str, rows: Sequence[Row]) -> None:
    there = ledger.fact(payment)
    assert there
    text = rows[0].values.get("amount", "")
    try:
        same = there.kind == "payments" and minor_units(text, there.currency) == there.amount
    except ValueError:
        same = False
    if not same:
        found.add(
            rows[0],
            "imported-differently",
            f"{payment} is there already, with {plain(there.amount, there.currency)}",
            f"see ar why {payment}",
        )


def _payment(found: Findings, ledger: Ledger, options: Options, rows: Sequence[Row], open_: _Open) -> Payment | None:
    first = rows[0]
    customer = found.customer(first, ledger, needed=False)
    record = ledger.customer(customer) if customer else None
    currency = found.currency(first, (record and record.currency) or ledger.policy.currency)
    day = found.day(first, "date", options.read_date)
    amount = found.amount(first, "amount", currency)
    for row in rows[1:]:
        if row.values.get("amount") and row.values["amount"] != first.values.get("amount"):
            found.add(
                row, "imported-differently", "another amount than in the payment's first row", "repeat the amount"
            )
    if customer is None or currency is None or day is None or amount is None:
        return None
    try:
        refuse_closed(ledger, day)
    except RefusedError as error:
        found.add(first, error.code, error.message, error.hint)
    shares, left = [], amount
    for row in rows:
        share = _share(found, row, ledger, open_, left, currency) if row.values.get("invoice") else None
        if share:
            left -= share[1]
            shares.append(Share(item=share[0], amount=decimal(share[1], currency)))
    return Payment(
        customer=customer or None,
        date=day,
        currency=currency,
        method="transfer",
        reference=first.values.get("reference") or None,
        applied=tuple(shares),
        amount=decimal(amount, currency),
    )


def _share(found: Findings, row: Row, ledger: Ledger, open_: _Open, left: int, currency: str) -> tuple[str, int] | None:
    """Item and minor units of a row's share: what was said, else what is open and the payment covers."""
    item = row.values["invoice"]
    available = open_.left(item)
    if available is None:
        hint = did_you_mean(item, ledger.known_ids("items", "item")) or "import invoices first"
        found.add(row, "unknown-item", f"there is no invoice {item}", hint)
        return None
    amount = found.amount(row, "applied", currency) if row.values.get("applied") else min(available, left)
    if amount is None:
        return None
    if amount > left or amount > available or amount <= 0:
        what = f"{plain(available, currency)} is open of {item}, {plain(left, currency)} left of the payment"
        found.add(row, "over-applied", f"applied {plain(amount, currency)}, but {what}", "lower the amount applied")
        return None
    open_.use(item, amount)
    return item, amount
