"""The index is never trusted over the files: whatever is done to either, the answer is that of `--no-cache`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arledger.store.files import Books
from arledger.store.index import _stamp_of
from books import books, write
from console import ar
from indexed import assert_same, everything, invoice, ledgers, settle, state, written
from model import Facts

__all__ = ["ledgers"]  # a fixture

# Edits: each takes a file of the ledger and does to it what people, editors and git do.


def _add(file: Path) -> None:
    copy = file.with_name(f"{file.stem}9.yaml")
    copy.write_bytes(file.read_bytes())


def _change(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))


def _change_in_place(file: Path) -> None:
    """The same size and the same modification time: only the change time tells."""
    before = file.stat()
    with file.open("r+b") as handle:
        data = handle.read()
        handle.seek(0)
        handle.write(data.replace(b"3", b"4"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _delete(file: Path) -> None:
    file.unlink()


def _rename(file: Path) -> None:
    file.rename(file.with_name(f"{file.stem}-B.yaml"))


def _other_case(file: Path) -> None:
    file.with_name(f"{file.stem.lower()}.yaml").write_bytes(file.read_bytes())


def _move(file: Path) -> None:
    (file.parent / "deeper").mkdir(exist_ok=True)
    file.rename(file.parent / "deeper" / file.name)


def _touch(file: Path) -> None:
    os.utime(file)


def _crlf(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def _spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def _replace_by_link(file: Path) -> None:
    target = file.parent.parent / "elsewhere.txt"
    file.rename(target)
    file.symlink_to(target)


def _swap(file: Path) -> None:
    """Two files change places: every size and time that was there is there still. One alone stays."""
    other = next((path for path in sorted(file.parent.glob("*.yaml")) if path != file), None)
    if other is None:
        return
    between = file.with_name("between")
    file.rename(between)
    other.rename(file)
    between.rename(other)


EDITS = (
    _add, _change, _change_in_place, _delete, _rename, _other_case, _move, _touch, _crlf, _spoil, _replace_by_link, _swap
)  # fmt: skip


@given(books(), st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 99)), min_size=1, max_size=5))
def test_after_any_edits_the_index_says_what_the_files_say(
    tmp_path_factory: Any, facts: Facts, edits: list[tuple[Callable[[Path], None], int]]
) -> None:
    with written(facts, tmp_path_factory.mktemp("edits")) as ledgers:
        for edit, which in edits:
            files = [path for path in sorted(ledgers.glob("*/**/*.yaml")) if path.is_file() and not path.is_symlink()]
            if files:
                edit(files[which % len(files)])
            assert_same(ledgers)


@given(books(size=16), st.data())
def test_facts_that_come_by_and_by_make_the_same_index(
    tmp_path_factory: Any, facts: Facts, data: st.DataObject
) -> None:
    with written({}, tmp_path_factory.mktemp("growing")) as ledgers:
        left = dict(data.draw(st.permutations(list(facts.items()))))
        while left:
            some = [left.popitem() for _ in range(min(len(left), data.draw(st.integers(1, 4))))]
            write(dict(some), ledgers)
            assert_same(ledgers)
            assert left or everything(ledgers, cache=True)[0] == []


def stamp(ledgers: Path) -> None:
    """Makes the stamp fit the index as it is: what no accident does, and no cheap check can see through."""
    (state(ledgers) / "index.stamp").write_text(_stamp_of(str(state(ledgers) / "index.sqlite")))


def _sql(statement: str) -> Callable[[Path], None]:
    def run(ledgers: Path) -> None:
        with closing(sqlite3.connect(state(ledgers) / "index.sqlite")) as connection, connection:
            connection.execute(statement)

    return run


def _cut(ledgers: Path) -> None:
    with (state(ledgers) / "index.sqlite").open("r+b") as file:
        file.truncate(5000)


def _cut_and_stamped(ledgers: Path) -> None:
    _cut(ledgers)
    stamp(ledgers)


def _garbage(ledgers: Path) -> None:
    (state(ledgers) / "index.sqlite").write_bytes(b"no database " * 1000)
    stamp(ledgers)


def _of_another_ledger(ledgers: Path) -> None:
    with written({}, ledgers.parent / "other") as other:
        invoice(other, "INV-7", "7.00")
        everything(other, cache=True)
        shutil.rmtree(state(ledgers))
        shutil.copytree(state(other), state(ledgers))


def _older(ledgers: Path) -> None:
    found = (state(ledgers) / "index.stamp").read_text()
    (state(ledgers) / "index.stamp").write_text("0123456789abcdef" + found[16:])


def _hot_journal(ledgers: Path) -> None:
    (state(ledgers) / "index.sqlite-journal").write_bytes(os.urandom(4096))


DAMAGE = {
    "deleted": lambda ledgers: (state(ledgers) / "index.sqlite").unlink(),
    "all of .ar deleted": lambda ledgers: shutil.rmtree(state(ledgers)),
    "stamp deleted": lambda ledgers: (state(ledgers) / "index.stamp").unlink(),
    "stamp empty": lambda ledgers: (state(ledgers) / "index.stamp").write_bytes(b""),
    "stamp garbage": lambda ledgers: (state(ledgers) / "index.stamp").write_bytes(os.urandom(64)),
    "empty": lambda ledgers: (state(ledgers) / "index.sqlite").write_bytes(b""),
    "cut off": _cut,
    "cut off, stamped": _cut_and_stamped,
    "garbage, stamped": _garbage,
    "amounts edited": _sql("UPDATE items SET open = open * 2, total = total * 2"),
    "entries deleted": _sql("DELETE FROM entries"),
    "table dropped": _sql("DROP TABLE months"),
    "of another ledger": _of_another_ledger,
    "older format": _older,
    "journal left behind": _hot_journal,
    "a folder": lambda ledgers: ((state(ledgers) / "index.sqlite").unlink(), (state(ledgers) / "index.sqlite").mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_index_changes_no_answer(ledgers: Path, damage: Callable[[Path], Any]) -> None:
    wanted = [ar([*command, "--no-cache"], ledgers) for command in COMMANDS]
    damage(ledgers)
    assert [ar(command, ledgers) for command in COMMANDS] == wanted
    assert [ar(command, ledgers) for command in COMMANDS] == wanted
    assert_same(ledgers)


COMMANDS = (["aging", "--format", "json"], ["open", "--format", "csv"], ["check"])


def test_where_the_index_cannot_be_written_the_answer_is_the_same(ledgers: Path, monkeypatch: Any) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    wanted = everything(ledgers, cache=False)
    invoice(ledgers, "INV-3")
    monkeypatch.setattr("arledger.store.index._seal", refuse)
    opened = Books(str(ledgers), str(state(ledgers))).open()
    assert "cannot be kept" in opened.note
    opened.ledger.connection.close()
    assert everything(ledgers, cache=True) == everything(ledgers, cache=False) != wanted


def test_a_rewrite_of_the_same_size_and_time_is_seen(ledgers: Path) -> None:
    file = ledgers / "invoices" / "2026-01" / "INV-1.yaml"
    before = file.stat()
    file.write_text(file.read_text().replace("100.00", "900.00"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert_same(ledgers)
    assert '"950.00"' in ar(["aging", "--format", "json"], ledgers).out


def test_a_change_in_the_same_tick_of_the_clock_is_seen(ledgers: Path) -> None:
    for amount in range(200, 240):
        invoice(ledgers, amount=f"{amount}.00")
        assert f'"{amount + 50}.00"' in ar(["aging", "--format", "json"], ledgers).out


def test_what_begins_with_a_dot_is_left_alone(ledgers: Path) -> None:
    before = everything(ledgers, cache=False)
    month = ledgers / "invoices" / "2026-01"
    (month / ".#INV-1.yaml").symlink_to("clerk@desk.4711:1")  # an editor's lock, dangling
    (month / ".INV-1.yaml").write_text("half a line")
    (ledgers / "drafts").mkdir()
    (ledgers / "drafts" / ".#D-1.yaml").symlink_to("clerk@desk.4711:1")
    (ledgers / ".versions").mkdir()
    (month.parent / ".versions").mkdir()
    (month.parent / ".versions" / "INV-1.yaml").write_text((month / "INV-1.yaml").read_text())
    assert_same(ledgers)
    assert everything(ledgers, cache=True) == before
    assert ar(["check", "--format", "json"], ledgers).err == ""
    assert "there are no drafts" in ar(["invoice", "issue", "--all", "--dry-run"], ledgers).err
    (month / "INV-1.yaml").unlink()
    assert_same(ledgers)


def test_a_link_stays_a_problem_however_soon_one_looks_again(ledgers: Path) -> None:
    (ledgers / "invoices" / "2026-01" / "INV-9.yaml").symlink_to("INV-1.yaml")
    for _ in range(3):
        assert "INV-9.yaml: not-a-file" in ar(["aging"], ledgers).err
    settle(ledgers)
    assert "INV-9.yaml: not-a-file" in ar(["aging"], ledgers).err
    assert_same(ledgers)


def test_a_folder_that_goes_and_comes_again(ledgers: Path) -> None:
    month = ledgers / "invoices" / "2026-01"
    away = ledgers.parent / "away"
    month.rename(away)
    assert_same(ledgers)
    assert '"50.00"' in ar(["aging", "--format", "json"], ledgers).out
    away.rename(month)
    assert_same(ledgers)
    assert '"150.00"' in ar(["aging", "--format", "json"], ledgers).out
    shutil.rmtree(ledgers / "invoices")
    assert_same(ledgers)


def test_what_is_no_fact_may_change_and_nothing_is_written(ledgers: Path) -> None:
    (ledgers / "invoices" / "2026-01" / "notes.txt").write_text("call on Monday")
    settle(ledgers)
    before = (state(ledgers) / "index.sqlite").stat().st_mtime_ns
    (ledgers / "invoices" / "2026-01" / "notes.txt").write_text("called")
    assert_same(ledgers)
    assert (state(ledgers) / "index.sqlite").stat().st_mtime_ns == before


def test_a_policy_that_was_wrong_at_first_is_read_again(ledgers: Path) -> None:
    policy = ledgers / "ledger.yaml"
    good = policy.read_text()
    shutil.rmtree(state(ledgers))
    policy.write_text(good + "colour: blue\n")
    assert ar(["check"], ledgers).status == 1
    invoice(ledgers, "INV-3")
    assert ar(["check"], ledgers).status == 1
    policy.write_text(good)
    assert_same(ledgers)
    assert ar(["check"], ledgers).status == 0


def test_a_policy_that_is_wrong_now_is_no_more_the_one_before(ledgers: Path) -> None:
    invoice(ledgers, "INV-3", "0.00")  # wrong by itself
    file = invoice(ledgers, "INV-4")
    file.write_text(file.read_text().replace("ACME", "NOBODY"))  # wrong in the book
    assert_same(ledgers)
    policy = ledgers / "ledger.yaml"
    policy.write_text(policy.read_text() + "colour: blue\n")
    found = ar(["check", "--format", "json"], ledgers)
    assert found == ar(["check", "--format", "json", "--no-cache"], ledgers)
    assert "colour" in found.out
    assert "NOBODY" not in found.out  # nothing is checked by a policy that is not there
    file.write_text(file.read_text().replace("NOBODY", "NOONE"))
    assert ar(["check", "--format", "json"], ledgers) == ar(["check", "--format", "json", "--no-cache"], ledgers)


def test_what_rests_on_a_file_that_could_not_be_read_is_checked_once_it_can(ledgers: Path) -> None:
    file = invoice(ledgers, "INV-3", "100.00")
    back = ledgers / "reversals" / "2026-02" / "INV-3-X.yaml"
    back.parent.mkdir(parents=True)
    back.write_text("of: INV-3\ndate: 2026-02-01\ncurrency: EUR\nreason: in error\namount: 100.00\n")
    good = file.read_text()
    file.write_text("<<<<<<< HEAD\n" + good)
    assert [problem.code for problem in everything(ledgers, cache=True)[0]].count("unknown-fact") == 0  # it follows
    settle(ledgers)
    file.write_text(good.replace("100.00", "90.00"))
    assert_same(ledgers)
    assert "INV-3-X.yaml:5:1: does-not-foot" in ar(["check"], ledgers).out


def _posted(ledgers: Path, path: str, *lines: str) -> None:
    file = ledgers / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize("names", [("R-1", "R-2"), ("R-2", "R-1")])
def test_facts_of_one_day_are_in_one_order_whichever_came_first(ledgers: Path, names: tuple[str, str]) -> None:
    policy = ledgers / "ledger.yaml"
    policy.write_text(policy.read_text() + "rates:\n  - {currency: JPY, rate: 0.004, from: 2020-01-01}\n")
    given = ("customer: ACME", "date: 2026-02-03", "currency: EUR", "item: INV-1", "reason: lost", "amount: 10.00")
    _posted(ledgers, "write-offs/2026-02/W-1.yaml", *given)
    _posted(ledgers, "invoices/2026-01/INV-J.yaml", "customer: NIPPON", "date: 2026-01-05", "due: 2026-02-05",
            "currency: JPY", "total: 4")  # fmt: skip
    settle(ledgers)
    for name in names:  # together more than was written off; and yen that come to half a cent
        _posted(ledgers, f"recoveries/2026-02/{name}.yaml", "customer: ACME", "date: 2026-02-04", "currency: EUR",
                "item: INV-1", "write_off: W-1", "amount: 6.00")  # fmt: skip
        yen = name[-1].replace("2", "3")
        _posted(ledgers, f"payments/2026-02/P-{name}.yaml", "customer: NIPPON", "date: 2026-02-04", "currency: JPY",
                "applied:", f"  - {{item: INV-J, amount: {yen}}}", f"amount: {yen}")  # fmt: skip
        time.sleep(0.06)  # old enough to be believed
        everything(ledgers, cache=True)
    assert_same(ledgers)
    assert "R-2.yaml:6:1: over-recovered" in ar(["check"], ledgers).out
    (ledgers / "recoveries" / "2026-02" / "R-2.yaml").unlink()
    fx = ["report", "fx", "--from", "2026-01-01", "--as-of", "2026-02-28", "--format", "json"]
    assert ar(fx, ledgers) == ar([*fx, "--no-cache"], ledgers)
    assert '"fact": "P-R-1",\n    "customer": "NIPPON"' in ar(fx, ledgers).out


_LATER = {
    "an earlier part is written off": ("write-offs/2026-02/W-0.yaml", "customer: ACME", "date: 2026-02-16",
                                       "currency: EUR", "item: INV-2", "reason: small", "amount: 15.00"),
    "an approval was taken back": ("reversals/2026-02/A-1-X.yaml", "of: A-1", "date: 2026-02-06", "currency: EUR",
                                   "reason: in error", "amount: 0.00"),
}  # fmt: skip


@pytest.mark.parametrize("later", _LATER.values(), ids=_LATER)
def test_what_was_agreed_to_is_looked_at_again_when_what_it_rests_on_changes(
    ledgers: Path, later: tuple[str, ...]
) -> None:
    policy = ledgers / "ledger.yaml"
    policy.write_text(
        policy.read_text()
        + "people:\n  tom: {name: Tom}\napprovals:\n  - {action: write-off, above: 20.00, by: [tom]}\n"
    )
    _posted(ledgers, "approvals/2026-02/A-1.yaml", "date: 2026-02-01", "action: write-off", "about: INV-1", "by: tom")
    for name, item, amount in (("W-1", "INV-1", "30.00"), ("W-2", "INV-2", "15.00")):
        _posted(ledgers, f"write-offs/2026-02/{name}.yaml", "customer: ACME", "date: 2026-02-20", "currency: EUR",
                f"item: {item}", "reason: lost", f"amount: {amount}")  # fmt: skip
    settle(ledgers)
    assert everything(ledgers, cache=True)[0] == []
    _posted(ledgers, *later)
    assert_same(ledgers)
    assert "approval-missing" in ar(["check"], ledgers).out


def test_files_with_problems_are_read_again_until_they_are_right(ledgers: Path) -> None:
    file = invoice(ledgers, "INV-3", "1,00")
    for _ in range(2):
        assert "invoices/2026-01/INV-3.yaml:5:1: bad-amount" in ar(["aging"], ledgers).err
    invoice(ledgers, "INV-3", "1.00")
    settle(ledgers)
    assert_same(ledgers)
    assert ar(["check"], ledgers).status == 0
    file.unlink()
    assert_same(ledgers)
