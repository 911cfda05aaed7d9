"""Printing and ending: results to stdout, talk to stderr, each error with the exit status of the contract."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence

from arledger.errors import ArError, DeviceError, RefusedError, UsageError, printable


def say(text: str) -> None:
    """Talk: to stderr, so that a pipe gets results only."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(printable(text, lines=True) + "\n")


def put(result: str | bytes) -> None:
    """A result: to stdout, to its last byte. Raises DeviceError when that fails."""
    data = result.encode("utf-8", "backslashreplace") if isinstance(result, str) else result
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _drop_stdout()
        raise SystemExit(141) from None
    except OSError as error:
        _drop_stdout()
        raise DeviceError(f"the output could not be written: {error.strerror}", "make room, then try again") from None


def _drop_stdout() -> None:
    """Nothing more can be written: keeps the interpreter from trying again as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def refuse_place(path: str, *, force: bool, within: Sequence[str] = ()) -> None:
    """Raises UsageError or RefusedError for a place a result may not go to; `within`: folders that are the ledger's."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise UsageError(f"--output: there is no folder {os.path.dirname(path) or folder}", "make it first")
    _refuse_within(path, within)
    if os.path.isdir(path):
        raise UsageError(f"--output: {path} is a folder", "name a file in it")
    if os.path.isfile(path) and not force:
        raise UsageError(f"--output: {path} is there already", "add --force to replace it")


def _refuse_within(path: str, folders: Sequence[str]) -> None:
    target = os.path.realpath(path)
    if any(os.path.commonpath([target, own]) == own for own in map(os.path.realpath, folders)):
        raise RefusedError(f"--output: {path} lies in the ledger", "write reports outside the ledger's files")


def refuse_folder(path: str, *, within: Sequence[str] = ()) -> None:
    """Raises UsageError or RefusedError for a folder results may not go to; one that is not there yet can be made."""
    if os.path.exists(path) and not os.path.isdir(path):
        raise UsageError(f"--output: {path} is no folder", "name a folder, or one that is not there yet")
    if os.path.isdir(path):
        _refuse_within(path, within)
    else:
        refuse_place(path, force=True, within=within)


def make_folder(path: str) -> None:
    """Makes a folder, and those above it. Raises DeviceError where that fails."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror}", "make room or allow writing, then try again") from None


def save(result: str | bytes, path: str, *, force: bool, within: Sequence[str] = ()) -> None:
    """A result: to a file, whole or not at all; to what is no file, such as a device or a pipe, as it is.

    Raises as `refuse_place` does, and DeviceError when writing fails.
    """
    refuse_place(path, force=force, within=within)
    data = result.encode("utf-8", "backslashreplace") if isinstance(result, str) else result
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as device:
                device.write(data)
        else:
            _replace(os.path.realpath(path), data)
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror}", "make room or allow writing, then try again") from None


def _replace(target: str, data: bytes) -> None:
    temporary = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.{os.getpid()}.new")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(OSError):  # where all went well it is there no more
            os.unlink(temporary)


def color(stream: object = None) -> bool:
    """Whether to use colour: a terminal, and nobody asked not to."""
    out = stream or sys.stdout
    return (
        bool(getattr(out, "isatty", lambda: False)())
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def width() -> int:
    """Columns of the terminal, 0 when stdout is none: then nothing is cut."""
    return os.get_terminal_size().columns if sys.stdout.isatty() else 0


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """Turns whatever stops a command into a message and an exit status. A bug gets a report in a file."""
    try:
        yield
    except ArError as error:
        say(_shown(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("interrupted: nothing is half-written")
        sys.exit(130)
    except BrokenPipeError:
        _drop_stdout()
        sys.exit(141)
    except MemoryError:
        say("error: out of memory\nhint: close other programs, or work on a larger machine")
        sys.exit(7)
    except Exception as error:  # whatever else: a bug of ours, told in one line
        if "KeyboardInterrupt" in str(error):  # pydantic's way of saying it, while it makes ready what it checks
            say("interrupted: nothing is half-written")
            sys.exit(130)
        with tempfile.NamedTemporaryFile("w", prefix="arledger-bug-", suffix=".txt", delete=False) as file:
            traceback.print_exc(file=file)
        say(f"error: a bug in arledger: {type(error).__name__}\nhint: please report it with {file.name}")
        sys.exit(70)


def _shown(error: ArError) -> str:
    """The message of an error, `hint:` at the start of its own line."""
    text = str(error).replace("\n  hint:", "\nhint:")
    return text if hasattr(error, "problems") else f"error: {text}"
