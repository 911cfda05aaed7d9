"""`ar diff`: what a branch does to the business, for the person who approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from arledger.compute.aging import Aged
from arledger.compute.diffing import Difference, Shift
from arledger.compute.history import kind_of
from arledger.ledger.table import FactRow, Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_ADDED = (
    Column("kind", "Facts added"), Column("count", "How many", "number"), Column("amount", "Amount", "money"),
    Column("currency", "Cur"),
)  # fmt: skip
_FACTS = (
    Column("fact", "Fact"), Column("kind", "Kind"), Column("customer", "Customer"), Column("date", "Date", "date"),
    Column("amount", "Amount", "money"), Column("currency", "Cur"), Column("path", "File"),
)  # fmt: skip
_REFUSED = (Column("path", "File"), Column("what", "What is wrong with it"))
_NUMBERS = (Column("first", "First number"), Column("last", "Last"), Column("used", "Used", "number"))
_APPROVALS = (
    Column("fact", "Needs an approval"), Column("action", "Action"), Column("by", "Approved by"),
    Column("approval", "In"),
)  # fmt: skip
_TURNED = (
    Column("what", "What"), Column("fact", "Fact"), Column("customer", "Customer"), Column("before", "Before"),
    Column("after", "After"),
)  # fmt: skip
_EDITED = (
    Column("path", "File"), Column("key", "Key"), Column("before", "Before"), Column("after", "After"),
)  # fmt: skip
_EFFECTS = (
    Column("measure", "Figure"), Column("currency", "Cur"), Column("before", "Before", "money"),
    Column("after", "After", "money"),
)  # fmt: skip
_REBUCKETED = (
    Column("policy", "By the policy"), Column("basis", "Days from"), Column("bucket", "Bucket"),
    Column("amount", "Open", "money"), Column("currency", "Cur"),
)  # fmt: skip
_LISTED = 40  # facts: more are counted by kind alone


def build(ledger: Ledger, found: Difference, between: str, shown: Callable[[str], str]) -> Report:
    """The difference as tables, those with nothing in them left out. `between` names the two states."""
    names = ledger.policy.aging.names
    tables = [
        Table(_REFUSED, list(_refused(found, shown)), name="refused", title="Refused: posted facts do not change"),
        Table(_EFFECTS, [[*effect] for effect in found.effects], name="effects", title="The whole book"),
        Table(_buckets(names), [_sums(s) for s in found.sums], name="totals", title="Ageing, the change in total"),
        Table(_by_customer(names), [_change(ledger, s) for s in found.shifts], name="customers",
              title="Ageing, the change by customer"),
        Table(_ADDED, list(_counted(found.added)), name="added", title="Facts"),
        Table(_NUMBERS, [[*row] for row in found.numbers], name="numbers", title="Numbers used"),
        Table(_APPROVALS, [[a.what, a.action, a.by or "nobody", a.approval] for a in found.approvals],
              name="approvals", title="Approvals"),
        Table(_TURNED, [[t.what, t.fact, t.customer, t.before or "(new)", t.after or "(gone)"] for t in found.turned],
              name="states", title="Promises, plans, orders and limits"),
        Table(_EDITED, [[shown(e.path), e.key, e.before, e.after] for e in found.masters], name="edited",
              title="Master data and policy"),
        Table(_REBUCKETED, [[*row, row.amount.currency] for row in found.rebucketed], name="rebucketed",
              title="The same open items by the old buckets and by the new"),
        Table(_FACTS, [_fact(row, shown) for row in found.added[:_LISTED]], name="facts", title="Each fact added"),
    ]  # fmt: skip
    head = {"between": between, "as_of": found.as_of, "periods": found.periods, "ok": not refused(found)}
    notes = [f"dated in {', '.join(found.periods)}"] if found.periods else []
    if len(found.added) > _LISTED:
        notes.append(f"{len(found.added) - _LISTED} more facts are not listed")
    if not any(table.rows for table in tables):
        notes = ["no fact, customer or policy differs"]
    return Report("diff", f"{between}: what it does to the books on {found.as_of}",
                  [table for table in tables if table.rows], head, notes)  # fmt: skip


def refused(found: Difference) -> bool:
    """Whether the change does what no change may: edit or delete what was posted."""
    return bool(found.edited or found.deleted)


def _refused(found: Difference, shown: Callable[[str], str]) -> Iterator[list[Cell]]:
    for path in found.edited:
        yield [shown(path), "a posted fact was edited"]
    for path in found.deleted:
        yield [shown(path), "a posted fact was deleted or moved"]


def _buckets(names: Sequence[str]) -> list[Column]:
    columns = [Column(name, "Current" if name == "current" else name, "money") for name in names]
    return [Column("currency", "Cur"), *columns, Column("unapplied", "Unapplied", "money"),
            Column("total", "Total", "money"), Column("before", "Before", "money"),
            Column("after", "After", "money")]  # fmt: skip


def _by_customer(names: Sequence[str]) -> list[Column]:
    return [Column("customer", "Customer"), Column("name", "Name"), *_buckets(names)]


def _change(ledger: Ledger, shift: Shift) -> list[Cell]:
    return [shift.after.group, ledger.names.get(shift.after.group, ""), *_sums(shift)]


def _sums(shift: Shift) -> list[Cell]:
    currency = shift.after.currency
    moved = [b - a for a, b in zip(_cells(shift.before), _cells(shift.after), strict=True)]
    amounts = [*moved, shift.before.total, shift.after.total]
    return [currency, *(Money(amount, currency) for amount in amounts)]


def _cells(row: Aged) -> tuple[int, ...]:
    return (*row.buckets, row.unapplied, row.total)


def _counted(added: Sequence[FactRow]) -> Iterator[list[Cell]]:
    counts = Counter((row.kind, _money_of(row)) for row in added)
    sums: Counter[tuple[str, str]] = Counter()
    for row in added:
        sums[row.kind, _money_of(row)] += row.amount
    for (kind, currency), count in counts.items():
        amount = Money(sums[kind, currency], currency) if currency else None
        yield [kind.replace("-", " "), count, amount, currency]


def _money_of(row: FactRow) -> str:
    """The currency of a fact that has an amount."""
    return row.currency if row.amount and row.kind != "periods" else ""


def _fact(row: FactRow, shown: Callable[[str], str]) -> list[Cell]:
    currency = _money_of(row)
    return [row.fact, kind_of(row.kind), row.customer, row.date, Money(row.amount, currency) if currency else None,
            currency, shown(row.path)]  # fmt: skip
