"""Recoveries: of a write-off there is, of the same item, and never more than it gave up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from arledger.checks import Finding
from arledger.checks.touched import among, touched
from arledger.errors import did_you_mean
from arledger.ledger.table import Ledger
from arledger.money import plain

_LIVE = "NOT EXISTS (SELECT 1 FROM facts v WHERE v.about = {0}.fact AND v.about != '' AND v.kind = 'reversals')"
_QUERY = f"""
SELECT r.path, r.about, r.currency, r.date, (SELECT MAX(e.item) FROM entries e WHERE e.owner = r.id), w.kind, w.date,
  w.about, iif({_LIVE.format("w")}, w.amount, 0), (SELECT SUM(o.amount) FROM facts o WHERE o.kind = 'recoveries'
    AND o.about = r.about AND (o.date, o.path) <= (r.date, r.path) AND {_LIVE.format("o")})
FROM facts r LEFT JOIN facts w ON w.fact = r.about COLLATE NOCASE AND w.fact = r.about
WHERE r.kind = 'recoveries' AND {_LIVE.format("r")} AND {{new}} ORDER BY r.path
"""


def recoveries(ledger: Ledger, everything: bool) -> Iterator[Finding]:
    """Recoveries of no write-off, of another item's, from before it, or beyond what it gave up and still stands."""
    if not everything and not touched(ledger, "recoveries", "write-offs"):
        return
    new = f"({among(everything, 'r.fact')} OR {among(everything, 'r.about')})"
    for path, about, currency, day, item, kind, since, of, given, taken in ledger.rows(_QUERY.format(new=new)):
        if kind != "write-offs":
            near = did_you_mean(about, ledger.known_ids("facts", "fact")) or "correct the id"
            yield Finding(path, ("write_off",), "unknown-fact", f"there is no write-off {about}", near)
        elif of != item:
            yield Finding(path, ("item",), "unknown-item", f"{about} wrote off {of}, not {item}", f"write {of}")
        elif day < since:
            yield Finding(path, ("date",), "applied-too-early", f"dated {date.fromordinal(day)}, but {about} is of "
                          f"{date.fromordinal(since)}", "date it on or after the write-off")  # fmt: skip
        elif taken > given:
            yield Finding(path, ("amount",), "over-recovered", f"{plain(taken, currency)} of {about} is recovered, it "
                          f"gives up {plain(given, currency)}", "lower the amount, or reverse it first")  # fmt: skip
