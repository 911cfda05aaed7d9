"""Entries of a calendar as an .ics file. Source: RFC 5545.

The same entries give the same bytes; read a second time, a calendar changes an entry instead of adding another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from arledger.reports.agenda import Entry

_OCTETS = 74  # of a line beside the space that a continued one begins with; 75 are allowed


def render(entries: Iterable[Entry], domain: str) -> bytes:
    """A calendar of whole days. `domain` makes the keys unique in the world."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//arledger//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.key}@{domain}",
            f"DTSTAMP:{entry.made:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.day + timedelta(1):%Y%m%d}",
            f"SUMMARY:{_text(entry.title)}",
            f"DESCRIPTION:{_text(entry.text)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _text(value: str) -> str:
    r"""Text of people as a property holds it: nothing in it can end the line or begin another.

    >>> _text("Żółw, Söhne; 1\r\nBEGIN:VALARM")
    'Żółw\\, Söhne\\; 1\\nBEGIN:VALARM'
    """
    lines = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").splitlines()
    return "\\n".join("".join(char for char in line if char.isprintable()) for line in lines)


def _folded(line: str) -> str:
    """A line in parts of at most 75 octets, none of which ends within a character."""
    parts, size = [""], 0
    for char in line:
        length = len(char.encode())
        if size + length > _OCTETS:
            parts.append("")
            size = 0
        parts[-1] += char
        size += length
    return "\r\n ".join(parts)
