"""Posting files: all of them or none, whatever happens meanwhile (DESIGN §6).

The journal holds the whole change in one file. Its rename into place is the commit point: before it nothing
happened, after it everything will have, for the next command finishes what a killed one left. A journal is
removed only when each file and each folder it changed is known to be on the disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from arledger.errors import DeviceError

Files = Mapping[str, str | None]  # path under the ledger folder → text; None: the file is removed
Progress = Callable[[str, int, int], None]  # what, done, of how many
_COMMIT = "COMMIT"
_MANY = 32  # so many files are synchronised together, all at once, instead of each by itself


def folder(state: str) -> str:
    """The journal's folder within the state folder `.ar`."""
    return os.path.join(state, "journal")


def pending(state: str) -> bool:
    """Whether a committed journal waits to be finished."""
    return os.path.exists(os.path.join(folder(state), _COMMIT))


def generation(state: str) -> int:
    """A number that changes whenever a posting begins or ends, for readers that must not see half of one.

    It is the time stamp of the journal's folder, which is set to the nanosecond: the kernel's own stamps may be
    equal for a while.
    """
    try:
        return os.stat(folder(state)).st_mtime_ns
    except OSError:
        return 0


def post(root: str, state: str, files: Files, progress: Progress | None = None) -> None:
    """Writes, replaces and removes files under `root`. Call with the ledger's lock held. Raises DeviceError."""
    with _device():
        journal = folder(state)
        _make_folder(journal)
        text = json.dumps(dict(files), ensure_ascii=False, separators=(",", ":"))
        before = {path: _text(os.path.join(root, path)) for path in files}
        commit = os.path.join(journal, _COMMIT)
        _replace(commit, text.encode("utf-8", "surrogatepass"))
    try:
        with _device():
            _turn(journal)
            _sync(journal)
        recover(root, state, progress)
    except DeviceError as error:
        if pending(state) and _undone(root, journal, before):
            raise
        message = f"{error.message}: the change is posted, but perhaps not all of it is in place yet"
        hint = "the next command finishes it, such as ar check: do not give this one again"
        raise DeviceError(message, hint) from None


def _undone(root: str, journal: str, before: Files) -> bool:
    """Makes the files as they were, then forgets the journal; if stopped half-way, the next command goes forward."""
    try:
        _write(root, before)
        os.unlink(os.path.join(journal, _COMMIT))
        _turn(journal)
        _sync(journal)
    except OSError:
        return False
    return True


def recover(root: str, state: str, progress: Progress | None = None) -> None:
    """Finishes a committed journal, if there is one. Call with the ledger's lock held. Raises DeviceError."""
    journal = os.path.join(folder(state), _COMMIT)
    with _device():
        try:
            with open(journal, "rb") as file:
                files: Files = json.loads(file.read().decode("utf-8", "surrogatepass"))
        except FileNotFoundError:
            return
        except ValueError:
            raise DeviceError("the journal .ar/journal/COMMIT is damaged",
                              "compare the ledger with git, then delete that file") from None  # fmt: skip
        _write(root, files, progress)
        os.unlink(journal)
        _turn(os.path.dirname(journal))
        _sync(os.path.dirname(journal))


def _turn(journal: str) -> None:
    """Gives the journal's folder a stamp it never had: a new generation."""
    os.utime(journal, ns=(now := time.time_ns(), now))


def _write(root: str, files: Files, progress: Progress | None = None) -> None:
    """Makes the files as said; when it returns they are on the disk."""
    folders, each = set(), len(files) < _MANY
    for number, (path, text) in enumerate(files.items(), 1):
        if progress and (number % 100 == 0 or number == len(files)):
            progress("writing", number, len(files))
        target = os.path.join(root, path)
        if text is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(target)
        else:
            _make_folder(os.path.dirname(target))
            _replace(target, text.encode("utf-8"), sync=each)
        folders.add(os.path.dirname(target))
    there = sorted(folder for folder in folders if os.path.isdir(folder))
    if not each:
        _sync_disks(there, [os.path.join(root, path) for path, text in files.items() if text is not None])
    for changed in there:
        _sync(changed)


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _replace(target: str, data: bytes, *, sync: bool = True) -> None:
    """Puts `data` at `target` so that a reader sees the old file or the new one; with `sync` the new one is on the
    disk."""
    temporary = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), 0o644)
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
        if sync:
            os.fsync(handle)
        os.rename(temporary, target)
    except BaseException:  # whatever stops it, Ctrl-C too: no half file is left beside the ledger's
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    finally:
        os.close(handle)


def _make_folder(path: str) -> None:
    """Makes a folder and those above it; each new one is on the disk."""
    if os.path.isdir(path):
        return
    _make_folder(os.path.dirname(path))
    with contextlib.suppress(FileExistsError):
        os.mkdir(path)
    _sync(os.path.dirname(path))


def _sync(path: str) -> None:
    """Writes out a folder or a file."""
    with _opened(path) as handle:
        os.fsync(handle)


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _sync_disks(folders: Iterable[str], files: Iterable[str]) -> None:
    """Writes out everything in these folders; where the system cannot do that in one, file by file.

    A disk that is waited for once a file takes minutes for what it writes in a second.
    """
    if sys.platform == "linux":
        import ctypes

        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs:
            for folder in {os.stat(folder).st_dev: folder for folder in folders}.values():
                with _opened(folder) as handle:
                    if syncfs(handle):
                        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), folder)
            return
    for file in files:
        _sync(file)


@contextlib.contextmanager
def _device() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = os.path.basename(error.filename) if error.filename else "the ledger"
        raise DeviceError(f"{where}: {error.strerror}", "make room or allow writing, then run the same command again; "
                          "nothing is half-written") from None  # fmt: skip
