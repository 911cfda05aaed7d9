"""Notices: the steps by which a customer is asked for what is late, and what follows when they do not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Literal

from arledger.documents.fields import Amount, Currency, Flag, Id, Percent, Text, record
from arledger.documents.notices import Channel
from arledger.errors import BadValueError

#: What a customer's file says who is never sent a notice.
NEVER = "none"


def in_currency(amount: Decimal | Mapping[str, Decimal], currency: str) -> Decimal:
    """An amount of policy in a currency: one figure counts as written in each; of several, 0 where none is given."""
    return amount if isinstance(amount, Decimal) else amount.get(currency, Decimal(0))


@record
class Least:
    """The least that is asked for: an amount, and a share of all that is open. Both must be reached."""

    amount: Amount | Mapping[Currency, Amount] = Decimal(0)
    percent: Percent = Decimal(0)


@record
class NoticeLevel:
    """One step: from how many days past due on, at what least amount, how, at what fee, in what words."""

    days: int
    interval: int | None = None  # days since the notice before; the procedure's where not given
    minimum: Least = Least()
    channel: Channel = "e-mail"
    fee: Amount | Mapping[Currency, Amount] = Decimal(0)
    pay_within: int = 7  # days; the notice names the day to pay by
    template: Id = ""  # level-1, level-2 …, or final, where not given
    final: Flag = False


@record
class Reminder:
    """A friendly word before the due date."""

    days: int = 5  # before it
    minimum: Least = Least()
    channel: Channel = "e-mail"
    template: Id = "reminder"


@record
class Unanswered:
    """After how many notices without an answer our credit department gets a statement, and where it is sent."""

    to: Text
    notices: int = 2
    template: Id = "referral"


@record
class HandingOver:
    """To whom what stays unpaid after the final notice may go, so many days after the day it gave to pay by."""

    to: Literal["agency", "legal"]
    name: Text = ""
    days: int = 0


@record
class Procedure:
    """The steps for some customers, first to last."""

    levels: tuple[NoticeLevel, ...]
    grace: int = 0  # days past due that do not count as late at all; later they count from the due date
    interval: int = 7  # least days between two notices to a customer; never less than one
    account_days: int = 0  # nobody gets a notice before their oldest item is so many days past due
    credits: Literal["subtract", "ignore"] = "subtract"
    allow_skip: Flag = False
    fee_as: Literal["finance-charge", "debit-note"] = "finance-charge"  # a debit note bears interest itself
    reminder: Reminder | None = None
    unanswered: Unanswered | None = None
    hand_over: HandingOver | None = None

    def __post_init__(self) -> None:
        if not self.levels:
            raise BadValueError("notice-levels", "a procedure without levels", "write at least one level")
        days = [level.days for level in self.levels]
        for number, (before, after) in enumerate(zip([0, *days], days, strict=False), 1):
            if after <= before:
                last = f"level {number - 1} from day {before}" if number > 1 else "a level begins after the due date"
                raise BadValueError("notice-levels", f"level {number} begins on day {after}, {last}",
                                    "give each level more days than the one before")  # fmt: skip
        if any(level.final for level in self.levels[:-1]):
            raise BadValueError("notice-levels", "a final level with another after it", "only the last is final")

    def template(self, number: int) -> str:
        """The template of a level, counted from 1."""
        level = self.levels[number - 1]
        return level.template or ("final" if level.final else f"level-{number}")

    def templates(self) -> tuple[str, ...]:
        """Every template its letters need."""
        others = [step.template for step in (self.reminder, self.unanswered) if step]
        return (*(self.template(number) for number in range(1, len(self.levels) + 1)), *others)


@record
class Notices:
    """The procedures by name, and which one a customer has whose own file names none."""

    procedures: Mapping[Id, Procedure] = field(default_factory=dict)
    default: Id = ""  # the first where not given

    def __post_init__(self) -> None:
        if NEVER in self.procedures:
            raise BadValueError("notice-procedure", f"{NEVER} means no notices at all", "give it another name")
        if self.default and self.default not in (*self.procedures, NEVER):
            names = ", ".join(self.procedures) or "none"
            raise BadValueError("notice-procedure", f"there is no procedure {self.default}", f"procedures: {names}")

    def of(self, named: str) -> str:
        """The name of the procedure of a customer whose file names this one; `none` when they have none."""
        return named or self.default or next(iter(self.procedures), NEVER)
