"""Days on which money was promised or is due by agreement, as entries of a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from arledger.compute.plans import Planned
from arledger.compute.promises import Promised
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.paper import Paper


class Entry(NamedTuple):
    """One day in a calendar. The same key is the same entry, however often it is given out."""

    key: str
    day: date
    title: str
    text: str
    made: date  # the day of the fact it comes from


def promised(ledger: Ledger, found: Iterable[Promised]) -> Iterator[Entry]:
    """What customers promised, on the day the money is to be here."""
    for p in found:
        said = p.promise
        name = ledger.names.get(said.customer, said.customer)
        title = f"{name}: {Money(p.amount, said.currency).said()} promised"
        told = [f"{said.customer}, {p.fact}", ", ".join(said.items), said.person, said.text]
        yield Entry(p.fact, said.due, title, "\n".join(filter(None, told)), said.date)


def instalments(ledger: Ledger, found: Iterable[Planned]) -> Iterator[Entry]:
    """What is still open of payment plans, on the day each instalment is due."""
    for p in found:
        currency, name = p.plan.currency, ledger.names.get(p.plan.customer, p.plan.customer)
        for number, part in enumerate(p.parts, 1):
            if part.open:
                title = f"{name}: {Money(part.open, currency).said()}, instalment {number} of {len(p.parts)}"
                text = f"{p.plan.customer}, {p.fact}\n{', '.join(p.plan.items)}"
                yield Entry(f"{p.fact}-{number}", part.due, title, text, p.plan.date)


def of_paper(paper: Paper) -> list[Entry]:
    """What the customer of a payment plan or settlement is to pay, and when; of any other paper nothing."""
    data, parts = paper.data, list(paper.data.get("instalments", ()))
    if paper.kind == "settlement":
        parts = [{"number": 1, "due": data["due"], "amount": data["total"]}]
    if paper.kind not in ("plan", "settlement"):
        return []
    return [
        Entry(f"{data['number']}-{part['number']}", part["due"],
              f"{data['company']['name']}: {part['amount'].said()}", _to_pay(data["pay"]), paper.date)
        for part in parts
    ]  # fmt: skip


def _to_pay(pay: dict[str, object]) -> str:
    """The accounts to pay to, and what to quote."""
    accounts = [str(account["shown"]) for account in pay["accounts"]]  # type: ignore[attr-defined]
    return "\n".join([*accounts, str(pay["number"])])
