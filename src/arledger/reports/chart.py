"""Charts as values: named lines over labelled points. A page draws them; a terminal shows a sparkline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Chart:
    """Series over the same labels; None where a point has no value."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[Decimal | None]]
    kind: Literal["line", "bar"] = "line"


def sparkline(values: Sequence[Decimal | None]) -> str:
    """One block a value between the smallest and the largest; a dot for none.

    >>> sparkline([Decimal(1), None, Decimal(8), Decimal(4)])
    '▁·█▄'
    """
    known = [value for value in values if value is not None]
    if not known:
        return "·" * len(values)
    low, span = min(known), max(known) - min(known)
    top = len(_BLOCKS) - 1
    return "".join("·" if v is None else _BLOCKS[int((v - low) * top / span) if span else 0] for v in values)
