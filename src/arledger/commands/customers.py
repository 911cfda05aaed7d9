"""New customers. The file is for people to edit afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arledger.commands.planned import Planned
from arledger.documents.fields import ID_FORM, is_id
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger


def new(ledger: Ledger, customer: str, fields: Mapping[str, Any]) -> Planned:
    """A new customer. Raises UsageError for what is no id, RefusedError for one that is taken."""
    if not is_id(customer):
        raise UsageError(f"CUSTOMER: {customer!r} is not an id", ID_FORM)
    known = {id_.lower(): id_ for id_ in ledger.known_ids("customers", "customer")}
    if customer.lower() in known:
        raise RefusedError(
            f"there is a customer {known[customer.lower()]} already", "see ar customer show", code="duplicate-id"
        )
    same = [id_ for id_, name in ledger.names.items() if id_ and name.casefold() == str(fields["name"]).casefold()]
    notes = [f"note: {same[0]} has the same name"] if same else []
    return Planned(customers={customer: fields}, notes=notes, about=f"New customer {customer}")
