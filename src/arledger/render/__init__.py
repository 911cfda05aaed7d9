"""Report → text or bytes. One format a module, one function `render`; the table of formats is written out here."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from arledger.reports.report import Report

#: Format → the module that renders it, and whether it gives bytes.
FORMATS: Mapping[str, str] = {
    "table": "arledger.render.terminal",
    "json": "arledger.render.json_text",
    "csv": "arledger.render.csv_text",
    "md": "arledger.render.markdown",
    "html": "arledger.render.html",
    "xlsx": "arledger.render.xlsx",
}


def render(report: Report, format_: str, *, width: int = 0, color: bool = False) -> str | bytes:
    """The report in a format of `FORMATS`. `width` (0: as wide as it takes) and `color` matter to a terminal only."""
    module = importlib.import_module(FORMATS[format_])
    result: str | bytes = module.render(report, width, color) if format_ == "table" else module.render(report)
    return result
