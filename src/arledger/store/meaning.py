"""What the files of a closed period say, however they are laid out.

A seal is over bytes, so that anybody can make it again with `sha256sum`. Where it does not match, the period may only
have been reformatted (other quotes, another order of keys, comments): then what it says still has the digest the close
kept of it, and nothing changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import partial

from arledger.checks import Finding
from arledger.errors import LedgerError
from arledger.ledger.table import Ledger
from arledger.store.file_text import read_bytes
from arledger.store.written import as_written


def content(root: str, ledger: Ledger, previous: str, period: str, seal: str) -> str:
    """The SHA-256 of what the facts of the months after `previous` up to `period` say; "" when one cannot be read.

    Of the seal of the period, which it vouches for, and the sorted lines `<sha256>  <kind>/<id>`: each hash over the
    file's mapping as JSON, keys sorted, values text.
    """
    rows = ledger.rows(
        "SELECT path, kind, fact FROM facts WHERE month > ? AND month <= ? AND kind != 'periods'", previous, period
    )
    lines = []
    for path, kind, fact in rows:
        try:
            said = json.dumps(as_written(partial(read_bytes, root), path), sort_keys=True, ensure_ascii=False)
        except LedgerError:
            return ""
        lines.append(f"{hashlib.sha256(said.encode()).hexdigest()}  {kind}/{fact}\n")
    return hashlib.sha256("".join([f"{seal}\n", *sorted(lines)]).encode()).hexdigest()


def but_for_layout(root: str, ledger: Ledger, findings: Sequence[Finding]) -> list[Finding]:
    """The findings without those of closed periods that say what they said when they were closed."""
    return [f for f in findings if f.code != "closed-period-changed" or not _says_the_same(root, ledger, f.path)]


def _says_the_same(root: str, ledger: Ledger, path: str) -> bool:
    query = "SELECT fact, about, key, data FROM facts WHERE path = ?"
    ((period, previous, seal, kept),) = ledger.rows(query, path)
    return bool(kept) and content(root, ledger, previous, period, seal) == kept
