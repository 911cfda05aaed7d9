"""Receipts and deposit slips on paper."""

from __future__ import annotations

from collections.abc import Sequence

from arledger.documents.bank_statements import Deposit
from arledger.documents.payments import Payment
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.paper import Paper, carried, head, language_of


def receipt(ledger: Ledger, number: str, payment: Payment) -> Paper:
    """What a customer paid, and what it was set against when it came in."""
    currency, amount = payment.currency, payment.minor(payment.amount)
    customer = payment.customer or ""
    applied = [
        {"item": share.item, "amount": Money(payment.minor(share.amount), currency),
         "discount": Money(payment.minor(share.discount), currency) if share.discount else None}
        for share in payment.applied
    ]  # fmt: skip
    left = amount - sum(payment.minor(share.amount) for share in payment.applied)
    data = {
        **head(ledger, customer, payment.date), "number": number, "date": payment.date, "currency": currency,
        "method": payment.method, "reference": payment.reference or "", "total": Money(amount, currency),
        "applied": applied, "left": Money(left, currency) if left else None,
        "discounted": any(share.discount for share in payment.applied),
    }  # fmt: skip
    return Paper("receipt", f"receipt-{number}", customer, payment.date, language_of(ledger, customer), data)


def deposit(ledger: Ledger, number: str, slip: Deposit, cheques: Sequence[tuple[str, Payment]]) -> Paper:
    """The slip that goes to the bank with a stack of cheques: each with its drawer and number, and their total."""
    account = ledger.policy.bank_accounts.get(slip.account)
    amounts = [payment.minor(payment.amount) for _, payment in cheques]
    sums = carried(amounts, slip.currency)
    data = {
        **head(ledger, "", slip.date), "number": number, "date": slip.date, "currency": slip.currency,
        "account": account.shown if account else slip.account,
        "bank": account.bank if account else "",
        "cheques": [
            {"number": at, "name": ledger.names.get(payment.customer or "", ""), "cheque": payment.reference or fact,
             "amount": Money(amounts[at - 1], slip.currency), "carried": sums[at - 1]}
            for at, (fact, payment) in enumerate(cheques, 1)
        ],
        "total": Money(slip.minor(slip.amount), slip.currency),
    }  # fmt: skip
    return Paper("deposit-slip", f"deposit-{number}", "", slip.date, ledger.policy.paper.language, data)
