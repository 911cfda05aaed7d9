"""What a power cut may leave on the disk, worked out from the changes a command made.

A pessimistic disk: bytes of a file last only once the file is synchronised; a name made, renamed or removed lasts
only once its folder is. Of what was not synchronised when the power went, anything may have arrived: here the bytes
are kept, lost, or (the last write) torn in half, and of the names all, none, or all but one are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from crash.faults import Change

Tree = Mapping[str, bytes | None]  # path → content; None: a folder


@dataclass
class _File:
    """One file, whatever it is called: its bytes, and those that are surely on the disk."""

    data: bytes = b""
    synced: bytes = b""

    def write(self, data: bytes, offset: int) -> None:
        self.data = self.data[:offset].ljust(offset, b"\0") + data + self.data[offset + len(data) :]


@dataclass
class _Disk:
    """Names as the system shows them, as they surely are, and the steps between that no folder's fsync has secured."""

    shown: dict[str, _File | None] = field(default_factory=dict)
    sure: dict[str, _File | None] = field(default_factory=dict)
    pending: list[tuple[set[str], Callable[[dict[str, _File | None]], None]]] = field(default_factory=list)

    def step(self, folders: set[str], change: Callable[[dict[str, _File | None]], None]) -> None:
        change(self.shown)
        self.pending.append((folders, change))

    def secure(self, folder: str) -> None:
        """A folder is synchronised: what was done in it lasts, in order; what else those steps did, too."""
        for folders, change in [one for one in self.pending if folder in one[0]]:
            change(self.sure)
            self.pending.remove((folders, change))


def states(before: Path, changes: Sequence[Change]) -> Iterator[tuple[int, dict[str, bytes | None]]]:
    """Every different tree a power cut may leave after the first n changes, with n. Caches (.ar/index*) are lost."""
    seen = set()
    for done in range(len(changes) + 1):
        for tree in _after(before, changes[:done]):
            mark = (done == len(changes), hash(frozenset(tree.items())))
            if mark not in seen:
                seen.add(mark)
                yield done, tree


def _after(before: Path, changes: Sequence[Change]) -> Iterator[dict[str, bytes | None]]:
    torn_too = bool(changes) and changes[-1].what == "write"
    for torn in (False, True) if torn_too else (False,):
        disk = _replayed(before, changes, torn)
        steps = [change for _, change in disk.pending]
        kept = [steps, [], *([*steps[:i], *steps[i + 1 :]] for i in range(len(steps)))]
        for which, lost in product(kept, (False, True)):
            names = dict(disk.sure)
            for change in which:
                change(names)
            yield _tree(names, lost)


def _replayed(before: Path, changes: Sequence[Change], torn: bool) -> _Disk:
    disk = _Disk()
    for path in sorted(before.rglob("*")):
        data = path.read_bytes() if path.is_file() else None
        disk.shown[str(path)] = disk.sure[str(path)] = None if data is None else _File(data, data)
    disk.shown[str(before)] = disk.sure[str(before)] = None
    for number, change in enumerate(changes, 1):
        _apply(disk, change, half=torn and number == len(changes))
    return disk


def _apply(disk: _Disk, change: Change, *, half: bool) -> None:
    path, folder = change.path, os.path.dirname(change.path)
    file = disk.shown.get(path)
    if change.what in ("create", "mkdir") and path not in disk.shown:
        made = _File() if change.what == "create" else None
        disk.step({folder}, lambda names: names.__setitem__(path, made))
    elif change.what == "truncate" and file:
        file.data = b""
    elif change.what == "cut" and file:
        file.data = file.data[: change.offset]
    elif change.what == "write" and file:
        file.write(change.data[: len(change.data) // 2] if half else change.data, change.offset)
    elif change.what == "rename" and file:
        disk.step({folder, os.path.dirname(change.other)}, lambda names: _rename(names, path, change.other, file))
    elif change.what == "unlink" and path in disk.shown:
        disk.step({folder}, lambda names: names.pop(path, None))
    elif change.what == "syncfs":
        for one in filter(None, disk.shown.values()):
            one.synced = one.data
        for at in {folder for folders, _ in disk.pending for folder in folders}:
            disk.secure(at)
    elif change.what == "fsync":
        if file:
            file.synced = file.data
        else:
            disk.secure(path)


def _rename(names: dict[str, _File | None], path: str, other: str, file: _File) -> None:
    names.pop(path, None)
    names[other] = file


def _tree(names: Mapping[str, _File | None], lost: bool) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for path, file in sorted(names.items()):
        if "/.ar/index" not in path and (os.path.dirname(path) in names or os.path.dirname(path) not in found):
            found[path] = None if file is None else file.synced if lost else file.data
    return found


def build(tree: Tree) -> None:
    """Makes these folders and files. A file whose folder was lost is lost with it."""
    for path, data in sorted(tree.items()):
        if data is None:
            os.makedirs(path, exist_ok=True)
    for path, data in tree.items():
        if data is not None and os.path.isdir(os.path.dirname(path)):
            Path(path).write_bytes(data)
