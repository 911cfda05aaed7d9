"""Sales orders, and what is said of them until they are billed: held, released, delivered, cancelled.

None of it moves money. Whether an order is held on a day, and what of it is still to be billed, is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from decimal import Decimal
from typing import ClassVar, Literal

from arledger.documents.fields import Amount, Currency, Day, Flag, Id, Percent, Quantity, TermsText, Text, record
from arledger.documents.told import Told


@record
class OrderLine:
    """One line of an order, counted from 1."""

    description: Text
    unit_price: Quantity
    quantity: Quantity = Decimal(1)
    discount: Percent = Decimal(0)
    tax: Percent = Decimal(0)
    unit: Text = ""  # UN/ECE recommendation 20


@record
class Order(Told):
    """What a customer ordered, at what price. A change is a new order, and the old one cancelled."""

    FOLDER: ClassVar = "orders"
    NAMES: ClassVar = {"contract": "fact"}

    _: KW_ONLY
    customer: Id
    date: Day
    currency: Currency
    po: Text = ""
    terms: TermsText = ""
    contract: Id = ""
    prepaid: Flag = False  # billed and paid before it is delivered: never held, no exposure
    delivered: Flag = False  # the goods were out when it was written down
    held: tuple[Text, ...] = ()  # the rules that held it when it was placed
    notes: Text = ""
    lines: tuple[OrderLine, ...] = ()
    total: Amount

    @property
    def money(self) -> tuple[str, Decimal]:
        """What it comes to, with tax."""
        return self.currency, self.total


@record
class OrderPart:
    """So much of one line of an order."""

    line: int
    quantity: Quantity


class _OfOrder(Told):
    """Base of what is said of an order."""

    __slots__ = ()

    NAMES: ClassVar[Mapping[str, Literal["item", "fact"]]] = {"order": "fact"}


@record
class DeliveryNote(_OfOrder):
    """Goods of an order that went out: the lines named, or all of it. They are billed whatever holds the rest."""

    FOLDER: ClassVar = "delivery-notes"

    customer: Id
    date: Day
    order: Id
    note: Text = ""  # number of the delivery note
    lines: tuple[OrderPart, ...] = ()


@record
class Cancellation(_OfOrder):
    """The end of an order: what was not billed by then will not be."""

    FOLDER: ClassVar = "cancellations"

    customer: Id
    date: Day
    order: Id
    reason: Text


@record
class Hold(_OfOrder):
    """An order, or everything a customer orders, stopped by a person. It stays until a release names it."""

    FOLDER: ClassVar = "holds"

    customer: Id
    date: Day
    reason: Text
    order: Id = ""  # none: every order of the customer
    by: Text = ""


@record
class Release(_OfOrder):
    """An order let go: what held it is over, or somebody lets it go all the same.

    `rules` are those it goes in spite of, until the day of `review`; a rule that is not among them holds it still.
    """

    FOLDER: ClassVar = "releases"
    NAMES: ClassVar = {"order": "fact", "hold": "fact"}

    customer: Id
    date: Day
    order: Id = ""
    hold: Id = ""  # the hold it ends
    rules: tuple[Text, ...] = ()
    reason: Text = ""
    by: Text = ""
    review: Day | None = None
    currency: Currency = ""
    amount: Amount | None = None  # what of the order goes in spite of the rules
