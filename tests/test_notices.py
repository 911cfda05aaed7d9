"""Laws of notices: a run again adds nothing, no level is skipped, what comes later changes nothing, nobody is lost."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.commands.notices import run
from arledger.compute.notice_types import Wanted
from arledger.compute.notices import notices_due
from arledger.compute.notices_sent import notices_of
from arledger.compute.open_items import open_items
from arledger.documents.customers import Customer
from arledger.documents.disputes import Dispute
from arledger.documents.invoices import Instalment, Invoice, Share
from arledger.documents.notices import NoticeBlock
from arledger.documents.payments import Payment, Reversal
from arledger.documents.promises import Promise
from arledger.errors import ImportFileError
from arledger.ledger import build
from arledger.ledger.lower import lower
from arledger.ledger.restore import as_json
from arledger.ledger.table import Ledger
from arledger.policy.notices import Least, NoticeLevel, Notices, Procedure, Reminder, Unanswered
from arledger.policy.policy import Company, Numbering, Policy
from arledger.render.letters import Letters

DAY = dt.date(2026, 1, 1)
CUSTOMERS = ("ACME", "BOLT")


def letter(wanted: Iterable[Wanted]) -> Iterator[str]:
    return (f"{one.template} {one.language} {one.values['total']}" for one in wanted)


def table(policy: Policy, facts: Iterable[tuple[str, Any]]) -> Ledger:
    """A ledger in memory with these facts."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    build.create(connection)
    connection.execute("INSERT INTO meta VALUES ('policy', ?)", (as_json(policy),))
    rows = [(name, f"customers/{name}.yaml", name, as_json(Customer(name=name))) for name in CUSTOMERS]
    connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows)
    build.touch_nothing(connection)
    build.insert(connection, [(f"x/{fact}.yaml", "", lower(document, fact)) for fact, document in facts])
    build.derive_all(connection)
    return Ledger(connection)


def add(ledger: Ledger, facts: Iterable[tuple[str, Any]]) -> None:
    """Puts facts into a ledger in memory."""
    connection = ledger.connection
    first = build.next_id(connection)
    build.touch_nothing(connection)
    build.insert(connection, [(f"x/{fact}.yaml", "", lower(document, fact)) for fact, document in facts])
    build.touch_since(connection, first)
    build.derive(connection)


money = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
days = st.integers(0, 90).map(lambda n: DAY + dt.timedelta(n))


@st.composite
def procedures(draw: Any) -> Procedure:
    """Levels that rise, with minimum amounts, fees and intervals."""
    begin = sorted(draw(st.sets(st.integers(1, 40), min_size=1, max_size=4)))
    levels = [
        NoticeLevel(
            days=day,
            minimum=Least(draw(st.sampled_from([Decimal(0), Decimal(100)])), Decimal(draw(st.integers(0, 60)))),
            interval=draw(st.sampled_from([None, None, 0, 10])),
            fee=draw(st.sampled_from([Decimal(0), Decimal(5)])),
            final=day == begin[-1] and draw(st.booleans()),
        )
        for day in begin
    ]
    return Procedure(
        levels=tuple(levels),
        grace=draw(st.integers(0, 3)),
        interval=draw(st.sampled_from([0, 0, 7])),
        account_days=draw(st.sampled_from([0, 7])),
        credits=draw(st.sampled_from(["subtract", "ignore"])),
        reminder=draw(st.sampled_from([None, Reminder()])),
        unanswered=draw(st.sampled_from([None, Unanswered(to="credit@northwind.example", notices=1)])),
    )


@st.composite
def books(draw: Any) -> tuple[Policy, list[tuple[str, Any]]]:
    """Policy, and facts of ninety days in any order."""
    policy = Policy(
        company=Company(name="Northwind"),
        currency="EUR",
        numbering=Numbering(gapless=False),
        notices=Notices({"standard": draw(procedures())}),
    )
    facts: list[tuple[str, Any]] = []
    for number in range(draw(st.integers(1, 5))):
        item, day, total, customer = f"INV-{number}", draw(days), draw(money), draw(st.sampled_from(CUSTOMERS))
        due = day + dt.timedelta(draw(st.integers(0, 30)))
        parts = ()
        if draw(st.booleans()) and total > 1:
            parts = (Instalment(due=due, amount=Decimal(1)), Instalment(due=due + dt.timedelta(9), amount=total - 1))
        facts.append(
            (
                item,
                Invoice(
                    customer=customer,
                    date=day,
                    due=None if parts else due,
                    instalments=parts,
                    currency="EUR",
                    total=total,
                ),
            )
        )
        facts += draw(more(item, customer, day, total))
    return policy, facts


