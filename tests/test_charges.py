"""Finance charges of whole books: what must hold of any run, tried on random books."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.commands.charges import charge
from arledger.compute.charge_rates import ChargeTerms
from arledger.compute.charges import Run, run
from arledger.ledger.table import Ledger
from arledger.policy.charges import Charges
from arledger.store.files import Books
from arledger.store.writing import path_of, text_of
from books import SPAN, START, books, write
from model import Facts, Key, Model

DAYS = st.integers(0, SPAN + 60).map(lambda days: START + dt.timedelta(days))


@contextmanager
def kept(facts: Facts) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        write(facts, Path(name))
        yield Path(name)


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    found = Books(str(folder), str(folder / ".ar"), cache=False).open()
    assert [*found.problems, *found.ledger.problems()] == []
    yield found.ledger
    found.ledger.connection.close()


def posted(folder: Path, terms: ChargeTerms, day: dt.date) -> Run:
    """Posts a run, and gives it."""
    with opened(folder) as ledger:
        found, planned = charge(ledger, terms, day, None, "")
    for fact, document in planned.facts:
        path = folder / path_of(fact, document)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(document), "utf-8")
    return found


@given(books(), DAYS, st.sampled_from(["count", "ignore"]))
@settings(max_examples=80)
def test_interest_is_that_of_every_day_by_the_oracle(facts: Facts, day: dt.date, credits_: str) -> None:
    """F1, G6: on each day after the due date what was open the evening before, by what the oracle says was open, less
    what unapplied money covered, the oldest first."""

    def whose(name: str) -> Key:
        doc = facts[name.partition("/")[0]][1]
        return doc.get("customer", ""), doc["currency"]

    model, terms = Model(facts), ChargeTerms(Charges(rate=Decimal(12), credits=credits_, on="paid-late"))
    expected: dict[str, Fraction] = {}
    evening = START
    while evening < day:
        found = model.instalments(evening)
        free: dict[Key, int] = {}
        for name, (_, open_) in found.items():
            if open_ < 0 and credits_ == "count":
                free[whose(name)] = free.get(whose(name), 0) - open_
        for name, (due, open_) in sorted(found.items(), key=lambda one: (one[1][0], one[0])):
            item = name.partition("/")[0]
            chargeable = facts[item][0] == "invoices" and model.items[item].get("kind") != "finance-charge"
            if chargeable and due <= evening:
                covered = min(open_, free.get(whose(name), 0))
                free[whose(name)] = free.get(whose(name), 0) - covered
                expected[name] = expected.get(name, Fraction(0)) + (open_ - covered) * Fraction(12, 100 * 365)
        evening += dt.timedelta(1)
    with kept(facts) as folder, opened(folder) as ledger:
        made = run(ledger, terms, day, known=day)
    exact = {one.item: sum(s.interest for s in one.segments) for charge_ in made.charges for one in charge_.items}
    assert exact == {name: amount for name, amount in expected.items() if amount >= Fraction(1, 2)}


@given(books(), DAYS, DAYS, st.sampled_from(["open", "paid-late"]), st.sampled_from(["count", "ignore"]))
@settings(max_examples=20)
def test_the_same_run_again_adds_nothing(facts: Facts, one: dt.date, other: dt.date, on: str, credits_: str) -> None:
    """G6: whatever was posted before, a run leaves nothing for the same run; no day of an item is charged twice."""
    terms = ChargeTerms(Charges(rate=Decimal(12), on=on, credits=credits_))
    first, last = sorted((one, other))
    latest = max(dt.date.fromisoformat(doc["date"]) for _, doc in facts.values())
    first, last = max(first, latest), max(last, latest)
    with kept(facts) as folder:
        posted(folder, terms, first)
        assert posted(folder, terms, first) == ((), ())
        posted(folder, terms, last)
        assert posted(folder, terms, last) == ((), ())


@given(books(), DAYS)
@settings(max_examples=20)
def test_nothing_before_it_is_due_and_nothing_for_what_credits_cover(facts: Facts, day: dt.date) -> None:
    """Interest never begins before the due date; with unapplied money counted it is never more than without."""
    with kept(facts) as folder, opened(folder) as ledger:
        plain, less = (
            run(ledger, ChargeTerms(Charges(rate=Decimal(12), credits=how)), day, known=day)
            for how in ("ignore", "count")
        )
    dues = {name: due for name, (due, _) in Model(facts).instalments(day).items()}
    for charge_ in plain.charges:
        for one in charge_.items:
            assert one.segments[0].start >= dues[one.item]
    totals = [{(c.customer, c.currency): c.total for c in found.charges} for found in (plain, less)]
    assert all(amount <= totals[0][whose] for whose, amount in totals[1].items())
