"""Git in every state it is left in: reading works, posting works, and `--commit` commits or posts nothing
(INVARIANTS §2, rows 13 and 14)."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import small_books
from clerk import tree
from console import Done, ar, codes, environment

TODAY = environment(AR_TODAY="2026-02-10")
CUSTOMER = "ledgers/customers/ACME.yaml"


def git(home: Path, *arguments: str, ok: bool = True) -> str:
    done = subprocess.run(["git", *arguments], cwd=home, env=TODAY, capture_output=True, text=True)
    assert done.returncode == 0 or not ok, done.stderr
    return done.stdout


def edit(home: Path, name: str) -> None:
    path = home / CUSTOMER
    path.write_text(re.sub("^name: .*", f"name: {name}", path.read_text()))
    git(home, "commit", "-q", "-am", name)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Books of two branches that both renamed a customer; main is checked out."""
    home = small_books.write(tmp_path / "books")
    (home / ".gitignore").write_text(".ar/\n")
    git(home, "init", "-q", "-b", "main")
    git(home, "add", "-A")
    git(home, "commit", "-q", "-m", "start")
    git(home, "checkout", "-q", "-b", "other")
    edit(home, "Acme Holding")
    git(home, "checkout", "-q", "main")
    edit(home, "Acme AG")
    return home


def post(home: Path, *more: str) -> Done:
    return ar(["payment", "new", "-c", "ACME", "--amount", "1.00", "--date", "2026-02-09", "--yes", *more], home, TODAY)


# in conflict


@pytest.mark.parametrize("command", ["merge", "rebase", "cherry-pick"])
@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_a_conflict_is_named_and_nothing_is_posted(books: Path, command: str, style: str) -> None:
    git(books, "-c", f"merge.conflictStyle={style}", command, "other", ok=False)
    assert "<<<<<<<" in (books / CUSTOMER).read_text()
    assert ("|||||||" in (books / CUSTOMER).read_text()) == (style == "diff3")
    before = tree(books)
    assert codes(books, TODAY) == ["merge-conflict"]
    assert (post(books).status, post(books, "--commit").status) in ((3, 5), (3, 3))
    assert tree(books) == before
    assert ar(["aging", "--at", "main"], books, TODAY).status == 0
    assert ar(["diff", "other..main"], books, TODAY).status == 0


# in the middle of something, without a conflict


def half_merged(home: Path) -> None:
    git(home, "merge", "-q", "--no-commit", "-X", "ours", "other")


def half_picked(home: Path) -> None:
    git(home, "cherry-pick", "other", ok=False)
    git(home, "checkout", "-q", "--theirs", CUSTOMER)
    git(home, "add", "-A")


def half_reverted(home: Path) -> None:
    git(home, "revert", "--no-commit", "HEAD")


def half_rebased(home: Path) -> None:
    git(home, "rebase", "other", ok=False)
    git(home, "checkout", "-q", "--theirs", CUSTOMER)
    git(home, "add", "-A")


def bisecting(home: Path) -> None:
    edit(home, "Acme SE")
    edit(home, "Acme KG")
    git(home, "bisect", "start", "HEAD", "HEAD~3")


def detached(home: Path) -> None:
    git(home, "checkout", "-q", "--detach", "HEAD~1")


def locked(home: Path) -> None:
    (home / ".git/index.lock").write_text("")


def nothing(home: Path) -> None:
    pass


#: State → whether git commits single files in it.
STATES: list[tuple[Callable[[Path], None], bool]] = [
    (nothing, True), (half_merged, False), (half_picked, False), (half_reverted, False), (half_rebased, True),
    (bisecting, True), (detached, True), (locked, False),
]  # fmt: skip


@pytest.mark.parametrize(("state", "commits"), STATES, ids=lambda value: getattr(value, "__name__", ""))
def test_reading_and_posting_work_and_a_commit_is_made_or_nothing_posted(
    books: Path, state: Callable[[Path], None], commits: bool
) -> None:
    state(books)
    for command in (["aging"], ["check"], ["diff", "main..other"], ["why", "INV-2026-00001"], ["report", "duties"]):
        assert ar(command, books, TODAY).status == 0, command
    before = tree(books)
    done = post(books, "--commit")
    assert (done.status == 0, done.status in (0, 5)) == (commits, True), done
    assert (tree(books) == before) == (not commits)
    if commits:
        assert git(books, "show", "--name-only", "--format=%an", "HEAD").split("\n")[2].startswith("ledgers/payments/")
    assert post(books, "--reference", "another").status == 0
    assert codes(books, TODAY) == []


# other repositories


def test_a_linked_work_tree_and_a_submodule(books: Path) -> None:
    there, whole = books.with_name("there"), books.with_name("whole")
    git(books, "worktree", "add", "-q", str(there), "other")
    whole.mkdir()
    git(whole, "init", "-q", "-b", "main")
    git(whole, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(books), "books")
    for home in (there, whole / "books"):
        assert ar(["diff", "HEAD~1.."], home, TODAY).status == 0
        assert post(home, "--commit").status == 0
        assert codes(home, TODAY) == []
        assert "payments" in ar(["diff", "HEAD~1..", "--format", "csv"], home, TODAY).out


def test_a_shallow_clone_knows_not_who_did_what(books: Path) -> None:
    """What it begins with was added by somebody it has no word of; what came after is known."""
    shallow = books.with_name("shallow")
    git(books, "clone", "-q", "--depth", "1", f"file://{books}", str(shallow))
    done = ar(["report", "duties", "--format", "json"], shallow, TODAY)
    assert json.loads(done.out)["people"] == []
    assert "the clone is shallow" in done.err
    assert post(shallow, "--commit").status == 0
    (one,) = json.loads(ar(["report", "duties", "--format", "json"], shallow, TODAY).out)["people"]
    assert one["payments"] == 1
    assert ar(["aging", "--at", "HEAD~1"], shallow, TODAY).status == 0
    assert ar(["aging", "--at", "HEAD~2"], shallow, TODAY).status == 2


def test_a_partial_clone_says_what_it_has_not(books: Path) -> None:
    """Nothing is fetched while a report is made, and nothing left out of it."""
    git(books, "config", "uploadpack.allowFilter", "true")
    partial = books.with_name("partial")
    git(books, "clone", "-q", "--filter=blob:none", f"file://{books}", str(partial))
    assert ar(["aging"], partial, TODAY).status == 0
    done = ar(["aging", "--at", "HEAD~1"], partial, TODAY)
    assert (done.status, "git has not what customers/ACME.yaml was" in done.err) == (7, True), done
