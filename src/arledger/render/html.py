"""A report as one self-contained HTML page: no script, nothing loaded, light and dark, good on paper."""

from __future__ import annotations

from html import escape

from arledger.errors import printable
from arledger.render.cells import people_text, shown
from arledger.reports.report import Report, Table

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.05rem; margin-top: 1.6rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: left; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
th { font-weight: 600; } .n { text-align: right; white-space: nowrap; }
tfoot td { font-weight: 600; border-top: 2px solid currentColor; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; } dt { opacity: .7; } dd { margin: 0; }
footer { margin-top: 2rem; font-size: .8rem; opacity: .7; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } }
"""


def render(report: Report) -> str:
    """The report as a page."""
    parts = [f"<h1>{_text(report.title)}</h1>"]
    if report.facts:
        pairs = "".join(f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>" for label, text in report.facts)
        parts.append(f"<dl>{pairs}</dl>")
    parts += [_table(table) for table in report.tables]
    parts += [f"<p>{_text(note)}</p>" for note in report.notes]
    if p := report.provenance:
        parts.append(
            f"<footer>As of {p.as_of} · {p.facts} facts · commit {p.commit or 'none'}"
            f"{' with changes' if p.dirty else ''} · arledger {p.version}<br>SHA-256 {p.checksum}</footer>"
        )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts) + "\n</body>\n</html>\n"
    )  # fmt: skip


def _table(table: Table) -> str:
    title = f"<h2>{_text(table.title)}</h2>\n" if table.title else ""
    if not table.rows:
        return f"{title}<p>{_text(table.empty)}</p>"
    columns = shown(table)
    classes = [' class="n"' if column.kind in ("money", "number") else "" for _, column in columns]

    def cells(texts: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}{c}>{t}</{tag}>" for t, c in zip(texts, classes, strict=True)) + "</tr>"

    head = cells([_text(column.title) for _, column in columns], "th")
    body = "\n".join(cells([_text(people_text(row[i])) for i, _ in columns], "td") for row in table.rows)
    feet = "".join(cells([_text(people_text(row[i])) for i, _ in columns], "td") for row in table.totals or ())
    foot = f"<tfoot>{feet}</tfoot>" if feet else ""
    return f'{title}<div class="wide"><table><thead>{head}</thead><tbody>\n{body}\n</tbody>{foot}</table></div>'


def _text(text: str) -> str:
    return escape(printable(text))
