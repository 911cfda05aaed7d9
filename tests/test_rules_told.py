"""Every rule an invoice may have to meet, and every rule that holds an order, has a story it fails in and one it passes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from arledger.checks.requirement_rules import RULES
from arledger.compute.holds import CHECKS
from arledger.documents.requirements import RequirementName
from arledger.policy.credit import HoldName

CASES = Path(__file__).parent / "cases"
_VERIFIED = re.compile(r"^\$ ar invoice verify.*\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
_FINDING = re.compile(r"^(\S+)  +\S+  +(\S+)  +(?:required|warn)  ", re.MULTILINE)
_FILE = re.compile(r"^```yaml ledgers/(?:drafts|invoices/[0-9-]+)/(\S+)\.yaml$", re.MULTILINE)
_HELD = re.compile(
    r"^  ([a-z-]+): .* \[.*\]$|  held  +([a-z, -]+)$|^([a-z-]+)  +.*  (?:ledgers/|default rule )", re.MULTILINE
)


def sections(page: str) -> Iterator[str]:
    """Each story of a page, with what is given to all of them."""
    common, *found = re.split(r"^## ", (CASES / page).read_text("utf-8"), flags=re.MULTILINE)
    yield from (common + section for section in found)


def findings() -> tuple[set[str], set[str]]:
    """The rules some invoice fails in a story, and those that another invoice of the same story passes."""
    failed, passed = set(), set()
    for section in sections("requirements.md"):
        for verified in _VERIFIED.findall(section):
            found = _FINDING.findall(verified)
            failed |= {rule for _, rule in found}
            for rule in {rule for _, rule in found}:
                failing = {invoice for invoice, which in found if which == rule}
                passed |= {rule} if set(_FILE.findall(section)) - failing else set()
    return failed, passed


@pytest.mark.parametrize("rule", get_args(RequirementName))
def test_every_requirement_is_failed_and_passed(rule: str) -> None:
    failed, passed = findings()
    assert rule in RULES
    assert rule in failed
    assert rule in passed


@pytest.mark.parametrize("rule", get_args(HoldName))
def test_every_hold_rule_holds_one_order_and_not_another(rule: str) -> None:
    assert rule in CHECKS
    told = [
        section for section in sections("holds.md")
        if rule in {name for one, listed, shown in _HELD.findall(section) for name in (one, shown, *listed.split(", "))}
    ]  # fmt: skip
    assert any(re.search(r" is free to go$|  free$", section, re.MULTILINE) for section in told)
