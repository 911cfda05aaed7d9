"""Service: a stop comes after its notice and the days of it, and goods are taken back only on a documented default."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from arledger.checks import Finding
from arledger.checks.touched import of_customers, touched
from arledger.documents.notices import Notice
from arledger.documents.service import ServiceStop
from arledger.ledger.table import Ledger


def stops(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Stops without a notice about the same unit, within the days of it, or without a default where one is needed."""
    if not everything and not touched(ledger, "service-stops", "notices"):
        return
    theirs = of_customers(everything, "service-stops", "notices")
    for (customer,) in ledger.rows(
        f"SELECT DISTINCT customer FROM facts WHERE kind = 'service-stops' AND data != '' AND {theirs} ORDER BY 1"
    ):
        notices = {row.fact: n for row, n in ledger.told(Notice, date.max, customer) if n.kind == "service"}
        for row, stop in ledger.told(ServiceStop, date.max, customer):
            yield from _of(row.path, stop, notices.get(stop.notice))


def _of(path: str, stop: ServiceStop, notice: Notice | None) -> Iterator[Finding]:
    if notice is None or notice.unit != stop.unit:
        yield Finding(path, ("notice",), "service-notice", f"{stop.notice} is no notice to {stop.customer} that this "
                      "will be stopped", "name the notice: ar notices list")  # fmt: skip
    elif notice.pay_by and stop.date <= notice.pay_by:
        yield Finding(path, ("date",), "service-notice", f"stopped on {stop.date}, the notice gave until "
                      f"{notice.pay_by}", "stop it after that day")  # fmt: skip
    if stop.action == "repossess" and not stop.default:
        yield Finding(path, (), "service-default", "taken back without a documented default",
                      "name the final notice or the payment plan: default: …")  # fmt: skip
