"""What imports share: rows read from a table, and problems collected so that all of them are told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from pydantic import ValidationError

from arledger.documents.fields import is_id
from arledger.errors import BadValueError, ImportFileError, Place, Problem, did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import DIGITS, amount_hint, minor_units


class Row(Protocol):
    """A row of an import file: the line it starts on, and its text by field."""

    @property
    def number(self) -> int:
        """The line of the file, from 1."""

    @property
    def values(self) -> dict[str, str]:
        """Text by field."""


@dataclass(frozen=True)
class Options:
    """An import file: its name, rows, and how its dates are read."""

    name: str
    rows: Sequence[Row]
    read_date: Callable[[str], date]


@dataclass
class Findings:
    """The problems of an import file so far."""

    name: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: Row, code: str, message: str, hint: str) -> None:
        """Notes a problem of a row."""
        self.problems.append(Problem(Place(self.name, row.number), code, message, hint))

    def raise_any(self) -> None:
        """Raises ImportFileError with every problem noted, if any."""
        if self.problems:
            raise ImportFileError(self.problems)

    def alike(self, rows: Sequence[Row], fields: Iterable[str]) -> None:
        """Notes each later row of one document that says something else than its first row; empty cells say nothing."""
        first = rows[0].values
        for row in rows[1:]:
            for name in fields:
                told = row.values.get(name)
                if told and told != first.get(name):
                    message = f"{name} is {told}, but {first.get(name) or 'empty'} in line {rows[0].number}"
                    self.add(row, "imported-differently", message, f"repeat the {name}, or leave it empty")

    # -- values of a row; None when they are wrong, the problem noted

    def id(self, row: Row, key: str) -> str | None:
        """An id."""
        text = row.values.get(key, "")
        if is_id(text):
            return text
        self.add(
            row, "bad-id", f"{key}: {text!r} is not an id", "letters, digits, dot, dash and underscore, at most 64"
        )
        return None

    def customer(self, row: Row, ledger: Ledger, *, needed: bool = True) -> str | None:
        """A known customer by id, or by a name only one has; with `needed` false an empty cell is nobody known."""
        text = row.values.get("customer", "")
        if (text and text in ledger.names) or not (text or needed):
            return ledger.merged.get(text, text)
        named = [customer for customer, name in ledger.names.items() if customer and name == text]
        called = [customer for customer in named if customer not in ledger.merged]
        if len(called) == 1:
            return called[0]
        known = list(ledger.known_ids("customers", "customer"))
        self.add(
            row,
            "unknown-customer",
            f"there is no customer {text}",
            did_you_mean(text, known) or "import customers first",
        )
        return None

    def day(self, row: Row, key: str, read: Callable[[str], date]) -> date | None:
        """A date."""
        try:
            return read(row.values.get(key, ""))
        except ValueError as error:
            self.add(row, "bad-date", f"{key}: {error}", "or say how dates are written with --date-format")
            return None

    def currency(self, row: Row, default: str) -> str | None:
        """A currency, the default where the cell is empty."""
        text = row.values.get("currency", "") or default
        if text in DIGITS:
            return text
        self.add(row, "bad-currency", f"{text!r} is no ISO 4217 currency", "write a code such as EUR")
        return None

    def amount(self, row: Row, key: str, currency: str | None) -> int | None:
        """An amount of more than zero, in minor units."""
        if currency is None:
            return None
        text = row.values.get(key, "")
        try:
            minor = minor_units(text, currency)
        except ValueError as error:
            self.add(row, "bad-amount", f"{key}: {error}", amount_hint(text, currency))
            return None
        if minor <= 0:
            self.add(row, "not-positive", f"{key} is {row.values[key]}", "import credit as payments or credit notes")
            return None
        return minor

    def invalid(self, row: Row, error: ValidationError) -> None:
        """Notes what a document's own types refuse."""
        for details in error.errors(include_url=False):
            cause = details.get("ctx", {}).get("error")
            hint = cause.hint if isinstance(cause, BadValueError) else "correct the row"
            code = cause.code if isinstance(cause, BadValueError) else "bad-value"
            self.add(row, code, f"{details['loc'][-1] if details['loc'] else ''}: {cause or details['msg']}", hint)
