"""Invoices that do not meet their requirements, as problems of their files."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.checks.requirement_case import Batch
from arledger.checks.requirements import Failed, verify
from arledger.documents.invoices import Invoice
from arledger.documents.requirements import DEFAULT_REQUIREMENTS
from arledger.errors import Problem
from arledger.ledger.table import Ledger
from arledger.store import reading
from arledger.store.file_text import decode, read_bytes
from arledger.store.files import Books
from arledger.store.locating import locate

#: Rule → the key of an invoice its finding is shown at.
_KEYS = {
    "po": "po", "duplicate-po": "po", "buyer-reference": "buyer_reference", "delivery-note": "references",
    "terms": "terms", "price": "lines", "quantity": "lines", "tax-rate": "lines", "order-remainder": "order",
    "credit-limit": "total", "duplicate-invoice": "total",
}  # fmt: skip


def judged(ledger: Ledger) -> list[tuple[str, str]]:
    """Id and path of every invoice that has requirements to meet and is not in a closed period: these cannot change."""
    closed = ledger.closed_through()
    where = "kind = 'invoices' AND date > ? AND fact IN (SELECT item FROM items WHERE kind = 'invoice')"
    if ledger.policy.requirements == DEFAULT_REQUIREMENTS:
        where += (
            " AND (about != '' OR customer IN (SELECT customer FROM customers "
            "WHERE json_extract(data, '$.requirements') IS NOT NULL))"
        )
    return [(row.fact, row.path) for row in ledger.facts(where, closed.toordinal() if closed else 0)]


def unmet(books: Books, ledger: Ledger) -> Iterator[Problem]:
    """What invoices in open periods do not meet, with paths under the ledger folder."""
    batch = Batch(ledger)
    for fact, path in judged(ledger):
        data = read_bytes(books.root, path)
        document = reading.read_document(data, path).document
        if isinstance(document, Invoice):
            found = [_finding(path, failed) for failed in verify(batch, document, fact)]
            yield from locate(decode(data), path, found) if found else ()


def _finding(path: str, failed: Failed) -> Finding:
    severity = "error" if failed.level == "required" else "warning"
    key = _KEYS.get(failed.rule)
    return Finding(path, (key,) if key else (), "requirement-unmet", f"{failed.rule}: {failed.text}",
                   f"the rule stands in {failed.source}", severity)  # fmt: skip
