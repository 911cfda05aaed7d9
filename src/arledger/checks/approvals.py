"""Approvals: what policy lets nobody do alone was agreed to by somebody who may, before it was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from arledger.checks import Finding
from arledger.compute.approvals import Wanted, done_before, lacking
from arledger.documents.approvals import Action
from arledger.ledger.table import Ledger

#: Folder of facts → the action each of them is, and the key that names its subject.
ACTIONS: Mapping[str, tuple[Action, str]] = {
    "write-offs": ("write-off", "item"), "credit-notes": ("credit-note", "against"), "refunds": ("refund", "credit"),
}  # fmt: skip


def approvals(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Facts that need an approval and have none, or none that covers them and what was done before them."""
    rules = ledger.policy.approvals
    for folder, (action, key) in ACTIONS.items():
        since = min((rule.valid_from for rule in rules if rule.action == action), default=None)
        if since is None:
            continue
        touched = "1" if everything else "fact COLLATE NOCASE IN (SELECT fact FROM temp.touched_facts)"
        live = "fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals')"
        for row in ledger.facts(f"kind = ? AND date >= ? AND {touched} AND {live}", folder, since.toordinal()):
            amount = done_before(ledger, folder, row.about, row.date) if row.about else row.amount
            about = row.about or row.customer
            if told := lacking(ledger, Wanted(action, about, amount, row.currency, row.date)):
                yield Finding(row.path, (key,), "approval-missing", told, f"ar approve {action} {about} --by …")
