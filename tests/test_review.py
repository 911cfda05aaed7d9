"""Review in git: books at a commit, what a branch does, who approved what, and repositories that mean harm."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import tempfile
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

import small_books
from arledger.cli.commands import COMMANDS
from arledger.documents.approvals import Action
from arledger.documents.kinds import FACTS
from arledger.policy.approvals import ApprovalRule, Person
from arledger.policy.policy import Company, Policy
from arledger.store.git_files import FOLDERS, codeowners
from clerk import DONE, draw_act, start
from console import ar, codes, environment
from model import read

ROOT = Path(__file__).parents[1]
TODAY = environment(AR_TODAY="2027-12-31")
JO = {"GIT_AUTHOR_NAME": "Jo Reyes", "GIT_AUTHOR_EMAIL": "jo@northwind.example"}
MARIA = {"GIT_AUTHOR_NAME": "Maria Lopez", "GIT_AUTHOR_EMAIL": "maria@northwind.example"}
TOM = {"GIT_AUTHOR_NAME": "Tom Ayers", "GIT_AUTHOR_EMAIL": "tom@northwind.example"}


def git(home: Path, *arguments: str, env: Mapping[str, str] = TODAY) -> str:
    done = subprocess.run(["git", *arguments], cwd=home, env=dict(env), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def js(home: Path, *arguments: str, status: int = 0) -> Any:
    done = ar([*arguments, "--format", "json"], home, TODAY)
    assert done.status == status, done
    return json.loads(done.out)


REPORTS = (("aging", "--as-of", "2026-06-30"), ("open",),
           ("report", "rollforward", "--from", "2026-01-01", "--to", "2027-12-31"))  # fmt: skip


@given(st.data())
@settings(max_examples=max(5, settings.default.max_examples // 8))
def test_books_at_a_commit_are_those_of_a_checkout(data: st.DataObject) -> None:
    """INVARIANTS C10: what a report said at a commit it says for ever, whatever has happened since."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "books"
        home.mkdir()
        start(home)
        (home / ".gitignore").write_text(".ar/\n")
        git(home, "init", "-q", "-b", "main")
        said: dict[str, dict[tuple[str, ...], str]] = {}
        for step in range(3):
            for _ in range(data.draw(st.integers(1, 3))):
                act = draw_act(data.draw, read(home / "ledgers"))
                ar(list(act.command), home, TODAY)
            git(home, "add", "-A")
            git(home, "commit", "-q", "--allow-empty", "-m", f"step {step}")
            commit = git(home, "rev-parse", "HEAD").strip()
            said[commit] = {report: ar([*report, "--format", "json"], home, TODAY).out for report in REPORTS}
        last = data.draw(draw_act_on(home), label="not committed")
        ar(list(last), home, TODAY)
        for commit, told in said.items():
            there = Path(name) / commit
            git(home, "worktree", "add", "-q", "--detach", str(there), commit)
            for report, bytes_ in told.items():
                then = [*report, "--format", "json"]
                assert ar([*then, "--at", commit], home, TODAY).out == bytes_, (commit, report)
                assert ar(then, there, TODAY).out == bytes_, (commit, report)


def draw_act_on(home: Path) -> st.SearchStrategy[tuple[str, ...]]:
    @st.composite
    def act(draw: Any) -> tuple[str, ...]:
        return draw_act(draw, read(home / "ledgers")).command

    return act()


