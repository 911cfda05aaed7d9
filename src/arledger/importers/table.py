"""Rows of a CSV file under named columns: delimiter and quoting found out, header required, all problems at once.

Lines are counted as an editor counts them, so a row that follows a line break inside a field is named rightly.

>>> rows = read_table(b"Date;Amount\\n2026-01-05;10.00\\n", "f.csv", fields=["date", "amount"], required=["date"])
>>> rows[0]
Row(number=2, values={'date': '2026-01-05', 'amount': '10.00'})
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from arledger.errors import UsageError, did_you_mean
from arledger.importers.findings import Findings, decode, one_line, quoted, refuse_foreign

_DELIMITERS = ",;\t|"
_SAMPLE = 40  # lines: enough to tell a delimiter from a letter of the text
_SPELLING = re.compile(r"[\s_\-]+")


class Row(NamedTuple):
    """One row: the line of the file it starts on, and its text by field; a column the file lacks is missing."""

    number: int
    values: dict[str, str]


class Dialect(NamedTuple):
    """How a CSV file separates and quotes its fields."""

    delimiter: str
    quote: str = '"'


_MAP_IT = "add it, or say which column holds it: --map FIELD=COLUMN"


def read_table(
    data: bytes,
    name: str,
    *,
    fields: Sequence[str],
    required: Sequence[str],
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
) -> list[Row]:
    """The rows of a CSV file in file order, empty ones left out; `mapping` names the column of a field.

    Case, spaces, dashes and underscores of column names are ignored, and so are columns that mean nothing here.
    Raises UsageError for a mapping of no field; ImportFileError with every problem: a required or mapped column
    missing, one given twice, one that looks misspelt, rows of another length, quotes astray.
    """
    mapping = mapping or {}
    for field in mapping:
        if field not in fields:
            hint = did_you_mean(field, fields) or f"fields: {', '.join(fields)}"
            raise UsageError(f"--map: there is no field {field!r}", hint, "unknown-field")
    file = Findings(name)
    refuse_foreign(data, file)
    wanted = {field: mapping.get(field, field) for field in fields}
    rows = table_rows(decode(data, file, encoding), file, wanted, {*required, *mapping})
    file.raise_any()
    return rows


def table_rows(
    text: str, file: Findings, wanted: Mapping[str, str], needed: Set[str], remedy: str = _MAP_IT
) -> list[Row]:
    """The rows under the columns `wanted` by field; stops when the header lacks one of the fields `needed`.

    `remedy`: what to do about a column that is not there.
    """
    records = csv_rows(text, detect_dialect(text, wanted.values()), file)
    header = next(records, None)
    if header is None:
        raise file.fatal(
            1, "missing-column", "the file has no header row", f"begin it with {','.join(wanted.values())}"
        )
    return list(named_rows(records, _columns(header, wanted, needed, file, remedy), len(header[1]), file))


def named_rows(
    records: Iterator[tuple[int, list[str]]], places: Mapping[str, int], width: int, file: Findings
) -> Iterator[Row]:
    """The records as rows by field name; those that are not as wide as the header are problems instead."""
    for line, cells in records:
        if len(cells) != width:
            hint = "put quotes around fields that hold the delimiter; remove rows that are no data"
            file.add(line, "row-length", f"the row has {len(cells)} fields, the header {width}", hint)
            continue
        yield Row(line, {field: one_line(cells[place]) for field, place in places.items()})


def _columns(
    header: tuple[int, list[str]], wanted: Mapping[str, str], needed: Set[str], file: Findings, remedy: str
) -> dict[str, int]:
    """Where each field stands in a row. Stops at a header that does not serve."""
    line, cells = header
    spelt = [spelling(cell) for cell in cells]
    places = {}
    for field, column in wanted.items():
        found = [place for place, cell in enumerate(spelt) if cell == spelling(column)]
        if len(found) > 1:
            file.add(line, "duplicate-column", f"column {column!r} stands in the header twice", "keep one of them")
        elif found:
            places[field] = found[0]
        elif field in needed:
            near = did_you_mean(column, [one_line(cell) for cell in cells])
            file.add(line, "missing-column", f"there is no column {column!r}", near or remedy)
    if not file.problems:
        _misspelt(line, cells, wanted, places, file)
    file.raise_any()
    return places


def _misspelt(line: int, cells: list[str], wanted: Mapping[str, str], places: dict[str, int], file: Findings) -> None:
    """A column that looks like one of ours, which the file lacks, is refused: its figures would silently be lost.

    A slip of a letter or two, that is: another program's `countryCode` or `Disputed` is a column of its own.
    """
    lacking = {spelling(column): column for field, column in wanted.items() if field not in places}
    for place, cell in enumerate(cells):
        name = spelling(cell)
        near = difflib.get_close_matches(name, lacking, n=1, cutoff=0.8) if place not in places.values() else []
        if near and abs(len(near[0]) - len(name)) <= 2:
            file.add(line, "unknown-column", f"column {quoted(cell)} is not known", f"did you mean {lacking[near[0]]}?")


def spelling(column: str) -> str:
    """A column's name without case, spaces, dashes and underscores.

    >>> spelling(" Credit Limit") == spelling("credit_limit")
    True
    """
    return _SPELLING.sub("", column).casefold()


def csv_rows(text: str, dialect: Dialect, file: Findings) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line it starts on. Quotes astray are problems; reading goes on."""
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "write a quote inside a quoted field twice, and close every quote"
            # A field past the limit is, but for a hostile file, a quote that was never closed.
            file.add(line, "bad-quoting", f"the row cannot be split into fields: {error}", hint)
            continue
        if line == 1 and cells in (["sep=", ""], ["sep=" + dialect.delimiter]):  # `sep=;` as spreadsheets write it
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def detect_dialect(text: str, wanted: Iterable[str] = ()) -> Dialect:
    """The delimiter and the quote of a CSV text.

    The delimiter that shows most of the columns `wanted` in one row; else the one that gives most rows the
    same width.

    >>> detect_dialect("date;amount\\n2026-01-05;1,50")
    Dialect(delimiter=';', quote='"')
    """
    names = {spelling(name) for name in wanted if name}
    lines = text[:200_000].splitlines()
    if lines and (match := re.fullmatch(r"sep=(.)", lines[0].strip('"'))):
        return Dialect(match[1])
    sample = "\n".join(lines[:_SAMPLE])
    quote = "'" if re.match(r"\s*'[^'\n]*'[,;\t|]", sample) else '"'
    return max((Dialect(sign, quote) for sign in _DELIMITERS), key=lambda dialect: _score(sample, dialect, names))


def _score(sample: str, dialect: Dialect, names: set[str]) -> tuple[int, float, int]:
    try:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote)
        rows = [row for row in reader if any(row)]
    except csv.Error:
        return (0, 0.0, 0)
    if not rows:
        return (0, 0.0, 0)
    hits = max(len(names & {spelling(cell) for cell in row}) for row in rows) if names else 0
    width, count = max(Counter(map(len, rows)).items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]))
    return (hits, 0.0 if width == 1 else count / len(rows), width)
