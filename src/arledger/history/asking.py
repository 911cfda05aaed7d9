"""Asking git: the one place that starts it, so that no program a repository names is started with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache

# A repository's own configuration may name programs to run. None of these is run by anything we ask of git.
SAFE = (
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.pager=cat", "-c", "diff.external=",
    "-c", "core.untrackedCache=false", "-c", "core.quotePath=false", "-c", "log.showSignature=false",
    "-c", "gpg.program=gpg", "-c", "gpg.ssh.program=ssh-keygen", "-c", "gpg.x509.program=gpgsm",
)  # fmt: skip


def ask(home: str, arguments: Sequence[str], text: str | None = None, *, compares: bool = False) -> str | None:
    """What git prints, or None where there is no git, no repository, or git refuses.

    What `compares` files at hand with those of a commit is told to run no filter over them.
    """
    try:
        done = subprocess.run(
            ["git", *SAFE, *arguments], cwd=home, env={**environment(), **(_unfiltered(home) if compares else {})},
            capture_output=True, text=True, encoding="utf-8", errors="replace", check=False, input=text,
        )  # fmt: skip
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def environment() -> dict[str, str]:
    """Git as it is to be asked: in English, leaving its own index alone, and fetching nothing from anywhere."""
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


@cache
def _unfiltered(home: str) -> dict[str, str]:
    """Settings that keep git from running the filters (programs) a repository names, whatever they are called."""
    told = ask(home, ["config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$"]) or ""
    first, found = int(os.environ.get("GIT_CONFIG_COUNT") or 0), dict[str, str]()
    names = list(dict.fromkeys(name for name in told.split("\0") if name))
    for number, name in enumerate(names, first):
        found[f"GIT_CONFIG_KEY_{number}"] = name
        found[f"GIT_CONFIG_VALUE_{number}"] = "false" if name.endswith(".required") else ""
    return {**found, "GIT_CONFIG_COUNT": f"{first + len(names)}"} if names else {}


def top(home: str) -> str:
    """The folder of the repository at `home` or above, found without starting a process; "" where there is none."""
    folder = os.path.abspath(home)
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return ""
    return folder


def resolve(home: str, revision: str) -> str | None:
    """The full id of the commit a revision names, or None where git knows no such."""
    if not top(home):
        return None
    found = ask(home, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    return found.strip() if found else None
