"""Numbers of issued documents: one series per pattern and year, without gaps where policy says so."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from arledger.checks import Finding
from arledger.ledger.table import Ledger

#: Kind of item → the key of its pattern in `numbering`.
SERIES = {
    "invoice": "invoice",
    "debit-note": "debit_note",
    "finance-charge": "finance_charge",
    "credit-note": "credit_note",
}


def pattern_of(template: str) -> re.Pattern[str]:
    """A pattern that takes a number of the series apart into `year` (where it has one) and `seq`.

    >>> pattern_of("INV-{year}-{seq:05}").fullmatch("INV-2026-00042").groupdict()
    {'year': '2026', 'seq': '00042'}
    """
    before, _, rest = template.partition("{seq:0")
    year = "(?P<year>[0-9]{4})"
    pattern = re.escape(before).replace(re.escape("{year}"), year, 1).replace(re.escape("{year}"), "(?P=year)")
    return re.compile(f"{pattern}(?P<seq>[0-9]{{{rest[0]},}})", re.ASCII)


def prefix_of(template: str, year: int) -> str:
    """What every number of the series begins with in that year."""
    return template.replace("{year}", f"{year:04}").partition("{seq")[0]


def number(template: str, year: int, count: int) -> str:
    """The number with that count.

    >>> number("INV-{year}-{seq:05}", 2026, 42)
    'INV-2026-00042'
    """
    return template.replace("{year}", f"{year:04}").format(seq=count)


def last_count(ledger: Ledger, template: str, year: int) -> int:
    """The highest count given in a series and year, 0 when none is."""
    prefix, pattern = prefix_of(template, year), pattern_of(template)
    found = ledger.rows(
        "SELECT fact FROM facts WHERE fact >= ? COLLATE NOCASE AND fact < ? COLLATE NOCASE", prefix, prefix + "~"
    )
    return max((int(match["seq"]) for (fact,) in found if (match := pattern.fullmatch(fact))), default=0)


def number_gaps(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Missing numbers of gapless series. A series starts at the lowest number there is: 1, or where an older
    system's numbers left off."""
    if not ledger.policy.numbering.gapless:
        return
    for key in dict.fromkeys(SERIES.values()):
        template = getattr(ledger.policy.numbering, key)
        pattern = pattern_of(template)
        series: dict[str, list[tuple[int, str]]] = {}  # year → number and fact
        if not everything and not any(
            pattern.fullmatch(f) for (f,) in ledger.rows("SELECT fact FROM temp.touched_facts")
        ):
            continue
        prefix = template.partition("{")[0]
        year = "year" in pattern.groupindex
        for (fact,) in ledger.rows(
            "SELECT fact FROM facts WHERE fact >= ? COLLATE NOCASE AND fact < ? COLLATE NOCASE", prefix, prefix + "~"
        ):
            if match := pattern.fullmatch(fact):
                series.setdefault(match["year"] if year else "", []).append((int(match["seq"]), fact))
        for numbers in series.values():
            yield from _gaps(ledger, sorted(numbers), template)


def _gaps(ledger: Ledger, numbers: list[tuple[int, str]], template: str) -> Iterator[Finding]:
    for (before, _), (after, fact) in itertools.pairwise(numbers):
        if after > before + 1:
            missing = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
            ((path, *_), *_) = ledger.rows("SELECT path FROM facts WHERE fact = ? COLLATE NOCASE", fact)
            yield Finding(path, (), "number-gap", f"series {template}: {missing} missing before {after}",
                          "restore the missing document from git, or issue and void it")  # fmt: skip
