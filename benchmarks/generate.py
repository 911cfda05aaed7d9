"""Make a seeded ledger of any size, the journals of three peers with the same facts, and the answer all must give.

    python benchmarks/generate.py --invoices 100000 --out DIR

writes DIR/ledgers/ (arledger), DIR/journal.hledger, DIR/journal.ledger, DIR/journal.beancount, DIR/expected.json:
open receivables per customer at --as-of in 30-day buckets by due date, in cents, summed here and not by arledger.
The same arguments give the same bytes. Facts stream through: memory grows with the customers and with what is
planned, not with the facts.
"""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

from facts import FIRST, LAST, Aging
from journals import Journals
from ledger_files import LedgerFiles
from timing import CommandError, parser_of
from trade import Trade


def months() -> list[str]:
    """The months of the data, oldest first, as YYYY-MM."""
    return sorted({date.fromordinal(day).isoformat()[:7] for day in range(FIRST, LAST + 1)})


def generate(invoices: int, out: Path, seed: int, as_of: int) -> dict[str, object]:
    """The expected answer, after every file was written; `out` must not hold a ledger yet."""
    out.mkdir(parents=True, exist_ok=True)
    trade = Trade(invoices, seed)
    aging = Aging(as_of)
    files = LedgerFiles(out / "ledgers", trade.customers)
    with Journals(out, trade.customers) as journals:
        for fact in aging.watch(trade.facts()):
            files.write(fact)
            journals.write(fact)
    expected = aging.document()
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="ascii")
    return expected


def close(out: Path, all_but: int, ar: str) -> None:
    """Close every month but the last `all_but` with arledger itself, which alone knows how to seal one.

    Raises CommandError when it says it did and left no file.
    """
    for month in months()[:-all_but] if all_but else months():
        command = [ar, "close", month, "--yes", "--ledger", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not (out / "ledgers" / "periods" / f"{month}.yaml").exists():
            raise CommandError(f"ar close {month}: exit 0 and no period file")


def main() -> None:
    """Read the arguments, generate, print the counts."""
    parser = parser_of(__doc__)
    parser.add_argument("--invoices", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.fromordinal(LAST))
    parser.add_argument("--close-all-but", type=int, metavar="MONTHS", help="then close all months but the last ones")
    args = parser.parse_args()
    if (args.out / "ledgers").exists():
        parser.error(f"{args.out}/ledgers exists; give another --out or remove it")
    expected = generate(args.invoices, args.out, args.seed, args.as_of.toordinal())
    print(json.dumps({"facts": expected["facts"], **expected["counts"]}))
    if args.close_all_but is not None:
        close(args.out, args.close_all_but, args.ar)


if __name__ == "__main__":
    main()
