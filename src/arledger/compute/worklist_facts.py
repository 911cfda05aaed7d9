"""What the worklist knows of each customer on a day, read once for all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from arledger.compute.contacts import contacts, last_contacts
from arledger.compute.disputes import Disputed, disputes
from arledger.compute.metrics import usually_late
from arledger.compute.notice_types import Account, Due, Ready
from arledger.compute.notices import accounts, notices_due
from arledger.compute.notices_sent import Sent, sent
from arledger.compute.plans import Planned, plans
from arledger.compute.promises import Promised, promises
from arledger.compute.settlements import Settled, settlements
from arledger.documents.contacts import LoggedContact
from arledger.ledger.table import Ledger

YEAR = dt.timedelta(days=365)  # how far back behaviour is looked at


@dataclass(frozen=True)
class Known:
    """Everything about the customers, by customer id or by account (customer and currency)."""

    day: dt.date
    accounts: list[Account]
    late: dict[tuple[str, str], int]  # by how many days they paid late on average over a year
    promises: dict[str, list[Promised]]
    plans: dict[str, list[Planned]]
    settlements: dict[str, list[Settled]]
    disputes: dict[str, list[Disputed]]
    last: dict[str, LoggedContact]
    contacts: dict[str, list[LoggedContact]]  # of the last days contact rules look at
    sent: Sent
    due: dict[tuple[str, str], Due]  # the notice of a level that is due
    ready: dict[tuple[str, str], Ready]

    def days_late(self, account: tuple[str, str]) -> int:
        """By how many days they paid late on average over a year, weighted by amount, rounded half-up."""
        return self.late.get(account, 0)

    def broken(self, customer: str) -> list[Promised]:
        """The promises of a year that were not kept, oldest first."""
        since = self.day - YEAR
        return [p for p in self.promises.get(customer, []) if p.state in ("broken", "partly kept") and p.last >= since]


def known(ledger: Ledger, day: dt.date, customer: str | None = None) -> Known:
    """What is known at the end of a day, of all customers or of one."""
    rules = ledger.policy.collections.contact_rules
    back = dt.timedelta(days=max(rules.within_days, rules.days_between, rules.days_after_conversation) if rules else 0)
    spoken = [contact for _, contact in contacts(ledger, day, customer, day - back)] if rules else []
    found = accounts(ledger, day, customer)
    notices = notices_due(ledger, day, customer, found)
    open_disputes = [d for d in disputes(ledger, day, customer) if not d.resolved]
    return Known(
        day, found,
        usually_late(ledger, day),
        _grouped((p.promise.customer, p) for p in promises(ledger, day, customer)),
        _grouped((p.plan.customer, p) for p in plans(ledger, day, customer)),
        _grouped((s.settlement.customer, s) for s in settlements(ledger, day, customer)),
        _grouped((d.dispute.customer, d) for d in open_disputes),
        last_contacts(ledger, day), _grouped((c.customer, c) for c in spoken), sent(ledger, day, customer),
        {(due.customer, due.currency): due for due in notices.due if due.kind == "notice"},
        {(ready.customer, ready.currency): ready for ready in notices.ready},
    )  # fmt: skip


T = TypeVar("T")


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for customer, value in pairs:
        found.setdefault(customer, []).append(value)
    return found
