"""Approvals: what policy lets nobody do alone was agreed to by somebody who may, before it was done."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.checks.touched import of_customers, touched
from arledger.compute.approvals import DEEDS, deeds, lacking, one_of, rule_for, wanted_of
from arledger.documents.approvals import Approval
from arledger.documents.settlements import Settlement
from arledger.ledger.table import Ledger


def approvals(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Facts that need an approval and have none, or none that covers them and what was done before them.

    Where policy lets a branch be agreed to as a whole this is a warning to whoever posts; what git knows of agreement
    `ar check` adds, and makes an error of the rest.
    """
    everything = everything or touched(ledger, Approval.FOLDER, Settlement.FOLDER)  # which few are, and many rest on
    # What is done to one subject adds up, so all deeds of a customer.
    for deed, row in deeds(ledger, of_customers(everything, *(deed.folder for deed in DEEDS))):
        wanted = wanted_of(ledger, deed, row)
        if told := lacking(ledger, wanted):
            rule = rule_for(ledger.policy.approvals, wanted)
            hint = f"ar approve {wanted.action} {wanted.about} --by {one_of(rule)}"
            if rule and rule.review:
                hint = f"one of them merges the branch, signs the commit, or commits with a line `Approves: {row.fact}`"
            severity = "warning" if rule and rule.review else "error"
            yield Finding(row.path, (deed.key,), "approval-missing", told, hint, severity)
