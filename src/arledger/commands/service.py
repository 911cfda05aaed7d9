"""Stopping a service for what is unpaid: the notice, the stop after its days, and giving it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.notice_drafts import reach
from arledger.compute.notice_types import Wanted, Write
from arledger.compute.notice_values import values
from arledger.compute.service import Unit, default_of, missing, units
from arledger.documents.customers import Customer
from arledger.documents.notices import Notice, NoticeLine
from arledger.documents.service import ServiceRestore, ServiceStop, Stop
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import decimal
from arledger.policy.service import ServiceState


def notice(ledger: Ledger, customer: str, unit: str | None, day: date, write: Write) -> Planned:
    """The letters that say what will be stopped, one for each unit in a state whose letter was not sent yet.

    Raises RefusedError where nothing is to be stopped.
    """
    refuse_closed(ledger, day)
    found = [one for one in _units(ledger, customer, unit, day) if one.due]
    if not found:
        raise RefusedError(f"nothing of {customer} is to be stopped on {day}", "see ar service list",
                           code="service-clear")  # fmt: skip
    waiting = [one for one in found if one.notice is None]
    facts = [_letter(ledger, one, one.due, day, write) for one in waiting if one.due]
    notes = [f"{one.notice[0].fact} was sent on {one.notice[1].date}: nothing to do" for one in found if one.notice]
    return Planned(facts, notes=notes, about=f"Notice of {customer}: service" if facts else "")


def _letter(ledger: Ledger, unit: Unit, state: ServiceState, day: date, write: Write) -> tuple[str, Notice]:
    data = ledger.customer(unit.customer) or Customer(name=unit.customer)
    channel, to = reach(data, "letter")
    lines = tuple(NoticeLine(line.item.item, line.item.due, decimal(line.amount, unit.currency)) for line in unit.lines)
    bare = Notice(
        customer=unit.customer, date=day, kind="service", procedure=state.name, unit=unit.unit, channel=channel,
        instead_of="letter" if channel != "letter" else None, to=to, language=data.language,
        pay_by=day + timedelta(days=state.notice_days), currency=unit.currency, lines=lines, text="",
        amount=decimal(unit.amount, unit.currency),
    )  # fmt: skip
    text = "\n".join((unit.customer, unit.unit, unit.currency, state.name, *(line.item for line in lines)))
    fact = f"S-{day}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    template = state.template or f"service-{state.action}"
    (letter,) = write([Wanted(template, data.language, values(ledger, fact, bare))])
    return fact, replace(bare, text=letter)


def stop(
    ledger: Ledger, customer: str, unit: str | None, day: date, action: Stop, *, reason: str, evidence: Sequence[str]
) -> Planned:
    """A unit disconnected or taken back. Raises RefusedError with everything that lacks."""
    refuse_closed(ledger, day)
    found = [one for one in _units(ledger, customer, unit, day) if one.due and one.due.action == action]
    if not found:
        raise RefusedError(f"{customer} is in no state to {action} on {day}", "see ar service list",
                           code="service-clear")  # fmt: skip
    one = _single(found)
    if one.due and (lacks := missing(ledger, one, one.due, day)):
        approve = f"ar approve service {one.notice[0].fact} --by …" if one.notice else ""
        hint = approve if "needs the approval" in lacks[-1] else "see ar service list"
        raise RefusedError(f"{action} {customer} {one.unit}".rstrip() + f": {'; '.join(lacks)}", hint,
                           code="service-not-ready")  # fmt: skip
    assert one.notice  # else it lacked
    fact = ServiceStop(
        customer=customer, date=day, action=action, unit=one.unit, notice=one.notice[0].fact,
        default=default_of(ledger, one, day) if action == "repossess" else "", evidence=tuple(evidence), reason=reason,
        items=tuple(line.item.item for line in one.lines), currency=one.currency,
        amount=decimal(one.amount, one.currency),
    )  # fmt: skip
    verb = {"disconnect": "Disconnect", "repossess": "Repossess from"}[action]
    return Planned([(next_id(ledger, f"{customer}-S"), fact)], about=f"{verb} {customer} {one.unit}".rstrip())


def restore(ledger: Ledger, customer: str, unit: str | None, day: date, reason: str) -> Planned:
    """A unit given its service again. Raises RefusedError where it is not stopped, or unpaid and nobody says why."""
    refuse_closed(ledger, day)
    found = [one for one in _units(ledger, customer, unit, day) if one.stopped]
    if not found:
        raise RefusedError(f"nothing of {customer} is stopped on {day}", "see ar service list", code="service-clear")
    one = _single(found)
    if one.wanted and not reason:
        raise RefusedError(f"{customer} {one.unit}".rstrip() + f" still owes what {one.wanted.name} is for",
                           "say why it is restored: --reason", code="service-unpaid")  # fmt: skip
    assert one.stopped
    fact = ServiceRestore(customer=customer, date=day, stop=one.stopped[0].fact, reason=reason)
    return Planned([(next_id(ledger, f"{one.stopped[0].fact}-R"), fact)],
                   about=f"Restore {customer} {one.unit}".rstrip())  # fmt: skip


def _units(ledger: Ledger, customer: str, unit: str | None, day: date) -> list[Unit]:
    return [one for one in units(ledger, day, customer) if unit is None or one.unit == unit]


def _single(found: Sequence[Unit]) -> Unit:
    if len(found) > 1:
        names = ", ".join(f"{one.unit or one.currency}" for one in found)
        raise UsageError(f"--unit is missing: several are meant: {names}", "name one")
    return found[0]
