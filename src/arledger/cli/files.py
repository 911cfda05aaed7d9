"""Files named by an argument."""

from __future__ import annotations

from arledger.errors import UsageError


def file_bytes(file: str) -> bytes:
    """The bytes of a file named by an argument. Raises UsageError when there are none to be had."""
    try:
        with open(file, "rb") as handle:
            return handle.read()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", "name a file that can be read") from None
