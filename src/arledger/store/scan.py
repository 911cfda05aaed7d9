"""What is on disk, and what of it changed since the index last looked.

A folder's state is the names of all that is in it, in the order the system lists them, and the stamp of each (kind,
inode, size, modification and change time), as one blob: equal blobs, unchanged folder. Many folders are dealt out to
forked children. A file whose stamp is younger than the moment it was looked at may still change within the clock's
tick, so its stamp is not kept and it is read again next time (git's racy rule). Folders of closed months are trusted
by the folder's own stamp in everyday reads; `ar check` looks at every file. Names that begin with a dot are nobody's
facts: editors and file managers keep their own things there.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from struct import Struct
from typing import Any, NamedTuple

from arledger.errors import DeviceError, Place, Problem
from arledger.store.workers import in_order, processors

_RACY_NS = 50_000_000  # a change this recent may not have moved the time stamp yet: kernels tick every 1 to 10 ms
_LOT = 4_000  # files for which a child costs less than it saves
_LOTS = 8  # at most: more children get in each other's way
_NUMBERS = Struct("=5q")  # kind and permissions, inode, size, modification time, change time
_SIZE = _NUMBERS.size
_DOUBTED = bytes(_SIZE)  # a stamp that nothing has

States = Callable[[Sequence[str]], Mapping[str, bytes]]
_numbers: Callable[[os.stat_result], tuple[int, ...]] = attrgetter(
    "st_mode", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns"
)


class Inside(NamedTuple):
    """What of a folder matters to the ledger."""

    files: dict[str, bytes]  # name → stamp
    folders: list[str]
    odd: list[str]  # neither


class Folder(NamedTuple):
    """One folder: its own stamp, the names of all that is in it, and the stamps of those, one after the other."""

    path: str
    own: bytes
    names: tuple[str, ...]
    stamps: bytes

    def inside(self) -> Inside:
        """All in it that the ledger reads, or ought not to have."""
        found = Inside({}, [], [])
        for at, (name, (mode, *_)) in enumerate(zip(self.names, _NUMBERS.iter_unpack(self.stamps), strict=True)):
            if name[0] == ".":
                continue
            yaml = name.endswith(".yaml")
            stamp = self.stamps[at * _SIZE : (at + 1) * _SIZE]
            if stat.S_ISREG(mode) or stamp == _DOUBTED:
                if yaml:
                    found.files[name] = stamp
            elif stat.S_ISDIR(mode) and not yaml:
                found.folders.append(name)
            else:
                found.odd.append(name)
        return found

    def pack(self) -> bytes:
        """This folder as the index keeps it."""
        return self.own + "/".join(self.names).encode("utf-8", "surrogateescape") + b"\0" + self.stamps

    @classmethod
    def unpack(cls, path: str, state: bytes) -> Folder:
        """The reverse of `pack`."""
        names, _, stamps = state[_SIZE:].partition(b"\0")
        listed = tuple(names.decode("utf-8", "surrogateescape").split("/")) if names else ()
        return cls(path, state[:_SIZE], listed, stamps)

    def doubting(self, names: Collection[str], itself: bool) -> Folder:
        """This folder without the stamps of some files (and its own): those are looked at again next time."""
        own = _DOUBTED if itself else self.own
        if not names:
            return self._replace(own=own)
        stamps = [self.stamps[at * _SIZE : (at + 1) * _SIZE] for at in range(len(self.names))]
        kept = [_DOUBTED if name in names else stamp for name, stamp in zip(self.names, stamps, strict=True)]
        return self._replace(own=own, stamps=b"".join(kept))


class Change(NamedTuple):
    """A folder that is not as the index knows it: files to read (again), files gone, what is no file."""

    folder: Folder | None  # None: the folder is gone
    path: str
    read: tuple[str, ...]  # names
    gone: tuple[str, ...]
    problems: tuple[Problem, ...]


def look(root: str, path: str) -> Folder | None:
    """A folder as it is, None when there is none. Raises DeviceError."""
    while True:
        try:
            return _look(root, path)
        except NotADirectoryError:
            return None
        except FileNotFoundError:  # a file went between listing and looking: once more, if the folder is there
            if not os.path.isdir(os.path.join(root, path)):
                return None
        except OSError as error:
            raise DeviceError(f"{path}: {error.strerror}", "check that the folder may be read, and the disk") from None


def _look(root: str, path: str) -> Folder:
    handle = os.open(os.path.join(root, path), os.O_RDONLY | os.O_DIRECTORY)
    pack, numbers, lstat = _NUMBERS.pack, _numbers, os.lstat
    try:
        own = pack(*numbers(os.fstat(handle)))
        names = os.listdir(handle)
        # Most of the time of a report goes by in this line.
        stamps = b"".join([pack(*numbers(lstat(name, dir_fd=handle))) for name in names])
    finally:
        os.close(handle)
    return Folder(path, own, tuple(names), stamps)


def _is_young(stamp: bytes, now_ns: int) -> bool:
    """Whether something changed so lately that its next change might not show."""
    changed: int = max(_NUMBERS.unpack(stamp)[3:])
    return changed > now_ns - _RACY_NS


def own_file(root: str, known: bytes | None, now_ns: int) -> list[Change]:
    """Whether `ledger.yaml` itself changed: the one file that lies in no folder of facts."""
    try:
        stamp = _NUMBERS.pack(*_numbers(os.stat(os.path.join(root, "ledger.yaml"))))
    except OSError:
        stamp = _DOUBTED
    if _is_young(stamp, now_ns):
        stamp = _DOUBTED
    folder = Folder("", _DOUBTED, ("ledger.yaml",), stamp)
    return [] if folder.pack() == known and stamp != _DOUBTED else [Change(folder, "", ("ledger.yaml",), (), ())]


def changes(
    root: str,
    tops: Sequence[str],
    owns: Mapping[str, bytes],
    states: States,
    closed: str,
    now_ns: int,
    meanwhile: Callable[[], object],
) -> list[Change]:
    """What changed under the folders `tops` against what is known of them, in no particular order.

    `owns` are the stamps of the known folders themselves, `states` looks up all that is known of some. `closed` is
    the last closed month ("": trust none): a folder of that month or an earlier one is taken as unchanged when
    its own stamp is. `meanwhile` is done while children look, when the folders alone show that something changed.
    """
    moved = {path for path, own in owns.items() if own != _own(root, path)}
    known = states([path for path in owns if path in moved or not _is_closed(path, closed)])
    new = [top for top in tops if top not in owns and os.path.isdir(os.path.join(root, top))]
    unknown = [folder for top in new for folder in (top, *_folders_in(root, top))]
    sizes = {path: len(state) for path, state in known.items()} | {path: _guess(root, path) for path in unknown}
    seen = {*owns, *unknown}
    lots = _lots(sizes)

    def work(number: int) -> list[tuple[object, ...]]:
        return [_plain(change) for change in _walk(root, lots[number], known, seen, now_ns)]

    if len(lots) == 1:
        answers: Iterator[Any] = map(work, range(1))
    else:
        answers = in_order(work, len(lots), meanwhile if moved or unknown else None)
    return [_rich(plain) for answer in answers for plain in answer]


def _own(root: str, path: str) -> bytes:
    """A folder's own stamp as it is; nothing when there is none."""
    try:
        return _NUMBERS.pack(*_numbers(os.stat(os.path.join(root, path))))
    except OSError:
        return b""


