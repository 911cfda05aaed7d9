"""Who to contact on a day and why, ranked by what a contact is worth.

    worth = Σ (amount × days late) × payer × promises × follow-up

in the ledger's currency, by its rates, over what can be asked for: without what is disputed, promised, planned,
settled, handed over or on account. Payer is 100% and one more for each day they pay late on average, at most 200%;
promises 100% and 50% for each one not kept in a year, at most 250%; follow-up 300% when something is due that nobody
has taken up since, else 100%. All of it is exact and rounded once, half-up, to a whole number.

>>> worth([(100_00, 10)], "EUR", Decimal(1), (121, 150, 100))
1815
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from arledger.compute.contacts import against_rules
from arledger.compute.notice_steps import less_credits
from arledger.compute.notice_types import Account, Line
from arledger.compute.rates import rate_of
from arledger.compute.worklist_facts import Known, known
from arledger.compute.worklist_steps import STEPS, Step, money
from arledger.documents.contacts import LoggedContact
from arledger.errors import many
from arledger.ledger.table import Ledger
from arledger.money import decimal


class Task(NamedTuple):
    """A customer in one currency with something to do about them."""

    customer: str
    currency: str
    collector: str
    late: int  # minor units that can be asked for and are past due
    days: int  # of the oldest of it
    worth: int
    action: str  # what to do next
    why: tuple[str, ...]
    last: LoggedContact | None
    waits: str  # why nobody is to contact them today; "" when somebody is


def worklist(ledger: Ledger, day: date, customer: str | None = None) -> list[Task]:
    """Everybody there is something to do about on a day, worth most first; those who wait last.

    So do those of whom all that is late is promised, planned, offered to be settled or disputed.
    """
    facts, policy = known(ledger, day, customer), ledger.policy.collections
    collectors = {owner: data.collector for owner, data in ledger.customers() if customer in (None, owner)}
    rules, quiet = policy.contact_rules, timedelta(days=policy.worklist.quiet_days)
    found = []
    for account in facts.accounts:
        procedure = ledger.policy.notices.procedures.get(account.named)
        grace, who = procedure.grace if procedure else 0, collectors.get(account.customer, "")
        lines = collectable(account, day, grace)
        steps = [step for make in STEPS if (step := make(facts, account, lines))]
        if not steps:
            if agreed := _agreed(account, day, grace):
                last = facts.last.get(account.customer)
                found.append(Task(account.customer, account.currency, who, 0, 0, 0, "nothing", (), last, agreed))
            continue
        waits = _waits(facts, account, steps, quiet)
        held = against_rules(rules, facts.contacts.get(account.customer, ()), day) if rules else []
        if held and rules and rules.then == "refuse":
            waits = waits or held[0]
        factors = _factors(facts, account, steps)
        base = [(line.amount, line.item.days_past_due(day)) for line in lines] or [(_open(account), 1)]
        rate = rate_of(ledger.policy, account.currency, day)
        value = worth(base, account.currency, rate or Decimal(1), factors)
        days = max((line.item.days_past_due(day) for line in lines), default=0)
        why = (*_behaviour(facts, account, lines, days), *(step.why for step in steps), *held)
        why += () if rate else (f"ranked as if {account.currency} were {ledger.policy.currency}: no rate is stated",)
        found.append(Task(account.customer, account.currency, who, sum(line.amount for line in lines), days, value,
                          steps[0].action, why, facts.last.get(account.customer), waits))  # fmt: skip
    return sorted(found, key=lambda task: (bool(task.waits), -task.worth, task.customer, task.currency))


def worth(amounts: Iterable[tuple[int, int]], currency: str, unit: Decimal, percents: Sequence[int]) -> int:
    """What a contact is worth: amounts (minor units) × days × the rate of the currency × percentages."""
    value = decimal(sum(amount * days for amount, days in amounts), currency) * unit
    for percent in percents:
        value = value * percent / 100
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def collectable(account: Account, day: date, grace: int) -> list[Line]:
    """What is late beyond the days of grace and can be asked for, oldest first.

    Items whose notices are blocked can still be talked about.
    """
    late = [item for item in account.items if not item.is_credit and item.days_past_due(day) > grace]
    blocked = {part.item: part.amount for part in account.aside if part.kind == "blocked"}
    lines = [Line(item, amount) for item in late if (amount := account.counted(item) + blocked.get(item.item, 0)) > 0]
    return less_credits(lines, account.credits)[0]


def _agreed(account: Account, day: date, grace: int) -> str:
    """Why nothing of what is late is asked for, where that is all there is to say; what others collect is theirs."""
    parts = [part for part in account.aside if (day - part.due).days > grace and part.kind != "handed-over"]
    return ", ".join(dict.fromkeys(part.why for part in parts))


def _open(account: Account) -> int:
    return sum(item.open for item in account.items if not item.is_credit)


def _factors(facts: Known, account: Account, steps: Sequence[Step]) -> tuple[int, int, int]:
    late = facts.days_late((account.customer, account.currency))
    broken = len(facts.broken(account.customer))
    return 100 + min(late, 100), min(100 + 50 * broken, 250), 300 if any(step.pressing for step in steps) else 100


def _behaviour(facts: Known, account: Account, lines: Sequence[Line], days: int) -> list[str]:
    """The amount, the days and the payer in words."""
    found = []
    if lines:
        found.append(f"{money(sum(line.amount for line in lines), account)} late, the oldest {many(days, 'day')}")
    if average := facts.days_late((account.customer, account.currency)):
        found.append(f"pays {many(average, 'day')} late on average")
    if broken := len(facts.broken(account.customer)):
        found.append(f"{many(broken, 'promise')} not kept in a year")
    return found


def _waits(facts: Known, account: Account, steps: Sequence[Step], quiet: timedelta) -> str:
    """Why a customer is left in peace today; "" when they are not."""
    last, notice = facts.last.get(account.customer), facts.sent.last.get((account.customer, account.currency))
    if any(step.pressing for step in steps):
        return ""
    if notice and notice.pay_by and facts.day <= notice.pay_by:
        return f"notice of {notice.date}, to pay by {notice.pay_by}"
    if last is None:
        return ""
    if last.next_date and last.next_date > facts.day:
        return f"{last.next or 'next contact'} on {last.next_date}"
    if facts.day < last.date + quiet:
        return f"contacted on {last.date}"
    return ""
