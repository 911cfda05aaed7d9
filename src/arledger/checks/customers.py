"""Customers: the parent of each is there, and nobody is above themselves."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.compute.tax_ids import tax_id_problem
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger


def parents(ledger: Ledger, _: bool) -> Iterator[Finding]:
    """Parents that are no customer, and circles of parents, told once in each file that is part of one."""
    rows = ledger.rows("SELECT customer, path, json_extract(data, '$.parent') FROM customers ORDER BY path")
    above = {customer: parent for customer, _, parent in rows if parent}
    known = {customer for customer, _, _ in rows}
    for customer, path, parent in rows:
        if parent and parent not in known:
            hint = did_you_mean(parent, known) or f"add ledgers/customers/{parent}.yaml"
            yield Finding(path, ("parent",), "unknown-customer", f"there is no customer {parent}", hint)
        elif parent and (circle := _circle(customer, above)):
            yield Finding(path, ("parent",), "parent-circle", f"{' is below '.join(circle)}",
                          "take one of the parents out")  # fmt: skip
    yield from _merged(ledger, known)


def _merged(ledger: Ledger, known: set[str]) -> Iterator[Finding]:
    """Customers that were merged into one there is not, or in a circle."""
    rows = ledger.rows(
        "SELECT customer, path, json_extract(data, '$.merged_into') FROM customers WHERE data LIKE '%merged_into%' "
        "ORDER BY path"
    )
    into = {customer: other for customer, _, other in rows if other}
    for customer, path, other in rows:
        if other and other not in known:
            yield Finding(path, ("merged_into",), "unknown-customer", f"there is no customer {other}",
                          did_you_mean(other, known) or f"add ledgers/customers/{other}.yaml")  # fmt: skip
        elif other and (circle := _circle(customer, into)):
            yield Finding(path, ("merged_into",), "merge-circle", f"{' is now '.join(circle)}",
                          "say of one of them that it is who they are")  # fmt: skip


def limits(ledger: Ledger, _: bool) -> Iterator[Finding]:
    """Limits below nothing."""
    for path, limit, family in ledger.rows(
        "SELECT path, json_extract(data, '$.credit_limit'), json_extract(data, '$.credit.family_limit') "
        "FROM customers WHERE data LIKE '%limit\":\"-%' ORDER BY path"
    ):
        for keys, amount in ((("credit_limit",), limit), (("credit", "family_limit"), family)):
            if amount and amount.startswith("-"):
                yield Finding(path, keys, "not-positive", f"{keys[-1]} of {amount}",
                              "write 0.00 for nothing on credit, or leave it out where there is no limit")  # fmt: skip


def tax_ids(ledger: Ledger) -> Iterator[Finding]:
    """Tax numbers that cannot be of their country: as warnings, for a number is no reason to refuse the books."""
    for path, number, country in ledger.rows(
        "SELECT path, json_extract(data, '$.tax_id'), json_extract(data, '$.country') FROM customers "
        "WHERE json_extract(data, '$.tax_id') IS NOT NULL AND json_extract(data, '$.country') IS NOT NULL ORDER BY path"
    ):
        if told := tax_id_problem(number, country):
            yield Finding(path, ("tax_id",), "bad-tax-id", told, "ask the customer for it", "warning")


def _circle(customer: str, above: dict[str, str]) -> list[str]:
    """The way up from a customer back to itself; empty where there is none."""
    way = [customer]
    while (parent := above.get(way[-1])) and parent not in way:
        way.append(parent)
    return [*way, customer] if parent == customer else []
