"""What is going on with one customer: disputes, promises, plans, settlements and the last contacts, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from arledger.compute.contacts import contacts
from arledger.compute.disputes import disputes
from arledger.compute.plans import plans
from arledger.compute.promises import promises
from arledger.compute.settlements import settlements
from arledger.ledger.table import Ledger
from arledger.reports import contacts as contact_log
from arledger.reports import disputes as dispute_list
from arledger.reports import plans as plan_list
from arledger.reports import promises as promise_list
from arledger.reports import settlements as settlement_list
from arledger.reports.report import Table

LAST_SHOWN = 5


def tables(ledger: Ledger, customer: str, as_of: date) -> list[Table]:
    """Open disputes, the last promises, plans and settlements that are not done, the last contacts; only what is."""
    last = list(reversed(contacts(ledger, as_of, customer)))[:LAST_SHOWN]
    due = sorted(promises(ledger, as_of, customer), key=lambda p: p.promise.due, reverse=True)[:LAST_SHOWN]
    contested = [d for d in disputes(ledger, as_of, customer) if not d.resolved]
    unpaid = [p for p in plans(ledger, as_of, customer) if p.state != "completed"]
    offers = [s for s in settlements(ledger, as_of, customer) if s.state in ("offered", "ready")]
    found = {
        "disputes": ("Disputes", dispute_list.table(ledger, contested, as_of, ended=False)),
        "promises": ("Last promises", promise_list.table(ledger, due)),
        "plans": ("Payment plans", plan_list.table(ledger, unpaid, as_of)),
        "settlements": ("Settlements", settlement_list.table(ledger, offers)),
        "contacts": ("Last contacts", contact_log.table(ledger, last)),
    }
    return [_of_one(table, name, title) for name, (title, table) in found.items() if table.rows]


def _of_one(table: Table, name: str, title: str) -> Table:
    """The table without the columns that say whose it is."""
    columns = [replace(c, shown=c.shown and c.key not in ("customer", "name")) for c in table.columns]
    return replace(table, columns=columns, name=name, title=title)