@st.composite
def more(draw: Any, item: str, customer: str, day: dt.date, total: Decimal) -> list[tuple[str, Any]]:
    """What may happen to an invoice: payments that come back, money on account, disputes, promises, blocks."""
    when = day + dt.timedelta(draw(st.integers(0, 60)))
    later = when + dt.timedelta(draw(st.integers(0, 30)))
    facts: list[tuple[str, Any]] = []
    what = draw(st.sampled_from(["", "", "paid", "returned", "account", "disputed", "promised", "blocked"]))
    if what in ("paid", "returned"):
        paid = min(total, draw(money))
        facts.append(
            (
                f"{item}-P",
                Payment(
                    customer=customer, date=when, currency="EUR", amount=paid, applied=(Share(item=item, amount=paid),)
                ),
            )
        )
        if what == "returned":
            facts.append(
                (
                    f"{item}-X",
                    Reversal(
                        of=f"{item}-P",
                        date=later,
                        currency="EUR",
                        kind="return",
                        customer=customer,
                        reason="bounced",
                        amount=paid,
                    ),
                )
            )
    if what == "account":
        facts.append((f"{item}-P", Payment(customer=customer, date=when, currency="EUR", amount=draw(money))))
    if what == "disputed":
        facts.append(
            (
                f"{item}-D",
                Dispute(
                    customer=customer,
                    date=when,
                    item=item,
                    reason="quality",
                    currency="EUR",
                    amount=min(total, draw(money)),
                ),
            )
        )
    if what == "promised":
        facts.append(
            (f"{item}-R", Promise(customer=customer, date=when, items=(item,), due=later, currency="EUR", amount=total))
        )
    if what == "blocked":
        facts.append(
            (
                f"{item}-B",
                NoticeBlock(
                    customer=customer, date=when, until=later, reason="merger", item=draw(st.sampled_from(["", item]))
                ),
            )
        )
    return facts


runs = st.lists(st.integers(1, 160), min_size=1, max_size=8).map(sorted)


@given(books(), runs)
@settings(max_examples=60, deadline=None)
def test_runs_one_after_another(book: tuple[Policy, list[tuple[str, Any]]], offsets: list[int]) -> None:
    policy, facts = book
    ledger = table(policy, facts)
    for offset in offsets:
        day = DAY + dt.timedelta(offset)
        before = notices_due(ledger, day)
        nobody_is_lost(ledger, day, before)
        sending = run(ledger, day, letter)
        add(ledger, sending.planned.facts)
        again = run(ledger, day, letter)
        assert not again.planned.facts, "a run again adds nothing"
    nothing_skips(ledger)
    last = DAY + dt.timedelta(offsets[-1])
    so_far = [(f, d) for f, d in facts if d.date <= last]
    told = [(row.fact, notice) for row, notice in notices_of(ledger, last)]
    fees = [
        (
            row.fact,
            Invoice(
                customer=row.customer,
                date=row.date,
                due=row.date,
                currency="EUR",
                kind="finance-charge",
                key=row.key,
                total=Decimal(row.amount) / 100,
            ),
        )
        for row in ledger.facts("fact LIKE 'FC-%'")
    ]
    fees = [(f, d.model_copy(update={"due": dt.date.fromordinal(ledger.item(f).due)})) for f, d in fees]
    assert notices_due(table(policy, [*so_far, *told, *fees]), last) == notices_due(ledger, last), (
        "what comes later changes nothing"
    )


def nobody_is_lost(ledger: Ledger, day: dt.date, outcome: Any) -> None:
    late = {(i.customer, i.currency) for i in open_items(ledger, day) if not i.is_credit and i.due < day}
    written = [(d.customer, d.currency) for d in outcome.due if d.kind == "notice"]
    spared = [(s.customer, s.currency) for s in outcome.spared]
    assert sorted(written + spared) == sorted(late), "each who is late is written to or spared, once"
    open_ = {i.item: i.open for i in open_items(ledger, day)}
    for due in outcome.due:
        asked: dict[str, int] = {}
        for part in [*((line.item.item, line.amount) for line in due.lines), *((a.item, a.amount) for a in due.aside)]:
            asked[part[0]] = asked.get(part[0], 0) + part[1]
        assert all(0 < amount <= open_[item] for item, amount in asked.items())
        assert due.kind != "notice" or (due.level >= 1 and due.level == max(line.level for line in due.lines))


def nothing_skips(ledger: Ledger) -> None:
    reached: dict[str, int] = {}
    for _, notice in notices_of(ledger, dt.date.max):
        if notice.kind == "notice":
            for line in notice.lines:
                assert line.level <= reached.get(line.item, 0) + 1, (notice, reached)
                reached[line.item] = line.level


def test_many_letters_come_in_their_order_and_one_that_fails_spoils_no_other() -> None:
    files = {"notices/part.en.txt": b"{{ 100 // n }}\n", "notices/long.en.txt": b"{{ 'x' * n }}\n"}
    with Letters(files, {"en": {}}, "en") as letters:

        def of(template: str, *numbers: int) -> list[str]:
            return list(letters.write_all(Wanted(template, "en", {"n": n, "pad": "-" * 900}) for n in numbers))

        assert of("part", *range(1, 101)) == [str(100 // n) for n in range(1, 101)]
        assert [len(text) for text in of("long", *[200_000] * 40)] == [200_000] * 40  # more than a pipe holds
        with pytest.raises(ImportFileError) as caught:
            of("part", 5, 4, 0, 3, 2)
        assert str(caught.value.problems[0].place) == "templates/notices/part.en.txt:1:1"
        assert of("part", 4) == ["25"]
