"""Separation of duties: who posted what, who approved it, and whether that was somebody else.

Policy says which facts need an approval, and git who committed what. A file that is in no commit yet counts as the
work of whoever git says is at work here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from arledger.compute.approvals import Given, approvals_of, covering, deeds, rule_for, wanted_of
from arledger.compute.evidence import same_address
from arledger.documents.approvals import Approval
from arledger.documents.reopenings import Reopening
from arledger.ledger.table import FactRow, Ledger
from arledger.policy.approvals import ApprovalRule, Person


class Author(NamedTuple):
    """Who committed a file first."""

    name: str
    email: str
    commit: str  # "" for a file in no commit yet
    signer: str = ""  # whose signature on it git finds good


class Breach(NamedTuple):
    """A duty that was not kept apart."""

    row: FactRow  # the fact the finding is about
    code: str
    message: str
    hint: str


class Approved(NamedTuple):
    """A fact that needed an approval, who posted it, and who approved it in which fact."""

    row: FactRow
    action: str
    given: Given | None
    rule: ApprovalRule | None  # None: no rule names who, somebody of `people` had to


def approved_facts(ledger: Ledger) -> Iterator[Approved]:
    """Every fact that needs an approval by policy, with the one it has, in the order of dates within each kind."""
    rules = ledger.policy.approvals
    for deed, row in deeds(ledger):
        wanted = wanted_of(ledger, deed, row)
        if rule := rule_for(rules, wanted):
            yield Approved(row, deed.action, covering(ledger, wanted, rule), rule)
    for row, reopening in ledger.told(Reopening, date.max):
        if reopening.close.startswith(reopening.period):
            given = approvals_of(ledger, "reopen", reopening.period, row.date)
            rule = next((one for one in rules if one.action == "reopen"), None)
            yield Approved(row, "reopen", given[-1] if given else None, rule)


def breaches(ledger: Ledger, authors: Mapping[str, Author], settled: Container[str] = ()) -> list[Breach]:
    """Every approval that is its author's own, or that somebody else committed in another's name.

    `authors` are by path under the ledger folder; facts of unknown authors are not judged. To those in `settled`
    somebody agreed by a commit.
    """
    people = ledger.policy.people
    found = [breach for row, one in ledger.told(Approval, date.max) for breach in _forged(row, one, people, authors)]
    for approved in approved_facts(ledger):
        if approved.row.path not in settled:
            found += _own(approved, people, authors)
    return found


def wanting(ledger: Ledger, authors: Mapping[str, Author]) -> Iterator[Approved]:
    """The facts that need an approval and have none, or none that holds."""
    for approved in approved_facts(ledger):
        if not approved.given or any(_own(approved, ledger.policy.people, authors)):
            yield approved


def _forged(
    row: FactRow, approval: Approval, people: Mapping[str, Person], authors: Mapping[str, Author]
) -> Iterator[Breach]:
    """An approval in the name of somebody who did not commit it."""
    author, person = authors.get(row.path), people.get(approval.by)
    if author and person and person.email and not same_address(person.email, author.email):
        yield Breach(row, "approval-not-theirs", f"{row.fact} is in the name of {approval.by} <{person.email}>, and "
                     f"was committed by {author.name} <{author.email}>",
                     f"{approval.by} has to commit it, with that address")  # fmt: skip


def _own(approved: Approved, people: Mapping[str, Person], authors: Mapping[str, Author]) -> Iterator[Breach]:
    row, _, given, rule = approved
    if not given:
        return  # that it is missing is a finding of the book itself
    did, agreed = authors.get(row.path), authors.get(given.row.path)
    if not (did and agreed):
        return
    if same_address(did.email, agreed.email):
        yield Breach(row, "approval-own", f"{row.fact} and its approval {given.row.fact} were both committed by "
                     f"{did.name} <{did.email}>", "somebody else has to approve it")  # fmt: skip
    elif rule and rule.signed and not _signed(agreed, people.get(given.approval.by)):
        whose = f"of {given.approval.by}" if agreed.signer else "that git finds good"
        yield Breach(given.row, "approval-unsigned", f"{given.row.fact} is in a commit without a signature {whose}",
                     "commit it with git commit -S; see gpg.ssh.allowedSignersFile")  # fmt: skip


def _signed(author: Author, person: Person | None) -> bool:
    """Whether the signature is that of the person; of somebody whose address nobody knows any good one."""
    return bool(author.signer) and (not person or not person.email or same_address(author.signer, person.email))


def work(rows: Iterable[FactRow], authors: Mapping[str, Author]) -> dict[tuple[str, str], Counter[str]]:
    """How many facts of each folder each author committed: (name, e-mail) → folder → count."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        if author := authors.get(row.path):
            found.setdefault((author.name, author.email), Counter())[row.kind] += 1
    return dict(sorted(found.items()))
