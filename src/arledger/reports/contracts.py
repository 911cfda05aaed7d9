"""`ar contract list` and `ar contract show`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from arledger.compute.contracts import Running, billings, footed, unbilled
from arledger.documents.contracts import Contract
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.papers_kept import papers_table
from arledger.reports.report import Cell, Column, Report, Table

AHEAD = timedelta(366)  # how far the next billing is looked for

_LIST = (
    Column("contract", "Contract"), Column("customer", "Customer"), Column("title", "Title"),
    Column("starts", "Starts", "date"), Column("last", "Last day", "date"), Column("every", "Every"),
    Column("currency", "Cur"), Column("amount", "Each", "money"), Column("waiting", "To bill", "number"),
    Column("next", "Next", "date"),
)  # fmt: skip
_BILLED = (
    Column("date", "Date", "date"), Column("what", "What"), Column("amount", "Amount", "money"),
    Column("invoice", "Invoice"),
)  # fmt: skip


def build_list(ledger: Ledger, found: Sequence[Running], as_of: date) -> Report:
    """Contracts with what waits to be billed on a day, and the next day something is."""
    rows: list[list[Cell]] = []
    for one in found:
        c = one.contract
        coming = [billing.date for billing in billings(one, as_of + AHEAD) if billing.date > as_of]
        rows.append([
            one.row.fact, c.customer, c.title, c.starts, one.last, c.every or "",
            c.currency, Money(_each(ledger, one), c.currency) if c.every else None,
            len(unbilled(ledger, one, as_of)), min(coming, default=None),
        ])  # fmt: skip
    table = Table(_LIST, rows, empty="There are no contracts.")
    return Report("contracts", f"Contracts on {as_of}", [table], {"as_of": as_of})


def _each(ledger: Ledger, one: Running) -> int:
    """What a period of a contract comes to, with tax."""
    return footed(one.contract.lines, one.contract.currency, ledger.policy.tax.rounding == "rate")


def build_show(ledger: Ledger, one: Running, as_of: date, path: str) -> Report:
    """One contract: what it asked to be billed up to a day, with the invoices, and what is kept with it."""
    c = one.contract
    keys = dict(ledger.rows("SELECT key, fact FROM facts WHERE kind = 'invoices' AND key LIKE ?", f"{one.row.fact} %"))
    by_rate = ledger.policy.tax.rounding == "rate"
    rows: list[list[Cell]] = [
        [b.date, ", ".join(line.description for line in b.lines),
         Money(footed(b.lines, c.currency, by_rate), c.currency), keys.get(b.key, "to bill")]
        for b in billings(one, as_of)
    ]  # fmt: skip
    facts = [
        ("Customer", f"{c.customer}  {ledger.names.get(c.customer, '')}"), ("Title", c.title), ("Signed", str(c.date)),
        ("Runs", f"{c.starts} to {one.last or 'further notice'}"),
        ("Billed", _when(c)),
        ("Terms", c.terms), ("PO", c.po), ("File", path),
    ]  # fmt: skip
    head = {"contract": one.row.fact, "customer": c.customer, "starts": c.starts, "last": one.last, "as_of": as_of,
            "path": path}  # fmt: skip
    tables = [Table(_BILLED, rows, name="billings", title="Billed", empty="Nothing is to be billed yet.")]
    if papers := papers_table(ledger, as_of, c.customer, one.row.fact):
        tables.append(papers)
    return Report("contract", f"Contract {one.row.fact}", tables, head, facts=[(a, b) for a, b in facts if b])


def _when(contract: Contract) -> str:
    """When a contract is billed, and how a period that is not whole is."""
    if not contract.every:
        return "by milestones"
    whole = f"every {contract.every}{' of the calendar' * contract.calendar}"
    parts = [whole, f"in {'arrears' if contract.in_arrears else 'advance'}"]
    return ", ".join([*parts, *(["part of one by its days"] if contract.pro_rata else [])])
