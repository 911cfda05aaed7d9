"""The benchmark of held orders: which of many orders may not go, over many open items.

    python benchmarks/held_orders.py --sizes 20000,100000

makes for each size a book of so many open items and an order of every customer, some of them prepaid or delivered in
part, under every rule that holds an order; runs `ar order list --held` and its neighbours as whole processes on it; and
compares the orders that are held with those that were made to be. Writes its part of docs/benchmarks.md.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from tables import insert, seconds, table
from timing import CommandError, Sample, least, measure, parser_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
DAY = date(2026, 6, 30)
LEDGER = """company: {name: Northwind Handel GmbH, address: [Hafenstr. 12, 20457 Hamburg], email: ar@northwind.example}
currency: EUR
numbering: {gapless: false}
credit:
  groups: {harbour: {limit: 100000000.00}}
  holds:
    - {rule: limit}
    - {rule: limit-expired}
    - {rule: overdue-days, days: 30, grace: 5}
    - {rule: overdue-amount, amount: 4000.00, percent: 90%}
    - {rule: order-amount, amount: 2400.00}
    - {rule: status}
    - {rule: terms}
    - {rule: promise-broken}
"""
EACH = 20  # open items a customer


class Case(NamedTuple):
    """A customer with an order, and what is to hold it."""

    n: int

    @property
    def name(self) -> str:
        """Its id."""
        return f"C{self.n:06}"

    @property
    def order(self) -> int:
        """What its order comes to."""
        return 500 + self.n % 2000

    @property
    def prepaid(self) -> bool:
        """Whether nothing holds its order."""
        return self.n % 20 == 7

    def items(self) -> list[tuple[date, int]]:
        """Due date and total of each open item: every fourth customer has one that is late enough."""
        late = 45 if self.n % 4 == 0 else 20
        return [(DAY - timedelta(late - 2 * k), 100 + (self.n * 7 + k * 13) % 400) for k in range(EACH)]

    @property
    def limit(self) -> int:
        """Of every tenth, one that open items and order pass by one; of others far more."""
        owed = sum(total for _, total in self.items())
        return owed + self.order - 1 if self.n % 10 == 0 else owed * 2 + 5000

    def held(self) -> set[str]:
        """The rules that hold its order."""
        if self.prepaid:
            return set()
        found = {
            "limit": self.n % 10 == 0, "limit-expired": self.n % 25 == 2, "overdue-days": self.n % 4 == 0,
            "order-amount": self.order > 2400, "status": self.n % 50 == 1, "terms": self.n % 40 == 3,
            "promise-broken": self.n % 30 == 4,
        }  # fmt: skip
        late = sum(total for due, total in self.items() if due < DAY)
        found["overdue-amount"] = self.n % 10 == 0 and late > 4000
        return {rule for rule, holds in found.items() if holds}


def files(customers: int) -> Iterator[tuple[str, str]]:
    """Path and text of every file of a book with so many customers."""
    yield "ledger.yaml", LEDGER
    for case in map(Case, range(customers)):
        yield from customer(case)
        for k, (due, total) in enumerate(case.items()):
            day = due - timedelta(30)
            text = f"customer: {case.name}\ndate: {day}\ndue: {due}\ncurrency: EUR\ntotal: {total}.00\n"
            yield f"invoices/{day:%Y-%m}/I{case.n:06}-{k}.yaml", text
        yield from order(case)


def customer(case: Case) -> Iterator[tuple[str, str]]:
    """A customer's file, and a promise it did not keep where there is one."""
    credit = ["expires: 2026-06-29"] if case.n % 25 == 2 else []
    credit += ["status: cash-only"] if case.n % 50 == 1 else []
    text = (
        f"name: Customer {case.n}\naddress: [Street {case.n}, 20457 Hamburg]\nterms: net 30\n"
        f"credit_limit: {case.limit}.00\n" + (f"credit: {{{', '.join(credit)}}}\n" if credit else "")
        + ("group: harbour\n" if case.n % 2 else "")
    )  # fmt: skip
    yield f"customers/{case.name}.yaml", text
    if case.n % 30 == 4:
        text = (
            f"customer: {case.name}\ndate: 2026-06-15\nitems: [I{case.n:06}-0]\ndue: 2026-06-20\ncurrency: EUR\n"
            "amount: 50.00\n"
        )
        yield f"promises/2026-06/P{case.n:06}.yaml", text


