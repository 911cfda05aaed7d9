"""Results of the benchmark as Markdown; and the place in a page where generated text stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- benchmarks:{} begin -->", "<!-- benchmarks:{} end -->"
Row = dict[str, Any]


def seconds(value: float) -> str:
    """Seconds with as many digits as mean something.

    >>> seconds(0.01234), seconds(0.1234), seconds(1.234), seconds(123.4)
    ('0.012', '0.12', '1.2', '123')
    """
    for limit, digits in ((0.0995, 3), (0.995, 2), (99.5, 1)):
        if value < limit:
            return f"{value:.{digits}f}"
    return f"{value:.0f}"


def ratio(value: float, base: float) -> str:
    """How many times the base.

    >>> ratio(3.0, 1.5), ratio(100.0, 2.0), ratio(1.0, 10.0)
    ('2.0×', '50×', '0.10×')
    """
    times = value / base
    return f"{times:.2f}×" if times < 1 else f"{times:.1f}×" if times < 10 else f"{times:.0f}×"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: first column left, others right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def base_row(rows: Sequence[Row]) -> Row | None:
    """What ratios are taken to: arledger warm, or the quickest tool where it was not measured."""
    done = [row for row in rows if "wall" in row]
    warm = [row for row in done if row["tool"] == "arledger, warm"]
    return warm[0] if warm else min(done, key=lambda row: row["wall"], default=None)


def tools_table(rows: Sequence[Row]) -> str:
    """The tools at one size, quickest first, with the ratios to arledger warm; failures last."""
    base = base_row(rows)
    cells = []
    for row in sorted(rows, key=lambda row: row.get("wall", float("inf"))):
        if "failed" in row or base is None:
            cells.append([row["tool"], "failed", "", "", "", ""])
            continue
        cells.append(
            [
                row["tool"],
                seconds(row["wall"]),
                seconds(row["cpu"]),
                f"{row['peak'] / 1e6:,.0f}",
                ratio(row["wall"], base["wall"]),
                "yes" if row["exact"] else "**no**",
            ]
        )
    return table(["tool", "wall s", "CPU s", "peak MB", "wall, ratio", "exact to the cent"], cells)


def ratios(rows: Sequence[Row]) -> str:
    """How many times longer each peer takes than each state of arledger, by wall time and in brackets by CPU time."""
    done = {row["tool"]: row for row in rows if "wall" in row}
    ours = [row for tool, row in done.items() if tool.startswith("arledger")]
    theirs = sorted((row for row in done.values() if row not in ours), key=lambda row: row["wall"])
    if warm := done.get("arledger, warm"):
        theirs.append({**warm, "tool": "*arledger, warm*"})
    cells = [
        [peer["tool"], *(f"{ratio(peer['wall'], own['wall'])} ({ratio(peer['cpu'], own['cpu'])})" for own in ours)]
        for peer in theirs
    ]
    return table(["takes", *(f"of {own['tool'].removeprefix('arledger, ')}" for own in ours)], cells) if ours else ""


def small_table(rows: Sequence[Row]) -> str:
    """The small commands, in the order they were run, with ratios to the first of them."""
    cells = []
    for row in rows:
        if "failed" in row:
            cells.append([f"`{row['tool']}`", "failed", "", "", ""])
            continue
        times = ratio(row["wall"], rows[0]["wall"])
        cells.append([f"`{row['tool']}`", f"{row['wall'] * 1000:.0f}", f"{row['cpu'] * 1000:.0f}", times,
                      f"{row['peak'] / 1e6:.0f}"])  # fmt: skip
    return table(["command", "wall ms", "CPU ms", "wall, ratio", "peak MB"], cells)


def insert(page: Path, name: str, text: str) -> None:
    """Replace what stands between the markers of that name; a page without them gets them at its end."""
    begin, end = BEGIN.format(name), END.format(name)
    old = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    if begin not in old:
        old = f"{old.rstrip()}\n\n{begin}\n{end}\n"
    before, rest = old.split(begin, 1)
    _, after = rest.split(end, 1)
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
