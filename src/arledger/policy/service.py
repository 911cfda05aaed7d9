"""When unpaid items cost a customer the service or the goods, and with how many days' notice (RULES H5)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from arledger.documents.fields import Amount, Currency, Id, Text, record
from arledger.documents.service import Stop
from arledger.errors import BadValueError


@record
class ServiceState:
    """One state: all conditions given must hold of what is unpaid. `notice_days` are those the law or contract asks."""

    name: Id
    action: Stop
    notice_days: int  # whole days between the letter and the stop
    items: int = 0  # at least so many
    amount: Amount | Mapping[Currency, Amount] = Decimal(0)  # at least so much
    days: int = 1  # since the due date of the earliest, at least so many
    countries: tuple[Text, ...] = ()  # of customers it is for; none: of all
    template: Id = ""  # service-disconnect or service-repossess, where not given


@record
class Service:
    """The states, most severe first; the first that holds counts."""

    states: tuple[ServiceState, ...] = ()
    unit: Literal["customer", "reference", "po"] = "customer"  # what is stopped: all of a customer, or by their number

    def __post_init__(self) -> None:
        for before, after in zip(self.states, self.states[1:], strict=False):
            if after.days > before.days:
                raise BadValueError("service-states", f"{after.name} takes {after.days} days, {before.name} before it "
                                    f"{before.days}", "write the most severe state first")  # fmt: skip
        for state in self.states:
            if state.notice_days < 1:
                raise BadValueError("service-states", f"{state.name} without days of notice",
                                    "write the days the law asks for")  # fmt: skip
