"""What day it is. The one place a clock is looked at for a date."""

import os
from datetime import UTC, date, datetime, time

from arledger.dates import parse_date
from arledger.errors import UsageError


def today() -> date:
    """Today, or the day $AR_TODAY stands in with. The one place a clock is looked at for a date."""
    given = os.environ.get("AR_TODAY")
    return day(given, "$AR_TODAY") if given else date.today()  # noqa: DTZ011


def now() -> datetime:
    """This moment, or noon of the day $AR_TODAY stands in with."""
    given = os.environ.get("AR_TODAY")
    return datetime.combine(today(), time(12), UTC) if given else datetime.now(UTC)


def day(text: str, option: str) -> date:
    """A date given as an argument. Raises UsageError naming the option."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", "such as 2026-01-31") from None
