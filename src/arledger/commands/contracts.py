"""Contracts: signing, ending, and billing what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from arledger.commands import invoices
from arledger.commands.invoices import Asked
from arledger.commands.planned import Planned, next_id, refuse_closed, refuse_id
from arledger.compute.contracts import Running, contracts, footed, for_period, periods, unbilled
from arledger.documents.contracts import Contract, Termination
from arledger.documents.invoices import Line
from arledger.errors import UsageError
from arledger.ledger.table import Ledger
from arledger.money import Money


def sign(ledger: Ledger, contract: Contract, name: str) -> Planned:
    """A contract under the id given, or the next of its customer.

    Raises UsageError for one that asks nothing to be billed; for the id as `refuse_id`.
    """
    refuse_closed(ledger, contract.date)
    if name:
        refuse_id(ledger, name)
    if not contract.schedule and not (contract.every and contract.lines):
        raise UsageError("a contract bills by periods or by milestones", "give --line and --every, or --milestone")
    fact = name or next_id(ledger, f"{contract.customer}-K")
    return Planned([(fact, contract)], about=f"Contract {fact}: {contract.title}")


def end(ledger: Ledger, contract: str, day: date, last: date, reason: str) -> Planned:
    """The end of a contract. Periods that begin later are not billed. Raises UsageError for an end before its start."""
    found = one(ledger, contract, day)
    refuse_closed(ledger, day)
    if last < found.contract.starts:
        raise UsageError(f"--last: {last} is before it starts, {found.contract.starts}", "name a day within it")
    fact = Termination(customer=found.contract.customer, date=day, contract=contract, last=last, reason=reason)
    return Planned([(next_id(ledger, f"{contract}-E"), fact)], notes=_billed_beyond(ledger, found, last),
                   about=f"End {contract} on {last}")  # fmt: skip


def _billed_beyond(ledger: Ledger, running: Running, last: date) -> list[str]:
    """For people: what was billed for days after the last, of a contract that bills by days."""
    contract, by_rate = running.contract, ledger.policy.tax.rounding == "rate"
    found = []
    for period in periods(contract, last, running.last or date.max) if contract.pro_rata else ():
        rows = ledger.facts("kind = 'invoices' AND key = ?", f"{running.row.fact} {period.first}")
        if rows and period.last > last:
            less = period._replace(last=last)
            whole, part = (
                footed([for_period(contract, line, some) for line in contract.lines], contract.currency, by_rate)
                for some in (period, less)
            )
            amount = Money(whole - part, contract.currency).said()
            found.append(f"note: {rows[0].fact} bills to {period.last}: credit {amount} with tax for the days after "
                         f"{last} (ar credit-note new)")  # fmt: skip
    return found


def one(ledger: Ledger, contract: str, day: date) -> Running:
    """A contract as of a day. Raises UsageError when there is none of that id."""
    found = next((running for running in contracts(ledger, day) if running.row.fact == contract), None)
    if found is None:
        raise UsageError(f"there is no contract {contract} on {day}", "see ar contract list")
    return found


def recurring(ledger: Ledger, until: date, only: str, day: date | None, *, draft: bool) -> Planned:
    """The invoices contracts ask for up to a day that are not there yet, dated as agreed unless a day is given."""
    chosen = [one(ledger, only, until)] if only else contracts(ledger, until)
    asked = [ask for running in chosen for ask in _asked(ledger, running, until, day)]
    made = [invoices.draft(ledger, ask) for ask in asked]
    if draft:
        names = [f"{ask.key.replace(' ', '-')[:60]}" for ask in asked]
        return Planned(drafts=dict(zip(names, made, strict=True)), about=f"Drafts of contracts until {until}")
    if not made:
        return Planned()
    return replace(invoices.issue(ledger, made, [ask.key for ask in asked]), about=f"Bill contracts until {until}")


def _asked(ledger: Ledger, running: Running, until: date, day: date | None) -> Sequence[Asked]:
    contract = running.contract
    return [
        Asked(
            contract.customer, day or billing.date, [_line(line) for line in billing.lines], terms=contract.terms,
            currency=contract.currency, po=contract.po, key=billing.key, contract=running.row.fact,
            buyer_reference=contract.buyer_reference,
        )
        for billing in unbilled(ledger, running, until)
    ]  # fmt: skip


def _line(line: object) -> Line:
    keys = ("description", "unit_price", "quantity", "discount", "tax")
    return Line(unit=getattr(line, "unit", "") or None, **{key: getattr(line, key) for key in keys})
