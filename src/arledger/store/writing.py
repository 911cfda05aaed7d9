"""Documents to files: the path a fact is posted at and the text it is posted as."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from arledger.dates import month_of
from arledger.documents.bank_statements import BankStatement
from arledger.documents.base import Document
from arledger.documents.fields import Percent
from arledger.documents.kinds import AnyFact, folder_of, keys_of
from arledger.documents.periods import Close
from arledger.policy.policy import SPELLED
from arledger.store import canonical

_WRITTEN = {name: key for key, name in SPELLED.items()}


def path_of(fact: str, document: AnyFact) -> str:
    """Where a fact is posted under the ledger folder: kind, month of its date, id."""
    folder = folder_of(document)
    if isinstance(document, Close):
        return f"{folder}/{fact}.yaml"
    if isinstance(document, BankStatement):
        return f"{folder}/{document.account}/{fact}.yaml"
    return f"{folder}/{month_of(document.date)}/{fact}.yaml"  # type: ignore[union-attr]  # every fact has a date


def text_of(document: AnyFact) -> str:
    """The text of a document's file, in canonical form: keys in the order of its type, defaults left out."""
    return canonical.dump(_plain(document))


def _plain(document: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, type_, needed, default in keys_of(type(document)):
        value = getattr(document, name)
        if value is None or (value == default and not needed):
            continue
        if _is_record(value):
            value = _plain(value)
        elif isinstance(value, tuple):
            value = [_plain(part) if _is_record(part) else part for part in value]
        elif isinstance(value, Decimal) and Percent in (type_, *get_args(type_)):
            value = canonical.Bare(f"{value:f}%")
        result[_WRITTEN.get(name, name)] = value
    return result


def _is_record(value: Any) -> bool:
    return isinstance(value, Document) or dataclasses.is_dataclass(value)


def customer_text(fields: Mapping[str, Any]) -> str:
    """The file of a new customer, from what is known of it: a key each, and `email`, `phone`, `payer_names`,
    `payer_accounts`."""
    contact = {key: fields[key] for key in ("email", "phone") if fields.get(key)}
    payer = {key: fields[f"payer_{key}"] for key in ("names", "accounts") if fields.get(f"payer_{key}")}
    limit = fields.get("credit_limit")
    return canonical.dump(
        {
            "name": fields["name"], "address": fields.get("address") or None,
            "country": fields.get("country") or None, "tax_id": fields.get("tax_id") or None,
            "currency": fields.get("currency") or None, "terms": fields.get("terms") or None,
            "credit_limit": canonical.Bare(limit) if limit else None,
            "contacts": [{"role": "billing", **contact}] if contact else None, "payer": payer or None,
            "collector": fields.get("collector") or None, "parent": fields.get("parent") or None,
        }
    )  # fmt: skip
