"""What git knows of the ledger. The only door to git; everything works without it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

# A repository's own configuration may name programs to run. None of these is run by anything we ask of git.
_SAFE = (
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.pager=cat", "-c", "diff.external=",
    "-c", "core.untrackedCache=false", "-c", "core.quotePath=false",
)  # fmt: skip


class Change(NamedTuple):
    """A commit that touched a file."""

    commit: str
    author: str
    date: str  # YYYY-MM-DD
    subject: str


def _git(home: str, arguments: Sequence[str], text: str | None = None) -> str | None:
    """What git prints, or None where there is no git, no repository, or git refuses."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments], cwd=home, env=environment, capture_output=True, text=True, encoding="utf-8",
            errors="replace", check=False, input=text,
        )  # fmt: skip
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def head(home: str) -> str | None:
    """The commit the work tree stands on, or None."""
    if not _in_repository(home):
        return None
    found = _git(home, ["rev-parse", "--verify", "--quiet", "HEAD"])
    return found.strip() if found else None


def dirty(home: str, root: str) -> bool | None:
    """Whether files of the ledger differ from the commit or are not in it; None without git."""
    found = _git(home, ["status", "--porcelain", "--no-renames", "--", root])
    return None if found is None else bool(found.strip())


def _in_repository(home: str) -> bool:
    """Whether a repository is at `home` or above, without starting a process."""
    folder = os.path.abspath(home)
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return False
    return True


def changes(home: str, path: str) -> list[Change]:
    """The commits that touched a file, newest first; empty without git."""
    if not _in_repository(home):
        return []
    found = _git(home, ["log", "--no-textconv", "--no-ext-diff", "--format=%h%x1f%an%x1f%as%x1f%s", "--", path]) or ""
    return [Change(*line.split("\x1f", 3)) for line in found.splitlines()]


def commit(home: str, paths: Sequence[str], message: str) -> str | None:
    """Commits exactly these paths and gives the commit, or None when git refuses."""
    if _git(home, ["add", "-A", "--", *paths]) is None:
        return None
    if _git(home, ["commit", "-q", "-F", "-", "--", *paths], message) is None:
        return None
    return head(home)


def changed_since(home: str, revision: str) -> list[str] | None:
    """The files under `home` that differ from a revision or are in no commit, sorted; None where git knows no such."""
    if not _in_repository(home):
        return None
    known = _git(home, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    if not known:
        return None
    differ = _git(
        home, ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", known.strip(), "--", "."]
    )
    new = _git(home, ["ls-files", "--others", "--exclude-standard", "-z", "--", "."])
    return sorted({*(differ or "").split("\0"), *(new or "").split("\0")} - {""})


def added(home: str, paths: Sequence[str]) -> dict[str, Change]:
    """Path → the commit that added it, for files under `home`; without those git does not know."""
    if not paths or not _in_repository(home):
        return {}
    few = paths if len(paths) <= 200 else ["."]  # a command line has an end
    told = _git(
        home,
        ["log", "--diff-filter=A", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z",
         "--format=%x1e%h%x1f%an%x1f%as%x1f%s%x1f", "--", *few],
    ) or ""  # fmt: skip
    found: dict[str, Change] = {}
    for entry in told.split("\x1e")[1:]:  # newest first: the oldest stays
        commit, author, date, subject, names = entry.split("\x1f", 4)
        found.update((name.strip("\n"), Change(commit, author, date, subject)) for name in names.split("\0") if name)
    return {path: found[path] for path in paths if path in found}
