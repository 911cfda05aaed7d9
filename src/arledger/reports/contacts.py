"""`ar contact list` and `ar contact check`: what was said to whom, and whether we may call now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.compute.contacts import against_rules, contacts
from arledger.documents.contacts import Channel, LoggedContact
from arledger.ledger.table import FactRow, Ledger
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("contact", "Contact"), Column("date", "Date", "date"), Column("time", "Time"),
    Column("customer", "Customer"), Column("name", "Name"), Column("collector", "Collector"),
    Column("channel", "Channel"), Column("inbound", "Inbound", "flag"), Column("person", "Whom"),
    Column("right_party", "Right party", "flag"), Column("outcome", "Outcome"), Column("text", "Said"),
    Column("next", "Next"), Column("next_date", "On", "date"), Column("items", "Items", shown=False),
)  # fmt: skip


def build(ledger: Ledger, first: date, last: date, customer: str | None = None, *, collector: str = "") -> Report:
    """The contacts from `first` to `last`, both counted, newest first."""
    found = [pair for pair in reversed(contacts(ledger, last, customer, first)) if collector in ("", pair[1].collector)]
    since = "" if first == date.min else f" from {first}"
    return Report("contacts", f"Contacts{since} to {last}", [table(ledger, found)], {"as_of": last})


def table(ledger: Ledger, found: Sequence[tuple[FactRow, LoggedContact]]) -> Table:
    """Contacts as a table. Columns nobody filled are for programs alone."""
    rows: list[list[Cell]] = [
        [row.fact, c.date, c.time, c.customer, ledger.names.get(c.customer, ""), c.collector, c.channel, c.inbound,
         c.person, c.right_party, c.outcome, c.text, c.next, c.next_date, list(c.items)]
        for row, c in found
    ]  # fmt: skip
    used = [any(row[i] for row in rows) for i in range(len(_COLUMNS))]
    columns = [Column(c.key, c.title, c.kind, shown=c.shown and used[i]) for i, c in enumerate(_COLUMNS)]
    return Table(columns, rows, empty="Nobody was contacted.")


def build_check(ledger: Ledger, customer: str, day: date, time: str, channel: Channel) -> Report:
    """Whether a customer may be contacted now by the rules, and why not."""
    rules = ledger.policy.collections.contact_rules
    earlier = [c for _, c in contacts(ledger, day, customer)]
    reasons = against_rules(rules, earlier, day, time, channel) if rules else []
    head = {"customer": customer, "date": day, "channel": channel, "ok": not reasons}
    table = Table([Column("reason", "Not now")], [[reason] for reason in reasons], name="reasons",
                  empty="No rule is against it." if rules else "ledger.yaml has no contact_rules.")  # fmt: skip
    return Report("contact-check", f"{customer} by {channel} on {day}", [table], head)
