"""Service states on a day: which units are to be stopped for what is unpaid, which are, and what lacks for a step.

A state holds when all its conditions hold of what can be asked for; the first of policy that holds counts, and none
means clear. So whatever lowers what is unpaid, a payment or a credit, clears it by itself. Units whose items are paid
keep their service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from arledger.compute.approvals import Wanted, lacking
from arledger.compute.notice_steps import less_credits
from arledger.compute.notice_types import Account, Line
from arledger.compute.notices import accounts
from arledger.compute.notices_sent import notices_of
from arledger.compute.open_items import OpenItem
from arledger.compute.plans import plans
from arledger.documents.notices import Notice
from arledger.documents.service import ServiceRestore, ServiceStop
from arledger.ledger.table import FactRow, Ledger
from arledger.money import decimal
from arledger.policy.notices import in_currency
from arledger.policy.service import ServiceState

Key = tuple[str, str, str]  # customer, unit, currency


class Unit(NamedTuple):
    """One unit of a customer with something unpaid, or stopped."""

    customer: str
    unit: str
    currency: str
    lines: tuple[Line, ...]  # unpaid, past due, and not set aside; oldest first
    days: int  # of the oldest
    wanted: ServiceState | None
    stopped: tuple[FactRow, ServiceStop] | None
    notice: tuple[FactRow, Notice] | None  # the last one for the state wanted that still stands
    blocked: str

    @property
    def amount(self) -> int:
        """What is unpaid, in minor units."""
        return sum(line.amount for line in self.lines)

    @property
    def due(self) -> ServiceState | None:
        """The state wanted, unless the unit is stopped that far already."""
        done = self.stopped and (self.stopped[1].action == "repossess" or self.wanted is None
                                 or self.stopped[1].action == self.wanted.action)  # fmt: skip
        return None if done else self.wanted


def units(ledger: Ledger, day: dt.date, customer: str | None = None) -> list[Unit]:
    """Every unit with something unpaid that a state is for, and every unit that is stopped; by customer and unit."""
    policy = ledger.policy.service
    lines: dict[Key, list[Line]] = {}
    blocked: dict[str, str] = {}
    for account in accounts(ledger, day, customer):
        blocked[account.customer] = account.blocked
        for line in _unpaid(account, day):
            lines.setdefault((account.customer, unit_of(line.item, policy.unit), account.currency), []).append(line)
    stops = {(stop.customer, stop.unit, stop.currency): (row, stop) for row, stop in standing(ledger, day, customer)}
    sent = [(row, n) for row, n in notices_of(ledger, day, customer) if n.kind == "service"]
    found = []
    for key in sorted({*lines, *stops}):
        its = lines.get(key, [])
        days = max((line.item.days_past_due(day) for line in its), default=0)
        wanted = _state(policy.states, key, its, days, _country(ledger, key[0]) if policy.states else "")
        if wanted or key in stops:
            notice = _notice(sent, key, its, wanted) if wanted else None
            unit = Unit(*key, tuple(its), days, wanted, stops.get(key), notice, blocked.get(key[0], ""))
            found.append(unit)
    return found


def unit_of(item: OpenItem, by: str) -> str:
    """The unit an item is for: "" where the customer is one."""
    if by == "po":
        return item.po
    return (item.references or ("",))[0] if by == "reference" else ""


def _unpaid(account: Account, day: dt.date) -> list[Line]:
    late = [item for item in account.items if not item.is_credit and item.due < day]
    lines = [Line(item, amount) for item in late if (amount := account.counted(item)) > 0]
    return less_credits(lines, account.credits)[0]


def _country(ledger: Ledger, customer: str) -> str:
    data = ledger.customer(customer)
    return data.country if data else ""


def _state(
    states: Sequence[ServiceState], key: Key, lines: Sequence[Line], days: int, country: str
) -> ServiceState | None:
    """The first state whose conditions all hold."""
    amount = decimal(sum(line.amount for line in lines), key[2])
    for state in states:
        holds = len(lines) >= state.items and days >= state.days and amount >= in_currency(state.amount, key[2])
        if lines and holds and (not state.countries or country in state.countries):
            return state
    return None


def standing(ledger: Ledger, day: dt.date, customer: str | None = None) -> list[tuple[FactRow, ServiceStop]]:
    """The stops that no restoring ended by a day; of a unit the last."""
    ended = {restore.stop for _, restore in ledger.told(ServiceRestore, day, customer)}
    return [(row, stop) for row, stop in ledger.told(ServiceStop, day, customer) if row.fact not in ended]


def _notice(
    sent: Sequence[tuple[FactRow, Notice]], key: Key, lines: Sequence[Line], wanted: ServiceState
) -> tuple[FactRow, Notice] | None:
    """The last letter about this state and unit that names something still unpaid."""
    unpaid = {line.item.item for line in lines}
    for row, notice in reversed(sent):
        about = (notice.customer, notice.unit, notice.currency) == key and notice.procedure == wanted.name
        if about and unpaid & {line.item for line in notice.lines}:
            return row, notice
    return None


def default_of(ledger: Ledger, unit: Unit, day: dt.date) -> str:
    """What documents that the customer is in default on something unpaid: the id of a final notice whose day to pay by
    is past, or of a plan that was lost; "" where there is neither."""
    unpaid = {line.item.item for line in unit.lines}
    for row, notice in notices_of(ledger, day, unit.customer):
        if notice.final and notice.pay_by and notice.pay_by < day and unpaid & {line.item for line in notice.lines}:
            return row.fact
    whole = {item.partition("/")[0] for item in unpaid}
    lost = [plan for plan in plans(ledger, day, unit.customer) if plan.state == "defaulted"]
    return next((plan.fact for plan in lost if whole & set(plan.plan.items)), "")


def missing(ledger: Ledger, unit: Unit, state: ServiceState, day: dt.date) -> list[str]:
    """What lacks before the unit may be stopped, in words; nothing when it may."""
    found = [unit.blocked] if unit.blocked else []
    if unit.notice is None:
        found.append("no notice was sent (ar service notice)")
    elif (until := unit.notice[1].pay_by) and day <= until:
        found.append(f"the notice gives until {until}")
    if state.action == "repossess" and not default_of(ledger, unit, day):
        found.append("no default is documented: no final notice whose days are over, no payment plan that was lost")
    about = unit.notice[0].fact if unit.notice else unit.customer
    if told := _approval(ledger, unit, state, about, day):
        found.append(told)
    return found


def _approval(ledger: Ledger, unit: Unit, state: ServiceState, about: str, day: dt.date) -> str:
    """What lacks of an approval. Taking goods back always needs one."""
    if state.action == "repossess" and not any(rule.action == "service" for rule in ledger.policy.approvals):
        return "approvals in ledger.yaml names nobody who may approve it"
    return lacking(ledger, Wanted("service", about, unit.amount, unit.currency, day)) if unit.notice else ""
