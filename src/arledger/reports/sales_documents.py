"""Invoices as Xero and QuickBooks Online import them: the columns of their own templates, a row for each rate of tax.

Source: the programs' sample files for importing sales invoices: Xero's SalesInvoiceTemplate.csv, whose columns stand in
that order and number; QuickBooks' columns by their names, those with * needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from arledger.compute.listing import listed
from arledger.compute.taxes import Part
from arledger.documents.customers import Customer
from arledger.errors import RefusedError
from arledger.ledger.table import ItemRow, Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

Program = Literal["xero", "quickbooks"]

_HEADINGS: dict[Program, Sequence[str]] = {
    "xero": (
        "*ContactName", "EmailAddress", "POAddressLine1", "POAddressLine2", "POAddressLine3", "POAddressLine4",
        "POCity", "PORegion", "POPostalCode", "POCountry", "*InvoiceNumber", "Reference", "*InvoiceDate", "*DueDate",
        "InventoryItemCode", "*Description", "*Quantity", "*UnitAmount", "Discount", "*AccountCode", "*TaxType",
        "TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2", "Currency", "BrandingTheme",
    ),
    "quickbooks": (
        "*InvoiceNo", "*Customer", "*InvoiceDate", "*DueDate", "Terms", "Location", "Memo", "*Item(Product/Service)",
        "ItemDescription", "ItemQuantity", "ItemRate", "*ItemAmount", "Item Tax Amount", "*Item Tax Code", "Currency",
    ),
}  # fmt: skip


def build(ledger: Ledger, program: Program, first: date, last: date, parts: Callable[[str], list[Part]]) -> Report:
    """The invoices and debit notes dated from `first` to `last`, by date. Amounts are net of tax.

    `parts` gives net and tax of an invoice by rate, nothing where it bears none. Raises RefusedError for two customers
    of one name: those programs know customers by it alone.
    """
    items = listed(ledger, ("invoice", "debit-note"), first, last, last)
    _refuse_namesakes(ledger, {item.customer for item in items})
    taxed = {item for (item,) in ledger.rows("SELECT item FROM items WHERE tax != 0")}
    rows = [row for item in items for row in _rows(ledger, program, item, parts if item.item in taxed else None)]
    columns = [Column(name, name) for name in _HEADINGS[program]]
    return Report(program, "", [Table(columns, rows, empty="Nothing was billed.")])


def _refuse_namesakes(ledger: Ledger, customers: set[str]) -> None:
    seen: dict[str, str] = {}
    for customer in sorted(customers):
        name = ledger.names.get(customer, "").casefold()
        if name in seen:
            message = f"{seen[name]} and {customer} are both called {ledger.names[customer]}"
            raise RefusedError(message, "give one of them another name: the program knows them by it", code="same-name")
        seen[name] = customer


def _rows(
    ledger: Ledger, program: Program, item: ItemRow, parts: Callable[[str], list[Part]] | None
) -> Iterator[list[Cell]]:
    untaxed = [Part(Decimal(0), item.total, 0)]
    for part in (parts(item.item) if parts else []) or untaxed:
        yield (_xero if program == "xero" else _quickbooks)(ledger, item, part)


def _xero(ledger: Ledger, item: ItemRow, part: Part) -> list[Cell]:
    customer = ledger.customer(item.customer) or Customer(name=item.customer)
    address = [*customer.address, "", "", "", ""][:4]
    code = ledger.policy.accounts.sales.rpartition(":")[2]
    billed, due = (f"{date.fromordinal(day):%d/%m/%Y}" for day in (item.date, item.due))
    return [
        customer.name, customer.email, *address, "", "", "", customer.country, item.item, _reference(item), billed, due,
        "", _what(item), 1, Money(part.net, item.currency), "", code, _tax_name(ledger, part), "", "", "", "",
        item.currency, "",
    ]  # fmt: skip


def _quickbooks(ledger: Ledger, item: ItemRow, part: Part) -> list[Cell]:
    billed, due = (f"{date.fromordinal(day):%m/%d/%Y}" for day in (item.date, item.due))
    net, tax = Money(part.net, item.currency), Money(part.tax, item.currency)
    return [
        item.item, ledger.names.get(item.customer, ""), billed, due, item.terms, "", _reference(item), "Sales",
        _what(item), 1, net, net, tax, _tax_name(ledger, part), item.currency,
    ]  # fmt: skip


def _reference(item: ItemRow) -> str:
    return item.po or item.refs.replace("\n", " ")


def _what(item: ItemRow) -> str:
    return f"{item.kind.replace('-', ' ').capitalize()} {item.item}"


def _tax_name(ledger: Ledger, part: Part) -> str:
    """What the program calls the rate: as policy names it, else the rate itself; "" where it is not known."""
    if part.rate is None:
        return ""
    rate = f"{part.rate.normalize():f}%"
    return ledger.policy.tax.names.get(rate, rate)