@given(st.data())
@settings(max_examples=max(6, settings.default.max_examples // 5))
def test_a_diff_is_the_difference_of_the_ageings(data: st.DataObject) -> None:
    """Per customer and bucket: after less before; in total the control account's change; nothing posted is edited."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        start(home)
        (home / ".gitignore").write_text(".ar/\n")
        git(home, "init", "-q", "-b", "main")
        facts = 0
        for _ in range(data.draw(st.integers(0, 3))):
            ar(list(draw_act(data.draw, read(home / "ledgers")).command), home, TODAY)
        git(home, "add", "-A")
        git(home, "commit", "-q", "--allow-empty", "-m", "before")
        before = js(home, "aging")["rows"]
        for _ in range(data.draw(st.integers(1, 3))):
            done = ar([*draw_act(data.draw, read(home / "ledgers")).command, "--format", "json"], home, TODAY)
            facts += len(json.loads(done.out).get("facts", [])) if done.status in DONE else 0
        after = js(home, "aging")["rows"]
        found = js(home, "diff", "main..")
        assert found["ok"]
        assert "refused" not in found
        assert sum(row["count"] for row in found.get("added", [])) == facts
        moved = {(row["customer"], row["currency"]): row for row in found.get("customers", [])}
        keys = ["current", "1-30", "31-60", "61-90", "91+", "unapplied", "total"]
        for key in {(row["customer"], row["currency"]) for row in (*before, *after)}:
            old, new = (
                next((r for r in rows if (r["customer"], r["currency"]) == key), {}) for rows in (before, after)
            )
            wanted = {bucket: cents(new.get(bucket, "0")) - cents(old.get(bucket, "0")) for bucket in keys}
            shown = {bucket: cents(moved.get(key, {}).get(bucket, "0")) for bucket in keys}
            assert shown == wanted, key


def cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole + rest.ljust(3, "0")) if text else 0


# who approves what

LEDGER = """company: {name: Northwind Supply Co.}
currency: EUR
people:
  jo: {name: Jo Reyes, email: jo@northwind.example}
  maria: {name: Maria Lopez, email: maria@northwind.example}
  tom: {name: Tom Ayers, email: tom@northwind.example}
approvals:
  - {action: write-off, above: 50.00, by: [jo, maria]}
  - {action: write-off, above: 500.00, by: [maria]}
  - {action: credit-note, above: 50.00, by: [maria, tom]}
  - {action: refund, by: [tom]}
"""
INVOICE = "customer: ACME\ndate: 2026-05-01\ndue: 2026-05-31\ncurrency: EUR\ntotal: 1000.00\n"
PAYMENT = "customer: ACME\ndate: 2026-05-02\ncurrency: EUR\namount: 300.00\n"

Step = tuple[Mapping[str, str], tuple[str, ...]]


def approve(who: Mapping[str, str], action: str, about: str, by: str, amount: str = "") -> Step:
    more = ("--amount", amount) if amount else ()
    return who, ("approve", action, about, "--by", by, *more)


def write_off(who: Mapping[str, str], amount: str, item: str = "INV-1") -> Step:
    return who, ("write-off", item, "--amount", amount, "--reason", "damaged")


def credit(who: Mapping[str, str], amount: str, against: str = "INV-1") -> Step:
    return who, ("credit-note", "new", "--customer", "ACME", "--amount", amount, "--against", against)


def refund(who: Mapping[str, str], amount: str) -> Step:
    return who, ("payment", "refund", "PAY-1", "--amount", amount)


#: Histories in which duties are kept apart: nothing to say.
CLEAN: list[list[Step]] = [
    [write_off(JO, "50.00")],
    [write_off(MARIA, "49.99")],
    [credit(JO, "50.00")],
    [approve(MARIA, "write-off", "INV-1", "maria"), write_off(JO, "80.00")],
    [approve(MARIA, "write-off", "INV-1", "maria", "80.00"), write_off(JO, "80.00")],
    [approve(JO, "write-off", "INV-1", "jo", "500.00"), write_off(MARIA, "500.00")],
    [approve(JO, "write-off", "INV-1", "jo"), write_off(TOM, "51.00")],
    [approve(MARIA, "write-off", "INV-1", "maria"), write_off(JO, "900.00")],
    [approve(MARIA, "write-off", "INV-1", "maria", "120.00"), write_off(JO, "60.00"), write_off(JO, "60.00")],
    [approve(MARIA, "write-off", "INV-1", "maria"), write_off(JO, "30.00"), write_off(TOM, "30.00")],
    [approve(TOM, "credit-note", "INV-1", "tom"), credit(JO, "60.00")],
    [approve(MARIA, "credit-note", "INV-1", "maria", "60.00"), credit(TOM, "60.00")],
    [approve(TOM, "refund", "PAY-1", "tom"), refund(JO, "10.00")],
    [approve(TOM, "refund", "PAY-1", "tom", "300.00"), refund(MARIA, "300.00")],
    [approve(TOM, "refund", "PAY-1", "tom", "20.00"), refund(JO, "10.00"), refund(MARIA, "10.00")],
    [approve(MARIA, "write-off", "INV-1", "maria")],
    [approve(JO, "write-off", "INV-1", "jo"), approve(MARIA, "write-off", "INV-1", "maria"), write_off(TOM, "600.00")],
    [approve(MARIA, "write-off", "INV-2", "maria"), write_off(JO, "80.00", "INV-2"), write_off(JO, "20.00")],
    [approve(TOM, "credit-note", "INV-2", "tom"), credit(MARIA, "60.00", "INV-2"), write_off(MARIA, "10.00")],
    [approve(MARIA, "write-off", "INV-1", "maria"), write_off(JO, "80.00"), credit(MARIA, "10.00")],
]
#: Histories in which they are not, each with what is said of it.
BROKEN: list[tuple[list[Step], str]] = [
    ([approve(MARIA, "write-off", "INV-1", "maria"), write_off(MARIA, "80.00")], "approval-own"),
    ([approve(JO, "write-off", "INV-1", "jo"), write_off(JO, "51.00")], "approval-own"),
    ([approve(JO, "write-off", "INV-1", "maria"), write_off(JO, "80.00")], "approval-not-theirs"),
    ([approve(TOM, "write-off", "INV-1", "maria"), write_off(JO, "80.00")], "approval-not-theirs"),
    ([approve(JO, "write-off", "INV-1", "maria")], "approval-not-theirs"),
    ([approve(MARIA, "write-off", "INV-1", "jo"), write_off(TOM, "80.00")], "approval-not-theirs"),
    ([approve(TOM, "credit-note", "INV-1", "tom"), credit(TOM, "60.00")], "approval-own"),
    ([approve(MARIA, "credit-note", "INV-1", "tom"), credit(JO, "60.00")], "approval-not-theirs"),
    ([approve(MARIA, "credit-note", "INV-1", "maria"), credit(MARIA, "60.00")], "approval-own"),
    ([approve(TOM, "refund", "PAY-1", "tom"), refund(TOM, "1.00")], "approval-own"),
    ([approve(JO, "refund", "PAY-1", "tom"), refund(MARIA, "1.00")], "approval-not-theirs"),
    ([approve(MARIA, "refund", "PAY-1", "tom"), refund(MARIA, "1.00")], "approval-own"),
    ([approve(MARIA, "write-off", "INV-1", "maria", "120.00"), write_off(JO, "60.00"), write_off(MARIA, "60.00")],
     "approval-own"),
    ([approve(MARIA, "write-off", "INV-1", "maria"), write_off(MARIA, "900.00")], "approval-own"),
    ([approve(JO, "write-off", "INV-1", "jo"), approve(MARIA, "write-off", "INV-1", "maria"),
      write_off(MARIA, "600.00")], "approval-own"),
    ([approve(MARIA, "write-off", "INV-2", "maria"), write_off(MARIA, "80.00", "INV-2")], "approval-own"),
    ([approve(TOM, "credit-note", "INV-2", "tom"), credit(TOM, "60.00", "INV-2")], "approval-own"),
    ([approve(TOM, "credit-note", "INV-2", "maria"), credit(JO, "60.00", "INV-2")], "approval-not-theirs"),
    ([approve(JO, "write-off", "INV-1", "jo"), write_off(JO, "30.00"), write_off(JO, "30.00")], "approval-own"),
    ([write_off(MARIA, "40.00"), approve(MARIA, "write-off", "INV-1", "maria"), write_off(MARIA, "40.00")],
     "approval-own"),
]  # fmt: skip


def committer(who: Mapping[str, str]) -> dict[str, str]:
    """Somebody at work: author and committer."""
    return {**who, **{name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}}


def played(home: Path, steps: list[Step], policy: str = LEDGER, since: Sequence[str] = ()) -> list[str]:
    """The codes `ar check` has for a history: each step a commit of its author, or what they do in git."""
    ledgers = home / "ledgers"
    for path, text in {"ledger.yaml": policy, "customers/ACME.yaml": "name: Acme\n", "invoices/2026-05/INV-1.yaml":
                       INVOICE, "invoices/2026-05/INV-2.yaml": INVOICE, "payments/2026-05/PAY-1.yaml":
                       PAYMENT}.items():  # fmt: skip
        (ledgers / path).parent.mkdir(parents=True, exist_ok=True)
        (ledgers / path).write_text(text)
    (home / ".gitignore").write_text(".ar/\n")
    git(home, "init", "-q", "-b", "main")
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "start")
    for who, command in steps:
        if command[0] == "git":
            git(home, *command[1:], env={**TODAY, **committer(who)})
            continue
        done = ar([*command, "--date", "2026-06-02", "--yes", "--commit"], home, {**environment(), **who})
        assert done.status == 0, done
    checked = ar(["check", *since, "--format", "json"], home, TODAY)
    return [problem["code"] for problem in json.loads(checked.out)["problems"]]


@pytest.mark.parametrize("number", range(len(CLEAN)))
def test_duties_kept_apart(tmp_path: Path, number: int) -> None:
    assert played(tmp_path, CLEAN[number]) == []


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_duties_not_kept_apart(tmp_path: Path, number: int) -> None:
    steps, code = BROKEN[number]
    assert code in played(tmp_path, steps)


# agreement by a commit

REVIEWED = LEDGER.replace("by: [jo, maria]}", "by: [jo, maria], review: yes}").replace(
    "by: [maria]}", "by: [maria], review: yes}"
)


def in_git(who: Mapping[str, str], *arguments: str) -> Step:
    return who, ("git", *arguments)


def approves(who: Mapping[str, str], *names: str) -> Step:
    """An empty commit whose message says what it approves."""
    return in_git(who, "commit", "-q", "--allow-empty", "-m", "Looks right", "-m", f"Approves: {', '.join(names)}")


BRANCH, BACK = in_git(JO, "checkout", "-q", "-b", "work"), in_git(JO, "checkout", "-q", "main")


def merges(who: Mapping[str, str], branch: str = "work") -> Step:
    return in_git(who, "merge", "-q", "--no-ff", "--no-edit", branch)


#: Histories in which a commit is the agreement.
AGREED: dict[str, list[Step]] = {
    "a reviewer merges": [BRANCH, write_off(JO, "80.00"), BACK, merges(MARIA)],
    "a reviewer merges several": [BRANCH, write_off(JO, "80.00"), write_off(TOM, "80.00", "INV-2"), BACK,
                                  merges(MARIA)],
    "the reviewer is another for another tier": [BRANCH, write_off(JO, "900.00"), BACK, merges(MARIA)],
    "anybody of the tier": [BRANCH, write_off(TOM, "80.00"), BACK, merges(JO)],
    "merged into a branch that somebody else merges": [
        in_git(JO, "checkout", "-q", "-b", "release"), BRANCH, write_off(JO, "80.00"),
        in_git(MARIA, "checkout", "-q", "release"), merges(MARIA), BACK, merges(TOM, "release")],
    "a reviewer's commit after it": [BRANCH, write_off(JO, "80.00"), approves(MARIA, "INV-1-W1")],
    "a reviewer's commit names several": [BRANCH, write_off(JO, "80.00"), write_off(JO, "60.00", "INV-2"),
                                          approves(MARIA, "INV-1-W1", "INV-2-W1")],
    "a reviewer's commit, and anybody merges": [BRANCH, write_off(JO, "80.00"), approves(MARIA, "INV-1-W1"), BACK,
                                                merges(JO)],
    "main moved on meanwhile": [BRANCH, write_off(JO, "80.00"), BACK, write_off(JO, "1.00", "INV-2"),
                                in_git(JO, "checkout", "-q", "work"), merges(JO, "main"), BACK, merges(MARIA)],
    "what a reviewer merges makes up for an approval of one's own": [
        BRANCH, approve(JO, "write-off", "INV-1", "jo"), write_off(JO, "80.00"), BACK, merges(MARIA)],
    "an approval fact still does": [approve(MARIA, "write-off", "INV-1", "maria"), write_off(JO, "80.00")],
}  # fmt: skip
#: Histories in which none is.
NOT_AGREED: dict[str, list[Step]] = {
    "nobody did anything": [BRANCH, write_off(JO, "80.00")],
    "the author merges": [BRANCH, write_off(JO, "80.00"), BACK, merges(JO)],
    "the author may approve, and merges": [BRANCH, write_off(MARIA, "80.00"), BACK, merges(MARIA)],
    "somebody merges who may not": [BRANCH, write_off(JO, "80.00"), BACK, merges(TOM)],
    "somebody merges who may not so much": [BRANCH, write_off(TOM, "900.00"), BACK, merges(JO)],
    "main is fast-forwarded": [BRANCH, write_off(JO, "80.00"), BACK, in_git(MARIA, "merge", "-q", "work")],
    "a reviewer brings her branch up to date": [
        BRANCH, write_off(MARIA, "1.00", "INV-2"), BACK, write_off(JO, "80.00"),
        in_git(MARIA, "checkout", "-q", "work"), merges(MARIA, "main")],
    "and main merges that": [
        BRANCH, write_off(MARIA, "1.00", "INV-2"), BACK, write_off(JO, "80.00"),
        in_git(MARIA, "checkout", "-q", "work"), merges(MARIA, "main"), BACK, merges(MARIA)],
    "a merge that main does not have": [
        BRANCH, write_off(JO, "80.00"), in_git(MARIA, "checkout", "-q", "--detach", "main"), merges(MARIA)],
    "agreed to before it was there": [BRANCH, approves(MARIA, "INV-1-W1"), write_off(JO, "80.00")],
    "agreed to on another branch": [BRANCH, approves(MARIA, "INV-1-W1"), BACK, write_off(JO, "80.00"),
                                    in_git(JO, "merge", "-q", "--no-edit", "work")],
    "agreed to something else": [BRANCH, write_off(JO, "80.00"), approves(MARIA, "INV-2-W1", "INV-1")],
    "the author says so": [BRANCH, write_off(JO, "80.00"), approves(JO, "INV-1-W1")],
    "somebody says so who may not": [BRANCH, write_off(JO, "80.00"), approves(TOM, "INV-1-W1")],
    "a reviewer does something else": [BRANCH, write_off(JO, "80.00"), write_off(MARIA, "1.00", "INV-2")],
}  # fmt: skip


@pytest.mark.parametrize("story", AGREED)
def test_a_commit_is_agreement(tmp_path: Path, story: str) -> None:
    assert played(tmp_path, AGREED[story], REVIEWED) == []
    assert js(tmp_path, "check", "--since", "main~0")["problems"] == []
    assert js(tmp_path, "report", "duties")["ok"]


@pytest.mark.parametrize("story", NOT_AGREED)
def test_a_commit_is_no_agreement(tmp_path: Path, story: str) -> None:
    assert played(tmp_path, NOT_AGREED[story], REVIEWED) == ["approval-missing"]
    approved = js(tmp_path, "report", "duties")["approved"]
    assert [row["by"] for row in approved] == ["nobody"]


def test_what_was_posted_for_review_is_told_and_no_figure_waits_for_it(tmp_path: Path) -> None:
    """Policy that lets a branch be agreed to lets it be posted; the month stays open until somebody did."""
    played(tmp_path, [BRANCH], REVIEWED)
    posted = ar(["write-off", "INV-1", "--amount", "80.00", "--reason", "x", "--date", "2026-05-31", "--yes",
                 "--commit"], tmp_path, {**environment(), **JO})  # fmt: skip
    assert posted.status == 0
    assert "write-off of 80.00 EUR on INV-1 needs the approval of jo or maria: one of them merges" in posted.err
    assert ar(["aging"], tmp_path, TODAY).status == 0
    refused = ar(["close", "2026-05", "--yes"], tmp_path, TODAY)
    assert (refused.status, "approval-missing" in refused.err) == (3, True)
    git(tmp_path, *approves(MARIA, "INV-1-W1")[1][1:], env={**TODAY, **committer(MARIA)})
    assert ar(["close", "2026-05", "--yes"], tmp_path, TODAY).status == 0


def test_a_branch_is_judged_by_the_rules_of_main(tmp_path: Path) -> None:
    """No branch takes away the rule that stands in its way."""
    played(tmp_path, [BRANCH], REVIEWED)
    (tmp_path / "ledgers/ledger.yaml").write_text(LEDGER.partition("approvals:")[0])
    git(tmp_path, "commit", "-q", "-am", "simpler rules")
    ar(write_off(JO, "80.00")[1] + ("--date", "2026-06-02", "--yes", "--commit"), tmp_path, {**environment(), **JO})
    assert js(tmp_path, "check")["problems"] == []
    found = js(tmp_path, "check", "--since", "main", status=1)["problems"]
    assert [problem["code"] for problem in found] == ["approval-missing"]
    git(tmp_path, *approves(MARIA, "INV-1-W1")[1][1:], env={**TODAY, **committer(MARIA)})
    assert js(tmp_path, "check", "--since", "main")["problems"] == []


#: Changes of master data since main, the approvals that go with them, and what is said.
GUARDED: list[tuple[str, Mapping[str, str], list[Step], list[str]]] = [
    ("payer: {accounts: [DE1]}\n", JO, [], ["approval-missing"]),
    ("payer: {accounts: [DE1]}\n", JO, [approve(MARIA, "bank-account", "ACME", "maria")], []),
    ("payer: {accounts: [DE1]}\n", MARIA, [approve(MARIA, "bank-account", "ACME", "maria")], ["approval-own"]),
    ("payer: {names: [ACME CORP]}\n", JO, [], []),
    ("credit_limit: 900.00\n", JO, [], []),
    ("credit_limit: 5000.00\n", JO, [], ["approval-missing"]),
    ("credit_limit: 5000.00\n", JO, [approve(TOM, "credit-limit", "ACME", "tom", "4000.00")], ["approval-missing"]),
    ("credit_limit: 5000.00\n", JO, [approve(TOM, "credit-limit", "ACME", "tom", "5000.00")], []),
    ("terms: net 45\n", JO, [], []),
]


@pytest.mark.parametrize("number", range(len(GUARDED)))
def test_master_data_somebody_guards(tmp_path: Path, number: int) -> None:
    text, who, steps, codes = GUARDED[number]
    played(tmp_path, [])
    ledger = LEDGER + ("  - {action: bank-account, by: [maria]}\n"
                       "  - {action: credit-limit, above: 1000.00, by: [tom]}\n")  # fmt: skip
    (tmp_path / "ledgers/ledger.yaml").write_text(ledger)
    git(tmp_path, "commit", "-q", "-am", "rules")
    git(tmp_path, "checkout", "-q", "-b", "work")
    for author, command in steps:
        done = ar([*command, "--date", "2026-06-02", "--yes", "--commit"], tmp_path, {**environment(), **author})
        assert done.status == 0, done
    (tmp_path / "ledgers/customers/ACME.yaml").write_text("name: Acme\n" + text)
    git(tmp_path, "commit", "-q", "-am", "master data", env={**TODAY, **who})
    done = ar(["check", "--since", "main", "--format", "json"], tmp_path, TODAY)
    assert [problem["code"] for problem in json.loads(done.out)["problems"]] == codes


def test_a_posted_fact_never_says_anything_else(tmp_path: Path) -> None:
    """INVARIANTS E4: what main has stays what it is; new facts and edits of master data are no matter."""
    played(tmp_path, [])
    ledgers = tmp_path / "ledgers"
    git(tmp_path, "checkout", "-q", "-b", "work")
    (ledgers / "customers/ACME.yaml").write_text("name: Acme Corporation\n")
    (ledgers / "invoices/2026-05/INV-3.yaml").write_text(INVOICE)
    assert js(tmp_path, "check", "--since", "main")["problems"] == []
    (ledgers / "invoices/2026-05/INV-2.yaml").write_text(INVOICE.replace("1000.00", "100.00"))
    (ledgers / "payments/2026-05/PAY-1.yaml").unlink()
    found = js(tmp_path, "check", "--since", "main", status=1)["problems"]
    assert {(p["path"], p["code"]) for p in found} == {
        ("ledgers/invoices/2026-05/INV-2.yaml", "posted-fact-changed"),
        ("ledgers/payments/2026-05/PAY-1.yaml", "posted-fact-changed"),
    }


def test_what_main_had_is_looked_for_in_its_whole_history(tmp_path: Path) -> None:
    """INVARIANTS E4: a fact that says something else since main had it is told, also where it is as it was again.

    A branch may put right what only it has: main never had it otherwise.
    """
    played(tmp_path, [])
    invoice = tmp_path / "ledgers/invoices/2026-05/INV-3.yaml"

    def posts(text: str, message: str) -> None:
        invoice.write_text(text)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", message, env={**TODAY, **JO})

    git(tmp_path, "tag", "before")
    git(tmp_path, "checkout", "-q", "-b", "work")
    posts(INVOICE, "issue")
    posts(INVOICE.replace("1000.00", "900.00"), "right")
    assert js(tmp_path, "check", "--since", "before")["problems"] == []
    git(tmp_path, "checkout", "-q", "main")
    git(tmp_path, "merge", "-q", "--no-ff", "--no-edit", "work")
    assert js(tmp_path, "check", "--since", "before")["problems"] == []
    posts(INVOICE, "tidy up")
    posts(INVOICE.replace("1000.00", "900.00"), "as it was")
    (found,) = js(tmp_path, "check", "--since", "before", status=1)["problems"]
    assert (found["path"], found["code"]) == ("ledgers/invoices/2026-05/INV-3.yaml", "posted-fact-changed")
    assert "by Jo Reyes in" in found["message"]
    assert js(tmp_path, "check", "--since", "main")["problems"] == []


def test_whoever_may_approve_owns_what_it_is_about() -> None:
    """INVARIANTS H7: each action has folders, and they and the policy are its approvers' in CODEOWNERS."""
    assert FOLDERS.keys() == set(typing.get_args(Action))
    for action, folders in FOLDERS.items():
        policy = Policy(company=Company("Northwind"), currency="EUR", people={"jo": Person("Jo", handle="@jo")},
                        approvals=(ApprovalRule(action, ("jo",)),))  # fmt: skip
        owned = codeowners(policy, "ledgers/").splitlines()[1:]
        assert set(owned) == {
            f"/ledgers/{path} @jo" for path in ("ledger.yaml", "approvals/", *(f"{f}/" for f in folders))
        }
        assert {*folders} <= {*FACTS, "customers"}


def guarded_books(home: Path) -> None:
    """Books with a rule for bank accounts, on a branch."""
    played(home, [])
    (home / "ledgers/ledger.yaml").write_text(LEDGER + "  - {action: bank-account, by: [maria]}\n")
    git(home, "commit", "-q", "-am", "rules")
    git(home, "checkout", "-q", "-b", "work")


def account(home: Path, number: str) -> None:
    (home / "ledgers/customers/ACME.yaml").write_text(f"name: Acme\npayer: {{accounts: [{number}]}}\n")
    git(home, "commit", "-q", "-am", "account", env={**TODAY, **committer(JO)})


def since_main(home: Path) -> list[str]:
    return [
        p["code"] for p in json.loads(ar(["check", "--since", "main", "--format", "json"], home, TODAY).out)["problems"]
    ]


def test_master_data_is_agreed_to_by_a_commit(tmp_path: Path) -> None:
    """A reviewer's commit agrees to what was there then; a change after it needs another."""
    guarded_books(tmp_path)
    account(tmp_path, "DE1")
    assert since_main(tmp_path) == ["approval-missing"]
    git(tmp_path, *approves(TOM, "ACME")[1][1:], env={**TODAY, **committer(TOM)})
    assert since_main(tmp_path) == ["approval-missing"]
    git(tmp_path, *approves(MARIA, "ACME")[1][1:], env={**TODAY, **committer(MARIA)})
    assert since_main(tmp_path) == []
    account(tmp_path, "DE2")
    assert since_main(tmp_path) == ["approval-missing"]


def test_an_approval_is_of_one_change(tmp_path: Path) -> None:
    """What Maria agreed to last month lets nobody change the account again; one that nobody used yet does."""
    guarded_books(tmp_path)
    who, command = approve(MARIA, "bank-account", "ACME", "maria")
    git(tmp_path, "checkout", "-q", "main")
    ar([*command, "--date", "2026-06-02", "--yes", "--commit"], tmp_path, {**environment(), **who})
    git(tmp_path, "checkout", "-q", "work")
    git(tmp_path, "merge", "-q", "main")
    account(tmp_path, "DE1")
    assert since_main(tmp_path) == []
    git(tmp_path, "branch", "-f", "main")
    account(tmp_path, "DE2")
    assert since_main(tmp_path) == ["approval-missing"]
    assert ar([*command, "--date", "2026-06-03", "--yes", "--commit"], tmp_path, {**environment(), **who}).status == 0
    assert since_main(tmp_path) == []


# with signatures


def keys(folder: Path, home: Path, **people: str) -> Mapping[str, Mapping[str, str]]:
    """A key for each of these people, told to git as theirs; what git needs in its environment to sign as each."""
    lines, signs = [], {}
    for name, email in people.items():
        key = folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        lines.append(f"{email} {key.with_suffix('.pub').read_text()}")
        signs[name] = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.signingkey", "GIT_CONFIG_VALUE_0": str(key)}
    (folder / "signers").write_text("".join(lines))
    git(home, "config", "gpg.format", "ssh")
    git(home, "config", "gpg.ssh.allowedSignersFile", str(folder / "signers"))
    return signs


def signed_books(folder: Path, policy: str) -> tuple[Path, Mapping[str, Mapping[str, str]]]:
    home = folder / "books"
    home.mkdir()
    played(home, [], policy)
    return home, keys(folder, home, maria="maria@northwind.example", jo="jo@northwind.example")


SIGNED = LEDGER.replace("above: 50.00, by: [jo, maria]", "above: 50.00, by: [jo, maria], signed: yes, review: yes")


@pytest.mark.parametrize(("signer", "wanted"), [("maria", []), ("jo", ["approval-unsigned"]),
                                                ("", ["approval-unsigned"])])  # fmt: skip
def test_a_signed_approval_is_believed(tmp_path: Path, signer: str, wanted: list[str]) -> None:
    """Maria's signature holds; one of Jo's in her name does not, nor none."""
    home, signs = signed_books(tmp_path, SIGNED)
    ar(["approve", "write-off", "INV-1", "--by", "maria", "--date", "2026-06-02", "--yes"], home, TODAY)
    git(home, "add", "-A")
    sign = ["-S"] if signer else []
    git(home, "commit", "-q", *sign, "-m", "approve", env={**TODAY, **MARIA, **signs.get(signer, {})})
    ar(["write-off", "INV-1", "--amount", "80.00", "--reason", "x", "--date", "2026-06-02", "--yes", "--commit"], home,
       {**environment(), **JO})  # fmt: skip
    assert codes(home, TODAY) == wanted
    git(home, "config", "gpg.ssh.allowedSignersFile", os.devnull)
    assert codes(home, TODAY) == ["approval-unsigned"]


@pytest.mark.parametrize(("signer", "wanted"), [("maria", []), ("jo", ["approval-missing"])])
def test_a_signed_commit_is_agreement(tmp_path: Path, signer: str, wanted: list[str]) -> None:
    """Maria signs Jo's commit, which stays Jo's; that Jo signs it himself says nothing."""
    home, signs = signed_books(tmp_path, REVIEWED)
    ar(["write-off", "INV-1", "--amount", "80.00", "--reason", "x", "--date", "2026-06-02", "--yes", "--commit"], home,
       {**environment(), **JO})  # fmt: skip
    assert codes(home, TODAY) == ["approval-missing"]
    git(home, "commit", "-q", "--amend", "--no-edit", "-S", env={**TODAY, **signs[signer]})
    assert codes(home, TODAY) == wanted


@pytest.mark.parametrize(
    ("signer", "wanted"), [("maria", []), ("jo", ["approval-missing"]), ("", ["approval-missing"])]
)
def test_where_policy_asks_a_merge_is_signed(tmp_path: Path, signer: str, wanted: list[str]) -> None:
    home, signs = signed_books(tmp_path, SIGNED)
    git(home, "checkout", "-q", "-b", "work")
    ar(["write-off", "INV-1", "--amount", "80.00", "--reason", "x", "--date", "2026-06-02", "--yes", "--commit"], home,
       {**environment(), **JO})  # fmt: skip
    git(home, "checkout", "-q", "main")
    sign = ["-S"] if signer else []
    git(home, "merge", "-q", "--no-ff", "--no-edit", *sign, "work",
        env={**TODAY, **committer(MARIA), **signs.get(signer, {})})  # fmt: skip
    assert codes(home, TODAY) == wanted


# repositories that mean harm


def test_a_hostile_repository_runs_nothing(tmp_path: Path) -> None:
    """No program that a repository's own configuration names is run by anything that reads."""
    home = small_books.write(tmp_path / "books")
    (home / ".gitignore").write_text(".ar/\n")
    (home / ".gitattributes").write_text("*.yaml diff=evil filter=evil\nledgers/invoices/** filter=an=evil\n")
    git(home, "init", "-q", "-b", "main")
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "start")
    git(home, "tag", "then")
    ar(["write-off", "INV-2026-00002", "--reason", "x", "--date", "2026-02-05", "--yes"], home, TODAY)
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "work")
    struck = tmp_path / "struck"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {struck}\ncat\n")
    evil.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).write_text(evil.read_text())
        (hooks / hook).chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "pager.log", "pager.diff", "diff.external", "diff.evil.textconv",
                 "diff.evil.command", "gpg.program", "gpg.ssh.program", "core.sshCommand", "core.editor",
                 "credential.helper", "core.askPass", "interactive.diffFilter", "filter.evil.clean",
                 "filter.evil.smudge", "filter.an=evil.clean", "merge.evil.driver"):  # fmt: skip
        git(home, "config", name, str(evil))
    git(home, "config", "core.hooksPath", str(hooks))
    git(home, "config", "log.showSignature", "true")
    policy = (home / "ledgers/ledger.yaml").read_text()
    (home / "ledgers/ledger.yaml").write_text(policy + "people:\n  jo: {name: Jo, email: jo@northwind.example}\n"
                                              "approvals: [{action: write-off, by: [jo], signed: yes, "
                                              "from: 2027-01-01}]\n")  # fmt: skip
    struck.unlink(missing_ok=True)
    for command in (["aging", "--at", "then"], ["diff", "then.."], ["diff", "then..main"], ["check"],
                    ["check", "--since", "then"], ["why", "INV-2026-00002"], ["report", "duties"],
                    ["report", "late-entries", "--known-at", "then"], ["aging", "--format", "json"],
                    ["bisect", "--good", "then", "--control", "1.00 EUR"]):  # fmt: skip
        for path in (home / "ledgers").rglob("*.yaml"):
            path.touch()  # git has to look into each again
        done = ar(command, home, TODAY)
        assert done.status in (0, 1, 2), done
        assert not struck.exists(), command


