"""What git knows of the ledger. The only door to git; everything works without it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from arledger.errors import RefusedError

# A repository's own configuration may name programs to run. None of these is run by anything we ask of git.
_SAFE = (
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.pager=cat", "-c", "diff.external=",
    "-c", "core.untrackedCache=false", "-c", "core.quotePath=false", "-c", "log.showSignature=false",
    "-c", "gpg.program=gpg", "-c", "gpg.ssh.program=ssh-keygen", "-c", "gpg.x509.program=gpgsm",
)  # fmt: skip


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


def dirty(home: str, root: str) -> bool | None:
    """Whether files of the ledger differ from the commit or are not in it; None without git."""
    found = _git(home, ["status", "--porcelain", "--no-renames", "--", root])
    return None if found is None else bool(found.strip())


def top(home: str) -> str:
    """The folder of the repository at `home` or above, found without starting a process; "" where there is none."""
    folder = os.path.abspath(home)
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return ""
    return folder


def commit(home: str, paths: Sequence[str], message: str) -> str | None:
    """Commits exactly these paths and gives the commit, or None when git refuses."""
    if _git(home, ["add", "-A", "--", *paths]) is None:
        return None
    if _git(home, ["commit", "-q", "-F", "-", "--", *paths], message) is None:
        return None
    return resolve(home, "HEAD")


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
    if _git(home, ["var", "GIT_COMMITTER_IDENT"]) is None or _git(home, ["var", "GIT_AUTHOR_IDENT"]) is None:
        hint = "run git config user.name and git config user.email"
        raise RefusedError("git does not know who you are", hint, code="unknown-author")


def changed_since(home: str, revision: str) -> list[str] | None:
    """The files under `home` that differ from a revision or are in no commit, sorted; None where git knows no such."""
    known = resolve(home, revision)
    if not known:
        return None
    differ = _git(home, ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", known, "--", "."])
    new = _git(home, ["ls-files", "--others", "--exclude-standard", "-z", "--", "."])
    return sorted({*(differ or "").split("\0"), *(new or "").split("\0")} - {""})


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
    good = "%G?%GS" if signatures else ""
    told = _git(
        home,
        ["log", "--cc", *which, "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z",
         f"--format=%x1e%h%x1f%an%x1f%as%x1f%s%x1f%ae%x1f{good}%x1f%H%x1f", *commits, "--", *few],
    ) or ""  # fmt: skip
    for entry in told.split("\x1e")[1:]:
        commit, author, date, subject, email, signature, full, names = entry.split("\x1f", 7)
        change = Change(commit, author, date, subject, email, _signer(signature), full)
        yield change, [name.strip("\n") for name in names.split("\0") if name.strip("\n")]


def _signer(told: str) -> str:
    """The mail address, or else the name, behind a good signature, as `%G?%GS` tells it; "" for any other."""
    if not told.startswith("G"):
        return ""
    return told[1:].rpartition("<")[2].rstrip(">").strip()


def commits(home: str, tips: Sequence[str]) -> list[Commit]:
    """Every commit of the histories of these revisions."""
    trailers = "%(trailers:key=Approves,valueonly,unfold,separator=%x2C)"
    told = _git(home, ["log", f"--format=%H%x1f%P%x1f%ae%x1f{trailers}%x1e", *tips, "--"]) or ""
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
    told = _git(home, ["log", "--no-walk=unsorted", "--stdin", "--format=%H %G?%GS"], "\n".join(wanted) + "\n") or ""
    found = (line.partition(" ") for line in told.splitlines())
    return {commit: signer for commit, _, signature in found if (signer := _signer(signature))}


def resolve(home: str, revision: str) -> str | None:
    """The full id of the commit a revision names, or None where git knows no such."""
    if not top(home):
        return None
    found = _git(home, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"])
    return found.strip() if found else None


def merge_base(home: str, one: str, other: str) -> str | None:
    """The commit two revisions have in common, or None."""
    found = _git(home, ["merge-base", "--end-of-options", one, other])
    return found.strip() if found else None


def merged(home: str, revision: str) -> list[str]:
    """The commits that a merge brings together: that under way, or that of a revision; none where it is no merge."""
    under_way = [] if revision else [commit for name in ("HEAD", "MERGE_HEAD") if (commit := resolve(home, name))]
    if len(under_way) > 1:
        return under_way
    told = _git(home, ["rev-list", "--parents", "--max-count=1", revision or "HEAD"]) or ""
    parents = told.split()[1:]
    return parents if len(parents) > 1 else []


def differing(root: str, commit: str) -> dict[str, str | None]:
    """The files under `root` that are not as they were at a commit: path → the blob there, None where it had none.

    Files in no commit, ignored ones too, count as absent there.
    """
    told = _git(root, ["diff", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-abbrev",
                       "--relative", commit, "--", "."]) or ""  # fmt: skip
    found = _raw(told)
    others = _git(root, ["ls-files", "--others", "-z", "--", "."]) or ""
    return {**found, **{path: None for path in others.split("\0") if path.endswith(".yaml")}}


def between(root: str, base: str, commit: str) -> dict[str, str | None]:
    """The files under `root` that differ between two commits: path → the blob at `base`, None where it had none."""
    told = _git(root, ["diff", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-abbrev",
                       "--relative", base, commit, "--", "."])  # fmt: skip
    return _raw(told or "")


def _raw(told: str) -> dict[str, str | None]:
    """What `git diff --raw -z` tells: path → blob on the old side."""
    parts = told.split("\0")
    found: dict[str, str | None] = {}
    for head, path in zip(parts[::2], parts[1::2], strict=False):
        blob = head.split(" ")[2]
        found[path] = None if set(blob) == {"0"} else blob
    return found


def blobs(root: str, wanted: Mapping[str, str | None]) -> dict[str, bytes | None]:
    """The bytes of each blob by the name it was asked for; None stays None. Git is asked once."""
    ids = [blob for blob in wanted.values() if blob]
    if not ids:
        return dict.fromkeys(wanted)
    try:
        done = subprocess.run(
            ["git", *_SAFE, "cat-file", "--batch"],
            cwd=root,
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            input="\n".join(ids).encode() + b"\n",
        )
    except OSError:
        return dict.fromkeys(wanted)
    contents: dict[str, bytes] = {}
    at = 0
    while at < len(done.stdout):  # `<id> blob <size>`, the bytes, a newline
        end = done.stdout.index(b"\n", at)
        blob, kind, *size = done.stdout[at:end].split(b" ")
        at = end + 1
        if kind == b"blob":
            contents[blob.decode()] = done.stdout[at : at + int(size[0])]
            at += int(size[0]) + 1
    return {path: contents.get(blob) if blob else None for path, blob in wanted.items()}


def at_work(home: str) -> tuple[str, str] | None:
    """Name and e-mail of whoever would be the author of a commit made now; None without git."""
    told = _git(home, ["var", "GIT_AUTHOR_IDENT"])
    name, _, rest = (told or "").partition(" <")
    return (name, rest.partition(">")[0]) if rest else None


def start(home: str) -> bool:
    """Makes a repository of a folder, with a branch main. Whether git did."""
    return _git(home, ["init", "--quiet", "--initial-branch=main"]) is not None


def show_facts_by(home: str, command: str) -> bool:
    """Tells git, for this repository, what shows the files whose attribute is `diff=arledger`. Whether it took it."""
    return _git(home, ["config", "--local", "diff.arledger.textconv", command]) is not None


def has(root: str, commit: str, path: str) -> bool:
    """Whether a commit has a file, its path given from `root`."""
    return _git(root, ["cat-file", "-e", f"{commit}:./{path}"]) is not None


def line_of_commits(root: str, good: str, bad: str) -> list[str]:
    """The commits after `good` up to `bad` that touched files under `root`, oldest first, merges as one step."""
    told = _git(root, ["rev-list", "--first-parent", "--reverse", f"{good}..{bad}", "--", "."])
    return (told or "").split()


def described(home: str, commit: str) -> Change:
    """A commit: short id, author, date and subject."""
    told = _git(home, ["log", "-1", "--format=%h%x1f%an%x1f%as%x1f%s%x1f%ae", commit]) or ""
    short, author, date, subject, email = (told.strip("\n").split("\x1f") + [""] * 5)[:5]
    return Change(short, author, date, subject, email)
