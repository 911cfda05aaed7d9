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
        """The rates for the days after `start` up to `end` of a debt that was late from the day after `anchor` on.

        Raises BadValueError for a day there is no rate for.
        """
        if self.fixed_at_due:
            return [(date.min, self._on(anchor + _DAY).rate)]
        found, day = list[tuple[date, Percent]](), start + _DAY
        while day <= end:
            period = self._on(day)
            found.append((period.first, period.rate))
            if period.last >= end:
                break
            day = period.last + _DAY
        return found

    def compensation(self, debt: int, currency: str) -> int:
        """The fixed sum for a debt of so many minor units; 0 where there is none."""
        if not self.pack or self.charges.compensation == "none" or self.pack.currency != currency or debt <= 0:
            return 0
        fits = (tier for tier in self.pack.compensation if not tier.below or debt < minor_of(tier.below, currency))
        return minor_of(tier.amount, currency) if (tier := next(fits, None)) else 0

    def _on(self, day: date) -> _Period:
        if period := next((one for one in self._periods if one.first <= day <= one.last), None):
            return period
        where = f"the pack {self.charges.pack}" if self.pack and not self.charges.periods else "charges"
        first, last = min(one.first for one in self._periods), max(one.last for one in self._periods)
        covered = f"from {first} on" if last == date.max else f"{first} to {last}"
        hint = f"copy it to ledgers/packs/{self.charges.pack}.yaml and add the period" if where != "charges" else (
            "add the rate of that time to rates, or begin later with --from")  # fmt: skip
        raise BadValueError("rate-not-covered", f"{where} has no rate for {day}: it covers {covered}", hint)
