"""`ar report collections`: what collectors did week by week or month by month, beside the targets of policy."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from arledger.compute.metrics import ratio
from arledger.compute.work import By, Work, work
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.policy.collections import Targets
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("period", "Period"), Column("collector", "Collector"), Column("contacts", "Contacts", "number"),
    Column("days", "Days", "number"), Column("per_day", "A day", "number"),
    Column("right_party", "Right party", "number"), Column("right_party_percent", "%", "number"),
    Column("promised", "Promised", "number"), Column("promised_percent", "%", "number"),
    Column("due", "Came due", "number"), Column("kept", "Kept", "number"), Column("partly", "Partly", "number"),
    Column("kept_percent", "%", "number"), Column("behind", "Behind on"),
)  # fmt: skip
_AMOUNTS = (
    Column("period", "Period"), Column("collector", "Collector"), Column("currency", "Cur"),
    Column("promised", "Promised", "money"), Column("kept", "Kept", "money"),
)  # fmt: skip
_ONE = Decimal("0.1")


def build(ledger: Ledger, first: date, last: date, by: By, collector: str = "") -> Report:
    """The work of each collector by period, with what is behind its target; and the amounts promised and kept."""
    targets = ledger.policy.collections.targets
    found = [w for w in work(ledger, first, last, by) if not collector or w.collector == collector]
    rows = [_row(w, targets) for w in found]
    amounts: list[list[Cell]] = [
        [w.period, w.collector or "(nobody)", currency, Money(w.taken.get(currency, 0), currency),
         Money(w.kept_amount.get(currency, 0), currency)]
        for w in found for currency in sorted({*w.taken, *w.kept_amount})
    ]  # fmt: skip
    tables = [Table(_COLUMNS, rows, name="work", empty="Nobody was contacted.")]
    if amounts:
        tables.append(Table(_AMOUNTS, amounts, name="amounts", title="Promised in it, and kept of what came due"))
    head = {"from": first, "to": last, "by": by, "targets": {
        "contacts_per_day": targets.contacts_per_day or None, "right_party": _or_none(targets.right_party),
        "promised": _or_none(targets.promised), "kept": _or_none(targets.kept)}}  # fmt: skip
    facts = [("Targets", text)] if (text := _in_words(targets)) else []
    return Report("collections", f"Collections from {first} to {last}, by {by}", tables, head, facts=facts)


def _or_none(percent: Decimal) -> Decimal | None:
    return percent or None


def _in_words(targets: Targets) -> str:
    parts = [f"{targets.contacts_per_day} contacts a day"] if targets.contacts_per_day else []
    for percent, what in ((targets.right_party, "with the right party"), (targets.promised, "of those promised"),
                          (targets.kept, "of promises kept")):  # fmt: skip
        parts += [f"{percent:f}% {what}"] if percent else []
    return ", ".join(parts)


def _row(w: Work, targets: Targets) -> list[Cell]:
    per_day = (Decimal(w.contacts) / w.days).quantize(_ONE, ROUND_HALF_UP) if w.days else None
    reached, promised, kept = (
        _percent(w.right_party, w.contacts), _percent(w.promised, w.right_party), _percent(w.kept, w.due)
    )  # fmt: skip
    judged = (
        ("contacts a day", per_day, Decimal(targets.contacts_per_day)), ("right party", reached, targets.right_party),
        ("promised", promised, targets.promised), ("kept", kept, targets.kept),
    )  # fmt: skip
    behind = [what for what, figure, target in judged if target and figure is not None and figure < target]
    return [
        w.period, w.collector or "(nobody)", w.contacts, w.days, per_day, w.right_party, reached, w.promised, promised,
        w.due, w.kept, w.partly, kept, ", ".join(behind),
    ]  # fmt: skip


def _percent(part: int, whole: int) -> Decimal | None:
    """A share in percent with one decimal; None of nothing."""
    found = ratio(part, whole, 100)
    return found.quantize(_ONE, ROUND_HALF_UP) if found is not None else None
