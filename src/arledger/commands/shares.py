"""Shares: how much of a credit goes to which item, with the discount a payment of the day has earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arledger.compute.discounts import earned, earned_on_part
from arledger.compute.open_items import open_by_part
from arledger.documents.fields import item_and_part
from arledger.documents.invoices import Share
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import decimal, meant, minor_units, plain


@dataclass(frozen=True)
class Wanted:
    """One `--apply`: an item or instalment, and the amount and discount where they were said (minor units)."""

    item: str
    amount: int | None = None
    discount: int | None = None


def parse_apply(text: str, currency: str) -> Wanted:
    """`ITEM`, `ITEM=AMOUNT` or `ITEM=AMOUNT+DISCOUNT`. Raises UsageError.

    >>> parse_apply("INV-7=145.77+2.98", "EUR")
    Wanted(item='INV-7', amount=14577, discount=298)
    """
    item, equals, amounts = text.partition("=")
    amount, plus, discount = amounts.partition("+")
    try:
        return Wanted(
            item,
            minor_units(amount, currency) if equals else None,
            minor_units(discount, currency) if plus else None,
        )
    except ValueError as error:
        right = [meant(part, currency) for part in (amount, discount) if part]
        raise UsageError(f"--apply: {error}", f"write --apply {item}={'+'.join(right) if all(right) else '60.00'}"
                         ) from None  # fmt: skip


def shares(
    ledger: Ledger, customer: str, currency: str, day: date, amount: int, wanted: Sequence[Wanted],
    used: dict[str, int] | None = None,
) -> list[Share]:  # fmt: skip
    """The shares of a credit of `amount` minor units, in the order wanted. Raises UsageError and RefusedError.

    A share without an amount takes what the credit still covers, with the discount due on the day. `used` is what
    credits planned before take of each item; these shares are added to it.
    """
    left, found, used = amount, [], {} if used is None else used
    for want in wanted:
        item, part = item_and_part(want.item)
        row = _item(ledger, item, customer, currency, day)
        open_ = min(row.open - used.get(item, 0), open_of(ledger, row, part) - used.get(want.item, 0))
        discount = min(earned(ledger, row, day), open_) if want.discount is None else want.discount
        if want.amount is not None:
            share, discount = want.amount, want.discount or 0
        elif left >= open_ - discount:
            share = open_ - discount
        else:
            part_of = earned_on_part(ledger, row, day, left, open_) if want.discount is None else want.discount
            share, discount = left, min(part_of, open_ - left)
        if share <= 0:
            raise RefusedError(
                f"nothing is left for {want.item}: {plain(open_, currency)} is open, "
                f"{plain(left, currency)} of the credit is left",
                "leave it out",
                code="over-applied",
            )
        if share > left:
            raise RefusedError(
                f"{want.item} would take {plain(share, currency)}, {plain(left, currency)} of the credit is left",
                "lower the amount",
                code="over-applied",
            )
        if share + discount > open_:
            raise RefusedError(f"{plain(share + discount, currency)} is more than the {plain(open_, currency)} open of "
                               f"{want.item}", "lower the amount", code="over-applied")  # fmt: skip
        left -= share
        for name in {item, want.item}:
            used[name] = used.get(name, 0) + share + discount
        found.append(Share(item=want.item, amount=decimal(share, currency),
                           discount=decimal(discount, currency) if discount else None))  # fmt: skip
    return found


def _item(ledger: Ledger, item: str, customer: str, currency: str, day: date) -> ItemRow:
    row = ledger.item(item)
    if row is None:
        raise UsageError(f"there is no item {item}", "see ar open")
    if row.total < 0:
        raise RefusedError(f"{item} is a {row.kind}, not a debt", "apply it to an invoice", code="not-a-debt")
    if not ledger.same_family(row.customer, customer):
        raise RefusedError(
            f"{item} is of {row.customer}, not of {customer}",
            "apply it to an item of the same customer",
            code="wrong-customer",
        )
    if row.currency != currency:
        raise RefusedError(
            f"{item} is in {row.currency}, not in {currency}",
            "apply it to an item of the same currency",
            code="wrong-currency",
        )
    if row.date > day.toordinal():
        raise RefusedError(f"{item} is dated {date.fromordinal(row.date)}, after {day}",
                           "date the application on or after both", code="applied-too-early")  # fmt: skip
    return row


def debt_of(ledger: Ledger, item: str) -> tuple[ItemRow, int]:
    """The debt named, and which instalment of it (0: the whole). Raises UsageError for what is no debt."""
    name, part = item_and_part(item)
    row = ledger.item(name)
    if row is None or row.total < 0:
        raise UsageError(f"{item} is no invoice or other debt", "see ar open")
    return row, part


def open_of(ledger: Ledger, row: ItemRow, part: int) -> int:
    """What is open of an item or instalment once everything posted is counted, later dates too."""
    if not part:
        return row.open
    parts = open_by_part(ledger, row, date.max)
    return parts[part - 1] if part <= len(parts) else 0
