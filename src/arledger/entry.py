"""The `ar` script. binutils has an `ar` too, and ours may come first on PATH: a call that reads as an archiver's
is handed on to the next `ar` there, before anything heavy is imported (CONTRACT §1)."""

from __future__ import annotations

import _signal as signal  # type: ignore[import-not-found]  # `signal` takes long: a Ctrl-C would meet it half-way
import os
import sys

from arledger import __version__

_OPERATIONS = frozenset("dmpqrstx")
_LETTERS = frozenset("abcdDfilmMNoOpPqrsStTuUvVx")


def main() -> None:
    """Runs `ar` with the arguments of this process."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"arledger {__version__}")  # noqa: T201  # before anything is imported
        return
    import gc

    gc.set_threshold(200_000)  # a short life makes little rubbish: looking for it costs more than it frees
    _open_streams()
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:  # Ctrl-C ends us without a word while there is nothing to tidy up, first and last
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if os.path.basename(sys.argv[0]) in ("ar", "ar.exe") and is_archiver_call(arguments):
        _hand_on(arguments)
    import arledger.cli.app  # most of what takes long to import

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        arledger.cli.run(arguments)
    finally:
        if interruptible:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _open_streams() -> None:
    """Stands something in for a standard stream that is closed: else a file of the ledger might take its place.

    Results still cannot be written to a closed stdout, and fail; what is said to a closed stderr is lost.
    """
    for number, (name, mode, flags) in enumerate(
        (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))
    ):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, flags)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False))  # noqa: SIM115  # for good


def is_archiver_call(arguments: list[str]) -> bool:
    """Whether the arguments are meant for binutils' archiver.

    >>> is_archiver_call(["rcs", "libx.a", "x.o"]), is_archiver_call(["--plugin", "x.so", "q", "libx.a"])
    (True, True)
    >>> is_archiver_call(["aging"]), is_archiver_call(["open", "--customer", "ACME"]), is_archiver_call(["rcs"])
    (False, False, False)
    """
    from arledger.cli.commands import COMMANDS

    if not arguments or arguments[0] in COMMANDS:
        return False
    first = arguments[0]
    if first.startswith(("@", "--plugin", "--target", "--thin", "--record-libdeps", "--output=")) or first in (
        "-M",
        "-V",
    ):
        return True
    letters = first.removeprefix("-")
    operation = bool(letters) and _LETTERS.issuperset(letters) and not _OPERATIONS.isdisjoint(letters)
    return operation and not first.startswith("--") and len(arguments) > 1


def _hand_on(arguments: list[str]) -> None:
    """Becomes the next `ar` on PATH that is not this one; ends with 127 when there is none."""
    own = os.path.realpath(sys.argv[0])
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = os.path.join(folder or ".", "ar")
        if os.access(candidate, os.X_OK) and not _is_ours(candidate, own):
            os.execv(candidate, ["ar", *arguments])
    sys.stderr.write(
        "ar: this is arledger, and there is no other ar on PATH\nhint: install binutils, or see ar --help\n"
    )
    sys.exit(127)


def _is_ours(candidate: str, own: str) -> bool:
    if os.path.realpath(candidate) == own:
        return True
    with open(candidate, "rb") as file:
        return b"arledger" in file.read(4096)
