"""Finding what an argument names, or saying what it might have meant."""

from __future__ import annotations

from collections.abc import Sequence

from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import FactRow, ItemRow, Ledger


def known_customer(ledger: Ledger, customer: str, option: str = "CUSTOMER", *, as_given: bool = False) -> str:
    """The customer's id: of one that was merged, who they are now, but for `as_given`.

    Raises UsageError with the nearest there is.
    """
    if customer in ledger.names and customer:
        return customer if as_given else ledger.merged.get(customer, customer)
    hint = did_you_mean(customer, ledger.known_ids("customers", "customer")) or _named(ledger, customer)
    raise UsageError(f"{option}: there is no customer {customer}", hint or "see ar customer list")


def _named(ledger: Ledger, text: str) -> str:
    """`did you mean X?` for the one customer in whose name a text stands; nothing where there is none, or several."""
    found = [id_ for id_, name in ledger.names.items() if id_ and text.casefold() in name.casefold()]
    return f"did you mean {found[0]}, {ledger.names[found[0]]}?" if len(found) == 1 and text else ""


def known_collector(ledger: Ledger, collector: str) -> str:
    """The collector, whom some customer has. Raises UsageError with the nearest there is."""
    known = sorted({data.collector for _, data in ledger.customers() if data.collector})
    if collector in known:
        return collector
    hint = did_you_mean(collector, known) or "see ar worklist --portfolios"
    raise UsageError(f"--collector: no customer has the collector {collector}", hint)


def known_item(ledger: Ledger, item: str, option: str = "ITEM") -> ItemRow:
    """The item (an instalment's invoice). Raises UsageError with the nearest there is."""
    found = ledger.item(item.partition("/")[0])
    if found:
        return found
    hint = did_you_mean(item, ledger.known_ids("items", "item")) or "see ar open"
    raise UsageError(f"{option}: there is no item {item}", hint)


def known_fact(ledger: Ledger, fact: str, option: str = "ID") -> FactRow:
    """The fact. Raises UsageError with the nearest there is."""
    found = ledger.fact(fact)
    if found:
        return found
    hint = did_you_mean(fact, ledger.known_ids("facts", "fact")) or "see ar why, ar invoice list or ar payment list"
    raise UsageError(f"{option}: there is no fact {fact}", hint)


def currency_of(ledger: Ledger, customer: str, items: Sequence[str] | None = None) -> str:
    """The currency of the items named, else the customer's own. Raises UsageError for an item there is not."""
    if items:
        return known_item(ledger, items[0], "--item").currency
    data = ledger.customer(known_customer(ledger, customer))
    return (data.currency if data else "") or ledger.policy.currency
