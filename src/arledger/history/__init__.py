"""What git knows of the ledger. The only door to git; everything works without it."""

from arledger.history.asking import resolve, top
from arledger.history.commits import (
    MAIN,
    Change,
    Commit,
    added,
    commits,
    cut_off,
    described,
    edited,
    line_of_commits,
    merge_base,
    merged,
    names,
    rewritten,
    signers,
)
from arledger.history.trees import between, blobs, changed_since, differing, dirty, has, sides
from arledger.history.working import at_work, commit, refuse_commit, show_facts_by, start

__all__ = [
    "MAIN", "Change", "Commit", "added", "at_work", "between", "blobs", "changed_since", "commit", "commits", "cut_off",
    "described", "differing", "dirty", "edited", "has", "line_of_commits", "merge_base", "merged", "names",
    "refuse_commit", "resolve", "rewritten", "show_facts_by", "sides", "signers", "start", "top",
]  # fmt: skip
