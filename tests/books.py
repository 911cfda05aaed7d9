"""Random books: facts as a person might write them, valid on every day by the oracle, and the files that hold them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from model import CREDITS, DEBITS, DECIMALS, Facts, Model, minor

START = dt.date(2026, 1, 1)
SPAN = 150  # days
LAST_FACT = START + dt.timedelta(SPAN)
LAST = START + dt.timedelta(10_000)
CUSTOMERS = {"ACME": "EUR", "NIPPON": "JPY", "GULF": "BHD"}
LEDGER = "company: {name: Northwind Supply Co.}\ncurrency: EUR\nnumbering: {gapless: false}\n"

Draw = Callable[[st.SearchStrategy[Any]], Any]


def money(units: int, currency: str) -> str:
    """Minor units as a file has them."""
    digits = DECIMALS.get(currency, 2)
    text = f"{units:0{digits + 1}}"
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


@st.composite
def books(draw: Draw, size: int = 12) -> Facts:
    """Facts that hold together on every day."""
    facts: Facts = {}
    for _ in range(draw(st.integers(2, size))):
        facts = grown(draw, facts)
    return facts


def grown(draw: Draw, facts: Facts) -> Facts:
    """The facts and one or more others, if what was drawn fits; else the facts as they are."""
    more = {**facts, **proposed(draw, facts)}
    return facts if Model(more).broken() else more


def proposed(draw: Draw, facts: Facts) -> Facts:
    """A fact, or a few that belong together, mostly later than those there are. It may not fit."""
    make = draw(st.sampled_from(_OFTEN if facts else [_invoice]))
    latest = max((dt.date.fromisoformat(doc["date"]) for _, doc in facts.values()), default=START)
    return make(draw, facts, min(max(START, latest + dt.timedelta(draw(st.integers(-25, 20)))), LAST_FACT))


def _new(facts: Facts, stem: str) -> str:
    return next(name for n in range(1, 1000) if (name := f"{stem}{n}") not in facts)


def _amount(draw: Draw, most: int) -> int:
    return draw(st.one_of(st.just(max(most, 1)), st.integers(1, max(most, 1))))


def _some(draw: Draw, facts: Facts, folders: tuple[str, ...]) -> str | None:
    found = sorted(id_ for id_, (folder, _) in facts.items() if folder in folders)
    return draw(st.sampled_from(found)) if found else None


def _unused(draw: Draw, facts: Facts) -> tuple[str | None, int]:
    """A payment or credit note with something left, and how much."""
    left = {item: -open_ for item, open_ in Model(facts).open(LAST).items() if open_ < 0}
    credit = draw(st.sampled_from(sorted(left))) if left else None
    return credit, left.get(credit or "", 0)


def _invoice(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    customer = draw(st.sampled_from(sorted(CUSTOMERS)))
    currency = draw(st.sampled_from([CUSTOMERS[customer], CUSTOMERS[customer], "EUR"]))
    total = draw(st.integers(1, 100_000))
    doc: dict[str, Any] = {"customer": customer, "date": str(day), "currency": currency}
    if draw(st.booleans()):
        doc["kind"] = draw(st.sampled_from(["invoice", "debit-note", "finance-charge"]))
    if draw(st.integers(0, 3)) == 0 and total > 3:
        first = draw(st.integers(1, total - 2))
        second = draw(st.integers(1, total - first - 1))
        dues = [day + dt.timedelta(draw(st.integers(0, 60)) + 70 * n) for n in range(3)]
        amounts = [first, second, total - first - second]
        doc["instalments"] = [{"due": str(d), "amount": money(a, currency)} for d, a in zip(dues, amounts, strict=True)]
    else:
        doc["due"] = str(day + dt.timedelta(draw(st.integers(0, 120))))
    return {_new(facts, "INV-"): ("invoices", {**doc, "total": money(total, currency)})}


def _debts(facts: Facts) -> dict[str, int]:
    """What is owed in the end, by instalment."""
    return {name: left for name, (_, left) in Model(facts).instalments(LAST).items() if left > 0}


def _shares(draw: Draw, facts: Facts, customer: str, currency: str, most: int) -> list[dict[str, str]]:
    """Up to three shares of what one customer owes in one currency."""
    debts = {name: left for name, left in _debts(facts).items() if owner_of(facts, name) == (customer, currency)}
    shares = []
    for name in draw(st.lists(st.sampled_from(sorted(debts)), min_size=1, max_size=3, unique=True)) if debts else []:
        if not most:
            break
        amount = _amount(draw, min(debts[name], most))
        most -= amount
        item = name if draw(st.booleans()) else name.partition("/")[0]
        share = {"item": item, "amount": money(amount, currency)}
        if debts[name] > amount and draw(st.booleans()):
            share["discount"] = money(draw(st.integers(1, debts[name] - amount)), currency)
        shares.append(share)
    return shares


def owner_of(facts: Facts, name: str) -> tuple[str, str]:
    """Customer and currency of an item or instalment."""
    doc = facts[name.partition("/")[0]][1]
    return doc.get("customer", ""), doc["currency"]


def _payment(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    if (debts := _debts(facts)) and draw(st.integers(0, 3)):
        aim = draw(st.sampled_from(sorted(debts)))
        customer, currency = owner_of(facts, aim)
        day = max(day, dt.date.fromisoformat(facts[aim.partition("/")[0]][1]["date"]))
        amount = _amount(draw, debts[aim])
        applied = _shares(draw, facts, customer, currency, amount)
    else:
        customer, applied = draw(st.sampled_from([*sorted(CUSTOMERS), ""])), []
        currency = CUSTOMERS.get(customer) or draw(st.sampled_from(sorted(CUSTOMERS.values())))
        amount = draw(st.integers(1, 100_000))
    whose = {"customer": customer} if customer else {}
    doc = {**whose, "date": str(day), "currency": currency, "applied": applied, "amount": money(amount, currency)}
    return {_new(facts, "PAY-"): ("payments", doc)}


def _credit_note(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    ((_, (_, doc)),) = _payment(draw, facts, day).items()
    total = doc["amount"]
    rest = {key: value for key, value in doc.items() if key != "amount"}
    used = sum(minor(share["amount"], doc["currency"]) for share in doc["applied"])
    if (left := minor(total, doc["currency"]) - used) and draw(st.integers(0, 3)) == 0:
        rest["discount"] = money(draw(st.integers(1, left)), doc["currency"])  # of what was never paid
    return {_new(facts, "CN-"): ("credit-notes", {"customer": "ACME", **rest, "total": total})}


def _application(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    credit, left = _unused(draw, facts)
    if credit is None:
        return {}
    own = facts[credit][1]
    like = [customer for customer, currency in CUSTOMERS.items() if currency == own["currency"]]
    customer = own.get("customer") or draw(st.sampled_from(like))
    shares = _shares(draw, facts, customer, own["currency"], left)
    if not shares:
        return {}
    total = sum(minor(share["amount"], own["currency"]) for share in shares)
    doc = {"customer": customer, "date": str(day), "currency": own["currency"], "credit": credit, "applied": shares}
    return {_new(facts, f"{credit}-A"): ("applications", {**doc, "amount": money(total, own["currency"])})}


def _write_off(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    item = _some(draw, facts, DEBITS + CREDITS)
    if item is None or not facts[item][1].get("customer"):
        return {}
    own = facts[item][1]
    left = Model(facts).open(LAST).get(item, 0)
    doc = {"customer": own["customer"], "date": str(day), "currency": own["currency"], "item": item, "reason": "small"}
    if facts[item][0] in CREDITS:
        doc["of_credit"] = "true"
    given = money(_amount(draw, abs(left)), own["currency"])
    return {_new(facts, f"{item}-W"): ("write-offs", {**doc, "amount": given})}


def _recovery(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    """A part of what was written off of a debt, paid after all; where nothing was, with its write-off."""
    kept = [found for found in facts.items() if found[1][0] == "write-offs" and draw(st.booleans())]
    made = {} if kept else _write_off(draw, facts, day)
    debts = {id_: doc for id_, (_, doc) in [*kept, *made.items()] if "of_credit" not in doc}
    if not debts:
        return {}
    write_off = draw(st.sampled_from(sorted(debts)))
    own = debts[write_off]
    given = money(_amount(draw, minor(own["amount"], own["currency"])), own["currency"])
    doc = {key: own[key] for key in ("customer", "currency", "item")}
    name = _new(facts, f"{own['item'].partition('/')[0]}-R")
    return {**made, name: ("recoveries", {**doc, "date": str(day), "write_off": write_off, "amount": given})}


def _refund(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    credit, left = _unused(draw, facts)
    if credit is None or not facts[credit][1].get("customer"):
        return {}
    own = facts[credit][1]
    doc = {"customer": own["customer"], "date": str(day), "currency": own["currency"], "credit": credit}
    return {_new(facts, f"{credit}-F"): ("refunds", {**doc, "amount": money(_amount(draw, left), own["currency"])})}


_REVERSIBLE = {"payments", "credit-notes", "applications", "refunds", "write-offs", "invoices", "recoveries"}


def _reversal(draw: Draw, facts: Facts, day: dt.date) -> Facts:
    """A fact taken back, with the later applications of a credit first where it is one; or its shares alone."""
    applied = {fact: kept for fact, kept in facts.items() if kept[1].get("applied")}
    fact = _some(draw, applied if applied and draw(st.integers(0, 3)) else facts, tuple(sorted(_REVERSIBLE)))
    if fact is None:
        return {}
    folder, doc = facts[fact]
    unapply = folder != "invoices" and bool(doc.get("applied")) and draw(st.booleans())
    undone = {(back["of"], back["kind"] == "unapply") for kind, back in facts.values() if kind == "reversals"}
    if (fact, unapply) in undone:
        return {}
    found = {**reversal(facts, fact, day, "unapply" if unapply else "correction")}
    if folder in CREDITS and not unapply:
        for later, (of, application) in facts.items():
            if of == "applications" and application["credit"] == fact and (later, True) not in undone:
                found.update(reversal(facts, later, day, "unapply"))
    return found


def reversal(facts: Facts, fact: str, day: dt.date, kind: str) -> Facts:
    """The reversal of a fact, under a free name."""
    doc = facts[fact][1]
    units = sum(minor(share["amount"], doc["currency"]) for share in doc.get("applied", ()))
    whole = money(units, doc["currency"]) if kind == "unapply" else doc.get("total", doc.get("amount"))
    whose = {"customer": doc["customer"]} if doc.get("customer") else {}
    back = {"of": fact, "date": str(day), "currency": doc["currency"], "kind": kind, **whose, "reason": "in error",
            "amount": whole}  # fmt: skip
    return {_new(facts, f"{fact}-X"): ("reversals", back)}


_OFTEN = [_payment, _payment, _payment, _invoice, _invoice, _application, _application, _reversal, _reversal,
          _credit_note, _write_off, _recovery, _refund]  # fmt: skip


def text(doc: Mapping[str, Any]) -> str:
    """A fact as a file, the total last."""
    lines = []
    for key, value in sorted(doc.items(), key=lambda pair: pair[0] in ("amount", "total")):
        if isinstance(value, list):
            lines += [f"{key}:"] if value else []
            lines += [f"  - {{{', '.join(f'{k}: {v}' for k, v in entry.items())}}}" for entry in value]
        else:
            lines.append(f"{key}: {value}")
    return "\n".join(lines) + "\n"


def path(fact: str, folder: str, doc: Mapping[str, Any]) -> str:
    """Where a fact is written under the folder of ledger.yaml."""
    return f"{folder}/{doc['date'][:7]}/{fact}.yaml"


def write(facts: Facts, ledgers: Path) -> None:
    """Writes facts, customers and ledger.yaml."""
    files = {path(fact, folder, doc): text(doc) for fact, (folder, doc) in facts.items()}
    files |= {f"customers/{customer}.yaml": f"name: {customer}\ncurrency: {c}\n" for customer, c in CUSTOMERS.items()}
    for name, content in {**files, "ledger.yaml": LEDGER}.items():
        (ledgers / name).parent.mkdir(parents=True, exist_ok=True)
        (ledgers / name).write_text(content, "utf-8")
