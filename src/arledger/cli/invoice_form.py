"""The form `ar invoice new` fills in on a terminal: customer defaults shown, the total before anything is posted."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import typer

from arledger.cli.clock import day
from arledger.cli.lookup import known_customer
from arledger.cli.output import say
from arledger.cli.session import Session
from arledger.commands.invoice_words import parse_line
from arledger.commands.invoices import Asked, amount_of, defaults, draft
from arledger.dates import Terms
from arledger.documents.invoices import Line
from arledger.errors import ArError, UsageError
from arledger.money import Money, rounded

T = TypeVar("T")


def fill_in(session: Session) -> Asked:
    """What the person at the terminal wants invoiced."""
    ledger = session.ledger
    customer = _until(lambda: known_customer(ledger, _ask("Customer")))
    record = ledger.customer(customer)
    assert record
    currency, terms = defaults(ledger, record, session.today)
    say(f"  {record.name} · {currency} · {terms}")
    when = _until(lambda: day(_ask("Date", session.today.isoformat()), "Date"))
    terms = _until(lambda: _known_terms(_ask("Terms", terms)))
    po = _ask("Purchase order", "")
    lines: list[Line] = []
    tax = ledger.policy.tax.default
    say("  Lines: description;quantity;unit price[;tax[;discount]], an empty one when done.")
    while text := _ask(f"Line {len(lines) + 1}", ""):
        try:
            lines.append(parse_line(text, tax))
            tax = lines[-1].tax
        except ArError as error:
            say(f"  {error}")
            continue
        say(f"  net {Money(lines[-1].net(currency), currency).said()}")
    amount = "" if lines else _until(lambda: _known_amount(_ask("Amount"), currency))
    asked = Asked(customer, when, lines, amount, terms, currency=currency, po=po)
    _show(draft(ledger, asked))
    return asked


def _known_terms(text: str) -> str:
    try:
        return Terms.parse(text).text
    except ValueError as error:
        raise UsageError(str(error), "such as net 30, or 2/10 net 30") from None


def _known_amount(text: str, currency: str) -> str:
    amount_of(text, currency, "Amount")
    return text


def _show(invoice: object) -> None:
    net, tax, total = (getattr(invoice, name) for name in ("net", "tax", "total"))
    currency, due = getattr(invoice, "currency", ""), getattr(invoice, "due", None)
    if net is not None:
        say(f"  Net {_money(net, currency)} + tax {_money(tax or Decimal(0), currency)}")
    say(f"  Total {_money(total, currency)}, due {due}")


def _money(amount: Decimal, currency: str) -> str:
    return Money(rounded(amount, currency), currency).said()


def _ask(label: str, default: str | None = None) -> str:
    answer: str = typer.prompt(f"{label}", default=default, err=True, show_default=bool(default))
    return answer.strip()


def _until(ask: Callable[[], T]) -> T:
    """Asks again until the answer means something."""
    while True:
        try:
            return ask()
        except ArError as error:
            say(f"  {error}")
