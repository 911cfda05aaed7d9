"""Score cash application on labelled payments.

    python benchmarks/score_matching.py --page      # on made-up trades; written to docs/benchmarks/matching.md
    python benchmarks/score_matching.py FOLDER      # on payments in the form of the Pay-to-Inv data set

FOLDER holds invoices.csv, payments.csv and matches.csv in the form of the Pay-to-Inv data set. Prints the share of
payments posted automatically by count and by value, and how the posted ones compare with the truth: *exact* when
the set of invoices is the truth's, *partial* when it is a proper part of it, *wrong* otherwise. Each wrong one and
each one left for review is explained with `-v`. Nothing of the truth is used for matching.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from arledger.compute.matching import MatchBook, MatchCustomer, MatchItem, MatchPolicy, Proposal, match
from arledger.documents.bank import StatementLine
from tables import insert, table

VERDICTS = ("exact", "partial", "wrong", "review")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def minor(text: str) -> int:
    """Hundredths whatever the currency: the data gives yen with decimals."""
    return int((Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def book_of(folder: Path, number: str) -> tuple[MatchBook, dict[str, str]]:
    """The open items and customers, and the invoice id of the data set by item."""
    items, names, ids = [], defaultdict(set), {}
    for row in rows(folder / "invoices.csv"):
        item = row[number]
        ids[item] = row["invoice_id"]
        amount = minor(row["Amount"])
        names[row["Customer ID"]].add(row["Customer Name"])
        quoted = (row["Assignment Number"], row["Billing Number"])
        issued, due = day(row["Document Date"]), day(row["Due Date"])
        items.append(MatchItem(item, row["Customer ID"], row["Currency Code"], amount, amount, issued, due, (), quoted))
    customers = tuple(MatchCustomer(who, tuple(sorted(known))) for who, known in sorted(names.items()))
    return MatchBook(tuple(items), customers), ids


def line_of(place: int, row: dict[str, str]) -> StatementLine:
    when = day(row["Posting Date"])
    return StatementLine(
        place=place,
        booked=when,
        value_date=when,
        amount=minor(row["Amount"]),
        currency=row["Currency"],
        payer=row["Business Partner"],
        payer_account=row["Account Number"],
        text=row["Memo Line"],
    )


def truth_of(folder: Path) -> tuple[dict[str, set[str]], dict[str, str]]:
    truth: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    for row in rows(folder / "matches.csv"):
        for payment in json.loads(row["payment_ids"]):
            truth[str(payment)] = {str(invoice) for invoice in json.loads(row["invoice_ids"])}
            kinds[str(payment)] = " ".join([row["match_category"], *json.loads(row["perturbation_categories"])])
    return truth, kinds


def verdict(proposal: Proposal, ids: dict[str, str], true: set[str]) -> str:
    if proposal.tier != "auto":
        return "review"
    paid = {ids[share.item] for share in proposal.shares}
    return "exact" if paid == true else "partial" if paid < true else "wrong"


def score(folder: Path, number: str, verbose: bool) -> None:
    book, ids = book_of(folder, number)
    truth, kinds = truth_of(folder)
    payments = rows(folder / "payments.csv")
    lines = [line_of(at, row) for at, row in enumerate(payments, 2)]
    start = time.process_time()
    proposals = match(lines, book, MatchPolicy())
    spent = time.process_time() - start
    counts: Counter[str] = Counter()
    value: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for proposal in proposals:
        row, line = payments[proposal.line], lines[proposal.line]
        found = verdict(proposal, ids, truth[row["payment_id"]])
        counts[found] += 1
        value[found] += line.amount
        by_kind[kinds[row["payment_id"]]][found] += 1
        if found == "wrong" or (verbose and found != "exact"):
            explain(found, row, proposal, {item for item, at in ids.items() if at in truth[row["payment_id"]]})
    print(f"\n{len(proposals)} payments, {len(book.items)} items by {number}, {spent:.2f} s")
    report(counts, value, by_kind if verbose else {})


def explain(found: str, row: dict[str, str], proposal: Proposal, true: set[str]) -> None:
    print(f"\n{found}: {list(row.values())}\n  true {sorted(true)}\n  {proposal.result} {proposal.customer}")
    for share in proposal.shares:
        print("   ", share)
    for words in proposal.evidence:
        print("   -", words)
    for candidate in proposal.candidates:
        print("   ?", candidate.customer, candidate.items, candidate.why)


def report(counts, value, by_kind) -> None:
    total, worth = sum(counts.values()), sum(value.values())
    posted = total - counts["review"]
    print(f"posted {posted / total:.1%} by count, {(worth - value['review']) / worth:.1%} by value")
    for found in VERDICTS:
        print(f"  {found:8} {counts[found]:6} {counts[found] / total:7.2%}")
    for kind, found in sorted(by_kind.items()):
        print(f"  {kind:60} {dict(found)}")


TRADES = (("amounts to the cent", False, 40), ("round amounts", True, 20))  # what, rounded, how many trades


def made_up(page: Path) -> int:
    """How many payments of the made-up trades were applied wrongly; the page is written with all of it."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from matching_trade import Trade

    text, wrong = "", 0
    for what, rounded, trades in TRADES:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for seed in range(trades):
            trade = Trade(seed, rounded=rounded)
            for proposal in match(trade.lines, trade.book(), MatchPolicy()):
                applied = frozenset(share.item for share in proposal.shares)
                true = trade.truth[proposal.line]
                posted = "exact" if applied == true else "partial" if applied < true else "wrong"
                found[trade.kinds[proposal.line]][posted if proposal.tier == "auto" else "review"] += 1
        total = sum(found.values(), Counter())
        wrong += total["wrong"]
        rows = [[kind, *(f"{counts[verdict]:,}" for verdict in VERDICTS)] for kind, counts in sorted(found.items())]
        rows.append(
            ["**all**", *(f"{total[verdict]:,} ({total[verdict] / total.total():.1%})" for verdict in VERDICTS)]
        )
        text += f"{total.total():,} payments of {trades} trades, {what}:\n\n{table(['payments', *VERDICTS], rows)}\n"
    insert(page, "score", text)
    return wrong


if __name__ == "__main__":
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not folders:
        sys.exit(bool(made_up(Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "matching.md")))
    for column in ("Document Number", "invoice_id"):
        score(Path(folders[0]), column, "-v" in sys.argv)
