"""What is on disk, and what of it changed since the index last looked.

A folder's state is the names and stamps (inode, size, modification and change time) of what is in it, as one
blob: equal blobs, unchanged folder. With many files half the folders are looked at by a forked child. A file
whose stamp is younger than the moment it was looked at may still change within the clock's tick, so its stamp
is not kept and it is read again next time (git's racy rule). Folders of closed months are trusted by the
folder's own stamp in everyday reads; `ar check` looks at every file.
"""

from __future__ import annotations

import marshal
import os
import stat
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from arledger.errors import DeviceError, Place, Problem
from arledger.store.workers import processors

_RACY_NS = 50_000_000  # a change this recent may not have moved the time stamp yet: kernels tick every 1 to 10 ms
_FORK_ABOVE = 8_000  # files; below, a child costs more than it saves
_FIELDS = 4  # numbers per file in a stamp
_ZERO = (0,) * _FIELDS  # a stamp no file has

States = Callable[[Sequence[str]], Mapping[str, bytes]]
_KIND = 0o170000  # the bits of a mode that say what a file is

Stamp = tuple[int, ...]
_stamp: Callable[[os.stat_result], Stamp] = attrgetter("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")


class Folder(NamedTuple):
    """One folder as it is: its own stamp, the folders in it, and the blob of its files' names and stamps."""

    path: str
    own: Stamp
    folders: tuple[str, ...]
    files: bytes

    def stamps(self) -> dict[str, Stamp]:
        """File name → stamp."""
        names, _, numbers = self.files.partition(b"\0")
        flat = array("q", numbers)
        listed = names.decode("utf-8", "surrogateescape").split("/") if names else []
        return {name: tuple(flat[i * _FIELDS : (i + 1) * _FIELDS]) for i, name in enumerate(listed)}

    def own_bytes(self) -> bytes:
        """The stamp of the folder itself as the index keeps it."""
        return array("q", self.own).tobytes()

    def pack(self) -> bytes:
        """This folder as the index keeps it."""
        return self.own_bytes() + "/".join(self.folders).encode("utf-8", "surrogateescape") + b"\0" + self.files

    def forgetting(self, names: Sequence[str], everything: bool) -> Folder:
        """This folder without the stamps of some files (and of itself): they are looked at again next time."""
        if not names and not everything:
            return self
        stamps = {name: _ZERO if name in names else stamp for name, stamp in self.stamps().items()}
        numbers = array("q", [number for stamp in stamps.values() for number in stamp])
        own = _ZERO if everything else self.own
        return Folder(self.path, own, self.folders, self.files.partition(b"\0")[0] + b"\0" + numbers.tobytes())

    @classmethod
    def unpack(cls, path: str, state: bytes) -> Folder:
        """The reverse of `pack`."""
        size = 8 * _FIELDS
        folders, _, files = state[size:].partition(b"\0")
        listed = tuple(folders.decode("utf-8", "surrogateescape").split("/")) if folders else ()
        return cls(path, tuple(array("q", state[:size])), listed, files)


class Change(NamedTuple):
    """A folder that is not as the index knows it: files to read (again), files gone, what is no file."""

    folder: Folder | None  # None: the folder is gone
    path: str
    read: tuple[str, ...]  # names
    gone: tuple[str, ...]
    problems: tuple[Problem, ...]


def look(root: str, path: str, now_ns: int) -> tuple[Folder, list[Problem], bool]:
    """A folder as it is, what in it is neither file nor folder, and whether any file is too young to be believed.

    Raises DeviceError.
    """
    try:
        handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror}", "check that the folder may be read") from None
    names: list[str] = []
    folders: list[str] = []
    odd: list[Problem] = []
    numbers: list[int] = []
    lstat = os.lstat
    try:
        own = _stamp(os.fstat(handle))
        if max(own[2:]) > now_ns - _RACY_NS:
            own = _ZERO  # a file might come within the same tick
        for name in os.listdir(handle):  # most of the time of a report goes by in this loop
            found = lstat(name, dir_fd=handle)
            kind = found.st_mode & _KIND
            if kind == stat.S_IFREG:
                if name[-5:] == ".yaml":
                    names.append(name)
                    numbers += _stamp(found)
            elif kind == stat.S_IFDIR and name[-5:] != ".yaml":
                folders.append(name)
            else:
                odd.append(Problem(Place(f"{path}/{name}"), "not-a-file", "this is neither a file nor a folder of the "
                                   "ledger", "move it out of the ledger"))  # fmt: skip
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror}", "check the disk") from None
    finally:
        os.close(handle)
    young = _forget_young(numbers, now_ns)
    joined = "/".join(names).encode("utf-8", "surrogateescape")
    return Folder(path, own, tuple(sorted(folders)), joined + b"\0" + array("q", numbers).tobytes()), odd, young


def _forget_young(numbers: list[int], now_ns: int) -> bool:
    """Puts zeros for the stamps of files changed so lately that the next change might not show. Whether any was."""
    limit = now_ns - _RACY_NS
    if max(numbers[2::_FIELDS], default=0) <= limit and max(numbers[3::_FIELDS], default=0) <= limit:
        return False
    for at in range(0, len(numbers), _FIELDS):
        if max(numbers[at + 2 : at + _FIELDS]) > limit:
            numbers[at : at + _FIELDS] = _ZERO
    return True


