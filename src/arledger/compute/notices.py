"""Who gets which notice on a day, and who gets none and why: a function of the facts up to it and of policy (RULES §5).

The level of an item is the highest whose days it is late, but only one more than the last notice had, unless policy
allows a skip. Where what is late at a level, or above, is less than the level's minimum, those items go one level
down and are tried there. A notice goes out when at least one item rises, and its level is the highest of its items.

Sources of the rules: the SAP help on dunning selection (intervals, grace days, minimum amounts and percentages), the
Dynamics 365 help on collection letters, and RULES.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from arledger.compute.contacts import CONVERSED
from arledger.compute.notice_steps import Steps
from arledger.compute.notice_types import Account, Due, Outcome, Ready, Spared
from arledger.compute.notices_sent import fee_items, sent
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import Planned, by_plan, holding
from arledger.compute.set_aside import set_aside
from arledger.ledger.table import Ledger
from arledger.policy.notices import NEVER, Notices


def notices_due(ledger: Ledger, day: date, customer: str | None = None, of: Sequence[Account] | None = None) -> Outcome:
    """What a run on that day sends, and to whom it sends nothing. `of`: the accounts, where they are known already."""
    before, outcome, fees = sent(ledger, day, customer), Outcome([], [], []), fee_items(ledger)
    answers, held = last_answers(ledger, day, customer), holding(ledger, day, customer)
    for account in accounts(ledger, day, customer) if of is None else of:
        procedure = ledger.policy.notices.procedures.get(account.named)
        if procedure is None or account.blocked:
            why = account.blocked or "no procedure: the customer is never sent a notice"
            outcome.spared.extend(_spared(account, day, why, held))
            continue
        steps = Steps(account, procedure, day, before)
        found = steps.notice(fees)
        if isinstance(found, Due):
            outcome.due.append(found)
        elif found:
            outcome.spared.extend(_spared(account, day, found, held))
        others = steps.reminder(fees), steps.referral(answers.get(account.customer))
        outcome.due.extend(other for other in others if other)
        if (ready := steps.ready()) and ready.to:
            outcome.ready.append(ready)
    return outcome


def accounts(ledger: Ledger, day: date, customer: str | None = None) -> list[Account]:
    """Every customer with something open, by currency, in the order of both."""
    items: dict[tuple[str, str], list[OpenItem]] = {}
    for item in open_items(ledger, day, customer):
        if item.customer:
            items.setdefault((item.customer, item.currency), []).append(item)
    aside = set_aside(ledger, day, [item for its in items.values() for item in its], customer)
    named = procedures_of(ledger, ledger.policy.notices)
    return [
        Account(owner, currency, its, named.get(owner, NEVER),
                [part for item in its for part in aside.parts.get(item.item, ())], aside.blocked.get(owner, ""))
        for (owner, currency), its in sorted(items.items())
    ]  # fmt: skip


def procedures_of(ledger: Ledger, policy: Notices) -> dict[str, str]:
    """Customer → the name of their procedure."""
    rows = ledger.rows("SELECT customer, COALESCE(json_extract(data, '$.notices'), '') FROM customers")
    return {customer: policy.of(named) for customer, named in rows}


def last_answers(ledger: Ledger, day: date, customer: str | None = None) -> dict[str, date]:
    """Customer → the last day they answered in any way: paid, promised, disputed, or were spoken to."""
    rows = ledger.rows(
        "SELECT customer, MAX(date) FROM facts f WHERE (kind IN ('payments', 'promises', 'disputes', 'plans') OR "
        f"kind = 'contacts' AND (json_extract(data, '$.outcome') IN {CONVERSED} OR json_extract(data, '$.inbound'))) "
        "AND date <= ?1 AND (?2 IS NULL OR customer = ?2) AND NOT EXISTS (SELECT 1 FROM facts r WHERE "
        "r.about = f.fact AND r.about != '' AND r.kind = 'reversals' AND r.key != 'unapply' AND r.date <= ?1) "
        "GROUP BY customer",
        day.toordinal(), customer,
    )  # fmt: skip
    return {owner: date.fromordinal(number) for owner, number in rows}


def _spared(account: Account, day: date, why: str, held: Mapping[str, Planned]) -> list[Spared]:
    """The account among the spared, when anything of it is late, under a plan by its instalments, as in the ageing."""
    own = {name: held[name] for item in account.items if (name := item.item.partition("/")[0]) in held}
    late = [item for item in by_plan(account.items, own) if not item.is_credit and item.due < day]
    if not late:
        return []
    oldest = max(item.days_past_due(day) for item in late)
    return [Spared(account.customer, account.currency, sum(item.open for item in late), oldest, why)]


def ready_to_hand_over(ledger: Ledger, day: date, customer: str) -> list[Ready]:
    """What of a customer may be handed over on a day, by currency, whether their procedure says to whom or not."""
    before = sent(ledger, day, customer)
    procedures = ledger.policy.notices.procedures
    found = [Steps(account, procedures[account.named], day, before).ready()
             for account in accounts(ledger, day, customer) if account.named in procedures]  # fmt: skip
    return [ready for ready in found if ready]
