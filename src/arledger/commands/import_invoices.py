"""Invoices from a CSV file: open items of another system, or whole invoices with a row a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import ValidationError

from arledger.checks.documents import check_document
from arledger.checks.requirement_case import Batch
from arledger.checks.requirements import verify
from arledger.commands.import_rows import Findings, Options, Row
from arledger.commands.planned import Planned, refuse_closed
from arledger.documents.invoices import Invoice, Line
from arledger.documents.lines import footing
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import decimal, plain

FIELDS = (
    "invoice", "customer", "date", "due", "amount", "currency", "po", "references", "terms", "description", "quantity",
    "unit_price", "tax", "discount",
)  # fmt: skip
REQUIRED = ("invoice", "customer", "date")
_TOLD = 20  # notes on what imported invoices do not meet
_OF_INVOICE = ("customer", "date", "due", "amount", "currency", "po", "references", "terms")  # alike in all its rows


def plan(ledger: Ledger, options: Options) -> Planned:
    """An invoice for each number that is not there yet. Raises ImportFileError with every problem of the file."""
    found = Findings(options.name)
    facts: dict[str, tuple[Row, Invoice]] = {}
    for rows in _documents(options.rows):
        found.alike(rows, _OF_INVOICE)
        number = found.id(rows[0], "invoice")
        invoice = _invoice(found, ledger, options, rows)
        if number is None or invoice is None:
            continue
        if number in facts and facts[number][1] != invoice:
            found.add(
                rows[0], "imported-differently", f"{number} stands here twice, differently", "keep one of the rows"
            )
        facts[number] = (rows[0], invoice)
    new = {
        number: (row, invoice)
        for number, (row, invoice) in facts.items()
        if _is_new(found, ledger, number, row, invoice)
    }
    found.raise_any()
    facts_ = [(number, invoice) for number, (_, invoice) in new.items()]
    return Planned(facts_, notes=_unmet(ledger, facts_), about=f"Import {len(new)} invoices")


def _unmet(ledger: Ledger, facts: Sequence[tuple[str, Invoice]]) -> list[str]:
    """What the invoices do not meet, one compared with the other, too: told, for what another system issued is out."""
    batch, told = Batch(ledger), list[str]()
    for number, invoice in facts:
        for failed in verify(batch, invoice):
            told.append(f"note: {number}: {failed.rule}: {failed.text} [{failed.source}]")
        batch.before.append((number, invoice))
    more = [f"note: and {len(told) - _TOLD} more: see ar invoice verify"] if len(told) > _TOLD else []
    return [*told[:_TOLD], *more]


def _documents(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    """The rows of each invoice: those with one number where rows are lines, else each row by itself."""
    if not any("unit_price" in row.values for row in rows):
        return [[row] for row in rows]
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        by_number.setdefault(row.values.get("invoice", ""), []).append(row)
    return by_number.values()


def _is_new(found: Findings, ledger: Ledger, number: str, row: Row, invoice: Invoice) -> bool:
    """Whether the number is free. Notes a problem when it names something else."""
    there = ledger.fact(number)
    if there is None:
        try:
            refuse_closed(ledger, invoice.date)
        except RefusedError as error:
            found.add(row, error.code, error.message, error.hint)
        return True
    item = ledger.item(number)
    same = (
        item is not None
        and (item.customer, item.currency, item.total)
        == (invoice.customer, invoice.currency, invoice.minor(invoice.total))
        and (item.date, item.due) == (invoice.date.toordinal(), invoice.schedule()[-1][0].toordinal())
    )
    if not same:
        message = (
            f"{number} is there already, with other content: {there.amount and plain(there.amount, there.currency)}"
        )
        found.add(row, "imported-differently", message, f"see ar why {number}")
    return False


def _invoice(found: Findings, ledger: Ledger, options: Options, rows: Sequence[Row]) -> Invoice | None:
    first = rows[0]
    customer = found.customer(first, ledger)
    record = ledger.customer(customer) if customer else None
    currency = found.currency(first, (record and record.currency) or ledger.policy.currency)
    day = found.day(first, "date", options.read_date)
    terms = first.values.get("terms", "") or ((record and record.terms) or ledger.policy.terms)
    due = found.day(first, "due", options.read_date) if first.values.get("due") else None
    lines = _lines(found, rows)
    total = found.amount(first, "amount", currency) if first.values.get("amount") or not lines else None
    if customer is None or currency is None or day is None or (total is None and not lines):
        return None
    if first.values.get("due") and due is None:
        return None
    sums = footing(tuple(lines), currency) if lines else None
    net, tax = (sums.net, sums.tax_by_rate) if sums else (None, None)
    whole = total if total is not None else (net or 0) + (tax or 0)
    try:
        invoice = Invoice(
            customer=customer, date=day, terms=terms if not due or first.values.get("terms") else None, due=due,
            currency=currency, po=first.values.get("po") or None,
            references=tuple(part.strip() for part in first.values.get("references", "").split(";") if part.strip()),
            lines=tuple(lines), net=None if net is None else decimal(net, currency),
            tax=None if tax is None else decimal(tax, currency), total=decimal(whole, currency),
        )  # fmt: skip
    except ValidationError as error:
        found.invalid(first, error)
        return None
    if wrong := check_document(invoice, first.values.get("invoice", "")):
        for finding in wrong:
            found.add(first, finding.code, finding.message, finding.hint)
        return None
    if due is None:
        invoice = invoice.model_copy(update={"due": invoice.schedule()[0][0]})
    return invoice


def _lines(found: Findings, rows: Sequence[Row]) -> list[Line]:
    lines = []
    for row in rows:
        values = row.values
        if not values.get("unit_price"):
            continue
        fields: dict[str, object] = {
            "description": values.get("description", "") or "as billed",
            "quantity": values.get("quantity", "") or Decimal(1),
            "unit_price": values["unit_price"],
        }
        for key in ("tax", "discount"):
            if values.get(key):
                fields[key] = values[key]
        try:
            lines.append(Line.model_validate(fields))
        except ValidationError as error:
            found.invalid(row, error)
    return lines
