"""A made-up book of open invoices and a bank file that pays some of them, with the truth beside it.

    python benchmarks/bank_trade.py --invoices 100000 --lines 10000 --out DIR

writes DIR/ledgers/ (customers and open invoices), DIR/bank.csv and DIR/truth.csv (line of the file, invoices it pays).
The same arguments give the same bytes. Payers write what payers write: the number, several, without its zeros or its
prefix, with a slip; nothing but the amount; a part, less discount; from accounts and under names nobody has seen.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from facts import Customer, Item, Line, money, percent
from ledger_files import LedgerFiles
from trade import TAX, iban, pick

FIRST, LAST = date(2025, 7, 1).toordinal(), date(2026, 6, 30).toordinal()
PER_CUSTOMER = 50
_SYLLABLES = "al bar cor dan el fen gar hol in jor kan lor mer nor ost pel quin ros sten tor ul ven wes xan yor zel"
_TRADES = "Foods Logistics Marine Textiles Electric Machines Paper Glass Tools Chemicals Timber Medical Print Optics"
SYLLABLES, TRADES = _SYLLABLES.split(), _TRADES.split()
FORMS = ("GmbH", "AG", "Ltd", "SARL", "BV", "Inc.")

# How a payment is told: (share of all lines, kind).
KINDS = (
    (0.46, "number"),
    (0.10, "several numbers"),
    (0.08, "number less discount"),
    (0.07, "number without zeros"),
    (0.05, "slip"),
    (0.05, "part"),
    (0.04, "unknown payer"),
    (0.10, "amount alone"),
    (0.03, "several by amount"),
    (0.02, "nothing of ours"),
)


def buyer(number: int, rng: Random) -> Customer:
    """A customer with a name few others resemble."""
    name = "".join(rng.choice(SYLLABLES) for _ in range(3)).title()
    terms, net, discount = rng.choice((("net 30", 30, 0), ("2/10 net 30", 30, 10), ("net 14", 14, 0)))
    name = f"{name} {rng.choice(TRADES)} {rng.choice(FORMS)}"
    return Customer(f"CUST-{number:05}", name, terms, net, discount, -1, iban(number), 50_000_000)


def invoices(count: int, customers: list[Customer], rng: Random) -> Iterator[Item]:
    """Open invoices in one running series a year, a few customers with many of them and many with few."""
    series: dict[int, int] = {}
    days = LAST - FIRST + 1
    for at in range(count):
        day = FIRST + at * days // count
        year = date.fromordinal(day).year
        series[year] = series.get(year, 0) + 1
        who = customers[int(len(customers) * rng.random() ** 1.3)]
        line = Line("Goods as ordered", rng.randint(1, 20), rng.randint(250, 90_000))
        net = line.quantity * line.price
        total = net + percent(net, TAX)
        po = f"PO-{rng.randint(100_000, 999_999)}" if rng.random() < 0.3 else ""
        yield Item(
            f"INV-{year}-{series[year]:06}", who, day, day + who.net_days, [line], po, net, total - net, total, total
        )


class Payments:
    """Lines of the bank, each with the invoices it truly pays."""

    def __init__(self, items: list[Item], seed: int) -> None:
        self.rng = Random(seed)
        self.of: dict[str, list[Item]] = {}
        for item in items:
            self.of.setdefault(item.customer.id, []).append(item)
        self.items = items

    def lines(self, count: int) -> Iterator[tuple[list[str], list[Item]]]:
        """Rows of the bank's file and what they pay; no invoice is paid twice."""
        made = 0
        while made < count:
            _, kind = pick(self.rng, KINDS)
            item = self.rng.choice(self.items)
            mine = [one for one in self.of[item.customer.id] if one.left and one is not item]
            chosen = (
                [item, *self.rng.sample(mine, min(len(mine), self.rng.randint(1, 4)))] if "several" in kind else [item]
            )
            if not item.left:
                continue
            made += 1
            yield self._line(kind, item, chosen)

    def _line(self, kind: str, item: Item, chosen: list[Item]) -> tuple[list[str], list[Item]]:
        rng = self.rng
        day = max(one.day for one in chosen) + rng.randint(1, item.customer.discount_days or 30)
        amount = sum(one.left for one in chosen)
        if kind == "part":
            amount = rng.randint(amount // 5, amount * 4 // 5)
        elif kind == "number less discount" and item.customer.discount_days:
            amount -= percent(item.total, 2)
        elif kind == "nothing of ours":
            amount, chosen = rng.randint(1000, 900_000), []
        name, account = item.customer.name.upper()[:27], item.customer.account
        if kind in ("unknown payer", "nothing of ours"):
            name, account = f"Zz {rng.choice(TRADES)} {rng.randint(1, 999)}", iban(900_000 + rng.randint(1, 99_999))
        elif rng.random() < 0.3:
            account = ""
        for one in chosen:
            one.left = 0
        text = self._text(kind, chosen)
        return [date.fromordinal(day).isoformat(), money(amount), "EUR", name, account, "", text], chosen

    def _text(self, kind: str, chosen: list[Item]) -> str:
        if "amount" in kind or not chosen:
            return self.rng.choice(("Zahlung", "PAYMENT THANK YOU", ""))
        numbers = [one.id for one in chosen]
        if kind == "number without zeros":
            numbers = [
                f"{int(number[-6:])}/{number[4:8]}" if self.rng.random() < 0.2 else number.replace("-0", "-")
                for number in numbers
            ]
        elif kind == "slip":
            at = self.rng.randrange(4, len(numbers[0]))
            numbers = [numbers[0][:at] + numbers[0][at + 1 :]]
        return self.rng.choice(("", "Rechnung ", "Invoice ", "RE ")) + ", ".join(numbers)


def generate(invoices_: int, lines: int, out: Path, seed: int) -> None:
    """Write the book, the bank's file and the truth; `out` must not hold a ledger yet."""
    rng = Random(seed)
    customers = [buyer(number, rng) for number in range(1, max(invoices_ // PER_CUSTOMER, 1) + 1)]
    files, items = LedgerFiles(out / "ledgers", customers), []
    for item in invoices(invoices_, customers, rng):
        files.write(item)
        items.append(item)
    bank, truth = (out / "bank.csv").open("w", newline=""), (out / "truth.csv").open("w", newline="")
    with bank, truth:
        rows, answers = csv.writer(bank), csv.writer(truth)
        rows.writerow(["date", "amount", "currency", "name", "account", "reference", "text"])
        answers.writerow(["line", "invoices"])
        for at, (row, chosen) in enumerate(Payments(items, seed).lines(lines), 2):
            rows.writerow(row)
            answers.writerow([at, ";".join(one.id for one in chosen)])


def main() -> None:
    """Read the arguments and generate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    generate(args.invoices, args.lines, args.out, args.seed)


if __name__ == "__main__":
    main()
