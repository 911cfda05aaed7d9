"""Customers from a CSV file."""

from __future__ import annotations

from typing import Any

from arledger.commands.import_rows import Findings, Options, Row
from arledger.commands.planned import Planned
from arledger.dates import Terms
from arledger.ledger.table import Ledger
from arledger.money import amount_hint, minor_units

FIELDS = ("customer", "name", "currency", "terms", "credit_limit", "email", "country", "payer_names", "payer_accounts")
REQUIRED = ("customer", "name")


def plan(ledger: Ledger, options: Options) -> Planned:
    """A file for each customer that is not there yet. Raises ImportFileError with every problem of the file."""
    found = Findings(options.name)
    known = {id_.lower() for id_ in ledger.known_ids("customers", "customer")}
    customers: dict[str, dict[str, Any]] = {}
    for row in options.rows:
        customer = found.id(row, "customer")
        if customer is None or customer.lower() in known:
            continue
        fields = _fields(found, row, ledger)
        before = customers.setdefault(customer, fields)
        if before != fields:
            found.add(row, "imported-differently", f"{customer} stands here twice, differently", "keep one of the rows")
    found.raise_any()
    return Planned(customers=customers, about=f"Import {len(customers)} customers")


def _fields(found: Findings, row: Row, ledger: Ledger) -> dict[str, Any]:
    values = row.values
    currency = found.currency(row, ledger.policy.currency)
    if not values.get("name"):
        found.add(row, "missing-value", "the customer has no name", "write its name")
    if terms := values.get("terms"):
        try:
            Terms.parse(terms)
        except ValueError as error:
            found.add(row, "bad-terms", str(error), "or leave terms empty")
    limit = values.get("credit_limit")
    if limit and currency:
        try:
            minor_units(limit, currency)
        except ValueError as error:
            found.add(row, "bad-amount", f"credit_limit: {error}", amount_hint(limit, currency))
    return {
        "name": values.get("name", ""), "currency": values.get("currency", ""), "terms": values.get("terms", ""),
        "credit_limit": limit or "", "email": values.get("email", ""), "country": values.get("country", ""),
        "payer_names": _list(values.get("payer_names", "")), "payer_accounts": _list(values.get("payer_accounts", "")),
    }  # fmt: skip


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