# what reading does


#: What a command that reads is asked, where it needs something; of the example, on a day and at a commit.
ASKED: Mapping[str, tuple[str, ...]] = {
    "customer show": ("KENNEBEC",), "invoice show": ("INV-2026-00057",), "payment show": ("2026-06-17-b116f6cd",),
    "contact check": ("KENNEBEC", "--channel", "call"), "plan show": ("BLUEHILL-2026-06-23-PL1",),
    "dispute show": ("INV-2026-00010-Q1",), "why": ("INV-2026-00004",), "statement": ("KENNEBEC",),
    "credit simulate": ("--policy", "ledgers/ledger.yaml"), "report late-entries": ("--known-at", "main"),
    "bisect": ("--good", "main~1", "--control", "1.00 USD"),
    "paper": ("INV-2026-00057", "--output", "../paper.pdf", "--force"),
}  # fmt: skip
#: The example has no such thing: these say so, and write nothing either.
NOTHING_THERE: Mapping[str, tuple[str, ...]] = {
    "order show": ("SO-1",), "contract show": ("CT-1",), "notices show": ("N-1",), "credit file": ("KENNEBEC",),
    "report tax-relief": (),
}  # fmt: skip
_NOT_ASKED = ("verify",)  # reads a file that another command made: test_verify


