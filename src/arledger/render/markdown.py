"""A report as Markdown (GitHub tables), for pull requests. Text of customers can add no link, image or column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arledger.errors import printable
from arledger.render.cells import people_text, shown
from arledger.reports.report import Report, Table

_SPECIAL = re.compile(r"([\\`*\[\]!|~#])")


def pages(reports: Sequence[Report]) -> str:
    """Several reports one after another."""
    return "\n".join(render(report) for report in reports)


def render(report: Report) -> str:
    """The report as a heading, lists and tables, ending with a newline."""
    parts = [f"## {_text(report.title)}"] if report.title else []
    if report.facts:
        parts.append("\n".join(f"- {_text(label)}: {_text(text)}" for label, text in report.facts))
    for table in report.tables:
        if table.title:
            parts.append(f"### {_text(table.title)}")
        parts.append(_table(table))
    parts += [f"_{_text(note)}_" for note in report.notes]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    if not table.rows:
        return _text(table.empty)
    columns = shown(table)
    lines = [
        [_text(column.title) for _, column in columns],
        ["---:" if column.kind in ("money", "number") else "---" for _, column in columns],
    ]
    lines += [[_text(people_text(row[i])) for i, _ in columns] for row in table.rows]
    lines += [[f"**{text}**" if (text := _text(people_text(row[i]))) else "" for i, _ in columns]
              for row in table.totals or ()]  # fmt: skip
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _text(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", printable(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
