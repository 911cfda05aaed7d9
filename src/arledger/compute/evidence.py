"""Agreement that commits hold, beside approval facts: somebody who may approve signed the commit of a fact, merged it,
or made a commit after it whose message says so (`Approves: INV-7-W1`). It is never that of the fact's own author.

What a merge brings in is what its first parent did not have. So whoever brings a branch up to date with main agrees to
nothing of main.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from arledger.policy.approvals import ApprovalRule, Person


class Commit(Protocol):
    """A commit of a history, as far as agreement cares."""

    @property
    def id(self) -> str: ...
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def email(self) -> str: ...
    @property
    def approves(self) -> tuple[str, ...]: ...


class Need(NamedTuple):
    """Something committed that somebody has to agree to."""

    path: str
    name: str  # of the fact, or of what it was done to: what a commit's message names
    commit: str
    author: str  # e-mail
    rule: ApprovalRule | None  # None: any of `people`


class Agreed(NamedTuple):
    """Who agreed, and in which commit."""

    by: str
    how: str  # merge, signature or commit
    commit: str

    @property
    def told(self) -> str:
        """Where the agreement is, for people: `merge 3f2a9c1`."""
        return f"{self.how} {self.commit[:7]}"


class History:
    """Commits, and what brought each of them in."""

    def __init__(self, commits: Iterable[Commit], tips: Sequence[str]) -> None:
        self.commits = {commit.id: commit for commit in commits}
        self.naming: dict[str, list[str]] = {}  # what a message approves → the commits that do
        for commit in self.commits.values():
            for name in commit.approves:
                self.naming.setdefault(name, []).append(commit.id)
        self.merges: dict[str, tuple[str, ...]] = {}  # commit → the merges that brought it in
        for tip in tips:
            self._follow(tip, ())

    def _follow(self, tip: str, above: tuple[str, ...]) -> None:
        """Goes along the first parents up to a commit; what a merge there brings in is new by that time."""
        line: list[Commit] = []
        while tip in self.commits and tip not in self.merges:
            self.merges[tip] = above
            line.append(self.commits[tip])
            tip = (*self.commits[tip].parents, "")[0]
        for commit in reversed(line):
            for other in commit.parents[1:]:
                self._follow(other, (*above, commit.id))

    def follows(self, later: str, commit: str) -> bool:
        """Whether a commit is in the history of a later one."""
        seen, left = {later}, [later]
        while left:
            if (one := left.pop()) == commit:
                return True
            new = [parent for parent in self.commits[one].parents if parent in self.commits and parent not in seen]
            seen.update(new)
            left += new
        return False


def agreed(need: Need, history: History, people: Mapping[str, Person], signers: Mapping[str, str]) -> Agreed | None:
    """The agreement there is for something, or None. `signers`: whose signature is on each commit to be verified."""
    for by in need.rule.by if need.rule else people:
        person = people.get(by)
        if not person or not person.email or same_address(person.email, need.author):
            continue
        for how, commit in _acts(need, history):
            who = [signers.get(commit, "")] if how == "signature" else [history.commits[commit].email]
            if need.rule and need.rule.signed:
                who.append(signers.get(commit, ""))
            if all(same_address(one, person.email) for one in who):
                return Agreed(by, how, commit)
    return None


def to_be_verified(needs: Iterable[Need], history: History) -> list[str]:
    """The commits on which a signature may matter: those of what is needed, and those that agree where policy asks."""
    found = set()
    for need in needs:
        signed = need.rule is not None and need.rule.signed
        found |= {commit for how, commit in _acts(need, history) if signed or how == "signature"}
    return sorted(found)


def _acts(need: Need, history: History) -> Iterator[tuple[str, str]]:
    """What may be agreement to something, whoever did it: how, and the commit."""
    yield "signature", need.commit
    for merge in history.merges.get(need.commit, ()):
        yield "merge", merge
    for commit in history.naming.get(need.name, ()):
        if commit != need.commit and history.follows(commit, need.commit):
            yield "commit", commit


def same_address(one: str, other: str) -> bool:
    """Whether two e-mail addresses are one, however they are written."""
    return one.strip().casefold() == other.strip().casefold()
