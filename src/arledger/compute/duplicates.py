"""Customers that may be one: the same tax number, account, e-mail address, or nearly the same name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

from arledger.documents.bank import compact
from arledger.documents.customers import Customer

ALIKE = 92  # of 100, how near two names have to be
_COMMON = 50  # a word more names have than this says nothing
_FORMS = frozenset(
    "inc llc ltd co corp corporation company gmbh ag kg bv nv sa sas sarl srl spa oy ab as plc limited the and".split()  # noqa: SIM905
)


class Pair(NamedTuple):
    """Two customers and what they share."""

    one: str
    other: str
    why: tuple[str, ...]


def duplicates(customers: Iterable[tuple[str, Customer]]) -> list[Pair]:
    """Every pair of customers that share something, by ids. Those merged before, and parent and child, are left out."""
    known = {customer: data for customer, data in customers if not data.merged_into}
    why: dict[tuple[str, str], list[str]] = {}
    shared: dict[tuple[str, str], list[str]] = {}
    for customer, data in known.items():
        for what, value in _marks(data):
            shared.setdefault((what, value), []).append(customer)
    for (what, value), who in shared.items():
        for pair in combinations(sorted(set(who)), 2):
            why.setdefault(pair, []).append(f"{what} {value}")
    for one, other in _alike(known):
        why.setdefault((one, other), []).append(f"name {known[other].name!r} like {known[one].name!r}")
    related = {tuple(sorted((customer, data.parent))) for customer, data in known.items() if data.parent}
    return [Pair(*pair, tuple(reasons)) for pair, reasons in sorted(why.items()) if pair not in related]


def _marks(data: Customer) -> Iterator[tuple[str, str]]:
    """What no two customers should have in common."""
    if data.tax_id:
        yield "tax id", compact(data.tax_id)
    for account in data.payer.accounts:
        yield "account", compact(account)
    for email in {contact.email.casefold() for contact in data.contacts if contact.email}:
        yield "e-mail", email


def _words(name: str) -> list[str]:
    plain = "".join(c if c.isalnum() else " " for c in name.casefold().replace(".", ""))
    return [word for word in plain.split() if word not in _FORMS]


def _alike(known: dict[str, Customer]) -> Iterator[tuple[str, str]]:
    """Pairs with nearly the same name. Only names that share a word few have are compared."""
    names = {customer: " ".join(_words(data.name)) for customer, data in known.items()}
    blocks: dict[str, list[str]] = {}
    for customer, name in names.items():
        for word in {word[:5] for word in name.split()}:
            blocks.setdefault(word, []).append(customer)
    seen: set[tuple[str, str]] = set()
    for who in blocks.values():
        for pair in combinations(sorted(who), 2) if len(who) <= _COMMON else ():
            if pair not in seen and fuzz.token_sort_ratio(names[pair[0]], names[pair[1]]) >= ALIKE:
                yield pair
            seen.add(pair)