def own_file(root: str, known: bytes | None, now_ns: int) -> list[Change]:
    """Whether `ledger.yaml` itself changed: the one file that lies in no folder of facts."""
    try:
        found = os.stat(os.path.join(root, "ledger.yaml"))
    except OSError:
        found = None
    names = array("q", _ZERO if found is None or found.st_ctime_ns > now_ns - _RACY_NS else _stamp(found))
    folder = Folder("", _ZERO, (), b"ledger.yaml\0" + names.tobytes())
    return [] if folder.pack() == known and tuple(names) != _ZERO else [Change(folder, "", ("ledger.yaml",), (), ())]


def changes(
    root: str, tops: Sequence[str], owns: Mapping[str, bytes], states: States, closed: str, now_ns: int
) -> list[Change]:
    """What changed under the folders `tops` against what is known of them, in no particular order.

    `owns` are the stamps of the known folders themselves, `states` looks up all that is known of some. `closed` is
    the last closed month ("": trust none): a folder of that month or an earlier one is taken as unchanged when
    its own stamp is.
    """
    known = states([path for path, own in owns.items() if not closed or not _unchanged(root, path, own, closed)])
    files = sum(len(state) for state in known.values()) // 56  # of a file: its name and four numbers
    paths = [path for path in known if os.path.isdir(os.path.join(root, path))]
    gone = [_gone(path, known[path]) for path in known.keys() - set(paths)]
    unknown = [top for top in tops if top not in owns]  # those known are in one of the lots: never looked at twice
    if files < _FORK_ABOVE or processors() < 2:
        found = list(_walk(root, [*unknown, *paths], known, set(owns), now_ns))
    else:
        mine, others = _halves(paths, known)
        found = _beside(
            lambda: list(_walk(root, others, known, set(owns), now_ns)),
            lambda: list(_walk(root, [*unknown, *mine], known, set(owns), now_ns)),
        )
    return gone + [change for change in found if change is not None]


def _halves(paths: Sequence[str], known: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """The folders in two lots of about as many files; the larger folders are dealt out first."""
    lots: tuple[list[str], list[str]] = ([], [])
    weights = [0, 0]
    for path in sorted(paths, key=lambda p: (-len(known[p]), p)):
        lot = 0 if weights[0] <= weights[1] else 1
        lots[lot].append(path)
        weights[lot] += len(known[path])
    return lots


def _walk(root: str, paths: Sequence[str], known: Mapping[str, bytes], seen: set[str], now_ns: int) -> Iterator[Change]:
    """What changed in these folders, and in folders met in them that were not seen yet."""
    todo = list(paths)
    done: set[str] = set()
    while todo:
        path = todo.pop()
        if path in done or not os.path.isdir(os.path.join(root, path)):
            continue
        done.add(path)
        folder, odd, young = look(root, path, now_ns)
        state = folder.pack()
        if odd or young or state != known.get(path):
            yield _compare(folder, known.get(path), odd)
        new = [f"{path}/{name}" for name in folder.folders if f"{path}/{name}" not in seen]
        todo += new
        seen.update(new)


def _unchanged(root: str, path: str, own: bytes, closed: str) -> bool:
    """Whether a folder is of a closed month and has the stamp it was last seen with."""
    month = path.rpartition("/")[2]
    if len(month) != len(closed) or month > closed or not month[:4].isdigit():
        return False
    try:
        return own == array("q", _stamp(os.stat(os.path.join(root, path)))).tobytes()
    except OSError:
        return False


def _compare(folder: Folder, state: bytes | None, odd: list[Problem]) -> Change:
    before = Folder.unpack(folder.path, state).stamps() if state else {}
    now = folder.stamps()
    read = tuple(name for name, stamp in now.items() if stamp == _ZERO or before.get(name) != stamp)
    gone = tuple(name for name in before if name not in now)
    return Change(folder, folder.path, read, gone, tuple(odd))


def _gone(path: str, state: bytes) -> Change:
    return Change(None, path, (), tuple(Folder.unpack(path, state).stamps()), ())


def _beside(theirs: Callable[[], list[Change]], mine: Callable[[], list[Change]]) -> list[Change]:
    """What both give, `theirs` worked out by a forked child meanwhile."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            with os.fdopen(writer, "wb") as pipe:
                marshal.dump([_plain(change) for change in theirs()], pipe)
            os._exit(0)
        finally:
            os._exit(1)  # anything that went wrong: the parent does this half itself
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        found = mine()
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return found + ([_rich(plain) for plain in marshal.loads(answer)] if status == 0 else theirs())


def _plain(change: Change) -> tuple[object, ...]:
    problems = tuple((tuple(problem.place), *problem[1:]) for problem in change.problems)
    return (tuple(change.folder) if change.folder else None, change.path, change.read, change.gone, problems)


def _rich(plain: tuple[Any, ...]) -> Change:
    folder, path, read, gone, problems = plain
    rich = tuple(Problem(Place(*place), *rest) for place, *rest in problems)
    return Change(Folder(*folder) if folder else None, path, read, gone, rich)
