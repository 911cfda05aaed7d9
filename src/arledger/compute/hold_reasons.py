"""What holds an order, in words, and where each reason comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from arledger.compute.exposure import Exposure
from arledger.compute.limits import Limit
from arledger.ledger.table import Keys, Ledger
from arledger.money import Money, grouped
from arledger.policy.credit import DEFAULT_HOLDS, HoldRule


class Written(NamedTuple):
    """Where something is written: a file under the ledger folder, and a key in it; no file: it is built in."""

    path: str
    keys: Keys = ()

    def __str__(self) -> str:
        return " ".join(filter(None, (self.path, ".".join(map(str, self.keys)))))


class Reason(NamedTuple):
    """One thing that holds an order: the rule, in words, and where the rule and what it is measured by stand."""

    rule: str
    text: str
    where: tuple[Written, ...]
    hold: str = ""  # of one held by hand: the fact

    @property
    def source(self) -> str:
        """Where it comes from, by file and key."""
        return ", ".join(map(str, self.where))

    def placed(self, ledger: Ledger) -> str:
        """Where it comes from, by file and line."""
        return ", ".join(ledger.place(one.path, *one.keys) if one.path else str(one) for one in self.where)


def limit_text(exposure: Exposure, rule: HoldRule) -> str:
    """How a limit is passed."""
    limit = exposure.limit
    currency = limit.currency
    part = f"{rule.percent:f}% of " if rule.percent is not None else ""
    cover = f" and cover of {grouped(limit.cover, currency)}" if limit.cover else ""
    return (
        f"exposure {amounts({currency: exposure.total})} with this order, more than {part}{whose(limit)} of "
        f"{grouped(limit.amount or 0, currency)}{cover}"
    )


def rate_missing(limit: Limit, missing: Sequence[str]) -> Iterator[Reason]:
    """A limit that cannot be judged, for each currency without a rate."""
    for currency in missing:
        yield Reason("rate-missing", f"{whose(limit)} cannot be judged: no rate is stated for {currency}",
                     (Written("ledger.yaml", ("rates",)),))  # fmt: skip


def whose(limit: Limit) -> str:
    """A limit by whom it is of."""
    return {"customer": "the limit", "group": f"the limit of group {limit.owner}",
            "family": f"the family limit of {limit.owner}"}[limit.scope]  # fmt: skip


def amounts(sums: Mapping[str, int]) -> str:
    """Amounts by currency, in words."""
    return " and ".join(Money(minor, currency).said() for currency, minor in sorted(sums.items()))


def source_of(rules: Sequence[HoldRule], number: int) -> Written:
    """Where a rule stands."""
    built_in = Written("", (f"default rule {rules[number].rule}",))
    return built_in if rules == DEFAULT_HOLDS else Written("ledger.yaml", ("credit", "holds", number))