def reading() -> Iterator[str]:
    """Every command that takes --at: those that read."""

    def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        if hasattr(command, "commands"):
            for child, inner in command.commands.items():
                yield from commands(inner, f"{name} {child}")
        else:
            yield name, command

    for name, known in COMMANDS.items():
        app = importlib.import_module(f"arledger.cli.{known.module}").app
        for full, command in commands(get_command(app), name):
            if "at" in [parameter.name for parameter in command.params] and full not in _NOT_ASKED:
                yield full


def test_what_reads_writes_nothing(tmp_path: Path) -> None:
    """INVARIANTS H2: after every command that reads, at a commit, the work tree and all of .git are as they were."""
    home = tmp_path / "books"
    shutil.copytree(ROOT / "ledgers", home / "ledgers")
    (home / ".gitignore").write_text(".ar/\n")
    git(home, "init", "-q", "-b", "main")
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "start")
    ar(["write-off", "INV-2026-00073", "--amount", "1.00", "--reason", "x", "--date", "2026-06-30", "--yes", "--commit"],
       home)  # fmt: skip
    ar(["write-off", "INV-2026-00059", "--amount", "1.00", "--reason", "x", "--date", "2026-06-30", "--yes"], home)

    def state() -> dict[str, bytes]:
        files = (path for path in home.rglob("*") if path.is_file() and ".ar" not in path.relative_to(home).parts)
        return {str(path): path.read_bytes() for path in files}

    before, ends = state(), {}
    asked = {**dict.fromkeys(reading(), ()), **ASKED}
    for command, more in asked.items():
        ends[command] = ar([*command.split(), *more, "--at", "main"], home, environment(AR_TODAY="2026-06-30")).status
    assert state() == before
    assert {command for command, status in ends.items() if status} == NOTHING_THERE.keys()
