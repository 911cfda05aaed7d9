"""The values of the letter that answers a customer's statement: what stands between the two, cause by cause.

Amounts are Money and days are dates; how they are written is the language's affair. The words stand in the template.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from arledger.compute.notice_values import accounts_of, addressee, company_of
from arledger.compute.open_items import open_items
from arledger.compute.reconciling import Reconciled
from arledger.documents.customers import Customer
from arledger.ledger.table import Ledger
from arledger.money import Money

#: Every cause there is, in the order a letter tells them.
CAUSES = (
    "settled-here", "missing-there", "amount", "disputed", "credit-there", "missing-here", "in-transit", "later-here",
)  # fmt: skip


def values(ledger: Ledger, customer: str, found: Reconciled, as_of: date, day: date) -> dict[str, Any]:
    """What the letter of a day says of the reconciliation on `as_of`. `causes`: each that there is, with its lines.

    Of an item with another amount a line has `ours` and `theirs` beside what they differ by.
    """
    data, currency = ledger.customer(customer) or Customer(name=customer), found.currency
    open_: dict[str, int] = {}
    for item in open_items(ledger, as_of, customer):
        name = item.item.partition("/")[0]
        open_[name] = open_.get(name, 0) + (item.open if item.currency == currency else 0)
    causes = {
        step.cause: {
            "total": Money(abs(step.amount), currency),
            "lines": [
                {"item": move.name or move.text, "date": move.date, "amount": Money(abs(move.amount), currency),
                 "ours": Money(open_.get(move.name, 0), currency),
                 "theirs": Money(open_.get(move.name, 0) - move.amount, currency),
                 "text": move.text if step.cause == "settled-here" else ""}
                for move in step.moves
            ],
        }
        for step in sorted(found.steps, key=lambda step: CAUSES.index(step.cause))
    }  # fmt: skip
    return {
        "id": f"of {as_of}", "date": day, "as_of": as_of, "company": company_of(ledger),
        "to": addressee(customer, data), "currency": currency, "theirs": Money(found.theirs, currency),
        "ours": Money(found.ours, currency), "difference": Money(abs(found.ours - found.theirs), currency),
        "agreed": found.agreed, "causes": causes, "accounts": accounts_of(ledger, currency),
    }  # fmt: skip
