"""The rows of a bank's CSV under a profile: preamble, header, rows, footer.

The header is the first row that names every column of the profile, so a preamble of any length needs no setting.

>>> profile = BankProfile(ProfileColumns(date="Tag", amount="Betrag"), footer="Summe")
>>> text = "Kontoauszug\\n\\nTag;Betrag\\n05.01.2026;10,00\\nSumme;10,00\\n"
>>> [row.number for row in profile_rows(text, profile, Findings("f.csv"))]
[4]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields

from arledger.documents.bank import BankProfile, ProfileColumns
from arledger.importers.findings import Findings, one_line, quoted
from arledger.importers.table import Dialect, Row, csv_rows, detect_dialect, named_rows, spelling
from arledger.importers.values import check_pattern

_HEADER_WITHIN = 60  # records: a longer preamble was never met
_HINT = "correct the profile in ledger.yaml, or the file"


def check_profile(profile: BankProfile, file: Findings) -> None:
    """Stops at a profile that cannot be read by."""
    columns = profile.columns
    if bool(columns.amount) == bool(columns.debit or columns.credit):
        file.add(0, "bad-profile", "the profile needs the column amount, or debit and credit", _HINT)
    if profile.sign not in ("as-is", "inverted"):
        file.add(0, "bad-profile", f"sign {quoted(profile.sign)} is not known", "write as-is or inverted")
    if profile.decimal == profile.thousands or profile.decimal not in (".", ","):
        file.add(0, "bad-profile", "decimal is . or , and is not the sign of thousands", _HINT)
    if len(_delimiter(profile)) > 1:
        file.add(0, "bad-profile", f"delimiter {quoted(profile.delimiter)} is not one character", "write ; , | or tab")
    try:
        check_pattern(profile.date)
    except ValueError as error:
        file.add(0, "bad-profile", str(error), _HINT)
    file.raise_any()


def _delimiter(profile: BankProfile) -> str:
    return "\t" if profile.delimiter == "tab" else profile.delimiter


def column_names(columns: ProfileColumns) -> dict[str, tuple[str, ...]]:
    """The columns of the file that each field of the profile is made of."""
    named = {}
    for field in fields(columns):
        value = getattr(columns, field.name)
        parts = (value,) if isinstance(value, str) else tuple(value)
        if any(parts):
            named[field.name] = tuple(part for part in parts if part)
    return named


def profile_rows(text: str, profile: BankProfile, file: Findings) -> list[Row]:
    """The rows between header and footer, by the profile's own names of the columns."""
    named = column_names(profile.columns)
    wanted = [column for columns in named.values() for column in columns]
    preamble = "".join(text.splitlines(keepends=True)[: profile.skip])
    # Skipped lines stay as empty ones, so that rows keep their line numbers.
    text = "\n" * preamble.count("\n") + text[len(preamble) :] if preamble else text
    delimiter = _delimiter(profile)
    dialect = Dialect(delimiter) if delimiter else detect_dialect(text.lstrip("\n"), wanted if profile.header else ())
    records = csv_rows(text, dialect, file)
    if not profile.header:
        return list(_numbered(records, wanted, profile, file))
    places, width = _find_header(records, wanted, file)
    return list(named_rows(_until_footer(records, profile.footer), places, width, file))


def _find_header(
    records: Iterator[tuple[int, list[str]]], wanted: Sequence[str], file: Findings
) -> tuple[dict[str, int], int]:
    """Where each column stands, and how wide the header is: the first record that holds them all."""
    line, nearest, missing = 1, -1, list(wanted)
    for _, (number, cells) in zip(range(_HEADER_WITHIN), records, strict=False):
        spelt = [spelling(one_line(cell)) for cell in cells]
        lacking = [column for column in wanted if spelling(column) not in spelt]
        if not lacking:
            _refuse_doubles(number, spelt, wanted, file)
            return {column: spelt.index(spelling(column)) for column in wanted}, len(cells)
        if len(wanted) - len(lacking) > nearest:
            line, nearest, missing = number, len(wanted) - len(lacking), lacking
    file.problems.clear()  # what was found astray in a preamble matters less than that it never ended
    message = f"no row names the columns of the profile; nearest is this one, without {', '.join(missing)}"
    raise file.fatal(line, "missing-column", message, "take another profile, or correct its columns")


def _refuse_doubles(line: int, spelt: Sequence[str], wanted: Sequence[str], file: Findings) -> None:
    for column in wanted:
        if Counter(spelt)[spelling(column)] > 1:
            message = f"column {quoted(column)} stands in the header twice"
            file.add(line, "duplicate-column", message, "rename one of them in the file")
    file.raise_any()


def _numbered(
    records: Iterator[tuple[int, list[str]]], wanted: Sequence[str], profile: BankProfile, file: Findings
) -> Iterator[Row]:
    """The rows of a file without a header, whose columns are given by number."""
    bad = [column for column in wanted if not (column.isdigit() and int(column) > 0)]
    if bad:
        message = f"the file has no header, so columns are numbers from 1, not {', '.join(bad)}"
        raise file.fatal(0, "bad-profile", message, "write header: yes, or numbers")
    width = 0
    for line, cells in _until_footer(records, profile.footer):
        width = width or len(cells)
        if len(cells) != width or max(map(int, wanted)) > width:
            message = f"the row has {len(cells)} fields, the first {width}, the profile wants {max(map(int, wanted))}"
            file.add(line, "row-length", message, _HINT)
            continue
        yield Row(line, {column: one_line(cells[int(column) - 1]) for column in wanted})


def _until_footer(records: Iterator[tuple[int, list[str]]], footer: str) -> Iterator[tuple[int, list[str]]]:
    for line, cells in records:
        if footer and one_line(cells[0]).startswith(footer):
            return
        yield line, cells
