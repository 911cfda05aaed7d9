"""Commits: who made them, what they touched, how they hang together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from arledger.history.asking import ask, resolve, top

MAIN = ("origin/main", "main", "origin/master", "master")  # what the branch that everybody has may be called


class Change(NamedTuple):
    """A commit that touched a file."""

    commit: str
    author: str
    date: str  # YYYY-MM-DD
    subject: str
    email: str = ""  # of the author, where it was asked for
    signer: str = ""  # whose signature git finds good, where it was asked for
    id: str = ""  # the commit in full, where it was asked for


class Commit(NamedTuple):
    """A commit as part of a history."""

    id: str
    parents: tuple[str, ...]
    email: str  # of the author
    approves: tuple[str, ...]  # what its message says it approves: trailers `Approves: INV-7-W1, INV-8-W1`


def added(home: str, paths: Sequence[str], *, until: str = "", signatures: bool = False) -> dict[str, Change]:
    """Path → the commit that added it, for files under `home`; without those that are in no commit.

    Of the history of `until`, or of what is checked out, with what is being merged or picked into it.
    With `signatures` each commit's is looked at, which starts the program that checks it.
    """
    tips = [until] if until else _checked_out(home)
    found: dict[str, Change] = {}
    for change, names in _log(home, tips, paths, ("--diff-filter=A",), signatures=signatures):
        found.update(dict.fromkeys(names, change))  # newest first: the oldest stays
    return {path: found[path] for path in paths if path in found}


def _checked_out(home: str) -> list[str]:
    """The commits that the files at hand come from: more than one where git stopped in the middle of something."""
    names = ("HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
    return [commit for name in names if (commit := resolve(home, name))]


@cache
def cut_off(home: str) -> frozenset[str]:
    """The commits a shallow clone begins with: who added what is not known of what they have."""
    path = os.path.join(home, (ask(home, ["rev-parse", "--git-path", "shallow"]) or "").strip())
    if not os.path.isfile(path):
        return frozenset()
    with open(path, encoding="ascii") as file:
        return frozenset(file.read().split())


def rewritten(home: str, since: str) -> dict[str, Change]:
    """Path → the commit that changed or deleted a file after it was in main, of those since a revision.

    A branch may put right what only it has, so only what main went through counts, its merges as one step.
    """
    main = next((commit for name in MAIN if (commit := resolve(home, name))), "")
    found: dict[str, Change] = {}
    if main:
        line = ("--first-parent", "--diff-merges=first-parent", "--diff-filter=MDT", "--ignore-submodules")
        for change, names in _log(home, [f"{since}..{main}"], ["."], line, signatures=False):
            found.update(dict.fromkeys(names, change))
    return found


def edited(home: str, since: str, paths: Sequence[str], until: str = "HEAD") -> dict[str, Change]:
    """Path → the last commit since a revision that touched it; without files none did."""
    found: dict[str, Change] = {}
    for change, names in _log(home, [f"{since}..{until}"], paths, (), signatures=False):
        found = {**dict.fromkeys(names, change), **found}
    return {path: found[path] for path in paths if path in found}


def _log(
    home: str, commits: Sequence[str], paths: Sequence[str], which: Sequence[str], *, signatures: bool
) -> Iterator[tuple[Change, list[str]]]:
    """The commits that touched any of these files, newest first, each with the files; merges for what is their own."""
    if not paths or not top(home):
        return
    few = paths if len(paths) <= 200 else ["."]  # a command line has an end
    begins = cut_off(home)
    good = "%G?%GS" if signatures else ""
    told = ask(
        home,
        ["log", "--cc", *which, "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative",
         "-z", f"--format=%x1e%h%x1f%an%x1f%as%x1f%s%x1f%ae%x1f{good}%x1f%H%x1f", *commits, "--", *few],
    ) or ""  # fmt: skip
    for entry in told.split("\x1e")[1:]:
        commit, author, date, subject, email, signature, full, names = entry.split("\x1f", 7)
        if full in begins:
            continue  # to git all it has was added there
        change = Change(commit, author, date, subject, email, _signer(signature), full)
        yield change, [name.strip("\n") for name in names.split("\0") if name.strip("\n")]


def _signer(told: str) -> str:
    """The mail address, or else the name, behind a good signature, as `%G?%GS` tells it; "" for any other."""
    if not told.startswith("G"):
        return ""
    return told[1:].rpartition("<")[2].rstrip(">").strip()


def commits(home: str, tips: Sequence[str]) -> list[Commit]:
    """Every commit of the histories of these revisions, newest first."""
    trailers = "%(trailers:key=Approves,valueonly,unfold,separator=%x2C)"
    told = ask(home, ["log", f"--format=%H%x1f%P%x1f%ae%x1f{trailers}%x1e", *tips, "--"]) or ""
    found = []
    for entry in told.split("\x1e"):
        if entry.strip():
            id_, parents, email, names = entry.strip("\n").split("\x1f", 3)
            found.append(Commit(id_, tuple(parents.split()), email, tuple(names.replace(",", " ").split())))
    return found


def signers(home: str, wanted: Sequence[str]) -> dict[str, str]:
    """Commit → whose signature on it git finds good, of commits named in full; without those that have none."""
    if not wanted:
        return {}
    told = ask(home, ["log", "--no-walk=unsorted", "--stdin", "--format=%H %G?%GS"], "\n".join(wanted) + "\n") or ""
    found = (line.partition(" ") for line in told.splitlines())
    return {commit: signer for commit, _, signature in found if (signer := _signer(signature))}


_NAME = "%(if)%(symref)%(then)%(else)%(refname:short)%(end)"  # no name that only stands for another


def names(home: str) -> list[str]:
    """The branches and tags there are, those of other places last."""
    told = ask(home, ["for-each-ref", f"--format={_NAME}", "refs/heads", "refs/tags", "refs/remotes"])
    return (told or "").split()


def merge_base(home: str, one: str, other: str) -> str | None:
    """The commit two revisions have in common, or None."""
    found = ask(home, ["merge-base", "--end-of-options", one, other])
    return found.strip() if found else None


def merged(home: str, revision: str) -> list[str]:
    """The commits that a merge brings together: that under way, or that of a revision; none where it is no merge."""
    under_way = [] if revision else [commit for name in ("HEAD", "MERGE_HEAD") if (commit := resolve(home, name))]
    if len(under_way) > 1:
        return under_way
    told = ask(home, ["rev-list", "--parents", "--max-count=1", revision or "HEAD"]) or ""
    parents = told.split()[1:]
    return parents if len(parents) > 1 else []


def line_of_commits(root: str, good: str, bad: str) -> list[str]:
    """The commits after `good` up to `bad` that touched files under `root`, oldest first, merges as one step."""
    told = ask(root, ["rev-list", "--first-parent", "--reverse", f"{good}..{bad}", "--", "."])
    return (told or "").split()


def described(home: str, commit: str) -> Change:
    """A commit: short id, author, date and subject."""
    told = ask(home, ["log", "-1", "--format=%h%x1f%an%x1f%as%x1f%s%x1f%ae", commit]) or ""
    short, author, date, subject, email = (told.strip("\n").split("\x1f") + [""] * 5)[:5]
    return Change(short, author, date, subject, email)
