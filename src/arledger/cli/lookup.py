"""Finding what an argument names, or saying what it might have meant."""

from __future__ import annotations

from collections.abc import Sequence

from arledger.errors import UsageError, did_you_mean
from arledger.ledger.table import FactRow, ItemRow, Ledger
from arledger.money import DIGITS


def known_customer(ledger: Ledger, customer: str, option: str = "CUSTOMER", *, as_given: bool = False) -> str:
    """The customer's id: of one that was merged, who they are now, but for `as_given`.

    Raises UsageError with the nearest there is.
    """
    if customer in ledger.names and customer:
        return customer if as_given else ledger.merged.get(customer, customer)
    hint = did_you_mean(customer, ledger.known_ids("customers", "customer")) or _named(ledger, customer)
    raise UsageError(f"{option}: there is no customer {customer}", hint or "see ar customer list")


def no_revision(home: str, revision: str, option: str = "") -> UsageError:
    """What to raise for a revision git does not know at `home`: with the branches and tags there are."""
    from arledger import history

    names = history.names(home)
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    hint = f"name a commit, or a branch or tag: there are {', '.join(names[:8])}{more}"
    if not names:
        hint = "name a commit" if history.top(home) else "the ledger is in no git repository"
    return UsageError(f"{option}git knows no revision {revision} here", did_you_mean(revision, names) or hint)


def only_customer(ledger: Ledger, customer: str) -> str | None:
    """The customer that --customer names, None where it names nobody. Raises UsageError as `known_customer` does."""
    return known_customer(ledger, customer, "--customer") if customer else None


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


def currency_of(ledger: Ledger, given: str, customer: str = "", items: Sequence[str] | None = ()) -> str:
    """The currency given, else that of the items named, else the customer's own, else the ledger's.

    Raises UsageError for what is no currency, and for an item there is not.
    """
    if given or not items:
        record = ledger.customer(customer) if customer else None
        return known_currency(given) or (record.currency if record else "") or ledger.policy.currency
    return known_item(ledger, items[0], "--item").currency


def known_currency(text: str) -> str:
    """A currency given as an argument, or nothing. Raises UsageError."""
    if text and text not in DIGITS:
        raise UsageError(f"--currency: {text!r} is no ISO 4217 currency", "write a code such as EUR")
    return text
