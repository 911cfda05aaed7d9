"""Writing off: an item given up, whole or in part."""

from __future__ import annotations

from datetime import date

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.commands.shares import open_of
from arledger.documents.fields import item_and_part
from arledger.documents.payments import WriteOff
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import decimal, plain


def write_off(
    ledger: Ledger, item: str, amount: int | None, day: date, reason: str, *, settlement: str = ""
) -> Planned:
    """Gives up an item, whole where no amount (minor units) is said. Raises RefusedError for more than is open.

    `settlement` is the one it was agreed to in.
    """
    name, part = item_and_part(item)
    row = ledger.item(name)
    if row is None or row.total < 0:
        raise UsageError(f"{item} is no invoice or other debt", "see ar open")
    refuse_closed(ledger, day)
    open_ = open_of(ledger, row, part)
    given = open_ if amount is None else amount
    if open_ <= 0:
        raise RefusedError(f"nothing is open of {item}", f"see ar why {name}", code="over-applied")
    if given > open_ or given <= 0:
        raise RefusedError(f"{plain(open_, row.currency)} of {item} is open, not {plain(given, row.currency)}",
                           "write off no more than that", code="over-applied")  # fmt: skip
    fact = WriteOff(customer=row.customer, date=day, currency=row.currency, item=item, reason=reason,
                    settlement=settlement or None, amount=decimal(given, row.currency))  # fmt: skip
    return Planned([(next_id(ledger, f"{name}-W"), fact)], about=f"Write off {fact.amount:f} {row.currency} of {item}")
