"""What a line of an invoice or order comes to, and what lines add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from arledger.money import rounded, share_of

#: How a line is taxed. Source: UNTDID 5305 as EN 16931 takes it: standard, zero-rated, exempt, reverse charge, supply
#: within the EU, export, outside the scope of tax, Canary Islands, Ceuta and Melilla.
TaxCategory = Literal["S", "Z", "E", "AE", "K", "G", "O", "L", "M"]


class Priced(Protocol):
    """So much of something at a price, less a discount and plus tax, both in percent."""

    @property
    def quantity(self) -> Decimal:
        """How much."""

    @property
    def unit_price(self) -> Decimal:
        """For one."""

    @property
    def discount(self) -> Decimal:
        """In percent of the price."""

    @property
    def tax(self) -> Decimal:
        """In percent of the net."""


class AsWritten(NamedTuple):
    """A line as its file has it: what it comes to can be said without the whole document."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    tax: Decimal

    @classmethod
    def of(cls, line: Mapping[str, str]) -> AsWritten:
        """The line with these texts: `{quantity: 2, unit_price: 5.00, tax: 19%}`."""
        discount, tax = (Decimal(line.get(key, "0%").removesuffix("%")) for key in ("discount", "tax"))
        return cls(Decimal(line.get("quantity", "1")), Decimal(line["unit_price"]), discount, tax)


def net_of(line: Priced, currency: str) -> int:
    """Net of a line in minor units: quantity × unit price less its discount, rounded once, halves away from zero."""
    gross = line.quantity * line.unit_price
    return rounded(gross * (100 - line.discount) / 100 if line.discount else gross, currency)


class Footing(NamedTuple):
    """What lines come to under the two accepted ways to round tax, in minor units."""

    nets: tuple[tuple[Decimal, int], ...]  # of each line its rate of tax and its net

    @property
    def net(self) -> int:
        """All nets together."""
        return sum([net for _, net in self.nets])

    @property
    def tax_by_rate(self) -> int:
        """Tax per rate over the document. Source: EN 16931 BR-CO-17."""
        by_rate: dict[Decimal, int] = {}
        for rate, net in self.nets:
            by_rate[rate] = by_rate.get(rate, 0) + net
        return sum([share_of(net, rate) for rate, net in by_rate.items()])

    @property
    def tax_by_line(self) -> int:
        """Tax of each line, rounded there: the way of most billing programs."""
        return sum([share_of(net, rate) for rate, net in self.nets])

    def total(self, *, by_rate: bool) -> int:
        """Net and tax."""
        return self.net + (self.tax_by_rate if by_rate else self.tax_by_line)


def footing(lines: Iterable[Priced], currency: str, more: Iterable[tuple[Decimal, int]] = ()) -> Footing:
    """What the lines of an invoice, credit note or order add up to, with `more` nets at their rates of tax."""
    return Footing((*[(line.tax, net_of(line, currency)) for line in lines], *more))
