"""Foreign currency in the ledger's own: what items were booked at, what was won or lost when they were paid, and what
is so far only on paper.

An item is booked at the rate of its date, and what is open of it is carried at that rate, rounded once: so partial
payments come to the same as one, with no cent left over. Applying a credit to an item carried at another rate realises
the difference. Nothing here changes what a customer owes: that stays in the currency of the item (RULES A7, §14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from arledger.compute.rates import rate_of
from arledger.errors import RefusedError
from arledger.ledger.table import Ledger
from arledger.money import decimal, rounded
from arledger.policy.policy import Policy

Rates = Callable[[str, int], Decimal]  # currency and day number → one unit of it in the ledger's currency


class Realised(NamedTuple):
    """What a fact that applied or took back shares won (positive) or lost, in minor units of the ledger's currency."""

    date: date
    fact: str
    customer: str
    currency: str
    amount: int  # minor units of `currency` that were applied
    gain: int


class Revalued(NamedTuple):
    """What is open in a foreign currency, in the ledger's at the rates it was booked at and at the day's."""

    currency: str
    open: int  # minor units of `currency`
    carried: int  # of the ledger's currency
    rate: Decimal
    worth: int

    @property
    def unrealised(self) -> int:
        """Gain (positive) or loss so far only on paper."""
        return self.worth - self.carried


def rates_of(policy: Policy) -> Rates:
    """The rates of a policy. The function raises RefusedError where none is stated."""

    @cache
    def of(currency: str, day: int) -> Decimal:
        rate = rate_of(policy, currency, date.fromordinal(day))
        if rate is None:
            message = f"there is no rate of {currency} for {date.fromordinal(day)}"
            hint = f"add to ledger.yaml: rates: [{{currency: {currency}, rate: …, from: …}}], or give --rates FILE"
            raise RefusedError(message, hint, code="no-fx-rate")
        return rate

    return of


def revalued(ledger: Ledger, as_of: date, rates: Rates) -> list[Revalued]:
    """What is open in each foreign currency at the end of a day, credits included, item by item at its own rate."""
    sums: dict[str, tuple[int, int, int]] = {}
    own = ledger.policy.currency
    for item in ledger.items(as_of):
        if item.currency != own:
            open_, carried, worth = sums.get(item.currency, (0, 0, 0))
            at = decimal(item.open, item.currency)
            carried += rounded(at * rates(item.currency, item.date), own)
            worth += rounded(at * rates(item.currency, as_of.toordinal()), own)
            sums[item.currency] = (open_ + item.open, carried, worth)
    return [
        Revalued(currency, open_, carried, rates(currency, as_of.toordinal()), worth)
        for currency, (open_, carried, worth) in sorted(sums.items())
    ]


_ENTRIES = """
SELECT e.date, f.fact, f.about, f.kind, e.item, e.amount, e.why, i.customer, i.currency, i.date
FROM items i JOIN entries e ON e.item = i.item JOIN facts f ON f.id = e.owner
WHERE i.currency != ? AND e.date <= ? ORDER BY e.date, f.path, e.rowid
"""


def realised(ledger: Ledger, first: date, last: date, rates: Rates) -> list[Realised]:
    """What each fact from `first` to `last` won or lost by applying credits; a reversal gives it back."""
    gains: dict[str, list[int]] = {}  # fact → gain so far, and what was applied
    told: dict[str, tuple[int, str, str]] = {}
    open_: dict[str, int] = {}
    own = ledger.policy.currency
    backs: dict[str, str] = {}
    for day, fact, about, kind, item, amount, why, customer, currency, booked in ledger.rows(
        _ENTRIES, own, last.toordinal()
    ):
        rate = rates(currency, booked)
        before = open_.get(item, 0)
        open_[item] = before + amount
        if why == "reversal":
            backs[fact] = about
        if why in ("applied", "reversal") and kind != "deductions":
            moved = _carried(before + amount, currency, rate, own) - _carried(before, currency, rate, own)
            found = gains.setdefault(fact, [0, 0])
            if why == "applied":
                found[0] += moved
                found[1] += max(amount, 0)
            told[fact] = (day, customer or told.get(fact, (0, "", ""))[1], currency)
    for fact, about in backs.items():
        gain, applied = gains.get(about, [0, 0])
        gains[fact] = [-gain, -applied]
        gains[about] = [gain, applied]
    return [
        Realised(date.fromordinal(day), fact, customer, currency, gains[fact][1], gains[fact][0])
        for fact, (day, customer, currency) in sorted(told.items(), key=lambda pair: (pair[1][0], pair[0]))
        if day >= first.toordinal() and gains[fact][0]
    ]


class Carried(NamedTuple):
    """What a fact moved in a foreign currency, and what of what is carried, in minor units of the ledger's currency."""

    day: int
    fact: str
    customer: str
    currency: str
    moved: int  # minor units of `currency`
    carried: int


def carried(ledger: Ledger, last: date, rates: Rates) -> list[Carried]:
    """What each fact up to a day did to the open items in foreign currencies, as they are carried; by date."""
    own = ledger.policy.currency
    open_: dict[str, int] = {}
    found: dict[tuple[str, str], list[int]] = {}
    whose: dict[str, str] = {}
    for day, fact, _, _, item, amount, _, customer, currency, booked in ledger.rows(_ENTRIES, own, last.toordinal()):
        rate, before = rates(currency, booked), open_.get(item, 0)
        open_[item] = before + amount
        sums = found.setdefault((fact, currency), [day, 0, 0])
        sums[1] += amount
        sums[2] += _carried(before + amount, currency, rate, own) - _carried(before, currency, rate, own)
        whose[fact] = customer or whose.get(fact, "")
    return [
        Carried(day, fact, whose[fact], currency, *sums) for (fact, currency), (day, *sums) in found.items()
    ]  # fmt: skip


def differences(ledger: Ledger, first: date, last: date, rates: Rates) -> list[Realised]:
    """What books kept in the ledger's currency have to post beside each fact, booked at the rate of its day.

    Then their control account is what the open items are carried at: a payment is of its day, the invoice it pays,
    the discount and what is written off of it are of the invoice's.
    """
    own = ledger.policy.currency
    return [
        Realised(date.fromordinal(one.day), one.fact, one.customer, one.currency, one.moved, gain)
        for one in carried(ledger, last, rates)
        if one.day >= first.toordinal()
        and (gain := one.carried - _carried(one.moved, one.currency, rates(one.currency, one.day), own))
    ]


def _carried(open_: int, currency: str, rate: Decimal, own: str) -> int:
    return rounded(decimal(open_, currency) * rate, own)


def journal(
    found: Mapping[str, int], day: date, accounts: tuple[str, str]
) -> Iterator[tuple[date, str, str, int, str]]:
    """Debits (positive) and credits that book gains on paper at the end of `day`, and take them back the day after.

    `found`: currency → gain; `accounts`: of receivables, and of gains not realised. Day, account, currency the gain is
    from, minor units of the ledger's currency, text.
    """
    receivable, gains = accounts
    for when, sign, text in ((day, 1, "revaluation"), (day + timedelta(days=1), -1, "revaluation taken back")):
        for currency, gain in found.items():
            if gain:
                yield when, receivable, currency, sign * gain, text
                yield when, gains, currency, -sign * gain, text
