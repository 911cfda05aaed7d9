"""A clerk at work: any commands in any order, checked against the oracle after each; and two clerks whose work is
merged by a real git (INVARIANTS B, C13, D2, E1, E2, E6, H2)."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arledger.dates import month_of, months, parse_month
from books import START
from clerk import DONE, REFUSED, Act, draw_act, start, tree
from console import Done, ar, environment
from model import Facts, Model, minor, read

TODAY = environment(AR_TODAY="2027-12-31")


def run(home: Path, *arguments: str) -> Done:
    return ar(arguments, home, TODAY)


def agrees(home: Path, facts: Facts) -> None:
    """What `ar open` shows for the last day is what the oracle makes of the files."""
    items = json.loads(run(home, "open", "--format", "json").out)["rows"]
    shown = {row["item"]: (row["due"], minor(row["open"], row["currency"])) for row in items}
    last = dt.date(2027, 12, 31)
    assert shown == {name: (str(due), left) for name, (due, left) in Model(facts).instalments(last).items()}


class Books(RuleBasedStateMachine):
    """One clerk. Every command ends in success or a refusal, adds files only, and leaves books that hold together."""

    @initialize()
    def begin(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        start(self.home)
        self.before = tree(self.home / "ledgers")
        self.facts: Facts = {}
        self.closed = dt.date.min

    def teardown(self) -> None:
        if hasattr(self, "home"):
            shutil.rmtree(self.home)

    def did(self, done: Done, command: Any) -> None:
        """Files were added, none changed; a refusal added nothing."""
        note(f"{command} → {done.status} {done.err.strip()}")
        now = tree(self.home / "ledgers")
        assert {path: now.get(path) for path in self.before} == self.before
        assert done.status in (*DONE, *REFUSED), done
        assert done.status in DONE or now == self.before
        self.before, self.facts = now, read(self.home / "ledgers")

    @rule(data=st.data())
    def acts(self, data: st.DataObject) -> None:
        for _ in range(3):
            act = data.draw(st.composite(lambda draw: draw_act(draw, self.facts, self.closed))())
            done = run(self.home, *act.command)
            event(f"{' '.join(act.command[:2])}"[:15] + f" {done.status}")
            ends = REFUSED if act.day <= self.closed else act.ends
            self.did(done, act.command)
            assert done.status in ends, (act, done)

    @rule(data=st.data())
    def only_tries(self, data: st.DataObject) -> None:
        """--dry-run says what would happen, and does not do it."""
        act = data.draw(st.composite(lambda draw: draw_act(draw, self.facts, self.closed))())
        tried = run(self.home, *act.command, "--dry-run")
        assert tree(self.home / "ledgers") == self.before
        done = run(self.home, *act.command)
        self.did(done, act.command)
        assert (tried.status == 0) == (done.status == 0), (act, tried, done)

    @rule(key=st.sampled_from(["K-1", "K-2"]), days=st.integers(0, 400))
    def pays_with_a_key(self, key: str, days: int) -> None:
        """E6: however often it is asked for, what has a key is posted once."""
        when = str(max(START + dt.timedelta(days), self.closed + dt.timedelta(1)))
        command = ("payment", "new", "-c", "ACME", "--amount", "1.00", "--date", when, "--key", key)
        self.did(run(self.home, *command), command)
        assert sum(doc.get("key") == key for _, doc in self.facts.values()) == 1

    @precondition(lambda self: len(self.facts) > 8)
    @rule(data=st.data())
    def closes_a_month(self, data: st.DataObject) -> None:
        first = min(dt.date.fromisoformat(doc["date"]) for _, doc in self.facts.values())
        next_ = max(first, self.closed + dt.timedelta(1)) if self.closed != dt.date.min else first
        month = data.draw(st.sampled_from(list(months(next_, next_ + dt.timedelta(31)))))
        done = run(self.home, "close", month)
        self.did(done, ("close", month))
        if done.status == 0:
            self.closed = parse_month(month)[1]
        else:
            assert month != month_of(next_), done

    @invariant()
    def holds_together(self) -> None:
        if hasattr(self, "home"):
            assert Model(self.facts).broken() == []
            checked = run(self.home, "check")
            assert checked.status == 0, checked
            agrees(self.home, self.facts)

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        """E1, E2: each series counts from 1."""
        series: dict[str, list[int]] = {}
        for fact in getattr(self, "facts", {}):
            if found := re.fullmatch(r"((?:INV|CN|DN)-\d{4}-)(\d{5})", fact):
                series.setdefault(found[1], []).append(int(found[2]))
        for numbers in series.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=max(4, settings.default.max_examples // 5), stateful_step_count=8,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def git(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=home, env=TODAY, capture_output=True, text=True)


def works(home: Path, data: st.DataObject, acts: int, message: str) -> list[tuple[str, ...]]:
    """Does a few things and commits them; gives what was done."""
    done: list[tuple[str, ...]] = []
    for _ in range(acts):
        act: Act = data.draw(st.composite(lambda draw: draw_act(draw, read(home / "ledgers")))())
        if run(home, *act.command).status == 0:
            done.append(act.command)
    if data.draw(st.integers(0, 4)) == 0 and (facts := read(home / "ledgers")):
        run(home, "close", month_of(min(dt.date.fromisoformat(doc["date"]) for _, doc in facts.values())))
    git(home, "add", "-A")
    git(home, "commit", "-q", "--allow-empty", "-m", message)
    note(f"{message}: {done}")
    return done


class Side(NamedTuple):
    """What a branch has in the end: its facts, the months it closed, each with the one before."""

    facts: Facts
    closes: Mapping[str, str]


def side(home: Path) -> Side:
    closes = {path.stem: yaml.load(path.read_text(), yaml.BaseLoader).get("previous", "")
              for path in (home / "ledgers/periods").glob("*.yaml")}  # fmt: skip
    return Side(read(home / "ledgers"), closes)


def broken_by_the_merge(sides: list[Side], merged: Side) -> set[str]:
    """What the model finds wrong with a merge of sides that were in order: codes of the kinds of finding there are."""
    found = {"over-applied"} if Model(merged.facts).broken() else set()
    for period in merged.closes:
        end = parse_month(period)[1]
        dated = {fact for fact, (_, doc) in merged.facts.items() if dt.date.fromisoformat(doc["date"]) <= end}
        if any(period in one.closes and not dated <= one.facts.keys() for one in sides):
            found.add("closed-period-changed")
    if [merged.closes[period] for period in sorted(merged.closes)] != ["", *sorted(merged.closes)][:-1]:
        found.add("period-order")
    return found


@given(st.data())
@settings(max_examples=270 if settings.default.max_examples >= 500 else settings.default.max_examples // 3)
def test_two_clerks_and_a_merge(data: st.DataObject) -> None:
    """B12, E1: git stops at the same name for two things; of what it lets through `ar check` says what the model says.

    No false clean and no false alarm: the verdict is the model's, and so is each kind of finding.
    """
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        start(home)
        git(home, "init", "-q", "-b", "main")
        works(home, data, 4, "before")
        git(home, "checkout", "-q", "-b", "other")
        works(home, data, 3, "hers")
        sides = [side(home)]
        git(home, "checkout", "-q", "main")
        works(home, data, 3, "his")
        sides.append(side(home))
        merged = git(home, "merge", "-q", "--no-edit", "other")
        checked = run(home, "check", "--format", "json")
        problems = json.loads(checked.out)["problems"]
        codes = {problem["code"] for problem in problems}
        note(f"{merged.stdout} {checked}")
        assert (checked.status == 0) == (problems == [])
        assert all((home / problem["path"]).exists() and problem["hint"] for problem in problems)
        event("git stopped" if merged.returncode else f"merged: {sorted(codes) or 'ok'}")
        if merged.returncode:
            both = git(home, "diff", "--name-only", "--diff-filter=U").stdout.split()
            assert {p["path"] for p in problems if p["code"] == "merge-conflict"} == set(both) != set()
            return
        ids = [path.stem.lower() for path in (home / "ledgers").glob("*/**/*.yaml")]
        if len(ids) > len(set(ids)):
            assert "duplicate-id" in codes
            return
        after = side(home)
        assert codes - {"closing-balance"} == broken_by_the_merge(sides, after)
        for problem in problems:
            if problem["code"] == "over-applied":
                assert any(fact in problem["hint"] for fact in after.facts), problem
                assert problem["message"].count(" by ") > 1, problem
        if not problems:
            agrees(home, after.facts)
