"""A progress bar on stderr, when that is a terminal and the work takes more than a second."""

from __future__ import annotations

import sys
import time

from arledger.store.index import Progress


def bar() -> Progress | None:
    """Something to call with what is done, how much and of how much; None when nobody would see it."""
    if not sys.stderr.isatty():
        return None
    begun = time.monotonic()

    def show(what: str, done: int, of: int) -> None:
        if time.monotonic() - begun < 1:
            return
        filled = 30 * done // of if of else 30
        text = f"{what} {'█' * filled}{'░' * (30 - filled)} {done:,} of {of:,}"
        gone = f"\r{' ' * len(text)}\r" if done >= of else ""  # blanks: not every terminal can erase a line
        sys.stderr.write(f"\r{text}{gone}")
        sys.stderr.flush()

    return show
