"""`ar check`: whether the books hold together, and everything that says they do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from arledger.errors import Problem
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Cell, Column, Report, Table

_COLUMNS = (
    Column("path", "File"), Column("line", "Line", "number"), Column("column", "Column", "number"),
    Column("severity", "Severity"), Column("code", "Code"), Column("message", "What is wrong"), Column("hint", "Hint"),
)  # fmt: skip


def build(ledger: Ledger, problems: Sequence[Problem], today: date, hidden: int = 0) -> Report:
    """The problems, or one line on the books when there are none. Warnings do not make books wrong.

    The control account is that of all facts; those dated after `today` are counted beside it. `hidden` is how many
    more problems are in files that were not asked about.
    """
    ok = all(problem.severity != "error" for problem in problems)
    rows: list[list[Cell]] = [[*p.place, p.severity, p.code, p.message, p.hint] for p in problems]
    lines = [line for problem in problems for line in _lines(problem)]
    summary = _summary(ledger, problems, today, ok=ok)
    closed, control = ledger.closed_through(), ledger.control(date.max)  # of wrong books no figure is given
    ((facts,),) = ledger.rows("SELECT COUNT(*) FROM facts WHERE kind != 'periods'")
    head = {
        "ok": ok, "facts": facts, "customers": len(ledger.names) - 1, "closed_through": closed, "hidden": hidden,
        "control": {currency: Money(amount, currency) for currency, amount in sorted(control.items()) if ok},
    }  # fmt: skip
    more = [f"{_count(hidden, 'problem')} in files not changed since"] if hidden else []
    table = Table(_COLUMNS, rows, name="problems", empty=summary)
    return Report("check", "Check of the books", [table], head, [summary, *more], plain=[*lines, summary, *more])


def _lines(problem: Problem) -> list[str]:
    """A problem as `PATH:LINE:COL: code: message`, and its hint on a line of its own."""
    place, _, hint = str(problem).partition("\n  hint:")
    return [place, f"hint:{hint}"]


def _summary(ledger: Ledger, problems: Sequence[Problem], today: date, *, ok: bool) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = _count(len(problems) - errors, "warning") if len(problems) > errors else ""
    if not ok:
        return ", ".join(filter(None, (_count(errors, "error"), warnings)))
    ((facts,),) = ledger.rows("SELECT COUNT(*) FROM facts WHERE kind != 'periods'")
    control = [Money(amount, currency).said() for currency, amount in sorted(ledger.control(date.max).items())]
    parts = [
        _count(facts, "fact"), _count(len(ledger.names) - 1, "customer"),
        f"closed through {ledger.closed_through() or '(nothing)'}", f"control account {', '.join(control) or 0}",
        _ahead(ledger, today), warnings,
    ]  # fmt: skip
    return f"ok: {', '.join(filter(None, parts))}"


def _ahead(ledger: Ledger, today: date) -> str:
    """How many facts are of days to come, and of which; nothing where none is."""
    ((facts, last),) = ledger.rows(
        "SELECT COUNT(*), MAX(date) FROM facts WHERE date > ? AND kind != 'periods'", today.toordinal()
    )
    return f"{_count(facts, 'fact')} dated after {today}, up to {date.fromordinal(last)}" if facts else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def annotation(problem: Problem) -> str:
    """A problem as GitHub shows it at its line in a pull request.

    Source: GitHub, "Workflow commands for GitHub Actions", setting an error message.

    >>> from arledger.errors import Place
    >>> annotation(Problem(Place("ledgers/x.yaml", 3, 1), "bad-date", "no\\nday", "write YYYY-MM-DD"))
    '::error file=ledgers/x.yaml,line=3,col=1,title=bad-date::no%0Aday%0Ahint: write YYYY-MM-DD'
    """
    path, line, column = problem.place
    title, place = _property(problem.code), _property(path)
    message = _escaped(f"{problem.message}\nhint: {problem.hint}")
    return f"::{problem.severity} file={place},line={max(line, 1)},col={max(column, 1)},title={title}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
