"""Orders: their lines add up, and invoices that name one, or a contract, name one of the same customer."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.checks.touched import among
from arledger.documents.lines import footing
from arledger.documents.orders import Order
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import minor_of, plain


def order_lines(document: Order) -> Iterator[Finding]:
    """Lines of an order that come to something else than its total, and rates and quantities that make no sense."""
    for index, line in enumerate(document.lines):
        for key in ("tax", "discount"):
            if getattr(line, key) > 100:
                yield Finding("", ("lines", index, key), "bad-rate", f"{key} of {getattr(line, key):f}%",
                              "a rate lies between 0% and 100%")  # fmt: skip
        if line.quantity <= 0:
            yield Finding("", ("lines", index, "quantity"), "not-positive", f"quantity of {line.quantity:f}",
                          "an order has something of everything; what is given back is a credit note")  # fmt: skip
    sums, total = footing(document.lines, document.currency), minor_of(document.total, document.currency)
    if document.lines and total not in (sums.total(by_rate=True), sums.total(by_rate=False)):
        right = plain(sums.total(by_rate=True), document.currency)
        yield Finding("", ("total",), "does-not-foot", f"total is {document.total:f}, the lines with tax sum to "
                      f"{right}", f"correct the lines or write {right}")  # fmt: skip


_BILLED = """
SELECT f.path, {named}, f.customer, f.currency, o.kind, o.customer, o.currency FROM facts f
LEFT JOIN facts o ON o.fact = {named} COLLATE NOCASE AND o.fact = {named} AND o.kind = '{folder}'
WHERE f.kind = 'invoices' AND {has} AND {among}
AND (o.kind IS NULL OR o.customer != f.customer OR (o.kind = 'orders' AND o.currency != f.currency)) ORDER BY f.path
"""
_CONTRACT = "json_extract(f.data, '$.contract')"


def billed_names(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Invoices of orders and contracts that are not there, or of another customer; of orders, of another currency."""
    for key, named, has in (
        ("order", "f.about", "f.about != ''"),
        ("contract", _CONTRACT, f"f.data != '' AND {_CONTRACT} IS NOT NULL"),
    ):
        query = _BILLED.format(named=named, folder=f"{key}s", has=has, among=among(everything, "f.fact"))
        for path, fact, customer, currency, kind, theirs, other in ledger.rows(query):
            if kind is None:
                known = ledger.rows("SELECT fact FROM facts WHERE kind = ?", f"{key}s")
                near = did_you_mean(fact, (id_ for (id_,) in known))
                yield Finding(path, (key,), "unknown-fact", f"there is no {key} {fact}", near or "correct the id")
            elif theirs != customer:
                yield Finding(path, (key,), "wrong-customer", f"{fact} is of {theirs}, not of {customer}",
                              f"name {'an' if key == 'order' else 'a'} {key} of the same customer")  # fmt: skip
            else:
                yield Finding(path, (key,), "wrong-currency", f"{fact} is in {other}, not in {currency}",
                              "bill an order in its own currency")  # fmt: skip
