"""A report, or several, as one self-contained HTML page: no script, nothing loaded, light and dark, good on paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from arledger.errors import printable
from arledger.render.cells import people_text, shown
from arledger.render.svg import STYLE, svg
from arledger.reports.report import Cell, Column, Provenance, Report, Table

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
h3 { font-size: 1.05rem; margin-top: 1.4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: left; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
th { font-weight: 600; } .n { text-align: right; } .n, .w { white-space: nowrap; }
tfoot td { font-weight: 600; border-top: 2px solid currentColor; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { opacity: .7; } dd { margin: 0; }
footer { margin-top: 2rem; font-size: .8rem; opacity: .7; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .9rem; margin: 1rem 0; }
section { content-visibility: auto; contain-intrinsic-size: auto 30rem; }
dl.tiles { grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .8rem; }
dl.tiles div { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: .5rem; }
dl.tiles div { padding: .6rem .8rem; }
@media print { body { margin: 0; max-width: none; } nav { display: none; } section { content-visibility: visible; }
  tfoot { display: table-row-group; }
  tr, figure { break-inside: avoid; } .wide { overflow: visible; } table { font-size: 75%; } }
"""


def render(report: Report) -> str:
    """The report as a page."""
    parts = [f"<h1>{_text(report.title)}</h1>"]
    if report.facts:
        pairs = "".join(f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>" for label, text in report.facts)
        parts.append(f"<dl>{pairs}</dl>")
    parts += _content(report, "h2")
    return _page(report.title, [*parts, _footer(report.provenance)], charts=bool(report.charts))


def page(summary: Report, reports: Sequence[Report]) -> str:
    """One page of a summary and several reports, each under its heading; a list of them to jump by."""
    tiles = "".join(f"<div><dt>{_text(label)}</dt><dd>{_text(text)}</dd></div>" for label, text in summary.facts)
    links = "".join(f'<a href="#r{n}">{_text(report.heading)}</a>' for n, report in enumerate(reports))
    parts = [f"<h1>{_text(summary.title)}</h1>", f'<dl class="tiles">{tiles}</dl>']
    parts += [f"<p>{_text(note)}</p>" for note in summary.notes]
    parts.append(f"<nav>{links}</nav>")
    for n, report in enumerate(reports):
        parts.append(
            f'<section id="r{n}"><h2>{_text(report.title)}</h2>' + "\n".join(_content(report, "h3")) + "</section>"
        )
    return _page(summary.title, [*parts, _footer(summary.provenance)], charts=True)


def _content(report: Report, level: str) -> list[str]:
    """Charts, tables and notes; tables have headings of that level."""
    parts = [svg(chart) for chart in report.charts]
    parts += [_table(table, level) for table in report.tables]
    return parts + [f"<p>{_text(note)}</p>" for note in report.notes]


def _footer(p: Provenance | None) -> str:
    if p is None:
        return ""
    told = escape(json.dumps(p.plain()))  # for `ar verify`
    return (
        f"<footer>As of {p.as_of} · {p.facts} facts · commit {p.commit or 'none'}"
        f"{' with changes' if p.dirty else ''} · arledger {p.version}<br>SHA-256 {p.checksum}"
        f'<data id="arledger" value="{told}"></data></footer>'
    )


def _page(title: str, parts: Sequence[str], *, charts: bool) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}{STYLE if charts else ''}</style>\n</head>\n<body>\n"
        + "\n".join(filter(None, parts)) + "\n</body>\n</html>\n"
    )  # fmt: skip


def _table(table: Table, level: str) -> str:
    title = f"<{level}>{_text(table.title)}</{level}>\n" if table.title else ""
    if not table.rows:
        return f"{title}<p>{_text(table.empty)}</p>"
    columns = shown(table)
    classes = [_class(column, [row[i] for row in table.rows]) for i, column in columns]

    def cells(texts: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}{c}>{t}</{tag}>" for t, c in zip(texts, classes, strict=True)) + "</tr>"

    head = cells([_text(column.title) for _, column in columns], "th")
    body = "\n".join(cells([_text(people_text(row[i])) for i, _ in columns], "td") for row in table.rows)
    feet = "".join(cells([_text(people_text(row[i])) for i, _ in columns], "td") for row in table.totals or ())
    foot = f"<tfoot>{feet}</tfoot>" if feet else ""
    return f'{title}<div class="wide"><table><thead>{head}</thead><tbody>\n{body}\n</tbody>{foot}</table></div>'


def _class(column: Column, cells: Sequence[Cell]) -> str:
    """How a column is set: figures to the right; figures, days and ids never on two lines."""
    if column.kind in ("money", "number"):
        return ' class="n"'
    whole = column.kind == "date" or all(" " not in (text := people_text(cell)) and len(text) <= 32 for cell in cells)
    return ' class="w"' if whole else ""


def _text(text: str) -> str:
    return escape(printable(text))
