"""Laws of what is agreed with customers: instalments sum, ageing foots with plans, and a state follows from the facts
up to its day and nothing else (RULES §6, §7)."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arledger.commands import disputes as dispute_commands
from arledger.commands import plans as plan_commands
from arledger.commands import promises as promise_commands
from arledger.commands import settlements as settlement_commands
from arledger.commands.plans import Conditions, Schedule, schedule
from arledger.compute.aging import aged, aged_customers
from arledger.compute.disputes import disputed, disputes
from arledger.compute.open_items import OpenItem, open_items
from arledger.compute.plans import by_plan, holding, plans
from arledger.compute.promises import promises
from arledger.compute.settlements import settlements
from arledger.errors import ArError
from arledger.ledger.table import Ledger
from arledger.store.files import Books
from arledger.store.writing import path_of, text_of
from books import CUSTOMERS, SPAN, START, books, money, reversal, write
from model import Facts, Model

DAYS = st.integers(0, SPAN + 60).map(lambda n: START + dt.timedelta(n))
KINDS = ("promise", "plan", "plan", "settlement", "dispute")
AMOUNTS = st.integers(1, 10**9)


@given(AMOUNTS, st.integers(1, 60), DAYS, st.sampled_from(["month", "two-weeks", "week"]))
def test_equal_instalments_sum_and_differ_in_the_last_alone(total: int, count: int, day: dt.date, every: Any) -> None:
    """G9: instalments sum to what is covered; `test_ageing_foots_with_plans_...` has that ageing goes by them."""
    if count > total:
        return
    parts = schedule(total, Schedule(count=count, every=every), day)
    assert sum(amount for _, amount in parts) == total
    assert len({amount for _, amount in parts[:-1]}) <= 1
    assert 0 <= parts[-1][1] - parts[0][1] < count
    assert [due for due, _ in parts] == sorted({due for due, _ in parts})


@given(AMOUNTS, st.integers(1, 10**9), DAYS)
def test_so_much_a_month_sums_and_is_never_more(total: int, each: int, day: dt.date) -> None:
    if -(-total // each) > plan_commands.MOST_PARTS:
        return
    amounts = [amount for _, amount in schedule(total, Schedule(each=each), day)]
    assert sum(amounts) == total
    assert all(0 < amount <= each for amount in amounts)


def test_three_instalments_of_a_thousand() -> None:  # RULES T-P2
    parts = schedule(100000, Schedule(count=3), dt.date(2026, 1, 31))
    assert [(due.isoformat(), amount) for due, amount in parts] == [
        ("2026-02-28", 33333), ("2026-03-28", 33333), ("2026-04-28", 33334)
    ]  # fmt: skip


@contextmanager
def kept(facts: Facts, told: dict[str, str] | None = None) -> Iterator[Ledger]:
    """The ledger of these facts and files."""
    with tempfile.TemporaryDirectory() as name:
        write(facts, Path(name))
        for path, text in (told or {}).items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_text(text, "utf-8")
        found = Books(name, str(Path(name) / ".ar"), cache=False).open()
        problems = [*found.problems, *found.ledger.problems()]
        assert not [problem for problem in problems if problem.severity == "error"]
        yield found.ledger
        found.ledger.connection.close()


@st.composite
def agreed(draw: Any, kinds: tuple[str, ...] = KINDS) -> tuple[Facts, dict[str, str], dict[str, dt.date]]:
    """A book, the files of what was agreed with its customers on some days, and the day of each."""
    facts = draw(books())
    files: dict[str, str] = {}
    days: dict[str, dt.date] = {}
    for _ in range(draw(st.integers(1, 4))):
        day = draw(DAYS)
        with kept(facts, files) as ledger:
            debts = [item for item in open_items(ledger, day) if not item.is_credit and item.customer]
            if not debts:
                continue
            item = draw(st.sampled_from(debts))
            for fact, document in _one(draw, ledger, item.customer, item.item, item.currency, item.open, day, kinds):
                path = path_of(fact, document)
                files[path], days[path] = text_of(document), day
            facts = _paid(draw, ledger, facts, item, day)
    return facts, files, days


def _paid(draw: Any, ledger: Ledger, facts: Facts, item: OpenItem, day: dt.date) -> Facts:
    """The facts and mostly a payment of the item around that day, which the bank may take back."""
    row = ledger.item(item.item.partition("/")[0])
    if row is None or row.open <= 0 or not draw(st.integers(0, 3)):
        return facts
    amount = draw(st.sampled_from([row.open, row.open, (row.open + 1) // 2]))
    when = max(item.date, day + dt.timedelta(draw(st.integers(-5, 45))))
    share = {"item": row.item, "amount": money(amount, item.currency)}
    name = f"PAID-{len(facts)}"
    paid = {"customer": item.customer, "date": str(when), "currency": item.currency, "applied": [share],
            "amount": share["amount"]}  # fmt: skip
    found: Facts = {**facts, name: ("payments", paid)}
    if not draw(st.integers(0, 2)):
        found.update(reversal(found, name, when + dt.timedelta(draw(st.integers(0, 20))), "return"))
    return facts if Model(found).broken() else found


def eventful(draw: Any, book: Any) -> dt.date:
    """A day on which something happens, or one near to it."""
    facts, _, days = book
    found = {dt.date.fromisoformat(doc["date"]) for _, doc in facts.values()} | set(days.values())
    return draw(st.sampled_from(sorted(found))) + dt.timedelta(draw(st.sampled_from([-1, 0, 0, 1, 20, 45])))


def _one(draw: Any, ledger: Ledger, customer: str, item: str, currency: str, open_: int, day: dt.date,
         kinds: tuple[str, ...]) -> Any:  # fmt: skip
    """One thing agreed on; nothing where a rule refuses it."""
    amount, later = draw(st.integers(1, open_)), day + dt.timedelta(draw(st.integers(0, 40)))
    kind = draw(st.sampled_from(kinds))
    try:
        if kind == "promise":
            return promise_commands.new(ledger, customer, [item], amount, currency, day, due=later, person="", text="",
                                        replace=draw(st.booleans())).facts  # fmt: skip
        if kind == "plan":
            asked = Schedule(count=draw(st.integers(1, 4)), first=later, every=draw(st.sampled_from(["week", "month"])))
            on = Conditions(default_after=draw(st.integers(1, 3)), grace_days=draw(st.integers(0, 5)))
            return plan_commands.new(ledger, customer, [item], currency, day, asked, on).facts
        if kind == "settlement":
            return settlement_commands.new(ledger, customer, [item], amount, currency, day, expires=later,
                                           reason="").facts  # fmt: skip
        return dispute_commands.new(ledger, item, amount, day, reason="price", owner="", due=None, text="",
                                    evidence=()).facts  # fmt: skip
    except ArError:
        return ()


@given(agreed(), st.data())
def test_ageing_foots_with_plans_and_disputes_and_is_the_same_both_ways(book: Any, data: Any) -> None:
    facts, files, _ = book
    as_of = eventful(data.draw, book)
    with kept(facts, files) as ledger, kept(facts) as plain:
        aging = ledger.policy.aging
        by_item = aged(ledger, as_of, aging, lambda item: item.customer)
        assert by_item == aged_customers(ledger, as_of, aging)
        without = aged_customers(plain, as_of, aging)
        assert [(row.group, row.currency, row.total, row.unapplied) for row in by_item] == [
            (row.group, row.currency, row.total, row.unapplied) for row in without
        ]
        items, claims = open_items(ledger, as_of), disputed(ledger, as_of)
        for customer in CUSTOMERS:
            assert aged_customers(ledger, as_of, aging, customer) == [row for row in by_item if row.group == customer]
        assert all(0 < claims[i.item] <= i.open for i in items if i.item in claims)
        parts = by_plan(items, holding(ledger, as_of))
        for item in items:
            assert sum(part.open for part in parts if part.item == item.item) == item.open


def states(ledger: Ledger, as_of: dt.date) -> Any:
    """Everything that follows from the facts up to a day."""
    return (
        [(p.fact, p.state, p.paid) for p in promises(ledger, as_of)],
        [(p.fact, p.state, p.parts, p.defaulted) for p in plans(ledger, as_of)],
        [(s.fact, s.state, s.paid, s.open) for s in settlements(ledger, as_of)],
        [(d.fact, d.owner, d.ended) for d in disputes(ledger, as_of)],
        disputed(ledger, as_of),
    )


@given(agreed(), st.data())
def test_a_state_follows_from_the_facts_up_to_its_day_alone(book: Any, data: Any) -> None:
    facts, files, days = book
    as_of = eventful(data.draw, book)
    until = {fact: kept_ for fact, kept_ in facts.items() if kept_[1]["date"] <= str(as_of)}
    with kept(facts, files) as ledger, kept(until, {p: t for p, t in files.items() if days[p] <= as_of}) as then:
        assert states(ledger, as_of) == states(then, as_of)


@given(agreed(("plan",)))
def test_a_plan_that_was_lost_stays_lost(book: Any) -> None:
    facts, files, _ = book
    with kept(facts, files) as ledger:
        lost: set[str] = set()
        for n in range(0, SPAN + 120, 4):
            found = plans(ledger, START + dt.timedelta(n))
            assert not lost & {p.fact for p in found if p.state == "holds"}
            lost |= {p.fact for p in found if p.state == "defaulted"}
