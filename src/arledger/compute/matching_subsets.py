"""Subsets: which sets of open amounts add up to a sum, counted so that only a unique one is believed.

The search is exhaustive up to a size that depends on how many amounts there are, by meeting in the middle:
sums of up to half the size on either side, compared as sets.

>>> find([100, 250, 400], 650)
Found(subsets=((1, 2),), more=False, size=6)
>>> find([100, 300, 400], 400).subsets
((2,), (0, 1))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from math import comb, isqrt
from typing import NamedTuple

_REPORTED = 5  # sets worth showing to a clerk
# Up to that many amounts, sets of that size are looked for. Half the size is enumerated: 2,324 sums at most for 24.
_UNITS = (10, 50, 100, 500, 1000, 2500, 5000, 10_000, 50_000, 100_000)  # what prices are rounded to, minor units
_SEVERAL = 5  # that many amounts rounded alike are no accident: this customer is billed in round amounts
_REACH = ((24, 6), (120, 4), (1500, 2))


class Found(NamedTuple):
    """Sets of positions that add up to the sum, smallest first; whether there are more; the size searched to."""

    subsets: tuple[tuple[int, ...], ...]
    more: bool
    size: int


def find(amounts: Sequence[int], target: int, size: int = 6) -> Found:
    """The sets of up to `size` positive amounts, and the set of all, that add up to `target` exactly.

    The size searched shrinks when there are more than 24 amounts below the target; `size` of the result tells.
    """
    places = [at for at, amount in enumerate(amounts) if 0 < amount <= target]
    values = [amounts[at] for at in places]
    reach = min(size, next((most for count, most in _REACH if len(values) <= count), 1))
    found = _search(values, target, reach)
    everything = tuple(range(len(values)))
    if len(values) > reach and sum(values) == target:
        found.add(everything)
    ordered = sorted(found, key=lambda subset: (len(subset), subset))
    named = tuple(tuple(places[at] for at in subset) for subset in ordered[:_REPORTED])
    return Found(named, len(ordered) > _REPORTED, reach)


def _search(values: list[int], target: int, reach: int) -> set[tuple[int, ...]]:
    """Sets found, at least two of them when there are two, at most about a hundred."""
    found: set[tuple[int, ...]] = {(at,) for at, value in enumerate(values) if value == target}
    half = (reach + 1) // 2
    if reach < 2 or not values:
        return found
    sums = {count: list(map(sum, combinations(values, count))) for count in range(1, half + 1)}
    unique = {count: set(listed) for count, listed in sums.items()}
    for left in range(1, half + 1):
        for right in range(left, min(half, reach - left) + 1):
            meet = {target - value for value in unique[left]} & unique[right]
            if meet:
                found |= _pairs(sums, target, meet, (left, right))
    return found


def _pairs(sums: dict[int, list[int]], target: int, meet: set[int], counts: tuple[int, int]) -> set[tuple[int, ...]]:
    """The disjoint pairs of sets of `counts` elements whose sums meet, about a hundred at most."""
    left, right = counts
    places = range(len(sums[1]))
    wanted = {target - value for value in meet}
    by_sum: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for chosen, value in zip(combinations(places, left), sums[left], strict=True):
        if value in wanted:
            by_sum[value].append(chosen)
    found: set[tuple[int, ...]] = set()
    for chosen, value in zip(combinations(places, right), sums[right], strict=True):
        if value in meet:
            taken = set(chosen)
            found.update(
                tuple(sorted(chosen + other)) for other in by_sum[target - value][:100] if taken.isdisjoint(other)
            )
            if len(found) > 100:
                break
    return found


def chance(amounts: Sequence[int], target: int, size: int) -> tuple[int, int]:
    """About how often a set of up to `size` of these amounts adds up to the target by accident, as (hits, out of).

    The more sets there are for the room their sums lie in, the likelier an accident; and likelier still among
    amounts in whole tens or thousands, when the target is one too.

    >>> chance([100, 250, 400], 650, 2), chance([5000 * at for at in range(1, 9)], 30000, 1)
    ((6, 424), (40000, 28062))
    """
    found = [(_sets_of(len(amounts), size), 1, amounts)]
    for unit in _UNITS:
        round_ones = [amount for amount in amounts if amount % unit == 0]
        if target % unit == 0 and len(round_ones) >= _SEVERAL:
            found.append((_sets_of(len(round_ones), size), unit, round_ones))
    odds = [(hits * unit, _room(among, size)) for hits, unit, among in found]
    return max(odds, key=lambda one: one[0] * 1_000_000 // one[1])


def _sets_of(count: int, size: int) -> int:
    return sum(comb(count, taken) for taken in range(1, size + 1))


def _room(amounts: Sequence[int], size: int) -> int:
    """How wide the sums of `size` of the amounts lie: 2.4 times their standard deviation, as of a bell curve's top."""
    count = len(amounts)
    variance = (count * sum(amount * amount for amount in amounts) - sum(amounts) ** 2) // max(count * count, 1)
    return max(isqrt(6 * size * variance), max(amounts, default=1) // 2, 1)