def order(case: Case) -> Iterator[tuple[str, str]]:
    """An order by lines or by amount; of some a delivery."""
    lines = case.n % 2
    head = f"customer: {case.name}\ndate: 2026-06-25\ncurrency: EUR\n"
    head += "terms: net 60\n" if case.n % 40 == 3 else ""
    head += "prepaid: yes\n" if case.prepaid else ""
    body = f"lines:\n  - {{description: Rope, quantity: 2, unit_price: {case.order / 2:.2f}}}\n" if lines else ""
    yield f"orders/2026-06/O{case.n:06}.yaml", f"{head}{body}total: {case.order}.00\n"
    if case.n % 20 == 9:
        text = f"customer: {case.name}\ndate: 2026-06-28\norder: O{case.n:06}\nlines:\n  - {{line: 1, quantity: 1}}\n"
        yield f"delivery-notes/2026-06/O{case.n:06}-D1.yaml", text


def write(folder: Path, customers: int) -> None:
    """Writes the book."""
    made: set[Path] = set()
    for path, text in files(customers):
        file = folder / "ledgers" / path
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        file.write_text(text, "utf-8")


def right(answer: Path, cases: list[Case]) -> None:
    """Raises CommandError when other orders are held, or for other reasons, than were made to be."""
    rows = json.loads(answer.read_text("utf-8"))["rows"]
    held = {row["order"]: {reason["rule"] for reason in row["reasons"]} for row in rows}
    wanted = {f"O{case.n:06}": case.held() for case in cases if case.held()}
    if held != wanted:
        wrong = sorted(order for order in held.keys() | wanted.keys() if held.get(order) != wanted.get(order))
        raise CommandError(f"{len(wrong)} orders, such as {wrong[0]}: {held.get(wrong[0])}, not {wanted.get(wrong[0])}")


COMMANDS = (("order", "list", "--held"), ("order", "show", "O000000"), ("credit", "exposure", "C000000"))


def one_size(ar: str, customers: int, work: Path, rounds: int) -> tuple[int, list[tuple[str, Sample]]]:
    """How many orders are held, and how long each command took: the first reading, then the least of some rounds."""
    folder, out = work / f"book-{customers}", work / "out.json"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, customers)
    env = {"AR_TODAY": DAY.isoformat()}
    found = [("first reading (`ar check`)", measure([ar, "--ledger", str(folder), "check"], out, env))]
    for command in COMMANDS:
        called = [ar, "--ledger", str(folder), *command]
        samples = [measure(called, out, env) for _ in range(rounds)]
        found.append((f"`ar {' '.join(command)}`", least(samples)))
    measure([ar, "--ledger", str(folder), *COMMANDS[0], "--format", "json"], out, env)
    cases = list(map(Case, range(customers)))
    right(out, cases)
    return sum(bool(case.held()) for case in cases), found


def main() -> None:
    """Measures each size and writes the page."""
    parser = parser_of(__doc__)
    parser.add_argument("--sizes", default="20000,100000", help="open items")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as work:
        for items in map(int, args.sizes.split(",")):
            held, samples = one_size(args.ar, items // EACH, Path(work), args.rounds)
            rows += [
                [what, f"{items:,}", f"{items // EACH:,}", f"{held:,}", seconds(s.wall), seconds(s.cpu),
                 f"{s.peak / 1e6:.0f}"]
                for what, s in samples
            ]  # fmt: skip
    head = ["command", "open items", "orders", "held", "wall s", "CPU s", "peak MB"]
    text = (
        "## Held orders\n\nAn order of each customer, over twenty open items of each, under every rule that can hold "
        "one: whole processes, from a fresh index but for the first reading, the least of several runs. Which orders "
        "are held, and by which rules, is compared with what the book was made for. Where wall time is far "
        "above CPU time, the processors were busy with other work. "
        "`python benchmarks/held_orders.py` makes these figures.\n\n"
    )
    insert(PAGE, "held", text + table(head, rows))


if __name__ == "__main__":
    main()
