"""Laws of the books: what must hold of any ledger at all (INVARIANTS A to E), tried on random ones.

Each compares what the program says with the oracle of `model.py`, or two ledgers that must say the same.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arledger.compute.aging import Aged, aged
from arledger.compute.open_items import open_items
from arledger.ledger.table import Ledger
from arledger.policy.aging import Aging
from arledger.store import canonical, file_text, yaml_text
from arledger.store.files import Books
from arledger.store.reading import read_document
from arledger.store.writing import text_of
from books import SPAN, START, books, money, path, proposed, reversal, text, write
from console import ar, environment
from kept_books import END, by_currency, folder, interesting, kept, opened
from model import Facts, Key, Model, minor, read

EDGES = st.lists(st.integers(1, 120), min_size=1, max_size=4, unique=True).map(lambda days: tuple(sorted(days)))


def balances(ledger: Ledger, day: dt.date) -> dict[Key, int]:
    """What the program says each customer owes."""
    sums: dict[Key, int] = {}
    for item in open_items(ledger, day):
        sums[item.customer, item.currency] = sums.get((item.customer, item.currency), 0) + item.open
    return {key: amount for key, amount in sums.items() if amount}


def ages(ledger: Ledger, day: dt.date, edges: tuple[int, ...] = (30, 60, 90)) -> list[Aged]:
    return aged(ledger, day, Aging("due", edges), lambda item: item.customer)


def fact(folder: str, day: str, **more: Any) -> tuple[str, Mapping[str, Any]]:
    return folder, {"customer": "ACME", "date": day, "currency": "EUR", **more}


def shares(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"item": item, "amount": amount} for item, amount in pairs]


INVOICE = {"INV-1": fact("invoices", "2026-01-01", due="2026-01-31", total="10.00")}
PAID = {**INVOICE, "PAY-1": fact("payments", "2026-01-05", applied=shares(("INV-1", "10.00")), amount="10.00")}
BACK = {"of": "PAY-1", "reason": "in error", "amount": "10.00"}
RETURNED_THEN_UNAPPLIED = {  # posted the other way round: the return is dated first, and takes all of it back
    **PAID,
    "PAY-1-X": fact("reversals", "2026-01-20", kind="unapply", **BACK),
    "PAY-1-X2": fact("reversals", "2026-01-10", kind="return", **BACK),
}
DISCOUNT_UNAPPLIED = {
    **INVOICE,
    "PAY-1": fact("payments", "2026-01-05", amount="9.00",
                  applied=[{"item": "INV-1", "amount": "9.00", "discount": "1.00"}]),
    "PAY-1-X": fact("reversals", "2026-01-20", kind="unapply", **{**BACK, "amount": "9.00"}),
}  # fmt: skip
PAID_TWICE_FOR_A_WEEK = {  # right in the end, wrong from the 8th to the 15th
    **PAID,
    "PAY-2": fact("payments", "2026-01-08", applied=shares(("INV-1", "10.00")), amount="10.00"),
    "PAY-1-X": fact("reversals", "2026-01-15", kind="unapply", **BACK),
}


@given(books(), EDGES)
@settings(max_examples=settings.default.max_examples * 2)
@example(RETURNED_THEN_UNAPPLIED, (30,))
@example(DISCOUNT_UNAPPLIED, (30,))
def test_every_figure_is_that_of_the_oracle(facts: Facts, edges: tuple[int, ...]) -> None:
    """C1, C2, C3, C7, B1, B2: open items, balances, ageing and the control account, on every day that matters."""
    model = Model(facts)
    with kept(facts) as ledger:
        for day in interesting(facts):
            items = {item.item: (item.due, item.open) for item in open_items(ledger, day)}
            assert items == model.instalments(day)
            assert balances(ledger, day) == model.balances(day)
            rows = {(row.group, row.currency): [*row.buckets, row.unapplied] for row in ages(ledger, day, edges)}
            assert rows == {key: row for key, row in model.aging(day, edges).items() if any(row)}
            assert ledger.control(day) == by_currency(model.balances(day))


def day_of(doc: Mapping[str, Any]) -> dt.date:
    return dt.date.fromisoformat(doc["date"])


@given(st.data())
@settings(max_examples=settings.default.max_examples * 3)
def test_the_check_refuses_what_the_oracle_refuses(data: st.DataObject) -> None:
    """B1, B2, B6: an item open beyond nothing or beyond its amount on any day, or used before its date, is found."""
    facts = data.draw(books(8))
    for _ in range(data.draw(st.integers(1, 3))):  # one may break what the next one mends, but not the days between
        facts = {**facts, **proposed(data.draw, facts)}
    with folder() as ledgers:
        write(facts, ledgers)
        with opened(ledgers) as (_, problems):
            assert bool(problems) == bool(Model(facts).broken())


def test_books_that_were_wrong_for_a_week_are_wrong() -> None:
    """B2 holds on every day, not in the end alone."""
    assert Model(PAID_TWICE_FOR_A_WEEK).broken()
    with folder() as ledgers:
        write(PAID_TWICE_FOR_A_WEEK, ledgers)
        with opened(ledgers) as (_, problems):
            assert [problem.code for problem in problems] == ["over-applied"]


@given(books(), EDGES, st.integers(0, SPAN))
def test_every_item_is_in_one_bucket(facts: Facts, edges: tuple[int, ...], after: int) -> None:
    """C3, C4, C11: whatever the edges, the buckets and the unapplied sum to the balance, however rows are grouped."""
    day = START + dt.timedelta(after)
    with kept(facts) as ledger:
        whole = by_currency(balances(ledger, day))
        for group in (lambda item: item.customer, lambda item: item.item, lambda _: ""):
            rows = aged(ledger, day, Aging("due", edges), group)
            assert by_currency({(row.group, row.currency): row.total for row in rows}) == {
                currency: amount for currency, amount in whole.items() if amount
            }
            assert all(row.unapplied <= 0 <= min(row.buckets) for row in rows)


@given(books(), st.lists(st.integers(0, SPAN), min_size=3, max_size=3))
def test_the_roll_forward_adds_up(facts: Facts, marks: list[int]) -> None:
    """C5: opening and movements make the closing, over any cut; each kind of document is the sum of its documents."""
    first, middle, last = (START + dt.timedelta(n) for n in sorted(marks))
    with kept(facts) as ledger:
        moved = ledger.movements(first, last)
        for currency in {*moved, *ledger.control(last)}:
            why = moved.get(currency, {})
            before = ledger.control(first - dt.timedelta(1)).get(currency, 0)
            assert before + sum(why.values()) == ledger.control(last).get(currency, 0)
            assert why.get("applied", 0) == 0
            model = Model(facts)
            billed = sum(why.get(kind, 0) for kind in ("invoice", "debit-note", "finance-charge"))
            assert billed == model.billed("invoices", first, last, currency)
            assert -why.get("payment", 0) == model.billed("payments", first, last, currency)
            assert -why.get("credit-note", 0) == model.billed("credit-notes", first, last, currency)
            assert why.get("refund", 0) == model.billed("refunds", first, last, currency)
            halves = [ledger.movements(first, middle), ledger.movements(middle + dt.timedelta(1), last)]
            for kind, amount in why.items():
                assert sum(half.get(currency, {}).get(kind, 0) for half in halves) == amount


@given(books())
def test_what_comes_later_changes_nothing(facts: Facts) -> None:
    """C8: a report for a day is the same whether or not anything later was posted."""
    if not facts:
        return
    middle = sorted(day_of(doc) for _, doc in facts.values())[len(facts) // 2]
    early = {fact: (folder, doc) for fact, (folder, doc) in facts.items() if day_of(doc) <= middle}
    with kept(facts) as whole, kept(early) as then:
        assert open_items(whole, middle) == open_items(then, middle)
        assert ages(whole, middle) == ages(then, middle)
        assert whole.control(middle) == then.control(middle)
        assert whole.movements(START, middle) == then.movements(START, middle)


@given(books())
def test_an_item_only_shrinks_unless_something_is_taken_back(facts: Facts) -> None:
    """C9: from its date on, what is open of an item falls, except on the day of a reversal or a recovery."""
    undone = {day_of(doc) for folder, doc in facts.values() if folder in ("reversals", "recoveries")}
    with kept(facts) as ledger:
        shown = [(day, {i.item: i.open for i in open_items(ledger, day)}) for day in interesting(facts)]
        for (_, before), (day, after) in pairwise(shown):
            for item, open_ in after.items():
                if item in before and day not in undone:
                    assert abs(open_) <= abs(before[item])


@given(books(), st.data())
def test_unapplying_and_applying_again_changes_nothing(facts: Facts, data: st.DataObject) -> None:
    """B8: taken back and applied anew the same day, every figure from that day on is what it was."""
    applied = [
        fact for fact, (folder, doc) in facts.items()
        if doc.get("applied") and not any(back["of"] == fact for kind, back in facts.values() if kind == "reversals")
    ]  # fmt: skip
    if not applied:
        return
    fact = data.draw(st.sampled_from(applied))
    doc, day = facts[fact][1], max(day_of(doc) for _, doc in facts.values()) + dt.timedelta(1)
    discounts = sum(minor(share.get("discount", "0"), doc["currency"]) for share in doc["applied"])
    if not doc.get("customer") or discounts:  # a discount belongs to the payment: applying again grants none
        return
    shares = sum(minor(share["amount"], doc["currency"]) for share in doc["applied"])
    again = {"customer": doc["customer"], "date": str(day), "currency": doc["currency"],
             "credit": doc.get("credit", fact), "applied": doc["applied"],
             "amount": money(shares, doc["currency"])}  # fmt: skip
    more = {**facts, **reversal(facts, fact, day, "unapply"), f"{fact}-B1": ("applications", again)}
    with kept(facts) as before, kept(more) as after:
        for when in (day - dt.timedelta(1), day, END):
            assert open_items(before, when) == open_items(after, when)
            assert ages(before, when) == ages(after, when)


@given(books(), st.data())
def test_a_payment_in_two_parts_is_the_same_payment(facts: Facts, data: st.DataObject) -> None:
    """B9: two payments of one day and sum change no balance and no bucket."""
    whole = [fact for fact, (folder, doc) in facts.items() if folder == "payments" and doc.get("applied")
             and not any(fact in (o.get("of"), o.get("credit"), o.get("item")) for _, o in facts.values())]  # fmt: skip
    if not whole:
        return
    fact = data.draw(st.sampled_from(whole))
    doc = facts[fact][1]
    units = minor(doc["amount"], doc["currency"])
    used = sum(minor(share["amount"], doc["currency"]) for share in doc["applied"])
    parts = {
        f"{fact}-a": ("payments", {**doc, "amount": money(used, doc["currency"])}),
        f"{fact}-b": ("payments", {**doc, "applied": [], "amount": money(units - used, doc["currency"])}),
    }
    if units == used:  # nothing on account: part the first share
        return
    split = {**{other: kept for other, kept in facts.items() if other != fact}, **parts}
    with kept(facts) as one, kept(split) as two:
        for day in interesting(facts):
            assert balances(one, day) == balances(two, day)
            assert ages(one, day) == ages(two, day)
            assert one.movements(START, day) == two.movements(START, day)


@given(books(), st.randoms(use_true_random=False))
def test_order_folders_and_writing_mean_nothing(facts: Facts, chance: random.Random) -> None:
    """A7: whatever sub-folder a fact is in, in whatever order and style it was written, the reports are the same."""
    with folder() as tidy, folder() as untidy:
        write(facts, tidy)
        write({}, untidy)
        names = sorted(facts)
        chance.shuffle(names)
        for fact in names:
            kind, doc = facts[fact]
            where = untidy / kind / chance.choice(["", "2026", "2026/06", "old/stuff/deep"])
            where.mkdir(parents=True, exist_ok=True)
            (where / f"{fact}.yaml").write_text(restyled(text(doc), chance), "utf-8")
        with opened(tidy) as (one, problems), opened(untidy) as (other, others):
            assert not problems
            assert not others
            for day in interesting(facts)[::3]:
                assert open_items(one, day) == open_items(other, day)
                assert ages(one, day) == ages(other, day)


def restyled(plain: str, chance: random.Random) -> str:
    """The same file as another hand would write it: order of keys, quotes, comments, line ends."""
    blocks: list[str] = []
    for line in plain.splitlines(keepends=True):
        if line.startswith(" "):
            blocks[-1] += line
        else:
            key, _, value = line.partition(": ")
            blocks.append(f"{key}: {chance.choice(['', chr(34), chr(39)])}{value}" if value else line)
    for number, block in enumerate(blocks):
        for quote in "\"'":
            head, found, rest = block.partition(f": {quote}")
            if found and "\n  -" not in block:
                blocks[number] = f"{head}: {quote}{rest.rstrip()}{quote}\n"
    chance.shuffle(blocks)
    comment = chance.choice(["", "# by hand\n"])
    return (comment + "".join(blocks)).replace("\n", chance.choice(["\n", "\r\n"]))


TABLES = (
    "SELECT f.path, f.sha, f.fact, f.date, f.amount, f.about FROM facts f",
    "SELECT f.fact, e.date, e.item, e.part, e.amount, e.why FROM entries e JOIN facts f ON f.id = e.owner",
    "SELECT f.fact, i.item, i.open, i.last, i.settled, i.due FROM items i JOIN facts f ON f.id = i.owner",
    "SELECT date, currency, why, amount FROM control WHERE amount != 0",
    "SELECT month, facts, digest FROM months",
    "SELECT customer, data FROM customers",
)


@given(books(), st.data())
def test_the_index_says_what_the_files_say(facts: Facts, data: st.DataObject) -> None:
    """C13: after any changes to the files, the index brought up to date equals everything read anew."""
    names = sorted(facts)
    with folder() as ledgers:
        write({}, ledgers)
        for _ in range(3):
            there = data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []
            for fact in names:
                kind, doc = facts[fact]
                place = ledgers / path(fact, kind, doc)
                place.unlink(missing_ok=True)
                if fact in there:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(text(doc), "utf-8")
            kept_up = Books(str(ledgers), str(ledgers / ".ar")).open()
            assert kept_up.note == ""
            with opened(ledgers) as (anew, problems):
                assert [*kept_up.problems, *kept_up.ledger.problems()] == problems
                for table in TABLES:
                    assert sorted(kept_up.ledger.rows(table)) == sorted(anew.rows(table)), table
            kept_up.ledger.connection.close()


@given(books())
def test_what_is_posted_reads_the_same_by_any_reader(facts: Facts) -> None:
    """H3: the form facts are posted in holds what the strict reader, the quick one and PyYAML all read alike."""
    for folder_, doc in facts.values():
        read_back = read_document(text(doc).encode(), f"{folder_}/2026-01/X.yaml")
        assert not read_back.problems
        posted = text_of(read_back.document)
        plain = yaml_text.load(file_text.decode(posted.encode()))
        assert canonical.read(posted) == plain == yaml.load(posted, yaml.BaseLoader)
        assert text_of(read_document(posted.encode(), f"{folder_}/2026-01/X.yaml").document) == posted
        given = {key: value for key, value in doc.items() if value and (key, value) != ("kind", "invoice")}
        assert {key: value for key, value in plain.items() if key != "method"} == {
            key: value for key, value in given.items() if (key, value) != ("kind", "correction")
        }


COMMANDS = ("aging --format json", "aging --format csv", "open", "statement --all", "check")


@given(books(), st.sampled_from(["Etc/GMT+12", "Etc/GMT-14", "America/New_York", "Asia/Kathmandu"]))
@settings(max_examples=max(2, settings.default.max_examples // 4))
def test_time_zones_change_no_byte(facts: Facts, zone: str) -> None:
    """D6, A7: every report is the same to the byte wherever it is run, and whether or not from the index."""
    with folder() as home:
        write(facts, home / "ledgers")
        for command in COMMANDS:
            here = ar(command.split(), home)
            assert here.status == 0
            assert ar(command.split(), home, environment(TZ=zone)) == here
            if command != "check":
                assert ar([*command.split(), "--no-cache"], home) == here


@given(books())
@settings(max_examples=max(2, settings.default.max_examples // 4))
def test_json_is_what_the_oracle_says(facts: Facts) -> None:
    """C7: what `ar aging` and `ar open` print can be worked out from the files by somebody else's program."""
    with folder() as home:
        write(facts, home / "ledgers")
        model = Model(read(home / "ledgers"))
        day = START + dt.timedelta(SPAN)
        shown = json.loads(ar(["aging", "--as-of", str(day), "--format", "json"], home).out)
        names = (*shown["buckets"], "unapplied")
        rows = {
            (row["customer"], row["currency"]): [minor(row[name], row["currency"]) for name in names]
            for row in shown["rows"]
        }
        assert rows == {key: row for key, row in model.aging(day, (30, 60, 90)).items() if any(row)}
        items = json.loads(ar(["open", "--as-of", str(day), "--format", "json"], home).out)["rows"]
        assert {row["item"]: (row["due"], minor(row["open"], row["currency"])) for row in items} == {
            name: (str(due), open_) for name, (due, open_) in model.instalments(day).items()
        }
