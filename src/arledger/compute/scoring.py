"""How good matching was: its automatic applications against the truth, by count and by value (RULES C8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Verdict = Literal["exact", "partial", "wrong", "review"]


class Scored(NamedTuple):
    """One payment judged: `exact` its items are those of the truth, `partial` some of them and no other, `wrong` any
    other, `review` left to a person."""

    line: str
    amount: int  # minor units
    verdict: Verdict
    applied: tuple[str, ...]
    truth: tuple[str, ...]
    evidence: tuple[str, ...]


def judge(
    line: str, amount: int, applied: Iterable[str], truth: Iterable[str], evidence: Sequence[str], *, posted: bool
) -> Scored:
    """The verdict on one payment; what it was applied to counts only when it was `posted`.

    >>> judge("2", 100, ["A"], ["A", "B"], (), posted=True).verdict
    'partial'
    """
    got, right = set(applied), set(truth)
    verdict: Verdict = "wrong"
    if not posted:
        verdict = "review"
    elif got == right:
        verdict = "exact"
    elif got and got < right:
        verdict = "partial"
    return Scored(line, amount, verdict, tuple(sorted(got)), tuple(sorted(right)), tuple(evidence))


def share(part: int, whole: int) -> str:
    """A part of a whole as a percentage with two decimals, rounded down: a figure is never flattered.

    >>> share(2, 3), share(0, 0)
    ('66.66', '0.00')
    """
    basis_points = part * 10_000 // whole if whole else 0
    return f"{basis_points // 100}.{basis_points % 100:02}"
