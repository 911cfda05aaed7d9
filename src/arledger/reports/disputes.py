"""`ar dispute list` and `ar dispute show`: what customers contest, who has it, and how long it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from arledger.compute.disputes import Disputed, disputed, disputes, granted
from arledger.documents.fields import item_and_part
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("dispute", "Dispute"), Column("customer", "Customer"), Column("name", "Name"), Column("item", "Item"),
    Column("date", "Opened", "date"), Column("days", "Days", "number"), Column("reason", "Reason"),
    Column("owner", "Owner"), Column("due", "Due", "date"), Column("late", "Late", "flag"),
    Column("state", "State"), Column("currency", "Cur"), Column("amount", "Amount", "money"),
    Column("open", "Still open", "money"), Column("granted", "Granted", "money"), Column("text", "What"),
)  # fmt: skip
_REASONS = (
    Column("reason", "Reason"), Column("in_words", "In words"), Column("disputes", "Disputes", "number"),
    Column("open", "Open", "number"), Column("resolved", "Resolved", "number"),
    Column("days_to_resolve", "Days to resolve", "number"),
)  # fmt: skip


def build(
    ledger: Ledger, as_of: date, customer: str | None = None, *, owner: str = "", reason: str = "", ended: bool = False
) -> Report:
    """The disputes that are open on a day (with `ended` all), oldest first, and how long they take by reason."""
    told = disputes(ledger, as_of, customer)
    found = [
        d for d in told
        if (ended or not d.resolved) and owner in ("", d.owner) and reason in ("", d.dispute.reason)
    ]  # fmt: skip
    by_reason = _by_reason(told, ledger.policy.collections.disputes.reasons)
    what = "Disputes" if ended else "Open disputes"
    return Report("disputes", f"{what} on {as_of}", [table(ledger, found, as_of, ended=ended), by_reason],
                  {"as_of": as_of})  # fmt: skip


def table(ledger: Ledger, found: Sequence[Disputed], as_of: date, *, ended: bool = True) -> Table:
    """Disputes with a total of what is contested and still open, by currency."""
    whose = {d.dispute.customer for d in found}
    claims = _claims(disputed(ledger, as_of, next(iter(whose)) if len(whose) == 1 else None))
    hidden = set() if ended else {"state", "granted"}
    columns = [Column(c.key, c.title, c.kind, shown=c.key not in hidden) for c in _COLUMNS]
    rows = [_row(ledger, d, as_of, claims) for d in found]
    sums: dict[str, int] = {}
    for item, currency in {d.dispute.item: d.dispute.currency for d in found if not d.resolved}.items():
        sums[currency] = sums.get(currency, 0) + claims.get(item, 0)
    totals: list[list[Cell]] = []
    for currency, amount in sorted(sums.items()):
        total: list[Cell] = [None] * len(_COLUMNS)
        total[0], total[11], total[13] = "Total", currency, Money(amount, currency)
        totals.append(total)
    return Table(columns, rows, totals, empty="No disputes are open.")


def _row(ledger: Ledger, d: Disputed, as_of: date, claims: Mapping[str, int]) -> list[Cell]:
    currency, ends = d.dispute.currency, d.resolved
    state = ends[1].outcome if ends else "open" if d.amount else "inquiry"
    open_ = 0 if ends else min(d.amount, claims.get(d.dispute.item, 0))
    return [
        d.fact, d.dispute.customer, ledger.names.get(d.dispute.customer, ""), d.dispute.item, d.dispute.date,
        d.days(as_of), d.dispute.reason, d.owner, d.due, d.due is not None and (d.ended or as_of) > d.due, state,
        currency, Money(d.amount, currency), Money(open_, currency), Money(granted(d), currency), d.dispute.text,
    ]  # fmt: skip


def _claims(parts: Mapping[str, int]) -> dict[str, int]:
    """What is contested and open of each item, of an invoice in instalments also of all of them together."""
    found = dict(parts)
    for part, amount in parts.items():
        name = item_and_part(part)[0]
        if name != part:
            found[name] = found.get(name, 0) + amount
    return found


def _by_reason(found: Sequence[Disputed], reasons: Mapping[str, str]) -> Table:
    rows: list[list[Cell]] = []
    for reason in sorted({d.dispute.reason for d in found}):
        of_reason = [d for d in found if d.dispute.reason == reason]
        days = [(d.ended - d.dispute.date).days for d in of_reason if d.ended]
        mean = (Decimal(sum(days)) / len(days)).quantize(Decimal("0.1"), ROUND_HALF_UP) if days else None
        rows.append(
            [reason, reasons.get(reason, ""), len(of_reason), len(of_reason) - len(days), len(days), mean]
        )  # fmt: skip
    return Table(_REASONS, rows, name="by_reason", title="By reason, of all there were", empty="There were none.")


def build_show(ledger: Ledger, dispute: Disputed, as_of: date) -> Report:
    """One dispute: who contests what, and everything that was said and done since."""
    d = dispute.dispute
    reasons = ledger.policy.collections.disputes.reasons
    facts = [
        ("Customer", f"{d.customer}  {ledger.names.get(d.customer, '')}"),
        ("Item", d.item), ("Disputed", Money(dispute.amount, d.currency).said() if dispute.amount else "a question"),
        ("Reason", f"{d.reason}, {reasons.get(d.reason, '')}"), ("Owner", dispute.owner),
        ("Due", str(dispute.due or "")), ("Evidence", ", ".join(dispute.evidence)),
    ]  # fmt: skip
    rows: list[list[Cell]] = [[d.date, dispute.fact, "opened", d.text, ""]]
    rows += [[row.date, row.fact, "comment", said.text, said.owner] for row, said in dispute.comments]
    if dispute.resolved:
        row, end = dispute.resolved
        rows.append([row.date, row.fact, end.outcome, end.text, ", ".join(end.facts)])
        facts.append(("Resolved", f"{end.outcome} on {row.date}, after {dispute.days(as_of)} days"))
    columns = (Column("date", "Date", "date"), Column("fact", "Fact"), Column("kind", "What"), Column("text", "Said"),
               Column("other", "To"))  # fmt: skip
    head = {
        "dispute": dispute.fact, "customer": d.customer, "item": d.item, "as_of": as_of, "reason": d.reason,
        "owner": dispute.owner, "due": dispute.due, "evidence": list(dispute.evidence),
        "amount": Money(dispute.amount, d.currency), "currency": d.currency, "days": dispute.days(as_of),
        "outcome": dispute.resolved[1].outcome if dispute.resolved else None,
        "granted": Money(granted(dispute), d.currency),
    }  # fmt: skip
    return Report("dispute", f"{dispute.fact}, dispute of {d.item}", [Table(columns, rows)], head,
                  facts=[(label, text) for label, text in facts if text])  # fmt: skip
