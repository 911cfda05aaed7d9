"""Rows of a table somebody else made, CSV or XLSX, and where its columns stand under whatever names they have."""

from __future__ import annotations

import datetime
import io
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from arledger.importers.findings import Findings, decode, one_line, refuse_foreign
from arledger.importers.table import csv_rows, detect_dialect, spelling

HEADER_WITHIN = 40  # rows: a header further down is no header


def sheet_rows(data: bytes, file: Findings, names: Iterable[str]) -> Iterable[tuple[int, list[str]]]:
    """The rows of a CSV, or of the first sheet of a spreadsheet, as text with their row numbers.

    `names` are the column names to know the delimiter by.
    """
    if data.startswith(b"PK\x03\x04"):
        return _spreadsheet(data, file)
    refuse_foreign(data, file)
    text = decode(data, file)
    return csv_rows(text, detect_dialect(text, names), file)


def places_of(cells: list[str], columns: Mapping[str, tuple[str, ...]], needed: Collection[str]) -> dict[str, int]:
    """Where the fields stand, if this row is the header: it names all that are needed. Else nothing."""
    spelt = [spelling(one_line(cell)) for cell in cells]
    places: dict[str, int] = {}
    for known, names in columns.items():
        for name in names:
            if spelling(name) in spelt and spelt.index(spelling(name)) not in places.values():
                places[known] = spelt.index(spelling(name))
                break
    return places if all(field in places for field in needed) else {}


def _spreadsheet(data: bytes, file: Findings) -> Iterable[tuple[int, list[str]]]:
    """The rows of the first sheet as text, with their row numbers."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        hint = "save it again as XLSX or CSV"
        raise file.fatal(0, "wrong-format", f"the spreadsheet cannot be read: {error}", hint) from None
    return [(number, [_cell_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]


def _cell_text(cell: object) -> str:
    """A cell as it would be typed. Spreadsheets hold numbers in binary: what is beyond nine decimals is noise."""
    if isinstance(cell, float):
        number = Decimal(repr(cell)).quantize(Decimal("1e-9")).normalize()
        return format(number, "f")
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell)
