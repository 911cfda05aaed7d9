"""`ar report write-offs` and `ar report tax-relief`: what was given up, and what of its tax may be claimed back."""

from __future__ import annotations

from datetime import date

from arledger.compute.losses import by_currency, losses
from arledger.compute.tax_relief import claims
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_LOSSES = (
    Column("date", "Date", "date"), Column("fact", "Fact"), Column("kind", "What"), Column("customer", "Customer"),
    Column("name", "Name"), Column("item", "Item"), Column("currency", "Cur"),
    Column("written_off", "Written off", "money"), Column("recovered", "Recovered", "money"),
)  # fmt: skip


def write_offs(ledger: Ledger, first: date, last: date) -> Report:
    """What was given up and what came in after all, fact by fact; a reversal of a write-off takes it away again."""
    found = losses(ledger, first, last)
    rows: list[list[Cell]] = [
        [loss.date, loss.fact, loss.what, loss.customer, ledger.names.get(loss.customer, ""), loss.item, loss.currency,
         Money(loss.written_off, loss.currency), Money(loss.recovered, loss.currency)] for loss in found
    ]  # fmt: skip
    feet: list[list[Cell]] = [
        ["Total", *[None] * 5, currency, *(Money(amount, currency) for amount in sums)]
        for currency, sums in sorted(by_currency(found).items())
    ]
    table = Table(_LOSSES, rows, feet, empty="Nothing was written off.")
    return Report(
        "write-offs", f"Write-offs and recoveries from {first} to {last}", [table], {"from": first, "to": last}
    )


_CLAIMS = (
    Column("item", "Item"), Column("customer", "Customer"), Column("name", "Name"), Column("currency", "Cur"),
    Column("unpaid", "Unpaid", "money"), Column("written_off", "Written off", "money"),
    Column("tax", "Tax in it", "money"), Column("from", "From", "date"), Column("to", "Until", "date"),
    Column("state", "Claim"),
)  # fmt: skip


def tax_relief(ledger: Ledger, as_of: date) -> Report:
    """Unpaid taxed invoices with the window in which relief may be claimed. Raises RefusedError where no rule says."""
    relief = ledger.policy.tax.relief
    if relief is None:
        hint = "write under `tax` for instance: relief: {after_months: 6, within_months: 54, source: HMRC VR7420}"
        raise RefusedError(
            "ledger.yaml does not say when tax on bad debts may be claimed back", hint, code="no-tax-relief"
        )
    found = claims(ledger, as_of, relief)
    rows: list[list[Cell]] = [
        [c.item, c.customer, ledger.names.get(c.customer, ""), c.currency,
         *(Money(amount, c.currency) for amount in (c.unpaid, c.written_off, c.tax)), c.first, c.last, c.state]
        for c in found
    ]  # fmt: skip
    sums: dict[str, int] = {}
    for c in found:
        if c.state == "open":
            sums[c.currency] = sums.get(c.currency, 0) + c.tax
    claimable = [Money(amount, currency) for currency, amount in sorted(sums.items())]
    notes = [f"Tax that may be claimed now: {amount.said()}" for amount in claimable]
    notes += ["Only what is written off may be claimed."] if sums else []
    table = Table(_CLAIMS, rows, empty="No taxed invoice is past due and unpaid.")
    head = {"as_of": as_of, "claimable": claimable}
    return Report("tax-relief", f"Relief for the tax on bad debts on {as_of}", [table], head, notes)
