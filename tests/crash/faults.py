"""Runs a command in a process of its own whose k-th change to the files fails, is cut short, or is its last.

Changes are counted where Python hands them to the system: what makes, writes, renames, removes or synchronises a
file or folder, and the commits of the index. `kill` ends the process before the change, `short` after half of a
write; `errno` lets the one change fail, `sticky` that and every later one.
"""

from __future__ import annotations

import builtins
import ctypes
import errno
import io
import os
import pickle
import signal
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import console


class Change(NamedTuple):
    """One change to the files: what is done, where (and to where), with which bytes at which offset."""

    what: str
    path: str
    other: str = ""
    data: bytes = b""
    offset: int = 0


class Fault(NamedTuple):
    """What goes wrong: `how` at the change number `at`, counted from 1; with `error` where the system says no."""

    at: int
    how: str = "kill"  # kill, short, errno, sticky
    error: int = errno.ENOSPC


NOTHING = Fault(0, "none")


class Ended(NamedTuple):
    """How a command ended (a negative status: the signal), what it said, and the changes it made up to then."""

    status: int
    said: str
    changes: Sequence[Change]


def run(arguments: Sequence[str], folder: Path, fault: Fault = NOTHING, aside: str = "") -> Ended:
    """Runs `ar` with these arguments in `folder`, in a process of its own, with this fault.

    Changes to paths that hold the text `aside` are not counted and never fail.
    """
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        _child(arguments, folder, fault, aside, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(process, 0)
    return Ended(os.waitstatus_to_exitcode(status), *_told(told))


def _child(arguments: Sequence[str], folder: Path, fault: Fault, aside: str, writer: int) -> None:
    status = 1
    try:
        tell = _teller(writer)
        install(str(folder), fault, tell, aside)
        done = console.ar(arguments, folder)
        tell(done.err)
        status = done.status
    finally:
        os._exit(status)


def _teller(writer: int) -> Callable[[Any], None]:
    write = os.write  # as it is before faults are installed

    def tell(thing: Any) -> None:
        data = pickle.dumps(thing)
        write(writer, len(data).to_bytes(4, "big") + data)

    return tell


def _told(data: bytes) -> tuple[str, list[Change]]:
    said, changes = "", []
    while data:
        end = 4 + int.from_bytes(data[:4], "big")
        thing = pickle.loads(data[4:end])
        if isinstance(thing, str):
            said = thing
        else:
            changes.append(Change(*thing))
        data = data[end:]
    return said, changes


def install(root: str, fault: Fault, tell: Callable[[Any], None] = lambda _: None, aside: str = "") -> None:
    """From here on, changes to files under `root` in this process are told, counted, and fail as `fault` says."""
    hit = _counter(os.path.join(os.path.realpath(root), ""), fault, tell, aside)
    _paths(hit)
    _handles(hit)
    _sqlite(hit)


Hit = Callable[..., bool]  # a change → whether it is to be cut short; raises, or ends the process


def _counter(root: str, fault: Fault, tell: Callable[[Any], None], aside: str) -> Hit:
    count = 0

    def hit(change: Change) -> bool:
        nonlocal count
        if not os.path.join(os.path.realpath(change.path), "").startswith(root) or (aside and aside in change.path):
            return False
        count += 1
        tell(tuple(change))
        if count != fault.at and not (fault.how == "sticky" and count > fault.at):
            return False
        if fault.how == "short" and len(change.data) > 1:
            return True
        if fault.how in ("kill", "short"):
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(fault.error, os.strerror(fault.error), change.path)

    return hit


def _paths(hit: Hit) -> None:
    """Changes that name a path."""
    open_, mkdir, unlink, utime = os.open, os.mkdir, os.unlink, os.utime

    def opening(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & (os.O_CREAT | os.O_TRUNC) and dir_fd is None:
            name, there = os.fsdecode(path), os.path.exists(path)
            if not there or flags & os.O_TRUNC:
                hit(Change("truncate" if there else "create", os.path.abspath(name)))
        return open_(path, flags, mode, dir_fd=dir_fd)

    def making(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        hit(Change("mkdir", os.path.abspath(os.fsdecode(path))))
        mkdir(path, mode, dir_fd=dir_fd)

    def removing(path: Any, *, dir_fd: int | None = None) -> None:
        hit(Change("unlink", os.path.abspath(os.fsdecode(path))))
        unlink(path, dir_fd=dir_fd)

    def stamping(path: Any, *args: Any, **how: Any) -> None:
        hit(Change("utime", os.path.abspath(os.fsdecode(path))))
        utime(path, *args, **how)

    def moving(move: Callable[..., None]) -> Callable[..., None]:
        def moved(source: Any, target: Any) -> None:
            hit(Change("rename", os.path.abspath(os.fsdecode(source)), os.path.abspath(os.fsdecode(target))))
            move(source, target)

        return moved

    os.open, os.mkdir, os.unlink, os.remove, os.utime = opening, making, removing, removing, stamping  # type: ignore[assignment]
    os.rename, os.replace = moving(os.rename), moving(os.replace)  # type: ignore[assignment]


def _handles(hit: Hit) -> None:
    """Changes through an open file, and files opened for writing by Python's own `open`."""
    write, pwrite, fsync, ftruncate, open_ = os.write, os.pwrite, os.fsync, os.ftruncate, builtins.open
    load = ctypes.CDLL

    def path_of(handle: int) -> str:
        return os.readlink(f"/proc/self/fd/{handle}") if os.path.isdir("/proc/self/fd") else _path_of(handle)

    def writing(handle: int, data: Any) -> int:
        path = path_of(handle)
        offset = os.lseek(handle, 0, os.SEEK_CUR) if os.path.isfile(path) else 0
        if hit(Change("write", path, "", bytes(data), offset)):
            write(handle, bytes(data)[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(handle, data)

    def writing_at(handle: int, data: Any, offset: int) -> int:
        if hit(Change("write", path_of(handle), "", bytes(data), offset)):
            pwrite(handle, bytes(data)[: len(data) // 2], offset)
            os.kill(os.getpid(), signal.SIGKILL)
        return pwrite(handle, data, offset)

    def syncing(handle: int) -> None:
        hit(Change("fsync", path_of(handle)))
        fsync(handle)

    def loading(name: Any, *args: Any, **how: Any) -> ctypes.CDLL:
        library = load(name, *args, **how)
        syncfs = getattr(library, "syncfs", None)

        def syncing_disk(handle: int) -> int:
            hit(Change("syncfs", path_of(handle)))
            return int(syncfs(handle))  # type: ignore[misc]  # there is one

        if syncfs:
            library.syncfs = syncing_disk
        return library

    def cutting(handle: int, size: int) -> None:
        hit(Change("cut", path_of(handle), "", b"", size))
        ftruncate(handle, size)

    class File(io.FileIO):
        def write(self, data: Any) -> int:
            return os.write(self.fileno(), data)

    def opening(file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
                errors: str | None = None, newline: str | None = None, closefd: bool = True,
                opener: Any = None) -> Any:  # fmt: skip
        if isinstance(file, int) or not set(mode) & set("wax"):
            return open_(file, mode, buffering, encoding, errors, newline, closefd, opener)
        there = os.path.exists(file)
        hit(Change("truncate" if there else "create", os.path.abspath(os.fsdecode(file))))
        raw = io.BufferedWriter(File(file, mode.replace("b", "").replace("t", "")))
        return raw if "b" in mode else io.TextIOWrapper(raw, encoding, errors, newline)

    os.write, os.pwrite, os.fsync, os.ftruncate = writing, writing_at, syncing, cutting  # type: ignore[assignment]
    builtins.open = opening  # type: ignore[assignment]
    ctypes.CDLL = loading  # type: ignore[assignment,misc]


def _path_of(handle: int) -> str:
    """The path of an open file where there is no /proc."""
    import fcntl

    found = fcntl.fcntl(handle, getattr(fcntl, "F_GETPATH", 50), bytes(1024))
    return os.fsdecode(found.rstrip(b"\0"))


def _sqlite(hit: Hit) -> None:
    """Commits to a database file: what goes on within them is sqlite's own."""
    connect = sqlite3.connect

    class Connection(sqlite3.Connection):
        path = ""

        def execute(self, sql: str, *args: Any) -> Any:
            if sql == "COMMIT" and self.path:
                try:
                    hit(Change("commit", self.path))
                except OSError as error:
                    raise sqlite3.OperationalError(str(error)) from None
            return super().execute(sql, *args)

    def connecting(database: str, **how: Any) -> sqlite3.Connection:
        found = connect(database, factory=Connection, **how)
        found.path = "" if database.startswith((":memory:", "file:")) else os.path.abspath(database)
        return found

    sqlite3.connect = connecting  # type: ignore[assignment]
