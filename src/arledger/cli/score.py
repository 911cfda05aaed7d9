"""`ar apply-payments FILE --score TRUTH.CSV`: what matching got right, and each wrong one explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from arledger.commands.apply_payments import Outcome
from arledger.compute.scoring import Scored, judge, share
from arledger.documents.fields import item_and_part
from arledger.errors import UsageError
from arledger.reports.report import Cell, Column, Report, Table

_SUMMARY = (
    Column("verdict", "Verdict"),
    Column("payments", "Payments", "number"),
    Column("by_count", "% of payments", "number"),
    Column("by_value", "% of value", "number"),
)
_WRONG = (
    Column("line", "Line", "number"),
    Column("applied", "Applied to"),
    Column("truth", "Truth"),
    Column("evidence", "Evidence"),
)


def score_report(outcomes: Iterable[Outcome], truth: Mapping[str, Set[str]]) -> Report:
    """The scores of the lines the truth knows. `truth` is line of the file → numbers of the invoices it pays.

    Raises UsageError where it knows none.
    """
    scored = [_judged(outcome, truth[line]) for outcome in outcomes if (line := str(outcome.line.line.place)) in truth]
    if not scored:
        raise UsageError(
            "--score: the truth names no line of this file", "its column `line` is the line of the bank file"
        )
    whole = sum(one.amount for one in scored)
    rows: list[list[Cell]] = []
    for verdict in ("exact", "partial", "wrong", "review"):
        these = [one for one in scored if one.verdict == verdict]
        rows.append(
            [verdict, len(these), share(len(these), len(scored)), share(sum(one.amount for one in these), whole)]
        )
    wrong: list[list[Cell]] = [
        [one.line, ", ".join(one.applied), ", ".join(one.truth), "; ".join(one.evidence)]
        for one in scored
        if one.verdict in ("wrong", "partial")
    ]
    posted = [one for one in scored if one.verdict != "review"]
    head = {"payments": len(scored), "auto_by_count": share(len(posted), len(scored)),
            "auto_by_value": share(sum(one.amount for one in posted), whole)}  # fmt: skip
    tables = [
        Table(_SUMMARY, rows, name="scores"),
        Table(_WRONG, wrong, name="wrong", title="Not exact", empty="None is wrong."),
    ]
    title = (
        f"{len(scored)} payments: {head['auto_by_count']} % posted automatically, {head['auto_by_value']} % by value"
    )
    return Report("score", title, tables, head)


def _judged(outcome: Outcome, truth: Set[str]) -> Scored:
    proposal = outcome.proposal
    applied = {item_and_part(item)[0] for item in proposal.items} if proposal else set()
    posted = proposal is not None and proposal.tier == "auto"
    return judge(str(outcome.line.line.place), outcome.line.line.amount, applied, truth,
                 proposal.evidence if proposal else (), posted=posted)  # fmt: skip
