"""What is about to be posted in business words, for the question before it: who, what, how much, due when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from arledger.compute.history import kind_of
from arledger.documents.lines import net_of
from arledger.ledger.table import Ledger
from arledger.money import Money, grouped, minor_of

Named = tuple[str, str, Any]  # folder, id, document

WHOLE, LISTED, LINES = 3, 20, 8  # facts told with all they hold, facts told at all, lines of one


def preview(ledger: Ledger, facts: Sequence[Named]) -> Iterator[str]:
    """Lines of text on new facts."""
    for folder, fact, document in facts[:LISTED]:
        yield _head(ledger, folder, fact, document)
        if len(facts) <= WHOLE:
            yield from (f"  {line}" for line in (*_content(document), _sum(document)) if line)
    if len(facts) > LISTED:
        yield f"… and {len(facts) - LISTED} more"
    if len(facts) > WHOLE:
        yield _totals(facts)


def _head(ledger: Ledger, folder: str, fact: str, document: Any) -> str:
    customer, day = getattr(document, "customer", None), getattr(document, "date", None)
    whose = f" of {customer}, {ledger.names.get(customer, '')}" if customer else ""
    shown = f"{fact}: {getattr(document, 'kind', None) or _called(folder)}{whose}, {day}"
    money = _money(document)
    return f"{shown}, {money}" if money else shown


def _called(folder: str, how_many: int = 1) -> str:
    """What facts of a folder are called.

    >>> _called("payments"), _called("payments", 2), _called("bank"), _called("bank", 2)
    ('payment', 'payments', 'bank statement', 'bank statements')
    """
    if folder == "bank":
        return "bank statement" if how_many == 1 else "bank statements"
    return kind_of(folder) if how_many == 1 else folder


def _content(document: Any) -> Iterator[str]:
    """What is sold, what is paid, and why."""
    lines, currency = getattr(document, "lines", ()), getattr(document, "currency", "")
    for line in lines[:LINES]:
        if hasattr(line, "unit_price"):
            tax = f" and {line.tax:f}% tax" if line.tax else ""
            yield f"{line.quantity:f} × {line.description}: {grouped(net_of(line, currency), currency)}{tax}"
    if len(lines) > LINES:
        yield f"… and {len(lines) - LINES} more lines"
    for key, sign in (("surcharges", 1), ("rebates", -1)):
        yield from (f"{part.reason}: {sign * part.amount:,f}" for part in getattr(document, key, ()))
    for share in getattr(document, "applied", ()):
        discount = f", discount {share.discount:,f}" if share.discount else ""
        yield f"pays {share.item}: {share.amount:,f}{discount}"
    yield from (str(value) for key in ("title", "reason", "reference") if (value := getattr(document, key, "")))


def _sum(document: Any) -> str:
    """Net, tax and when it is due, of what has them."""
    net, tax, due = (getattr(document, key, None) for key in ("net", "tax", "due"))
    parts = [f"net {net:,f}, tax {tax:,f}"] if net is not None and tax else []
    if instalments := getattr(document, "instalments", ()):
        parts.append(f"due in {len(instalments)} parts from {instalments[0].due} to {instalments[-1].due}")
    elif due:
        terms = getattr(document, "terms", None)
        parts.append(f"due {due}" + (f" ({terms})" if terms else ""))
    return ", ".join(parts)


def _money(document: Any) -> str:
    amount = getattr(document, "amount", None)
    amount = getattr(document, "total", None) if amount is None else amount
    return f"{amount:,f} {document.currency}" if amount is not None else ""


def _totals(facts: Sequence[Named]) -> str:
    """How many there are of each kind and what they come to: kinds are never added up, and currencies neither."""
    told = []
    for folder in dict.fromkeys(folder for folder, *_ in facts):
        documents = [document for own, _, document in facts if own == folder]
        what = _called(folder, len(documents))
        told.append(", ".join([f"{len(documents)} {what.replace('-', ' ')}", *_sums(documents)]))
    return "in all: " + "; ".join(told)


def _sums(documents: Sequence[Any]) -> Iterator[str]:
    sums: dict[str, int] = {}
    for document in documents:
        amount = getattr(document, "amount", None) or getattr(document, "total", None)
        if amount is not None:
            sums[document.currency] = sums.get(document.currency, 0) + minor_of(amount, document.currency)
    return (Money(minor, currency).said() for currency, minor in sorted(sums.items()))
