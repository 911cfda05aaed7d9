"""Which yearly rate a debt bears on which day: of the policy, or of a statutory pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from arledger.compute.interest import Rates
from arledger.documents.fields import Percent
from arledger.errors import BadValueError
from arledger.money import minor_of
from arledger.policy.charges import Charges, Pack, refuse_above_cap

_DAY = timedelta(days=1)
_NEEDED = {
    "rate": "write the yearly rate that was agreed, such as rate: 18%",
    "cap": "write what the law allows in a year, such as cap: 18%",
    "terms_ref": 'write where the customer agreed to it, such as terms_ref: "General terms 2026, section 7"',
}


class _Period(NamedTuple):
    first: date
    last: date
    rate: Percent


class ChargeTerms:
    """The policy on charges with the pack it names, if any."""

    def __init__(self, charges: Charges, pack: Pack | None = None) -> None:
        """Raises BadValueError where the policy lacks what the pack needs, or does what it forbids."""
        self.charges, self.pack = charges, pack
        missing = [key for key in (pack.needs if pack else ()) if not getattr(charges, key)]
        if missing and not (missing == ["rate"] and charges.rates):
            raise BadValueError("charges-incomplete", f"charges: the pack {charges.pack} needs {' and '.join(missing)}",
                                "; ".join(_NEEDED[key] for key in missing))  # fmt: skip
        if pack and pack.simple and charges.compound != "no":
            raise BadValueError("not-simple", f"charges: the pack {charges.pack} allows no interest on interest",
                                "leave compound out")  # fmt: skip
        own = [period.valid_from for period in charges.periods]
        ends = [*(day - _DAY for day in own[1:]), date.max]
        self._periods: Sequence[_Period] = [
            _Period(period.valid_from, end, period.rate) for period, end in zip(charges.periods, ends, strict=False)
        ] or [_Period(period.valid_from, period.to, period.rate) for period in (pack.rates if pack else ())]
        for period in self._periods:
            refuse_above_cap(charges, period.rate)

    @property
    def fixed_at_due(self) -> bool:
        """Whether the rate of the day a debt became late stays."""
        said = self.pack.rate_fixed_at if self.pack and not self.charges.periods else self.charges.rate_fixed_at
        return said == "due"

    def rates_of(self, anchor: date, start: date, end: date) -> Rates:
        """The rates for the days after `start` up to `end` of a debt that was late from the day after `anchor` on;
        none for days that are not covered."""
        if self.fixed_at_due:
            return [(date.min, period.rate) for period in self._periods if period.first <= anchor + _DAY <= period.last]
        return [(period.first, period.rate) for period in self._periods if period.first <= end and period.last > start]

    def uncovered(self, anchor: date, start: date, end: date) -> date | None:
        """The first day of these that there is no rate for, if there is one."""
        day, last = (anchor + _DAY, anchor + _DAY) if self.fixed_at_due else (start + _DAY, end)
        for period in self._periods:
            if period.first <= day <= period.last:
                if period.last >= last:
                    return None
                day = period.last + _DAY
        return day

    def refuse_uncovered(self, lacking: Sequence[tuple[date, str, str]]) -> None:
        """Raises BadValueError where days lack a rate: `lacking` is the first such day, customer and item of each."""
        if not lacking:
            return
        day, pack = min(lacking)[0], self.charges.pack if self.pack and not self.charges.periods else ""
        first, last = min(one.first for one in self._periods), max(one.last for one in self._periods)
        covered = f"from {first} on" if last == date.max else f"{first} to {last}"
        hint = "add the rate of that time to rates, or begin later with --from"
        if pack:
            hint = (
                f"copy {pack}.yaml to ledgers/packs/ (ar charges --packs says where it is) and add under rates - "
                "{from: " + f"{day}, to: …, rate: …%, source: …" + "}"
            )
            hint += f"; or charge up to {last} only, with --as-of {last}" if day > last else ""
        where = f"the pack {pack}" if pack else "charges"
        message = f"{where} has no rate for {day}: it covers {covered}; wanted for {_named(lacking)}"
        raise BadValueError("rate-not-covered", message, hint)

    def compensation(self, debt: int, currency: str) -> int:
        """The fixed sum for a debt of so many minor units; 0 where there is none."""
        if not self.pack or self.charges.compensation == "none" or self.pack.currency != currency or debt <= 0:
            return 0
        fits = (tier for tier in self.pack.compensation if not tier.below or debt < minor_of(tier.below, currency))
        return minor_of(tier.amount, currency) if (tier := next(fits, None)) else 0


def _named(lacking: Sequence[tuple[date, str, str]]) -> str:
    """The customers with their items, the first few of each."""
    by_customer: dict[str, list[str]] = {}
    for _, customer, item in lacking:
        by_customer.setdefault(customer, []).append(item)
    words = [f"{customer} ({_few(items)})" for customer, items in by_customer.items()]
    return _few(words, 8)


def _few(names: Sequence[str], most: int = 3) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
