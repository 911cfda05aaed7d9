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
    fx_revaluation: Text = "Assets:FxRevaluation"  # of receivables: the control account stays the sum of the items


@record
class Datev:
    """Who hands over to DATEV: numbers the tax adviser gives. The accounts are those of `accounts`, as numbers."""

    consultant: int
    client: int
    account_length: int = 4
    year_begins: int = 1  # the month

    def __post_init__(self) -> None:
        if not (1001 <= self.consultant <= 9_999_999 and 1 <= self.client <= 99_999):
            raise ValueError("datev: a consultant has a number from 1001 to 9999999, a client one from 1 to 99999")
        if not (4 <= self.account_length <= 8 and 1 <= self.year_begins <= 12):
            raise ValueError("datev: account_length is from 4 to 8, year_begins a month from 1 to 12")
