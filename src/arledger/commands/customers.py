"""New customers. The file is for people to edit afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from arledger.commands.planned import Planned
from arledger.documents.customers import Customer
from arledger.documents.fields import ID_FORM, is_id
from arledger.errors import RefusedError, UsageError, many
from arledger.ledger.table import Ledger


def new(ledger: Ledger, customer: str, fields: Mapping[str, Any]) -> Planned:
    """A new customer. Raises UsageError for what is no id, RefusedError for one that is taken."""
    if not is_id(customer):
        raise UsageError(f"CUSTOMER: {customer!r} is not an id", ID_FORM)
    known = {id_.lower(): id_ for id_ in ledger.known_ids("customers", "customer")}
    if customer.lower() in known:
        raise RefusedError(
            f"there is a customer {known[customer.lower()]} already",
            f"see ar customer show {known[customer.lower()]}",
            code="duplicate-id",
        )
    same = [id_ for id_, name in ledger.names.items() if id_ and name.casefold() == str(fields["name"]).casefold()]
    notes = [f"note: {same[0]} has the same name"] if same else []
    return Planned(customers={customer: fields}, notes=notes, about=f"New customer {customer}")


def changed(files: Mapping[str, str | None], about: str, notes: Sequence[str] = ()) -> Planned:
    """Customers' files as they are to be."""
    return Planned(files=files, about=about, notes=notes)


def remembered(
    ledger: Ledger, customer: str, before: Customer, after: Mapping[str, Any], day: date
) -> list[dict[str, Any]]:
    """What a customer's file is to say of who they were, once its name or address changes on a day.

    `after` is the file as it is to be. Empty where nothing of that changes, nothing was posted that names them, or
    the file says it by itself.
    """
    now = {name: after.get(name, "") for name in ("name", "country", "tax_id")}
    same = all(getattr(before, name) == text for name, text in now.items())
    ((last,),) = ledger.rows("SELECT MAX(date) FROM facts WHERE customer = ?", customer)
    told = after.get("former", [])
    if (same and list(before.address) == after.get("address", [])) or last is None or len(told) != len(before.former):
        return []
    until = max(date.fromordinal(last), day - timedelta(1))
    if any(until <= one.until for one in before.former):  # a day on which no paper could name them so
        return []
    was = {"until": until.isoformat(), "name": before.name, "address": list(before.address), "country": before.country,
           "tax_id": before.tax_id}  # fmt: skip
    return [*told, {key: value for key, value in was.items() if value}]


def merged(ledger: Ledger, old: str, new: str, *, renamed: bool) -> dict[str, list[str]]:
    """The payer names and accounts of NEW once it has those of OLD, by key; nothing of one that is renamed.

    Raises UsageError and RefusedError for what cannot be merged: an id that is taken, one merged before, itself.
    """
    left, right = ledger.customer(old), ledger.customer(new)
    assert left
    if renamed and not is_id(new):
        raise UsageError(f"NEW: {new!r} is not an id", ID_FORM)
    if renamed and any(id_.lower() == new.lower() for id_ in ledger.known_ids("customers", "customer")):
        raise RefusedError(f"there is a customer {new} already", "ar customer merge says they are one",
                           code="duplicate-id")  # fmt: skip
    for id_, data in ((old, left), (new, right)):
        if data and data.merged_into:
            raise RefusedError(f"{id_} was merged into {data.merged_into}", f"name {data.merged_into}",
                               code="customer-merged")  # fmt: skip
    if old == new or (right and right.parent == old):
        raise UsageError(f"NEW: {new} is {'itself' if old == new else f'below {old}'}", "name another customer")
    if right is None:
        return {}
    found = {}
    for key in ("names", "accounts"):
        before, more = getattr(right.payer, key), getattr(left.payer, key)
        if key == "names" and left.name != right.name:
            more = (*more, left.name)
        if more := [text for text in more if text not in before]:
            found[f"payer.{key}"] = [*before, *more]
    return found


def erased(ledger: Ledger, customer: str) -> tuple[dict[str, Any], list[str]]:
    """What to change in a customer's file, and what stays in facts. Raises RefusedError while something is open."""
    data = ledger.customer(customer)
    assert data
    now = ledger.merged.get(customer, customer)
    ((open_,),) = ledger.rows("SELECT COUNT(*) FROM items WHERE customer = ? AND open != 0", now)
    if open_:
        told = f"{now} has {many(open_, 'open item')}"
        raise RefusedError(told, "settle them first: they need a name", code="customer-open")
    changes: dict[str, Any] = {"name": f"(erased {customer})"}
    for key in ("address", "tax_id", "contacts", "notes", "endpoint", "former"):
        if getattr(data, key):
            changes[key] = None
    if data.payer.names or data.payer.accounts:
        changes["payer"] = None
    return changes, _kept(ledger, now)


#: Folders of facts that hold words about people, and what they are.
_WORDS = {"contacts": "contact", "notices": "notice", "disputes": "dispute", "attachments": "attachment"}


def _kept(ledger: Ledger, customer: str) -> list[str]:
    """What posted facts keep of a person."""
    ((payments,),) = ledger.rows(
        "SELECT COUNT(*) FROM items WHERE customer = ? AND kind = 'payment' AND payer != ''", customer
    )
    names = [f"{many(payments, 'payment')} keep the payer's name as the bank gave it"] if payments else []
    found = dict(ledger.rows("SELECT kind, COUNT(*) FROM facts WHERE customer = ? GROUP BY kind", customer))
    words = [many(found[kind], what) for kind, what in _WORDS.items() if kind in found]
    names += [f"{', '.join(words)} may name people"] if words else []
    return [f"{name}: they are posted" for name in names]
