"""Approvals: what policy lets nobody do alone was agreed to by somebody who may, before it was done."""

from __future__ import annotations

from collections.abc import Iterator

from arledger.checks import Finding
from arledger.compute.approvals import Wanted, done_before, lacking
from arledger.documents.approvals import Action
from arledger.documents.settlements import Settlement
from arledger.ledger.table import FactRow, Ledger


class _Done(NamedTuple):
    """Facts of a folder that are an action, and the key that names what it was done to."""

    folder: str
    action: Action
    key: str
    which: str = "1"  # the condition that one is


_OF_CHARGE = "about IN (SELECT item FROM items WHERE kind = 'finance-charge')"
_DONE: Sequence[_Done] = (
    _Done("write-offs", "write-off", "item"), _Done("refunds", "refund", "credit"),
    _Done("credit-notes", "credit-note", "against", f"NOT {_OF_CHARGE}"),
    _Done("settlements", "settlement", "waived"),
    _Done("releases", "release", "order"),
    # a run that gives back what it ought not to have charged waives nothing
    _Done("credit-notes", "waiver", "against", f"{_OF_CHARGE} AND (data = '' OR json_extract(data, '$.void'))"),
)  # fmt: skip


def approvals(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Facts that need an approval and have none, or none that covers them and what was done before them."""
    rules = ledger.policy.approvals
    for folder, action, key, which in _DONE:
        since = min((rule.valid_from for rule in rules if rule.action == action), default=None)
        if since is None:
            continue
        touched = "1" if everything else "fact COLLATE NOCASE IN (SELECT fact FROM temp.touched_facts)"
        live = "fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals')"
        where = f"kind = ? AND date >= ? AND {touched} AND {live} AND {which}"
        for row in ledger.facts(where, folder, since.toordinal()):
            if folder == "write-offs" and row.key and _settled(ledger, row):
                continue
            # an order is let go again, not more of it; an offer that was not taken up gave nothing away
            adds_up = row.about and action not in ("release", "settlement")
            amount = done_before(ledger, folder, row.about, row.date) if adds_up else row.amount
            about = row.about or row.customer
            if told := lacking(ledger, Wanted(action, about, amount, row.currency, row.date)):
                yield Finding(row.path, (key,), "approval-missing", told, f"ar approve {action} {about} --by …")


def _settled(ledger: Ledger, write_off: FactRow) -> bool:
    """Whether a write-off is what a settlement waived: of its items, and with all others for it no more than that."""
    found = [(row, s) for row, s in ledger.told(Settlement, write_off.date, write_off.customer)
             if row.fact == write_off.key]  # fmt: skip
    if not found or write_off.about not in found[0][1].items:
        return False
    live = "fact NOT IN (SELECT about FROM facts WHERE kind = 'reversals')"
    written = ledger.facts(f"kind = 'write-offs' AND key = ? AND {live}", write_off.key)
    return sum(row.amount for row in written) <= found[0][0].amount


from arledger.compute.approvals import deeds, wanted_of


def approvals(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Facts that need an approval and have none, or none that covers them and what was done before them."""
    touched = "1" if everything else "fact COLLATE NOCASE IN (SELECT fact FROM temp.touched_facts)"
    for deed, row in deeds(ledger, touched):
        wanted = wanted_of(ledger, deed, row)
        if told := lacking(ledger, wanted):
            hint = f"ar approve {wanted.action} {wanted.about} --by …"
            yield Finding(row.path, (deed.key,), "approval-missing", told, hint)
