"""Holding orders by hand, and letting them go: because nothing holds them any more, or all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from arledger.commands.orders import open_row
from arledger.commands.planned import Planned, next_id, refuse_closed
from arledger.compute.approvals import known_person
from arledger.compute.exposure import CreditBook, Draft
from arledger.compute.holds import Holds, Standing
from arledger.documents.kinds import AnyFact
from arledger.documents.orders import Hold, Release
from arledger.errors import RefusedError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import decimal


def hold(ledger: Ledger, about: str, day: date, reason: str, by: str) -> Planned:
    """An order, or everything a customer orders, held by hand until it is released."""
    refuse_closed(ledger, day)
    known_person(ledger, by)
    about = ledger.merged.get(about, about)
    customer = about if about in ledger.names else open_row(ledger, about, day).customer
    fact = Hold(customer=customer, date=day, reason=reason, order="" if about == customer else about, by=by)
    return Planned([(next_id(ledger, f"{about}-H"), fact)], about=f"Hold {about}: {reason}")


def release(
    ledger: Ledger, about: str, day: date, drafts: Sequence[Draft], *, reason: str, by: str, review: date | None
) -> Planned:
    """What holds an order is overridden, and holds by hand end; of a customer, the holds by hand of all it orders.

    Raises RefusedError when nothing holds it, and for an order whose customer is held as a whole.
    """
    refuse_closed(ledger, day)
    known_person(ledger, by)
    if review and review < day:
        raise UsageError(f"--review: {review} is before {day}", "name a day to come")
    about = ledger.merged.get(about, about)
    facts = _of_customer(ledger, about, day) if about in ledger.names else _of_order(ledger, about, day, drafts)
    given = [_with(fact, reason, by, review) for fact in facts]
    return Planned(_numbered(ledger, given), about=f"Release {about}: {reason}")


def _of_customer(ledger: Ledger, customer: str, day: date) -> list[Release]:
    ended = {r.hold for _, r in ledger.told(Release, day, customer)}
    found = [
        Release(customer=customer, date=day, hold=row.fact)
        for row, fact in ledger.told(Hold, day, customer)
        if not fact.order and row.fact not in ended
    ]
    if not found:
        raise RefusedError(f"{customer} is not held by hand", "see ar order list --held", code="not-held")
    return found


def _of_order(ledger: Ledger, order: str, day: date, drafts: Sequence[Draft]) -> list[Release]:
    row = open_row(ledger, order, day)
    standing = Holds(CreditBook(ledger, day, drafts)).of(row)
    if not standing.held:
        raise RefusedError(f"nothing holds {order}", "ar order release --ready lets go what is free", code="not-held")
    holds = {given.fact: fact for given, fact in ledger.told(Hold, day, row.customer)}
    forced = [reason.hold for reason in standing.reasons if reason.hold]
    if whole := [name for name in forced if not holds[name].order]:
        raise RefusedError(f"{row.customer} is held as a whole by {whole[0]}", f"ar order release {row.customer}",
                           code="customer-held")  # fmt: skip
    amount = decimal(row.unbilled, row.currency)
    found = [
        Release(customer=row.customer, date=day, order=order, hold=name, currency=row.currency, amount=amount)
        for name in forced
    ]
    rules = tuple(dict.fromkeys(reason.rule for reason in standing.reasons if reason.rule != "forced"))
    if rules:
        found.append(Release(customer=row.customer, date=day, order=order, rules=rules, currency=row.currency,
                             amount=amount))  # fmt: skip
    return found


def _with(fact: Release, reason: str, by: str, review: date | None) -> Release:
    return replace(fact, reason=reason, by=by, review=review if fact.rules else None)


def release_ready(ledger: Ledger, day: date, drafts: Sequence[Draft]) -> Planned:
    """The go-ahead for every order that was held and that nothing holds any more."""
    refuse_closed(ledger, day)
    free = ready(ledger, day, drafts)
    facts = [
        Release(customer=s.order.customer, date=day, order=s.order.order, reason="nothing holds it any more",
                currency=s.order.currency)
        for s in free
    ]  # fmt: skip
    names = ", ".join(s.order.order for s in free[:3]) + (" …" if len(free) > 3 else "")
    return Planned(_numbered(ledger, facts), about=f"Release {names}")


def ready(ledger: Ledger, day: date, drafts: Sequence[Draft]) -> list[Standing]:
    """The open orders that were held when placed or yesterday, are not today, and have no go-ahead since."""
    yesterday = {s.order.order for s in Holds(CreditBook(ledger, day - timedelta(days=1), drafts)).all() if s.held}
    gone = {r.order: r.date for _, r in ledger.told(Release, day) if not r.rules and not r.hold}
    return [
        s for s in Holds(CreditBook(ledger, day, drafts)).all()
        if not s.held and gone.get(s.order.order) != day
        and (s.order.order in yesterday or (s.order.held and s.order.order not in gone))
    ]  # fmt: skip


def _numbered(ledger: Ledger, facts: Sequence[Release]) -> list[tuple[str, AnyFact]]:
    """The facts with ids: of an order or hold `ID-R1`, and on."""
    found: list[tuple[str, AnyFact]] = []
    taken: dict[str, int] = {}
    for fact in facts:
        stem = f"{fact.order or fact.hold}-R"
        name = next_id(ledger, stem, taken.get(stem, 0) + 1)
        taken[stem] = int(name.removeprefix(stem))
        found.append((name, fact))
    return found
