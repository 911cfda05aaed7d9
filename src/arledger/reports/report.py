"""A report is a value: title, tables of typed cells, and where it comes from. Each renderer takes this one type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from arledger.money import Money
from arledger.reports.chart import Chart

Cell = Money | date | Decimal | int | str | bool | None | list[Any] | dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: the key JSON and CSV use, the heading people see, and what its cells are."""

    key: str
    title: str
    kind: Literal["text", "money", "date", "number", "flag", "data"] = "text"  # data: nested, for JSON alone
    shown: bool = True  # to people; JSON and CSV always have it
    in_json: bool = True  # False: only for people and CSV
    spare: int = 0  # not 0: left out where a row then takes one line of a narrow terminal, 1 before 2


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns, and their totals. A cell of a total that makes no sense is None."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]] | None = None
    name: str = ""  # key in JSON; without one, rows and totals stand at the top
    title: str = ""
    head: Mapping[str, Any] = field(default_factory=dict)  # more keys of this table in JSON
    rows_key: str = "rows"
    listed: bool = False  # whether JSON has a list of such tables under `name`
    empty: str = "Nothing to show."
    in_json: bool = True  # False: the head of the report holds the same in another shape


@dataclass(frozen=True)
class Provenance:
    """Where a report comes from: enough to make it again."""

    as_of: date
    commit: str | None
    dirty: bool | None
    facts: int
    checksum: str
    version: str
    made: Mapping[str, Any] = field(default_factory=dict)  # the command and its arguments, by name

    def plain(self) -> dict[str, Any]:
        """It as a mapping of plain values, such as JSON has."""
        return {
            "as_of": self.as_of.isoformat(), "commit": self.commit, "dirty": self.dirty, "facts": self.facts,
            "checksum": self.checksum, "version": self.version, "made": dict(self.made),
        }  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What a command shows."""

    name: str
    title: str
    tables: Sequence[Table]
    head: Mapping[str, Any] = field(default_factory=dict)  # keys at the top of the JSON
    notes: Sequence[str] = ()  # for people, below the tables
    provenance: Provenance | None = None
    facts: Sequence[tuple[str, str]] = ()  # for people, above the tables: label and text
    charts: Sequence[Chart] = ()  # for pages
    plain: Sequence[str] | None = None  # the very lines the table format has in place of everything, for pipes

    @property
    def heading(self) -> str:
        """The title without its dates.

        >>> Report("aging", "Ageing on 2026-06-30, in days past the due date", []).heading
        'Ageing'
        """
        return re.split(r",? (?:on|from|of|by|in|up to) [0-9]|, ", self.title)[0]
