"""The same facts as journals of three peers, each in the form its own tool ages best.

Every posting on a customer's `Assets:AR:…` account carries the due date of the item it is about: as posting date in
hledger, as effective date in ledger, as metadata in beancount. Credits not applied stand in `Assets:Unapplied:…`.
Tax and invoice lines are left out, which makes the journals shorter, and the peers faster, than full books would be.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from facts import CURRENCY, FIRST, ISO, Application, CreditNote, Customer, Fact, Item, WriteOff, money

Posting = tuple[str, int, int]  # account, cents, due day (0: none)
ACCOUNTS = ("Assets:Bank", "Income:Sales", "Expenses:Discounts", "Expenses:BadDebt")


def postings(fact: Fact) -> list[Posting]:
    """The balanced postings of one fact."""
    receivable = f"Assets:AR:{fact.customer.id}"
    unapplied = f"Assets:Unapplied:{fact.customer.id}"
    match fact:
        case Item():
            return [(receivable, fact.total, fact.due), ("Income:Sales", -fact.total, 0)]
        case CreditNote():
            return [(unapplied, -fact.total, 0), ("Income:Sales", fact.total, 0)]
        case WriteOff():
            return [(receivable, -fact.amount, fact.item.due), ("Expenses:BadDebt", fact.amount, 0)]
    rows: list[Posting] = [(receivable, -share.amount - share.discount, share.item.due) for share in fact.shares]
    applied = sum(share.amount for share in fact.shares)
    if isinstance(fact, Application):
        return [*rows, (unapplied, applied, 0)]
    discount = sum(share.discount for share in fact.shares)
    rest = fact.amount - applied
    return (
        [("Assets:Bank", fact.amount, 0), *rows]
        + ([("Expenses:Discounts", discount, 0)] if discount else [])
        + ([(unapplied, -rest, 0)] if rest else [])
    )


def commented(day: int, name: str, rows: list[Posting], tag: tuple[str, str]) -> str:
    """One transaction for hledger or ledger; `tag` stands around the due date in the comment of a posting."""
    text = [f"{ISO[day]} {name}\n"]
    for account, cents, due in rows:
        comment = f"  ; {tag[0]}{ISO[due]}{tag[1]}" if due else ""
        text.append(f"    {account}  {money(cents)} {CURRENCY}{comment}\n")
    return "".join(text) + "\n"


def beancount(day: int, name: str, rows: list[Posting]) -> str:
    """One transaction for beancount."""
    text = [f'{ISO[day]} * "{name}"\n']
    for account, cents, due in rows:
        meta = f"    due: {ISO[due]}\n" if due else ""
        text.append(f"  {account}  {money(cents)} {CURRENCY}\n{meta}")
    return "".join(text) + "\n"


class Journals:
    """The three journals of one run, open for writing; use as a context manager."""

    def __init__(self, folder: Path, customers: Iterable[Customer]) -> None:
        self.hledger, self.ledger, self.beancount = (
            (folder / f"journal.{name}").open("w", encoding="ascii") for name in ("hledger", "ledger", "beancount")
        )
        accounts = [*ACCOUNTS]
        for buyer in customers:
            accounts += [f"Assets:AR:{buyer.id}", f"Assets:Unapplied:{buyer.id}"]
        self.beancount.writelines(f"{ISO[FIRST]} open {account} {CURRENCY}\n" for account in accounts)
        self.beancount.write("\n")

    def __enter__(self) -> Journals:
        return self

    def __exit__(self, *_: object) -> None:
        file: TextIO
        for file in (self.hledger, self.ledger, self.beancount):
            file.close()

    def write(self, fact: Fact) -> None:
        """Add one fact to all three."""
        rows = postings(fact)
        self.hledger.write(commented(fact.day, fact.id, rows, ("date:", "")))
        self.ledger.write(commented(fact.day, fact.id, rows, ("[=", "]")))
        self.beancount.write(beancount(fact.day, fact.id, rows))
