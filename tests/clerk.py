"""A clerk: draws what somebody might do with a ledger, as `ar` commands, and knows which of them must succeed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from books import CUSTOMERS, LAST, START, money, owner_of
from model import CREDITS, Facts, Model

Draw = Callable[[st.SearchStrategy[Any]], Any]
DONE, REFUSED = (0,), (2, 5)
TERMS = ["net 30", "2/10 net 30", "due on receipt", "eom", "15 eom"]


def start(home: Path) -> None:
    """An empty ledger with its customers."""
    ledgers = home / "ledgers"
    (ledgers / "customers").mkdir(parents=True)
    (ledgers / "ledger.yaml").write_text("company: {name: Northwind Supply Co.}\ncurrency: EUR\n")
    for customer, currency in CUSTOMERS.items():
        (ledgers / "customers" / f"{customer}.yaml").write_text(f"name: {customer}\ncurrency: {currency}\n")


class Act(NamedTuple):
    """A command, its date, and how it must end where that can be told beforehand."""

    command: tuple[str, ...]
    day: dt.date
    ends: tuple[int, ...] = (*DONE, *REFUSED)


def draw_act(draw: Draw, facts: Facts, closed: dt.date = dt.date.min) -> Act:
    """Something to do, mostly a little later than the last fact, and mostly after the last closed day."""
    latest = max((dt.date.fromisoformat(doc["date"]) for _, doc in facts.values()), default=START)
    day = max(START, latest + dt.timedelta(draw(st.sampled_from([0, 1, 9, 30, -1, -9, -30]))))
    if day <= closed and draw(st.integers(0, 4)):
        day = max(latest, closed + dt.timedelta(1))
    debts, credits_ = _open(facts, 1), _open(facts, -1)
    kinds = [_issue, *([_pay, _pay, _pay, _credit, _write_off, _deduct, _void] if debts else [_pay])]
    kinds += [_apply, _apply, _refund] if credits_ else []
    kinds += [_unapply, _return, _return] if any(doc.get("applied") for _, doc in facts.values()) else []
    make = draw(st.sampled_from(kinds if facts else [_issue]))
    act: Act = make(draw, facts, day)
    return act._replace(command=(*act.command, "--date", str(act.day), "--yes"))


def _amount(draw: Draw, most: int) -> int:
    return draw(st.one_of(st.just(max(most, 1)), st.integers(1, max(most, 1)), st.integers(1, max(most, 1) + 5)))


def _open(facts: Facts, sign: int) -> dict[str, int]:
    """Items and instalments open in the end, debts (1) or credits (-1): name → minor units, positive."""
    return {name: sign * left for name, (_, left) in Model(facts).instalments(LAST).items() if sign * left > 0}


def _must(facts: Facts, fact: tuple[str, dict[str, Any]]) -> tuple[int, ...]:
    """How posting this fact must end: it is refused if and only if the books would break."""
    return REFUSED if Model({**facts, "NEW": fact}).broken() else DONE


def _issue(draw: Draw, _: Facts, day: dt.date) -> Act:
    customer = draw(st.sampled_from(sorted(CUSTOMERS)))
    total = money(draw(st.integers(3, 100_000)), CUSTOMERS[customer])
    terms = ["--terms", draw(st.sampled_from(TERMS))]
    more = draw(st.sampled_from([[], [], ["--instalments", "3"], ["--kind", "debit-note"]]))
    return Act(("invoice", "new", "--customer", customer, "--amount", total, *terms, *more), day)


def _shares(draw: Draw, facts: Facts, owner: tuple[str, str]) -> list[tuple[str, int]]:
    debts = {name: left for name, left in _open(facts, 1).items() if owner_of(facts, name) == owner}
    if not debts:
        return []
    names = draw(st.lists(st.sampled_from(sorted(debts)), min_size=1, max_size=2, unique=True))
    return [(name, _amount(draw, debts[name])) for name in names]


def _texts(shares: list[tuple[str, int]], currency: str) -> list[str]:
    return [text for name, units in shares for text in ("--apply", f"{name}={money(units, currency)}")]


def _applied(shares: list[tuple[str, int]], currency: str) -> list[dict[str, str]]:
    return [{"item": name, "amount": money(units, currency)} for name, units in shares]


def _ends(facts: Facts, folder: str, doc: dict[str, Any], shares: list[tuple[str, int]]) -> tuple[int, ...]:
    """As `_must`; but naming more than is open of an instalment may be refused, even where the next has room."""
    debts = _open(facts, 1)
    if any("/" in name and units > debts[name] for name, units in shares):
        return (*DONE, *REFUSED)
    return _must(facts, (folder, doc))


def _pay(draw: Draw, facts: Facts, day: dt.date) -> Act:
    customer = draw(st.sampled_from([*sorted(CUSTOMERS), *sorted(CUSTOMERS), ""]))
    currency = CUSTOMERS.get(customer, "EUR")
    shares = _shares(draw, facts, (customer, currency)) if customer else []
    amount = sum(units for _, units in shares) + draw(st.sampled_from([0, 0, 1, 500]))
    amount = amount or draw(st.integers(1, 50_000))
    whose = ["--customer", customer] if customer else ["--currency", currency]
    command = ("payment", "new", *whose, "--amount", money(amount, currency), *_texts(shares, currency))
    doc = {"customer": customer, "date": str(day), "currency": currency, "applied": _applied(shares, currency),
           "amount": money(amount, currency)}  # fmt: skip
    return Act(command, day, _ends(facts, "payments", doc, shares))


def _apply(draw: Draw, facts: Facts, day: dt.date) -> Act:
    credits_ = _open(facts, -1)
    credit = draw(st.sampled_from(sorted(credits_))) if credits_ else ""
    customer, currency = owner_of(facts, credit) if credit else ("", "")
    like = [name for name, code in CUSTOMERS.items() if code == currency]
    shares = _shares(draw, facts, (customer or draw(st.sampled_from(like)), currency)) if credit else []
    if not shares:
        return _pay(draw, facts, day)
    whose = customer or owner_of(facts, shares[0][0])[0]
    total = sum(units for _, units in shares)
    doc = {"customer": whose, "date": str(day), "currency": currency, "credit": credit,
           "applied": _applied(shares, currency), "amount": money(total, currency)}  # fmt: skip
    return Act(("payment", "apply", credit, *_texts(shares, currency)), day, _ends(facts, "applications", doc, shares))


def _some(draw: Draw, facts: Facts, folders: tuple[str, ...]) -> str:
    found = sorted(fact for fact, (folder, _) in facts.items() if folder in folders)
    return draw(st.sampled_from(found)) if found else "NOTHING"


def _used(draw: Draw, facts: Facts, folders: tuple[str, ...]) -> str:
    """A credit that is applied to something, if there is one."""
    used = {doc.get("credit", fact) for fact, (_, doc) in facts.items() if doc.get("applied")}
    return _some(draw, {fact: facts[fact] for fact in used} if draw(st.integers(0, 4)) else facts, folders)


def _unapply(draw: Draw, facts: Facts, day: dt.date) -> Act:
    return Act(("payment", "unapply", _used(draw, facts, CREDITS)), day)


def _return(draw: Draw, facts: Facts, day: dt.date) -> Act:
    fee = draw(st.sampled_from([[], [], ["--fee", "35"]]))
    return Act(("payment", "return", _used(draw, facts, ("payments",)), *fee), day)


def _credit(draw: Draw, facts: Facts, day: dt.date) -> Act:
    item = _some(draw, facts, ("invoices",))
    customer, currency = owner_of(facts, item) if item in facts else ("ACME", "EUR")
    amount = money(draw(st.integers(1, 50_000)), currency)
    against = ["--against", item] if item in facts and draw(st.booleans()) else ["--currency", currency]
    return Act(("credit-note", "new", "--customer", customer, "--amount", amount, *against), day)


def _write_off(draw: Draw, facts: Facts, day: dt.date) -> Act:
    debts = _open(facts, 1)
    if not debts:
        return _issue(draw, facts, day)
    item = draw(st.sampled_from(sorted(debts)))
    customer, currency = owner_of(facts, item)
    amount = money(_amount(draw, debts[item]), currency)
    ends = (*DONE, *REFUSED)
    if "/" not in item:
        doc = {"customer": customer, "date": str(day), "currency": currency, "item": item, "amount": amount}
        ends = _must(facts, ("write-offs", doc))
    return Act(("write-off", item, "--amount", amount, "--reason", "small"), day, ends)


def _deduct(draw: Draw, facts: Facts, day: dt.date) -> Act:
    debts = {name: left for name, left in _open(facts, 1).items() if facts[name.partition("/")[0]][0] == "invoices"}
    if not debts:
        return _issue(draw, facts, day)
    item = draw(st.sampled_from(sorted(debts)))
    amount = money(_amount(draw, debts[item]), owner_of(facts, item)[1])
    return Act(("deduction", "new", item, "--amount", amount, "--code", "04"), day)


def _refund(draw: Draw, facts: Facts, day: dt.date) -> Act:
    credits_ = {name: left for name, left in _open(facts, -1).items() if owner_of(facts, name)[0]}
    if not credits_:
        return _pay(draw, facts, day)
    credit = draw(st.sampled_from(sorted(credits_)))
    customer, currency = owner_of(facts, credit)
    amount = money(_amount(draw, credits_[credit]), currency)
    doc = {"customer": customer, "date": str(day), "currency": currency, "credit": credit, "amount": amount}
    return Act(("payment", "refund", credit, "--amount", amount), day, _must(facts, ("refunds", doc)))


def _void(draw: Draw, facts: Facts, day: dt.date) -> Act:
    return Act(("invoice", "void", _some(draw, facts, ("invoices",))), day)


def tree(ledgers: Path) -> dict[str, bytes]:
    """Every file of a ledger: path → bytes."""
    return {str(path.relative_to(ledgers)): path.read_bytes() for path in ledgers.rglob("*.yaml")}
