"""Lines, rebates and deliveries as they are written on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from arledger.dates import parse_date
from arledger.documents.fields import Percent, Quantity
from arledger.documents.invoices import Adjustment, Delivery, Line, Pay
from arledger.documents.lines import TaxCategory
from arledger.errors import BadValueError, UsageError
from arledger.money import decimal, minor_units

_read_quantity, _read_percent = Quantity.__metadata__[0].read, Percent.__metadata__[0].read  # type: ignore[attr-defined]
_UNIT = re.compile(r"[A-Z0-9]{2,3}")  # a code of UN/ECE recommendation 20


def parse_line(text: str, default_tax: Decimal) -> Line:
    """A line written `description;quantity [unit];unit price[;tax[;discount]]`. Raises UsageError.

    >>> line = parse_line("Consulting;7.5 HUR;120.00;19%", Decimal(0))
    >>> line.quantity, line.unit, line.tax
    (Decimal('7.5'), 'HUR', Decimal('19'))
    """
    parts = [part.strip() for part in text.split(";")]
    if not 3 <= len(parts) <= 5:
        what = "a description, a quantity and a unit price, with ; between"
        raise UsageError(f"--line: {text!r} is not {what}", "such as Widgets;10;12.50 or Widgets;10;12.50;19%;5%")
    quantity, _, unit = parts[1].partition(" ")
    if unit and not _UNIT.fullmatch(unit.strip()):
        raise UsageError(f"--line: {unit.strip()!r} is no unit", "write a code of UN/ECE rec. 20, such as HUR or KGM")
    try:
        tax = _read_percent(parts[3]) if len(parts) > 3 and parts[3] else default_tax
        discount = _read_percent(parts[4]) if len(parts) > 4 else Decimal(0)
        return Line(description=parts[0], quantity=_read_quantity(quantity), unit_price=_read_quantity(parts[2]),
                    unit=unit.strip() or None, tax=tax, discount=discount)  # fmt: skip
    except BadValueError as error:
        raise UsageError(f"--line: {error}", error.hint) from None


class Parts(NamedTuple):
    """What an invoice or credit note is over, and the category of what bears no tax."""

    lines: list[Line]
    rebates: list[Adjustment]
    surcharges: list[Adjustment]
    category: TaxCategory | None


def parse_parts(
    lines: Sequence[str], rebates: Sequence[str], surcharges: Sequence[str], category: str, default_tax: Decimal,
    currency: str,
) -> Parts:  # fmt: skip
    """Lines, rebates and surcharges; a line that says no rate has the default, or none where the category is untaxed.

    Raises UsageError naming the option.
    """
    known = parse_category(category)
    found = [parse_line(text, Decimal(0) if known not in (None, "S") else default_tax) for text in lines]
    return Parts(
        found,
        [parse_part("--rebate", text, found, currency) for text in rebates],
        [parse_part("--surcharge", text, found, currency) for text in surcharges],
        known,
    )


def parse_part(option: str, text: str, lines: Sequence[Line], currency: str) -> Adjustment:
    """A rebate or surcharge written `reason;amount[;tax]`, taxed as the lines where they all are alike.

    Raises UsageError naming the option.
    """
    parts = [part.strip() for part in text.split(";")]
    if not 2 <= len(parts) <= 3 or not parts[0]:
        raise UsageError(f"{option}: {text!r} is not a reason and an amount", f'write {option} "Freight;10.00;19%"')
    rates = {line.tax for line in lines}
    if not lines:
        raise UsageError(f"{option} is for an invoice with lines", 'such as --line "Widgets;10;12.50;19%"')
    if len(parts) == 2 and len(rates) > 1:
        raise UsageError(f"{option}: the lines have several rates of tax", f'write {option} "{text};19%"')
    try:
        tax = _read_percent(parts[2]) if len(parts) == 3 else rates.pop()
        amount = decimal(minor_units(parts[1], currency), currency)
    except BadValueError as error:
        raise UsageError(f"{option}: {error}", error.hint) from None
    except ValueError as error:
        raise UsageError(f"{option}: {error}", f'write {option} "Freight;10.00;19%"') from None
    if amount <= 0:
        raise UsageError(f"{option}: {parts[1]} is not more than zero", "amounts are positive")
    return Adjustment(reason=parts[0], amount=amount, tax=tax)


def parse_delivery(day: str, to: str) -> Delivery | None:
    """When and where to what is billed went: a day, and `name;address line;...;country`; None where nothing is said.

    Raises UsageError for what is no day.

    >>> parse_delivery("", "Werk 2;Sluisjesdijk 14;3087 AJ Rotterdam;NL").country
    'NL'
    """
    if not day and not to:
        return None
    try:
        when = parse_date(day) if day else None
    except ValueError as error:
        raise UsageError(f"--delivered: {error}", "such as 2026-01-31") from None
    name, *address = [part.strip() for part in to.split(";") if part.strip()] or [""]
    country = address.pop() if address and re.fullmatch(r"[A-Z]{2}", address[-1]) else None
    return Delivery(date=when, name=name or None, address=tuple(address), country=country)


def parse_category(text: str) -> TaxCategory | None:
    """A category of tax by its code; None for no text. Raises UsageError."""
    if text and text not in get_args(TaxCategory):
        raise UsageError(f"--tax-category: there is none {text!r}", f"write one of {', '.join(get_args(TaxCategory))}")
    return text or None  # type: ignore[return-value]  # one of them


def parse_pay(by: Literal["transfer", "direct-debit"], mandate: str, account: str, known: Iterable[str]) -> Pay | None:
    """How an invoice is paid; None for a transfer to any account. Raises UsageError."""
    if account and account not in known:
        raise UsageError(f"--pay-to: there is no account {account}", f"accounts: {', '.join(known) or 'none yet'}")
    if (by == "direct-debit") != bool(mandate):
        raise UsageError(
            "--pay-by direct-debit and --mandate go together", "such as --pay-by direct-debit --mandate M-17"
        )
    return Pay(by=by, account=account or None, mandate=mandate or None) if mandate or account else None
