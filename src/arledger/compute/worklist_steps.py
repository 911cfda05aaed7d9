"""What there may be to do about a customer, most urgent first, each with its reason in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from arledger.compute.notice_types import Account, Line
from arledger.compute.worklist_facts import Known
from arledger.money import Money


class Step(NamedTuple):
    """One thing there is to do: what, why, and whether it is due whatever was said since."""

    action: str
    why: str
    pressing: bool


def _broken_promise(facts: Known, account: Account, _: Sequence[Line]) -> Step | None:
    """A promise that was not kept, and nobody has spoken to them since."""
    last = facts.last.get(account.customer)
    fresh = [p for p in facts.broken(account.customer)
             if p.promise.currency == account.currency and (last is None or last.date <= p.last)]  # fmt: skip
    if not fresh:
        return None
    promised = fresh[-1]
    came = f", {money(promised.paid, account)} came" if promised.paid else ""
    words = f"{money(promised.amount, account)} promised by {promised.promise.due}{came}"
    return Step("call: the promise was not kept", words, pressing=True)


def _missed_instalment(facts: Known, account: Account, _: Sequence[Line]) -> Step | None:
    last = facts.last.get(account.customer)
    for plan in facts.plans.get(account.customer, ()):
        if plan.plan.currency != account.currency:
            continue
        missed = [part.due for part in plan.parts if part.late]
        if plan.state == "holds" and missed and (last is None or last.date <= missed[-1]):
            words = f"{money(plan.overdue, account)} of plan {plan.fact} since {missed[0]}"
            return Step("call: an instalment was missed", words, pressing=True)
        if plan.defaulted and plan.state == "defaulted" and (last is None or last.date < plan.defaulted):
            return Step("call: the payment plan is lost", f"plan {plan.fact} lost on {plan.defaulted}", pressing=True)
    return None


def _follow_up(facts: Known, account: Account, _: Sequence[Line]) -> Step | None:
    last = facts.last.get(account.customer)
    if last is None or last.next_date is None or last.next_date > facts.day:
        return None
    return Step(last.next or "contact again", f"follow-up due since {last.next_date}", pressing=True)


def _settlement(facts: Known, account: Account, _: Sequence[Line]) -> Step | None:
    for settled in facts.settlements.get(account.customer, ()):
        if settled.state == "ready" and settled.settlement.currency == account.currency:
            return Step("complete the settlement", f"the money of {settled.fact} is here", pressing=False)
    return None


def _hand_over(facts: Known, account: Account, _: Sequence[Line]) -> Step | None:
    ready = facts.ready.get((account.customer, account.currency))
    if ready is None:
        return None
    return Step("decide on handing over", f"unpaid after the final notice of {ready.noticed}", pressing=False)


def _notice_by_call(facts: Known, account: Account, lines: Sequence[Line]) -> Step | None:
    """A notice that goes out by a call nobody has made yet."""
    notice, last = facts.sent.last.get((account.customer, account.currency)), facts.last.get(account.customer)
    if not lines or notice is None or notice.channel != "call" or (last and last.date >= notice.date):
        return None
    return Step("call: the notice goes by phone", f"notice {notice.fact} of level {notice.level}", pressing=True)


def _says_paid(facts: Known, account: Account, lines: Sequence[Line]) -> Step | None:
    last = facts.last.get(account.customer)
    if not lines or last is None or last.outcome != "says-paid":
        return None
    return Step("ask when and how it was paid", f"said on {last.date} it was paid", pressing=False)


def _dispute(facts: Known, account: Account, _: Sequence[Line]) -> Step | None:
    for found in facts.disputes.get(account.customer, ()):
        if found.due and found.due < facts.day and found.dispute.currency == account.currency:
            who = found.owner or "its owner"
            return Step(f"press {who} for an answer", f"dispute {found.fact} was to be resolved by {found.due}",
                        pressing=False)  # fmt: skip
    return None


def _credit(_: Known, account: Account, lines: Sequence[Line]) -> Step | None:
    late = any(not item.is_credit and account.counted(item) > 0 for item in account.items)
    if lines or not account.credits or not late:
        return None
    return Step("apply what is on account", f"{money(account.credits, account)} on account", pressing=False)


def _late(facts: Known, account: Account, lines: Sequence[Line]) -> Step | None:
    """Something is late and can be asked for: by a notice that is due, else by a call."""
    if not lines:
        return None
    due = facts.due.get((account.customer, account.currency))
    if due:
        return Step(
            f"call before the notice of level {due.level} goes", f"a notice of level {due.level} is due", pressing=False
        )
    spoke = facts.last.get(account.customer)
    return Step("call", f"last contact {spoke.date}" if spoke else "nobody has spoken to them yet", pressing=False)


#: What there may be to do, most urgent first: the first that applies is the next best action.
STEPS: tuple[Callable[[Known, Account, Sequence[Line]], Step | None], ...] = (
    _broken_promise, _missed_instalment, _follow_up, _notice_by_call, _settlement, _hand_over, _says_paid, _late,
    _credit, _dispute,
)  # fmt: skip


def money(minor: int, account: Account) -> str:
    """An amount of the account in words."""
    return Money(minor, account.currency).said()
