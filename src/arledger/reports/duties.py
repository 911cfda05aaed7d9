"""`ar report duties`: who did what, who approved it, and where one person did both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arledger.compute.duties import Author, approved_facts, breaches, work
from arledger.compute.evidence import Agreed
from arledger.documents.kinds import FACTS
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_APPROVED = (
    Column("fact", "Fact"), Column("action", "Action"), Column("date", "Date", "date"),
    Column("amount", "Amount", "money"), Column("currency", "Cur"), Column("author", "Posted by"),
    Column("by", "Approved by"), Column("approval", "In"),
)  # fmt: skip
_BREACHES = (Column("path", "File"), Column("code", "Code"), Column("message", "What is wrong"))


def build(ledger: Ledger, authors: Mapping[str, Author], agreed: Mapping[str, Agreed], as_of: date) -> Report:
    """Separation of duties over the history up to a day. `authors`, and who agreed by a commit, by path."""
    rows = ledger.facts("date <= ?", as_of.toordinal())
    did = work(rows, authors)
    kinds = [folder for folder in FACTS if any(folder in counts for counts in did.values())]
    columns = [Column("author", "Author"), Column("email", "E-mail"), *(Column(k, k, "number") for k in kinds)]
    people: list[list[Cell]] = [[*who, *(counts.get(k) for k in kinds)] for who, counts in did.items()]
    approved: list[list[Cell]] = []
    for row, action, given, _ in approved_facts(ledger):
        if row.date <= as_of:
            author = authors.get(row.path)
            amount = Money(row.amount, row.currency) if row.currency else None
            by = (given.approval.by, given.row.fact) if given else ("nobody", "")
            if one := agreed.get(row.path):
                by = (one.by, one.told)
            approved.append([row.fact, action, row.date, amount, row.currency, author.name if author else "", *by])
    found: list[list[Cell]] = [[b.row.path, b.code, b.message] for b in breaches(ledger, authors, agreed)]
    tables = [
        Table(columns, people, name="people", title="Who posted what", empty="No fact is in a commit."),
        Table(_APPROVED, approved, name="approved", title="What needed an approval", empty="Nothing did."),
        Table(_BREACHES, found, name="breaches", title="Duties not kept apart", empty="None."),
    ]
    return Report("duties", f"Separation of duties up to {as_of}", tables, {"as_of": as_of, "ok": not found})
