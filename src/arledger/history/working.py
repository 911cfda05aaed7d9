"""Whoever is at work, and what is written to a repository for them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from arledger.errors import RefusedError
from arledger.history.asking import ask, resolve, top


def at_work(home: str) -> tuple[str, str] | None:
    """Name and e-mail of whoever would be the author of a commit made now; None without git."""
    told = ask(home, ["var", "GIT_AUTHOR_IDENT"])
    name, _, rest = (told or "").partition(" <")
    return (name, rest.partition(">")[0]) if rest else None


def refuse_commit(home: str) -> None:
    """Raises RefusedError where git would not commit single files now."""
    if not top(home):
        hint = "run git init, or leave out --commit"
        raise RefusedError("the ledger is in no git repository", hint, code="no-repository")
    for name, what in (("MERGE_HEAD", "merge"), ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")):
        if resolve(home, name):
            told = f"git is in the middle of a {what}, and commits nothing by itself"
            hint = "finish or abort it first, or leave out --commit and commit the files with it"
            raise RefusedError(told, hint, code="half-done-in-git")
    lock = (ask(home, ["rev-parse", "--git-path", "index.lock"]) or "").strip()
    if lock and os.path.exists(os.path.join(home, lock)):
        told = f"{lock} is there: another git is at work, or was stopped in the middle"
        raise RefusedError(told, "wait for it, or delete that file when none is", code="half-done-in-git")
    if ask(home, ["var", "GIT_COMMITTER_IDENT"]) is None or ask(home, ["var", "GIT_AUTHOR_IDENT"]) is None:
        hint = "run git config user.name and git config user.email"
        raise RefusedError("git does not know who you are", hint, code="unknown-author")


def commit(home: str, paths: Sequence[str], message: str) -> str | None:
    """Commits exactly these paths and gives the commit, or None when git refuses."""
    if ask(home, ["add", "-A", "--", *paths]) is None:
        return None
    if ask(home, ["commit", "-q", "-F", "-", "--", *paths], message) is None:
        return None
    return resolve(home, "HEAD")


def start(home: str) -> bool:
    """Makes a repository of a folder, with a branch main. Whether git did."""
    return ask(home, ["init", "--quiet", "--initial-branch=main"]) is not None


def show_facts_by(home: str, command: str) -> bool:
    """Tells git, for this repository, what shows the files whose attribute is `diff=arledger`. Whether it took it."""
    return ask(home, ["config", "--local", "diff.arledger.textconv", command]) is not None