def _is_closed(path: str, closed: str) -> bool:
    """Whether a folder is of a month that was closed."""
    month = path.rpartition("/")[2]
    return len(month) == len(closed) and month <= closed and month[:4].isdigit()


def _folders_in(root: str, path: str) -> list[str]:
    try:
        with os.scandir(os.path.join(root, path)) as entries:
            return [f"{path}/{entry.name}" for entry in entries if _is_folder(entry)]
    except OSError:  # told by `look`
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder of facts: what `Folder.inside` says, without looking closer."""
    return not entry.name.startswith(".") and not entry.name.endswith(".yaml") and entry.is_dir(follow_symlinks=False)


def _guess(root: str, path: str) -> int:
    """About how much will be known of a folder that nobody looked into, in bytes: by the size of its list of names."""
    try:
        return 2 * os.stat(os.path.join(root, path)).st_size
    except OSError:
        return 0


def _lots(sizes: Mapping[str, int]) -> list[list[str]]:
    """The folders in lots of about as many files, one for each process; the larger folders are dealt out first.

    `sizes` are the bytes that are known of each.
    """
    files = sum(sizes.values()) // (_SIZE + 20)  # of a file: stamp and name
    count = max(min(processors(), files // _LOT, _LOTS), 1)
    lots: list[list[str]] = [[] for _ in range(count)]
    weights = [0] * count
    for path in sorted(sizes, key=lambda p: (-sizes[p], p)):
        lightest = weights.index(min(weights))
        lots[lightest].append(path)
        weights[lightest] += sizes[path]
    return lots


def _walk(root: str, paths: Sequence[str], known: Mapping[str, bytes], seen: set[str], now_ns: int) -> Iterator[Change]:
    """What changed in these folders, and in folders met in them that were not seen yet."""
    todo = list(paths)
    while todo:
        path = todo.pop()
        state = known.get(path)
        folder = look(root, path)
        if folder is None:
            if state is not None:
                yield Change(None, path, (), tuple(Folder.unpack(path, state).inside().files), ())
        elif folder.pack() != state:
            inside = folder.inside()
            if change := _compare(folder, inside, state, now_ns):
                yield change
            new = {f"{path}/{name}" for name in inside.folders} - seen
            todo += new
            seen |= new


def _compare(folder: Folder, inside: Inside, state: bytes | None, now_ns: int) -> Change | None:
    """What is new in a folder with this in it; None when that is nothing to the ledger."""
    before = Folder.unpack(folder.path, state) if state is not None else Folder(folder.path, b"", (), b"")
    then, now = before.inside().files, inside.files
    young = {name for name, stamp in now.items() if _is_young(stamp, now_ns)}
    read = tuple(name for name, stamp in now.items() if name in young or then.get(name) != stamp)
    gone = tuple(name for name in then if name not in now)
    kept = folder.doubting(young, _is_young(folder.own, now_ns))  # a file might come within the same tick
    if not (read or gone or inside.odd) and kept.own == before.own:
        return None
    return Change(kept, folder.path, read, gone, tuple(_not_a_file(f"{folder.path}/{name}") for name in inside.odd))


def _not_a_file(path: str) -> Problem:
    message = "this is neither a file nor a folder of the ledger"
    return Problem(Place(path), "not-a-file", message, "move it out of the ledger")


def _plain(change: Change) -> tuple[object, ...]:
    problems = tuple((tuple(problem.place), *problem[1:]) for problem in change.problems)
    return (tuple(change.folder) if change.folder else None, change.path, change.read, change.gone, problems)


def _rich(plain: tuple[Any, ...]) -> Change:
    folder, path, read, gone, problems = plain
    rich = tuple(Problem(Place(*place), *rest) for place, *rest in problems)
    return Change(Folder(*folder) if folder else None, path, read, gone, rich)
