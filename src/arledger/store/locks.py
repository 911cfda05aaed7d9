"""Locks between processes: taken from the kernel with flock, so a killed process never leaves one behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from arledger.errors import DeviceError, LockedError

WAIT = 60.0  # seconds until a writer gives up


@contextlib.contextmanager
def locked(path: str, wait: float = WAIT) -> Iterator[None]:
    """Holds the lock file at `path`. Raises LockedError naming the holder when it stays taken."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise _refused(path, error) from None
    try:
        try:
            _take(handle, wait)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()} {os.uname().nodename}\n".encode(), 0)
        except OSError as error:
            raise _refused(path, error) from None
        yield
    finally:
        os.close(handle)


def _refused(path: str, error: OSError) -> DeviceError:
    return DeviceError(f"{os.path.basename(path)}: {error.strerror}", "check that .ar may be written and has room")


def _take(handle: int, wait: float) -> None:
    until, pause = time.monotonic() + wait, 0.001
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.pread(handle, 100, 0).decode(errors="replace").strip() or "unknown"
                raise LockedError(
                    f"the ledger is being written by process {holder}", "wait for it, then try again"
                ) from None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)
