"""A notice that is due, as the fact it will be: its id, how it goes out, its lines; all but the letter."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

from arledger.compute.notice_types import Due
from arledger.documents.customers import Customer
from arledger.documents.notices import AsideLine, Channel, Notice, NoticeLine
from arledger.ledger.table import Ledger
from arledger.money import decimal
from arledger.policy.notices import NoticeLevel, Procedure, Reminder, Unanswered


class Draft(NamedTuple):
    """A notice before its letter is written."""

    fact: str
    due: Due
    notice: Notice
    template: str


def id_of(due: Due, day: date) -> str:
    """The id of a notice: the same customer, items, levels and day always give the same one (RULES U3)."""
    items = " ".join(f"{line.item.item}={line.level}" for line in due.lines)
    text = "\n".join((due.kind, due.customer, due.currency, str(due.level), day.isoformat(), items))
    return f"N-{day}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def draft(ledger: Ledger, due: Due, day: date) -> Draft:
    """A notice that is due, without its letter and the item of its fee."""
    procedure = ledger.policy.notices.procedures[due.procedure]
    step, template = _step(procedure, due)
    customer = ledger.customer(due.customer) or Customer(name=due.customer)
    channel, to = reach(customer, step.channel) if not isinstance(step, Unanswered) else ("e-mail", step.to)
    asked: Channel = step.channel if not isinstance(step, Unanswered) else "e-mail"
    money = due.currency
    notice = Notice(
        customer=due.customer, date=day, kind=due.kind, procedure=due.procedure, level=due.level,
        final=isinstance(step, NoticeLevel) and step.final, channel=channel,
        instead_of=asked if asked != channel else None, to=to, language=customer.language,
        pay_by=day + timedelta(days=step.pay_within) if isinstance(step, NoticeLevel) else None, currency=money,
        lines=tuple(NoticeLine(line.item.item, line.item.due, decimal(line.amount, money), line.level)
                    for line in due.lines),
        aside=tuple(AsideLine(a.item, a.due, decimal(a.amount, money), a.kind, a.why) for a in due.aside),
        fee=decimal(due.fee, money) if due.fee else None, text="", amount=decimal(due.amount, money),
    )  # fmt: skip
    return Draft(id_of(due, day), due, notice, template)


def _step(procedure: Procedure, due: Due) -> tuple[NoticeLevel | Reminder | Unanswered, str]:
    """The step of the procedure a notice belongs to, and its template."""
    if due.kind == "reminder" and procedure.reminder:
        return procedure.reminder, procedure.reminder.template
    if due.kind == "referral" and procedure.unanswered:
        return procedure.unanswered, procedure.unanswered.template
    return procedure.levels[due.level - 1], procedure.template(due.level)


def reach(customer: Customer, channel: Channel) -> tuple[Channel, str]:
    """The channel a customer can be reached by, the one asked for or the next (RULES U6), and the address for it."""
    if channel == "e-mail" and (email := customer.email_for("dunning")):
        return "e-mail", email
    if channel in ("e-mail", "letter") and customer.address:
        return "letter", ", ".join(customer.address)
    return "call", next((contact.phone for contact in customer.contacts if contact.phone), "")
