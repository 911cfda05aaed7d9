"""The files of a commit, and how those at hand differ from them. Nothing is checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from arledger.errors import DeviceError
from arledger.history.asking import SAFE, ask, environment, resolve

_RAW = ("diff", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-abbrev", "--ignore-submodules",
        "--relative")  # fmt: skip


def dirty(home: str, root: str) -> bool | None:
    """Whether files of the ledger differ from the commit or are not in it; None without git."""
    found = ask(home, ["status", "--porcelain", "--no-renames", "--ignore-submodules", "--", root], compares=True)
    return None if found is None else bool(found.strip())


def changed_since(home: str, revision: str) -> list[str] | None:
    """The files under `home` that differ from a revision or are in no commit, sorted; None where git knows no such."""
    known = resolve(home, revision)
    if not known:
        return None
    which = ("--no-renames", "--no-ext-diff", "--ignore-submodules", "--relative", "-z")
    differ = ask(home, ["diff", "--name-only", *which, known, "--", "."], compares=True)
    new = ask(home, ["ls-files", "--others", "--exclude-standard", "-z", "--", "."])
    return sorted({*(differ or "").split("\0"), *(new or "").split("\0")} - {""})


def differing(root: str, commit: str) -> dict[str, str | None]:
    """The files under `root` that are not as they were at a commit: path → the blob there, None where it had none.

    Files in no commit, ignored ones too, count as absent there.
    """
    told = ask(root, [*_RAW, commit, "--", "."], compares=True)
    found = _raw(told or "")
    others = ask(root, ["ls-files", "--others", "-z", "--", "."]) or ""
    return {**found, **{path: None for path in others.split("\0") if path.endswith(".yaml")}}


def between(root: str, base: str, commit: str) -> dict[str, str | None]:
    """The files under `root` that differ between two commits: path → the blob at `base`, None where it had none."""
    return _raw(ask(root, [*_RAW, base, commit, "--", "."]) or "")


def _raw(told: str) -> dict[str, str | None]:
    """What `git diff --raw -z` tells: path → blob on the old side."""
    parts = told.split("\0")
    found: dict[str, str | None] = {}
    for head, path in zip(parts[::2], parts[1::2], strict=False):
        blob = head.split(" ")[2]
        found[path] = None if set(blob) == {"0"} else blob
    return found


def blobs(root: str, wanted: Mapping[str, str | None]) -> dict[str, bytes | None]:
    """The bytes of each blob by the name it was asked for; None stays None. Git is asked once.

    Raises DeviceError for one that git has only elsewhere, as in a partial clone.
    """
    ids = [blob for blob in wanted.values() if blob]
    if not ids:
        return dict.fromkeys(wanted)
    try:
        done = subprocess.run(
            ["git", *SAFE, "cat-file", "--batch"],
            cwd=root,
            capture_output=True,
            check=False,
            env=environment(),
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
    if lost := next((path for path, blob in wanted.items() if blob and blob not in contents), ""):
        raise DeviceError(f"git has not what {lost} was at that commit", "fetch it: git fetch --refetch --filter=")
    return {path: contents[blob] if blob else None for path, blob in wanted.items()}


def has(root: str, commit: str, path: str) -> bool:
    """Whether a commit has a file, its path given from `root`."""
    return ask(root, ["cat-file", "-e", f"{commit}:./{path}"]) is not None


def sides(root: str, path: str, issued: str) -> tuple[bytes, bytes] | None:
    """What a merge under way has of a file that both branches added: of two, the one that keeps its name comes first.

    That is what the commit `issued` has, else ours. None where git is in no such merge.
    """
    told = (ask(root, ["ls-files", "--unmerged", "-z", "--", path]) or "").split("\0")
    stages = {words[2]: words[1] for line in told if len(words := line.partition("\t")[0].split(" ")) == 3}
    if set(stages) != {"2", "3"}:
        return None
    theirs = issued and (ask(root, ["rev-parse", f"{issued}:./{path}"]) or "").strip() == stages["3"]
    found = blobs(root, stages)
    first, second = found["3" if theirs else "2"], found["2" if theirs else "3"]
    return (first, second) if first is not None and second is not None else None
