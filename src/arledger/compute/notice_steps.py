"""The steps of one account under its procedure on a day: its notice, reminder and referral, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from arledger.compute.notice_types import Account, Due, Line, Ready
from arledger.compute.notices_sent import Sent
from arledger.compute.open_items import OpenItem
from arledger.compute.set_aside import Aside
from arledger.errors import many
from arledger.money import Money, decimal, rounded
from arledger.policy.notices import Least, Procedure, in_currency


class Steps:
    """The steps of one account under its procedure on a day."""

    def __init__(self, account: Account, procedure: Procedure, day: date, before: Sent) -> None:
        self.account, self.procedure, self.day, self.before = account, procedure, day, before
        self.key = (account.customer, account.currency)
        self.debits = [item for item in account.items if not item.is_credit]

    def notice(self, fees: set[str]) -> Due | str:
        """The notice that is due, or why none is."""
        late = [item for item in self.debits if item.days_past_due(self.day) > max(self.procedure.grace, 0)]
        if not late:
            return self._within_grace()
        asked = [Line(item, counted) for item in late if (counted := self.account.counted(item)) > 0]
        if not asked:
            return "all that is late is set aside: " + ", ".join(dict.fromkeys(a.why for a in self._aside_of(late)))
        rest, covered = less_credits(asked, 0 if self.procedure.credits == "ignore" else self.account.credits)
        if not rest:
            return "credits on account cover all that is late"
        lines = [line for line in rest if line.item.item not in self.before.finals]
        if not lines:
            return self._after_final(rest)
        aside = (*self._aside_of(late), *covered, *self._final(rest))
        oldest = max(line.item.days_past_due(self.day) for line in lines)
        if oldest < self.procedure.account_days:
            return f"{many(oldest, 'day')} late, notices begin at {many(self.procedure.account_days, 'day')}"
        wanted = [self._levelled(line) for line in lines]
        levelled = self._reaching_minimum(wanted)
        level = max(line.level for line in levelled)
        if why := self._too_soon(levelled, wanted, level):
            finals = self._final(rest)
            return f"{finals[0].why}; the rest: {why}" if finals else why
        risen = [line for line in levelled if line.level == level > line.before and not _is_fee(line.item, fees)]
        fee = self._fee(level) if risen else 0
        return Due("notice", *self.key, self.account.named, level, tuple(levelled), aside,
                   sum(part.amount for part in covered), fee,
                   self._why(levelled, level))  # fmt: skip

    def _within_grace(self) -> str:
        late = max((item.days_past_due(self.day) for item in self.debits), default=0)
        return f"{many(late, 'day')} late, {many(self.procedure.grace, 'day')} of grace" if late > 0 else ""

    def _final(self, lines: Sequence[Line]) -> list[Aside]:
        """What had its final notice: it is not asked for again."""
        finals = [(line, self.before.finals[line.item.item]) for line in lines if line.item.item in self.before.finals]
        return [Aside(line.item.item, line.item.due, line.amount, "final", f"final notice of {last.date}")
                for line, last in finals]  # fmt: skip

    def _after_final(self, lines: Sequence[Line]) -> str:
        last = max((self.before.finals[line.item.item] for line in lines), key=lambda last: last.date)
        return f"final notice of {last.date}, to pay by {last.pay_by}: nothing follows but handing over"

    def _aside_of(self, items: Sequence[OpenItem]) -> tuple[Aside, ...]:
        names = {item.item for item in items}
        return tuple(part for part in self.account.aside if part.item in names)

    def _levelled(self, line: Line) -> Line:
        """The line with the level it reaches: by its days, and one more than before at most (RULES U2)."""
        late, before = line.item.days_past_due(self.day), self.before.levels.get(line.item.item, 0)
        by_days = sum(level.days <= late for level in self.procedure.levels)
        return line._replace(level=by_days if self.procedure.allow_skip else min(by_days, before + 1), before=before)

    def _reaching_minimum(self, lines: Sequence[Line]) -> list[Line]:
        """The lines, each at the highest level at which what is late is enough; 0 where it is at none."""
        found = list(lines)
        for number in range(len(self.procedure.levels), 0, -1):
            if not self._enough(self.procedure.levels[number - 1].minimum, found, number):
                found = [line._replace(level=number - 1) if line.level == number else line for line in found]
        return found

    def _enough(self, least: Least, lines: Sequence[Line], number: int) -> bool:
        asked = sum(line.amount for line in lines if line.level >= number)
        open_ = sum(item.open for item in self.debits)
        amount = in_currency(least.amount, self.account.currency)
        return decimal(asked, self.account.currency) >= amount and asked * 100 >= least.percent * open_

    def _too_soon(self, lines: Sequence[Line], wanted: Sequence[Line], level: int) -> str:
        """Why no notice of these lines goes out yet; "" when it does."""
        if not any(line.level > line.before for line in lines):
            return self._stays(lines, wanted, level)
        last, step = self.before.last.get(self.key), self.procedure.levels[level - 1]
        interval = self.procedure.interval if step.interval is None else step.interval
        if last and self.day < (next_ := last.date + timedelta(days=max(interval, 1))):
            return f"notice of {last.date}: the next from {next_}"
        return ""

    def _stays(self, lines: Sequence[Line], wanted: Sequence[Line], level: int) -> str:
        """Why nothing rises: a minimum is not reached, days are lacking, or the last level was reached."""
        levels = self.procedure.levels
        if any(line.level > line.before for line in wanted):
            target = max(line.level for line in wanted if line.level > line.before)
            least = levels[target - 1].minimum
            asked = sum(line.amount for line in wanted if line.level >= target)
            return f"{self._money(asked)} at level {target}, less than {self._least(least)}"
        nexts = [(line.item.due + timedelta(days=levels[line.level].days), line.level + 1)
                 for line in lines if line.level < len(levels)]  # fmt: skip
        reached = f"level {level} was reached on {self.before.last[self.key].date}" if level else "no level reached"
        if not nexts:
            return f"{reached}: it is the last"
        day, number = min(nexts)
        return f"{reached}; level {number} from {day}"

    def _least(self, least: Least) -> str:
        amount = in_currency(least.amount, self.account.currency)
        parts = [self._money(rounded(amount, self.account.currency))] if amount else []
        parts += [f"{least.percent:f}% of {self._money(sum(i.open for i in self.debits))}"] if least.percent else []
        return " and ".join(parts)

    def _money(self, minor: int) -> str:
        return Money(minor, self.account.currency).said()

    def _fee(self, level: int) -> int:
        return rounded(in_currency(self.procedure.levels[level - 1].fee, self.account.currency), self.account.currency)

    def _why(self, lines: Sequence[Line], level: int) -> str:
        rises = [line for line in lines if line.level == level and line.level > line.before]
        first = max(rises or lines, key=lambda line: line.item.days_past_due(self.day))
        text = f"{first.item.item} is {many(first.item.days_past_due(self.day), 'day')} late"
        more = len(lines) - 1
        return text + (f", {many(more, 'more item')}" if more else "")

    def reminder(self, fees: set[str]) -> Due | None:
        """The reminder of what falls due soon and was not reminded of, if one is due; fees are not reminded of."""
        step = self.procedure.reminder
        if step is None:
            return None
        soon = [item for item in self.debits if 0 <= -item.days_past_due(self.day) <= step.days
                and item.item not in self.before.reminded and not _is_fee(item, fees)]  # fmt: skip
        lines = [Line(item, counted) for item in soon if (counted := self.account.counted(item)) > 0]
        if not lines or not self._enough(step.minimum, lines, 0):
            return None
        first = min(line.item.due for line in lines)
        return Due("reminder", *self.key, self.account.named, 0, tuple(lines), (), 0, 0, f"due {first}")

    def referral(self, answered: date | None) -> Due | None:
        """The statement to our credit department on who does not answer, if one is due: once until they do."""
        step, last = self.procedure.unanswered, self.before.last.get(self.key)
        if step is None or last is None:
            return None
        since = [day for day in self.before.days[self.key] if answered is None or day > answered]
        referred = self.before.referred.get(self.key)
        waits = last.pay_by is not None and self.day <= last.pay_by
        if len(since) < step.notices or waits or (referred and (answered is None or referred > answered)):
            return None
        late = [item for item in self.debits if item.due < self.day]
        lines = [Line(item, counted, self.before.levels.get(item.item, 0)) for item in late
                 if (counted := self.account.counted(item)) > 0]  # fmt: skip
        if not lines:
            return None
        level = max(line.level for line in lines)
        answer = f"no answer since {answered}" if answered else "no answer at all"
        return Due("referral", *self.key, self.account.named, level, tuple(lines), self._aside_of(late), 0, 0,
                   f"{len(since)} notices, {answer}")  # fmt: skip

    def ready(self) -> Ready | None:
        """What may be handed over: its final notice went out, and the day that gave to pay by is past."""
        step = self.procedure.hand_over
        wait = timedelta(days=step.days if step else 0)
        finals = [(item, self.before.finals[item.item]) for item in self.debits if item.item in self.before.finals]
        over = [(item, last) for item, last in finals if last.pay_by and self.day > last.pay_by + wait]
        lines = [(Line(item, counted), last) for item, last in over if (counted := self.account.counted(item)) > 0]
        if not lines:
            return None
        to, name = (step.to, step.name) if step else (None, "")
        return Ready(*self.key, {line.item.item: line.amount for line, _ in lines},
                     max(last.date for _, last in lines), to, name)  # fmt: skip


def less_credits(lines: Sequence[Line], credits_: int) -> tuple[list[Line], list[Aside]]:
    """The lines less what is on account, oldest first (RULES U5), and what that covers of each."""
    found, covered, left = [], [], credits_
    for line in lines:
        taken = min(left, line.amount)
        left -= taken
        if taken:
            words = "covered by a credit on account"
            covered.append(Aside(line.item.item, line.item.due, taken, "credit", words))
        if line.amount > taken:
            found.append(line._replace(amount=line.amount - taken))
    return found, covered


def _is_fee(item: OpenItem, fees: set[str]) -> bool:
    """Whether an item earns no fee and no reminder of its own: a fee of a notice, or a finance charge."""
    return item.kind == "finance-charge" or item.item in fees
