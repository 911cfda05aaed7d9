"""`ar bisect`."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated

import typer

from arledger.cli.command import reads
from arledger.cli.lazy import lazy
from arledger.cli.options import AsOf
from arledger.cli.output import say
from arledger.cli.session import Session
from arledger.errors import LedgerError, UsageError
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Column, Report, Table

book = lazy("arledger.checks.book")

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_COLUMNS = (
    Column("commit", "Commit"), Column("author", "Author"), Column("date", "Date"), Column("subject", "Subject"),
    Column("problem", "What is wrong since then"),
)  # fmt: skip


@app.command("bisect")
@reads
def bisect(
    session: Session,
    good: Annotated[str, typer.Option("--good", metavar="REV", help="A commit where all was right.")],
    bad: Annotated[str, typer.Option("--bad", metavar="REV", help="A later commit where it is not.")] = "HEAD",
    control: Annotated[
        str, typer.Option("--control", metavar="'AMOUNT CODE'", help="Right is: the control account is this.")
    ] = "",
    as_of: AsOf = "",
) -> Report:
    """\b
    ar bisect --good v2026-04
    ar bisect --good v2026-04 --control "10451.63 USD" --as-of 2026-04-30

    Find the first commit since which `ar check` has an error, or the control account of a day is no longer what it
    was. Half of the commits left are ruled out at each step; nothing is checked out.
    """
    from arledger import history

    root, day = session.books.root, session.day(as_of, "--as-of")
    ends = [session.commit_of(revision) for revision in (good, bad)]
    wrong = _tie_out(control, day) if control else _first_error

    def told(commit: str) -> str:
        try:
            return wrong(session.at(commit))
        except LedgerError as error:
            return str(error.problems[0]).partition("\n")[0]

    commits = history.line_of_commits(root, *ends)
    if not commits or not told(commits[-1]):
        raise UsageError(f"nothing is wrong at {bad}", "name a later commit with --bad")
    first = commits[_first(commits, lambda commit: bool(told(commit)))]
    change = history.described(root, first)
    row = [change.commit, change.author, change.date, change.subject, told(first)]
    head = {"good": good, "bad": bad, "first_bad": first}
    return Report("bisect", f"The first commit that is wrong after {good}", [Table(_COLUMNS, [row])], head)


def _first(commits: Sequence[str], is_bad: Callable[[str], bool]) -> int:
    """The place of the first bad commit, when every commit after it is bad too."""
    low, high = 0, len(commits) - 1
    while low < high:
        middle = (low + high) // 2
        say(f"one of {high - low + 1}: looking at {commits[middle][:12]}")
        low, high = (low, middle) if is_bad(commits[middle]) else (middle + 1, high)
    return low


def _first_error(ledger: Ledger) -> str:
    errors = [finding for finding in book.check_book(ledger) if finding.severity == "error"]
    return f"{errors[0].path}: {errors[0].code}: {errors[0].message}" if errors else ""


def _tie_out(text: str, day: date) -> Callable[[Ledger], str]:
    amount, _, currency = text.partition(" ")
    try:
        wanted = Money.parse(amount, currency.strip())
    except ValueError as error:
        raise UsageError(f"--control: {error}", "such as --control '10451.63 USD'") from None

    def told(ledger: Ledger) -> str:
        now = ledger.control(day).get(wanted.currency, 0)
        return "" if now == wanted.minor else f"the control account is {Money(now, wanted.currency).said()}"

    return told
