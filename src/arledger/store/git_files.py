"""What `ar git setup` writes beside a ledger: workflows, hooks, owners of folders, and how git shows facts."""

from __future__ import annotations

import os
from collections.abc import Mapping

from arledger.documents.approvals import Action
from arledger.policy.policy import Policy
from arledger.store import journal
from arledger.store.locks import locked
from arledger.store.starting import GITATTRIBUTES, package_data

#: What each of the files the package carries is written as.
_PLACES = {
    "github-workflow.yml": ".github/workflows/arledger.yml", "gitlab-ci.yml": ".gitlab-ci.yml",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
}  # fmt: skip
#: Action → the folders of the facts it is, and of what it changes.
FOLDERS: Mapping[Action, tuple[str, ...]] = {
    "write-off": ("write-offs",), "credit-note": ("credit-notes",), "refund": ("refunds",), "waiver": ("credit-notes",),
    "settlement": ("settlements",), "release": ("releases",), "credit-limit": ("credit-decisions", "customers"),
    "bank-account": ("customers",), "service": ("service-stops",), "hand-over": ("hand-overs",),
    "reopen": ("reopenings",),
}  # fmt: skip


def setup_files(policy: Policy, ledgers: str, *, github: bool, gitlab: bool, hooks: bool) -> dict[str, str]:
    """The files of a set-up by path under the home of the ledger. `ledgers` is where the ledger lies there."""
    names = [name for name, wanted in zip(_PLACES, (github, gitlab, hooks), strict=True) if wanted]
    root = package_data("git")
    files = {_PLACES[name]: (root / name).read_text("utf-8").replace("^ledgers/", f"^{ledgers}") for name in names}
    files[".gitattributes"] = GITATTRIBUTES
    if owners := codeowners(policy, ledgers):
        files[".github/CODEOWNERS" if github else "CODEOWNERS"] = owners
    return files


def codeowners(policy: Policy, ledgers: str) -> str:
    """Who has to review what, by the approvals of the policy; nothing where it names nobody that git hosts know.

    Source: GitHub, "About code owners"; GitLab reads the same form.
    """
    owners: dict[str, list[str]] = {}
    for rule in policy.approvals:
        people = [policy.people[name] for name in rule.by]
        known = [person.handle or person.email for person in people if person.handle or person.email]
        for path in ("ledger.yaml", "approvals/", *(f"{folder}/" for folder in FOLDERS[rule.action])):
            owners.setdefault(path, []).extend(owner for owner in known if owner not in owners.get(path, []))
    lines = [f"/{ledgers}{path} {' '.join(names)}" for path, names in sorted(owners.items()) if names]
    return "# Written by `ar git setup` from `approvals` in ledger.yaml.\n" + "\n".join(lines) + "\n" if lines else ""


def write(home: str, state: str, files: Mapping[str, str]) -> list[str]:
    """Writes the files that are not there yet, all or none; gives their paths. What is there is left as it is."""
    os.makedirs(state, exist_ok=True)
    with locked(os.path.join(state, "lock")):
        new = {path: text for path, text in files.items() if not os.path.lexists(os.path.join(home, path))}
        journal.post(home, state, new)
    return sorted(new)
