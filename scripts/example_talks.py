"""What was said and agreed in the example: calls and letters, promises, a plan, a settlement, and a dispute that waits
for the supplier."""

from __future__ import annotations

from datetime import date
from typing import Any

from arledger.commands import contacts, disputes, plans, promises, settlements
from arledger.documents.contacts import LoggedContact
from example_desk import Desk
from example_year import Year


def talks(year: Year) -> None:
    """Puts what was said on the calendar."""
    desk = year.desk
    for day, customer, more in _CONTACTS:
        year.at(day, lambda day=day, customer=customer, more=more: _log(desk, customer, day, **more))  # type: ignore[misc]
    year.at(date(2026, 3, 16), lambda: _loggers(desk, date(2026, 3, 16)))
    year.at(date(2026, 5, 5), lambda: _logistics(desk, date(2026, 5, 5)))
    year.at(date(2026, 6, 8), lambda: _promise(desk, "MERRIMACK", 10, "", 72880, date(2026, 6, 8), date(2026, 6, 19)))
    year.at(
        date(2026, 6, 15), lambda: _promise(desk, "BLUEHILL", 3, "/6", 246000, date(2026, 6, 15), date(2026, 6, 30))
    )
    year.at(date(2026, 6, 23), lambda: _plan(desk, "BLUEHILL", 6, date(2026, 6, 23), date(2026, 7, 15)))
    year.at(date(2026, 6, 25), lambda: _settle(desk, "GALWAYBAY", 7, 280000, date(2026, 6, 25), date(2026, 7, 10)))


def _log(desk: Desk, customer: str, day: date, **more: Any) -> None:
    collector = desk.ledger().customer(customer)
    contact = LoggedContact(customer=customer, date=day, collector=collector.collector if collector else "", **more)
    desk.post(lambda ledger: contacts.log(ledger, contact, anyway=False))


def _loggers(desk: Desk, day: date) -> None:
    """A third of the loggers were dead on arrival."""
    item = desk.issued["KENNEBEC"][5]
    desk.post(lambda ledger: disputes.new(
        ledger, item, 130600, day, reason="quality", owner="", due=None, text="a third of the loggers dead on arrival",
        evidence=("papers/kennebec-loggers.pdf",),
    ))  # fmt: skip


def _logistics(desk: Desk, day: date) -> None:
    item = desk.issued["KENNEBEC"][5]
    desk.post(lambda ledger: disputes.comment(
        ledger, item, day, "sent twelve to the supplier for a test", owner="", due=date(2026, 6, 15), evidence=(),
    ))  # fmt: skip


def _promise(desk: Desk, customer: str, nth: int, part: str, amount: int, day: date, due: date) -> None:
    item = f"{desk.issued[customer][nth - 1]}{part}"
    desk.post(lambda ledger: promises.new(ledger, customer, [item], amount, desk.currency(customer), day, due=due,
                                          person="", text="", replace=False))  # fmt: skip


def _plan(desk: Desk, customer: str, nth: int, day: date, first: date) -> None:
    """The yard pays in three parts while its boats are out."""
    item, asked = desk.issued[customer][nth - 1], plans.Schedule(count=3, first=first)
    on = plans.Conditions(text="three parts while the boats are out")
    desk.post(lambda ledger: plans.new(ledger, customer, [item], desk.currency(customer), day, asked, on))


def _settle(desk: Desk, customer: str, nth: int, amount: int, day: date, expires: date) -> None:
    """Some crates came cracked; they keep them for less."""
    item = desk.issued[customer][nth - 1]
    desk.post(lambda ledger: settlements.new(ledger, customer, [item], amount, desk.currency(customer), day,
                                             expires=expires, reason="cracked crates, kept for less"))  # fmt: skip


_CONTACTS: tuple[tuple[date, str, dict[str, Any]], ...] = (
    (date(2026, 3, 16), "KENNEBEC", {
        "channel": "call", "inbound": True, "person": "Gail Theriault", "right_party": True, "outcome": "disputed",
        "text": "a third of the loggers were dead on arrival"}),
    (date(2026, 6, 8), "MERRIMACK", {
        "channel": "call", "person": "Tom Brennan", "right_party": True, "outcome": "promised",
        "text": "the rest goes out with the check run of the 19th", "next": "look for it",
        "next_date": date(2026, 6, 22)}),
    (date(2026, 6, 10), "GRANITE", {
        "channel": "letter", "outcome": "sent", "text": "discount taken three weeks late, please pay the 2 %"}),
    (date(2026, 6, 15), "BLUEHILL", {
        "channel": "call", "person": "Sam Achorn", "right_party": True, "outcome": "promised",
        "text": "last racking instalment by the end of June"}),
    (date(2026, 6, 22), "SACORIVER", {
        "channel": "call", "person": "Kevin Drouin", "right_party": True, "outcome": "cannot-pay",
        "text": "waits for the school board; could pay in parts", "next": "propose a plan",
        "next_date": date(2026, 6, 30)}),
    (date(2026, 6, 24), "MERRIMACK", {
        "channel": "call", "outcome": "left-message", "text": "nothing came on the 19th", "next": "call again",
        "next_date": date(2026, 6, 30)}),
)  # fmt: skip
