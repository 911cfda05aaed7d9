"""Approvals: what policy lets nobody do alone was agreed to by somebody who may, before it was done."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.checks.touched import touched
from arledger.compute.approvals import DEEDS, deeds, lacking, one_of, rule_for, wanted_of
from arledger.documents.approvals import Approval
from arledger.documents.settlements import Settlement
from arledger.ledger.table import Ledger

# What is done to one subject adds up, so all deeds of the customers of those the change put in.
_TOUCHED = (
    "customer IN (SELECT customer FROM temp.touched_facts t CROSS JOIN facts f ON f.fact = t.fact COLLATE NOCASE "
    f"WHERE f.kind IN ({', '.join(repr(deed.folder) for deed in DEEDS)}))"
)


def approvals(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Facts that need an approval and have none, or none that covers them and what was done before them.

    Where policy lets a branch be agreed to as a whole this is a warning to whoever posts; what git knows of agreement
    `ar check` adds, and makes an error of the rest.
    """
    everything = everything or touched(ledger, Approval.FOLDER, Settlement.FOLDER)  # which few are, and many rest on
    for deed, row in deeds(ledger, "1" if everything else _TOUCHED):
        wanted = wanted_of(ledger, deed, row)
        if told := lacking(ledger, wanted):
            rule = rule_for(ledger.policy.approvals, wanted)
            hint = f"ar approve {wanted.action} {wanted.about} --by {one_of(rule)}"
            if rule and rule.review:
                hint = f"one of them merges the branch, signs the commit, or commits with a line `Approves: {row.fact}`"
            severity = "warning" if rule and rule.review else "error"
            yield Finding(row.path, (deed.key,), "approval-missing", told, hint, severity)
