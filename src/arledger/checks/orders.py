"""Orders: their lines add up, and the invoices that say they bill one name one of the same customer and currency."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
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


def billed_orders(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Invoices of orders that are not there, or of another customer or currency."""
    touched = "1" if everything else "f.fact COLLATE NOCASE IN (SELECT fact FROM temp.touched_facts)"
    for path, order, customer, currency, kind, theirs, other in ledger.rows(
        "SELECT f.path, f.about, f.customer, f.currency, o.kind, o.customer, o.currency FROM facts f "
        "LEFT JOIN facts o ON o.fact = f.about COLLATE NOCASE AND o.fact = f.about "
        f"WHERE f.kind = 'invoices' AND f.about != '' AND {touched} AND (o.kind IS NULL OR o.kind != 'orders' "
        "OR o.customer != f.customer OR o.currency != f.currency) ORDER BY f.path"
    ):
        if kind != "orders":
            near = did_you_mean(order, (fact for (fact,) in ledger.rows("SELECT fact FROM facts WHERE kind='orders'")))
            yield Finding(path, ("order",), "unknown-fact", f"there is no order {order}", near or "correct the id")
        elif theirs != customer:
            yield Finding(path, ("order",), "wrong-customer", f"{order} is of {theirs}, not of {customer}",
                          "name an order of the same customer")  # fmt: skip
        else:
            yield Finding(path, ("order",), "wrong-currency", f"{order} is in {other}, not in {currency}",
                          "bill an order in its own currency")  # fmt: skip
