"""What must hold of the book as a whole: one table, code → the check that finds it.

Each check is a query over the ledger's table, narrowed to what a change touched (`touched_items`, `touched_facts`)
unless everything is to be checked. So checking a hundred new facts costs a hundred facts' work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial

from arledger.checks import Finding
from arledger.checks.agreed import agreed_twice
from arledger.checks.approvals import approvals
from arledger.checks.bookings import booked_in_order
from arledger.checks.charges import charged
from arledger.checks.credit_notes import credited
from arledger.checks.customers import limits, parents
from arledger.checks.notices import procedures
from arledger.checks.numbers import number_gaps
from arledger.checks.orders import billed_names
from arledger.checks.periods import closed_periods, reopenings
from arledger.checks.recoveries import recoveries
from arledger.checks.service import stops
from arledger.checks.told import told_names
from arledger.checks.touched import TOUCHED, among
from arledger.documents.customers import same_family
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import plain

Found = Iterator[Finding]
_USES = "('applied', 'discount', 'write-off', 'refund')"  # entries that use an item up


def check_book(
    ledger: Ledger, *, everything: bool = True, progress: Callable[[int, int], None] | None = None
) -> list[Finding]:
    """Everything wrong with the book. Not `everything`: the book was in order before facts were added.

    `progress` is told how many checks are done, and of how many.
    """
    found: list[Finding] = []
    for number, check in enumerate(CHECKS.values(), 1):
        found += check(ledger, everything)
        if progress:
            progress(number, len(CHECKS))
    return found if everything or not found else check_book(ledger)  # what was added may show in other files too


def _duplicate_ids(ledger: Ledger, everything: bool) -> Found:
    which = "SELECT fact FROM facts GROUP BY fact COLLATE NOCASE HAVING COUNT(*) > 1" if everything else TOUCHED
    for path, fact, other in ledger.rows(
        "SELECT a.path, a.fact, b.path FROM facts a JOIN facts b ON b.fact = a.fact COLLATE NOCASE AND b.id != a.id "
        f"WHERE a.kind != 'periods' AND a.fact COLLATE NOCASE IN ({which}) ORDER BY a.path"
    ):
        numbered = path.startswith(("invoices/", "credit-notes/"))
        remedy = "ar renumber the one that main does not have" if numbered else "give one of them another id"
        yield Finding(path, (), "duplicate-id", f"the id {fact} is also that of {other}",
                      f"ids are unique, whatever their case: {remedy}")  # fmt: skip


def _duplicate_customers(ledger: Ledger, _: bool) -> Found:
    for path, customer, other in ledger.rows(
        "SELECT a.path, a.customer, b.path FROM customers a "
        "CROSS JOIN customers b ON lower(b.customer) = lower(a.customer) "
        "AND b.path != a.path WHERE lower(a.customer) IN "
        "(SELECT lower(customer) FROM customers GROUP BY lower(customer) HAVING COUNT(*) > 1) ORDER BY a.path"
    ):
        yield Finding(
            path,
            (),
            "duplicate-id",
            f"the id {customer} is also that of {other}",
            "ids are unique, whatever their case: give one of them another id",
        )


def _unknown_customers(ledger: Ledger, everything: bool) -> Found:
    known: list[str] = []
    for path, customer in ledger.rows(
        "SELECT path, customer FROM facts WHERE customer != '' AND customer NOT IN (SELECT customer FROM customers) "
        f"AND {among(everything, 'fact')} ORDER BY path"
    ):
        known = known or list(ledger.known_ids("customers", "customer"))
        hint = did_you_mean(customer, known) or f"add ledgers/customers/{customer}.yaml"
        yield Finding(path, ("customer",), "unknown-customer", f"there is no customer {customer}", hint)


# Entries of what a fact makes itself are right by what they are: its item, and what it uses up of its own credit.
_MADE = "('invoice', 'debit-note', 'finance-charge', 'payment', 'credit-note')"
_OWN_CREDIT = "(e.item = f.fact AND e.amount > 0 AND f.kind IN ('payments', 'credit-notes'))"
_PARTS = "(length(i.schedule) - length(replace(i.schedule, ' ', '')) + 1)"


def _shares(ledger: Ledger, everything: bool) -> Found:
    """Entries on items that are not there, of another customer or currency, of the wrong kind, or before the item."""
    # A function that knew the ledger would keep its connection open, and the index locked.
    ledger.connection.create_function("same_family", 2, partial(same_family, parents=ledger.parents))
    used = (
        "entries e CROSS JOIN facts f ON f.id = e.owner" if everything else "facts f JOIN entries e ON e.owner = f.id"
    )
    for path, kind, item, part, found, customer, theirs, currency, other, day, since, of, amount in ledger.rows(
        "SELECT f.path, f.kind, e.item, e.part, i.item, f.customer, i.customer, f.currency, i.currency, e.date, "
        f"i.date, i.kind, e.amount FROM {used} LEFT JOIN items i ON i.item = e.item "
        "AND (e.item != f.fact OR i.owner = f.id) "  # where two facts have one id, each stands for its own item
        f"WHERE e.why NOT IN {_MADE} AND NOT {_OWN_CREDIT} AND f.kind != 'reversals' "
        f"AND {among(everything, 'f.fact')} AND (i.item IS NULL OR e.date < i.date OR i.currency != f.currency "
        "OR (i.customer NOT IN (f.customer, '') AND NOT same_family(i.customer, f.customer)) "
        f"OR (e.part > 0 AND e.part > {_PARTS}) OR (e.why IN {_USES} AND (e.amount > 0) = (i.total > 0) "
        "AND NOT (f.kind = 'deductions' AND e.item = f.fact))) ORDER BY f.path, e.rowid"
    ):
        loc = _loc_of(kind, item)
        if found is None:
            near = did_you_mean(item, ledger.known_ids("items", "item"))
            yield Finding(path, loc, "unknown-item", f"there is no item {item}", near or "correct the id")
        elif theirs not in (customer, "") and not ledger.same_family(theirs, customer):
            yield Finding(path, loc, "wrong-customer", f"{item} is of {theirs}, not of {customer or 'nobody'}",
                          "apply it to an item of the same customer")  # fmt: skip
        elif other != currency:
            yield Finding(path, loc, "wrong-currency", f"{item} is in {other}, not in {currency}",
                          "apply it to an item of the same currency")  # fmt: skip
        elif day < since:
            yield Finding(path, ("date",), "applied-too-early", f"dated {date.fromordinal(day)}, but {item} is of "
                          f"{date.fromordinal(since)}", "date it on or after both")  # fmt: skip
        elif amount > 0:
            yield Finding(path, loc, "not-a-credit", f"{item} ({of}) is no credit",
                          "name a payment or a credit note")  # fmt: skip
        elif of in ("payment", "credit-note"):
            yield Finding(path, loc, "not-a-debt", f"{item} ({of}) is no debt", "name an invoice")
        else:
            yield Finding(path, loc, "unknown-item", f"{item} has no instalment {part}", f"write {item}")


def _loc_of(kind: str, item: str) -> tuple[str | int, ...]:
    """Where a fact of that kind names the item; `=ID` is found by its text."""
    return {"refunds": ("credit",), "write-offs": ("item",), "recoveries": ("item",)}.get(kind, ("applied", f"={item}"))


# Items that can have been out of bounds on some day. The others began at their total, went one way only, as `_shares`
# sees to, and did not go beyond zero.
_ALMOST = (
    "SELECT item FROM items WHERE open != 0 AND (open > 0) != (total > 0) UNION SELECT e.item FROM facts f "
    "JOIN entries e ON e.owner = f.id WHERE f.kind IN ('reversals', 'recoveries')"
)


def _over_applied(ledger: Ledger, everything: bool) -> Found:
    """Items that on some day are open beyond zero, or beyond what they were made for: INVARIANTS B1 and B2."""
    which = f"e.item IN ({_ALMOST if everything else 'SELECT item FROM temp.touched_items'})"
    running = (
        "SELECT item, date, SUM(day) OVER (PARTITION BY item ORDER BY date) AS open FROM "
        f"(SELECT e.item, e.date, SUM(e.amount) AS day FROM entries e WHERE {which} GROUP BY e.item, e.date)"
    )
    for item, day, open_, total, currency in ledger.rows(
        f"SELECT r.item, MIN(r.date), r.open, i.total, i.currency FROM ({running}) r JOIN items i ON i.item = r.item "
        "WHERE r.open NOT BETWEEN min(0, i.total) AND max(0, i.total) GROUP BY r.item ORDER BY r.item"
    ):
        named = ledger.rows("SELECT path FROM facts WHERE fact = ?", item)
        if len(named) > 1:  # two items of one id: their sum says nothing
            continue
        if (open_ > 0) == (total > 0):
            yield Finding(named[0][0], (), "over-applied", f"{item} of {plain(abs(total), currency)} is open for "
                          f"{plain(abs(open_), currency)} on {date.fromordinal(day)}: more was taken back than applied",
                          f"see ar why {item}")  # fmt: skip
        else:
            yield from _blame(ledger, item, day, open_=open_, total=total, currency=currency)


def _blame(ledger: Ledger, item: str, day: int, *, open_: int, total: int, currency: str) -> Found:
    """The finding of an over-applied item, in each file that used it last on the day it went wrong."""
    over, facts = plain(abs(open_), currency), ledger.rows(
        "SELECT DISTINCT f.path, f.kind, f.fact FROM entries e JOIN facts f ON f.id = e.owner "
        "WHERE e.item = ? AND e.date <= ? AND f.fact != ? AND sign(e.amount) = ? ORDER BY e.date DESC, f.path",
        item, day, item, -1 if total > 0 else 1,
    )  # fmt: skip
    own = ledger.rows("SELECT path, kind, fact FROM facts WHERE fact = ?", item)
    path, kind, _ = (facts or own)[0]
    others = ", ".join(fact for _, _, fact in facts[1:4])
    message = f"{item} of {plain(abs(total), currency)} is used {over} too far on {date.fromordinal(day)}"
    yield Finding(path, _loc_of(kind, item) if facts else (), "over-applied", message,
                  f"lower a share or reverse one of the facts ({others} used it too)" if others
                  else "lower the amount to what is open")  # fmt: skip


def _references(ledger: Ledger, everything: bool) -> Found:
    """Reversals, refunds and applications of facts that are not there, or twice the same."""
    for path, kind, about, target, target_kind in ledger.rows(
        "SELECT f.path, f.kind, f.about, t.fact, t.kind FROM facts f "
        "LEFT JOIN facts t ON t.fact = f.about COLLATE NOCASE AND t.fact = f.about "
        "WHERE f.kind IN ('reversals', 'refunds', 'applications', 'credit-notes') AND f.about != '' "
        f"AND {among(everything, 'f.fact')} ORDER BY f.path"
    ):
        key = {"reversals": "of", "credit-notes": "against"}.get(kind, "credit")
        if target is None:
            near = did_you_mean(about, ledger.known_ids("facts", "fact"))
            yield Finding(path, (key,), "unknown-fact", f"there is no fact {about}", near or "correct the id")
        elif kind == "reversals" and target_kind in ("reversals", "periods", "reopenings"):
            yield Finding(path, (key,), "not-reversible", f"{about} is in {target_kind}: it cannot be reversed",
                          "post the fact anew instead")  # fmt: skip
        elif kind in ("refunds", "applications") and target_kind not in ("payments", "credit-notes"):
            yield Finding(path, (key,), "not-a-credit", f"{about} is no payment or credit note",
                          "name a payment or a credit note")  # fmt: skip


def _reversals(ledger: Ledger, everything: bool) -> Found:
    for path, about, when, since, amount, face, currency, other, customer, theirs, twice, kind, applied in ledger.rows(
        "SELECT r.path, r.about, r.date, f.date, r.amount, f.amount, f.currency, r.currency, r.customer, f.customer, "
        "(SELECT MIN(o.fact) FROM facts o WHERE o.kind = 'reversals' AND o.about = r.about AND o.about != '' "
        "AND o.id != r.id AND (o.key = 'unapply') = (r.key = 'unapply')), r.key, "
        "(SELECT SUM(e.amount) FROM entries e WHERE e.owner = f.id AND e.why = 'applied' AND e.amount > 0) "
        "FROM facts r JOIN facts f ON f.fact = r.about COLLATE NOCASE AND f.fact = r.about "
        f"WHERE r.kind = 'reversals' AND f.kind != 'reversals' AND {among(everything, 'r.fact')} ORDER BY r.path"
    ):
        if twice:
            yield Finding(path, ("of",), "reversed-twice", f"{about} is reversed by {twice} too", "delete one of them")
        if when < since:
            yield Finding(
                path,
                ("date",),
                "applied-too-early",
                f"reversed before its own date {date.fromordinal(since)}",
                "date it on or after the fact it undoes",
            )
        if customer not in (theirs, ""):
            yield Finding(
                path,
                ("customer",),
                "wrong-customer",
                f"{about} is of {theirs or 'nobody'}, not of {customer}",
                "name the customer of the fact it undoes",
            )
        whole = (applied or 0) if kind == "unapply" else face
        if currency and other != currency:
            yield Finding(path, ("currency",), "wrong-currency", f"{about} is in {currency}, not in {other}",
                          "write the currency of the fact it undoes")  # fmt: skip
        elif amount != whole:
            yield Finding(path, ("amount",), "does-not-foot", f"a reversal undoes the whole of {about}: "
                          f"{plain(whole, currency)}", "write the whole amount")  # fmt: skip


def _bank_lines(ledger: Ledger, everything: bool) -> Found:
    twice = "a.key IN (SELECT key FROM facts WHERE key != '' GROUP BY key HAVING COUNT(*) > 1)"
    for path, fact, other in ledger.rows(
        "SELECT a.path, a.fact, b.fact FROM facts a "
        "JOIN facts b ON b.key = a.key AND b.key != '' AND b.kind = a.kind AND b.id != a.id "
        "WHERE a.key != '' AND a.kind IN ('payments', 'invoices', 'credit-notes') "
        f"AND {twice if everything else among(everything, 'a.fact')} ORDER BY a.path"
    ):
        yield Finding(
            path,
            ("bank", "line"),
            "posted-twice",
            f"{fact} and {other} have one key: the same line or request was posted twice",
            "reverse or delete one of them",
        )


#: What must hold → how it is checked, in the order reported.
CHECKS: Mapping[str, Callable[[Ledger, bool], Found]] = {
    "an id names one fact": _duplicate_ids,
    "an id names one customer": _duplicate_customers,
    "every customer is known": _unknown_customers,
    "nobody is their own parent": parents,
    "no limit is below nothing": limits,
    "every reference resolves": _references,
    "shares are on items of the same customer and currency, not before them": _shares,
    "no item is over-applied on any day": _over_applied,
    "a reversal undoes one fact, whole, once": _reversals,
    "no more is credited than was billed": credited,
    "a bank line is posted once": _bank_lines,
    "what facts that move no money name is there": told_names,
    "an invoice bills an order and a contract of its customer": billed_names,
    "an item waits for one promise, and is under one plan": agreed_twice,
    "what needs an approval has it": approvals,
    "no day is charged twice": charged,
    "what is recovered was written off": recoveries,
    "customers name procedures of notices there are": procedures,
    "a service is stopped after its notice": stops,
    "numbers have no gaps": number_gaps,
    "each allowance goes on from the one before": booked_in_order,
    "closed periods do not change": closed_periods,
    "a reopening has a second person's approval": reopenings,
}
