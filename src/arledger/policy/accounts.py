"""Which accounts of the general ledger facts are posted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from arledger.documents.fields import Id, Text, record


@record
class Accounts:
    """Names of accounts, as hledger, Ledger and Beancount take them. All customers are one control account."""

    receivable: Text = "Assets:Receivable"
    sales: Text = "Income:Sales"
    tax: Text = "Liabilities:SalesTax"
    charges: Text = "Income:FinanceCharges"
    bank: Text = "Assets:Bank"  # of payments and refunds whose bank account is not named below
    banks: Mapping[Id, Text] = field(default_factory=dict)  # our bank accounts, by their ids
    discounts: Text = "Expenses:Discounts"
    write_offs: Text = "Expenses:BadDebts"
    recoveries: Text = "Income:Recoveries"
    credit_losses: Text = "Expenses:CreditLosses"
    allowance: Text = "Assets:Allowance"
    fx_realised: Text = "Income:FxRealised"
    fx_unrealised: Text = "Income:FxUnrealised"
