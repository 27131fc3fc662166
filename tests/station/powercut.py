"""A disk that loses power: records every call that changes it, then builds what a disk may hold after a cut at any point.

    recorder = Recorder(); files = recorder.files(folder)      # as many folders as there are parties (station, intake)
    ... the run; `recorder.note(token)` when something was acknowledged to somebody ...
    for cut in recorder.cuts(): cut.build(new_folder)          # then open everything in new_folder and look

What a disk promises, and no more: after `sync(file)` that file's bytes and length are there; after `sync_folder` the entries of
that folder are there (SQLite syncs the entry of a new journal or WAL itself, with the file). Everything else may be there or not:

    DROPPED  nothing that was not synced          KEPT  everything, in order, up to the cut
    TORN     of each file a random part of its pending writes in any order, the last one torn at a 512-byte sector; of each
             folder a random beginning of its pending entries (file systems journal those in order)

Imports nothing that detects faults: it knows files, not journals.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import apsw

from station.files import Disk, RealFiles

SECTOR = 512
_numbers = itertools.count(1)


class Fate(Enum):
    """What becomes of what was not synced."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN = "torn"


@dataclass
class _File:
    """One inode: what is surely on the disk, and what may be."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[str, int, bytes]] = field(default_factory=list)

    def settle(self) -> None:
        for change in self.pending:
            _apply(self.durable, *change)
        self.pending.clear()

    def after(self, fate: Fate, rng: random.Random) -> bytes:
        data = bytearray(self.durable)
        if fate is Fate.KEPT:
            for change in self.pending:
                _apply(data, *change)
        elif fate is Fate.TORN and self.pending:
            chosen = [c for c in self.pending if rng.random() < 0.6]
            for at, change in enumerate(chosen):
                _apply(data, *(_torn(rng, *change) if at == len(chosen) - 1 else change))
        return bytes(data)


def _torn(rng: random.Random, what: str, offset: int, written: bytes) -> tuple[str, int, bytes]:
    """Return a write of some of the sectors only."""
    if what != "write" or len(written) <= SECTOR:
        return what, offset, written
    start = rng.randrange(0, len(written), SECTOR)
    end = rng.randrange(start, len(written) + 1, SECTOR) if rng.random() < 0.8 else len(written)
    return what, offset + start, written[start:end]


def _apply(data: bytearray, what: str, offset: int, written: bytes) -> None:
    if what == "truncate":
        if offset < len(data):
            del data[offset:]
        else:
            data.extend(bytes(offset - len(data)))
    else:
        if len(data) < offset:
            data.extend(bytes(offset - len(data)))
        data[offset : offset + len(written)] = written


@dataclass(frozen=True)
class Cut:
    """The power goes just before operation `at`; `noted` is what had been acknowledged by then."""

    at: int
    fate: Fate
    noted: tuple[Any, ...]
    tree: dict[Path, bytes]
    folders: frozenset[Path]

    def build(self, base: Path, new: Path) -> Path:
        """Write what is left of `base` into `new`."""
        new.mkdir(parents=True, exist_ok=True)
        for folder in sorted(self.folders):
            if folder.is_relative_to(base):
                (new / folder.relative_to(base)).mkdir(parents=True, exist_ok=True)
        for path, data in self.tree.items():
            target = new / path.relative_to(base)
            if target.parent.is_dir():  # an entry in a folder that did not survive is lost with it
                target.write_bytes(data)
        return new


class Recorder:
    """Records what all its disks are told, in one order."""

    def __init__(self) -> None:
        self.operations: list[tuple[Any, ...]] = []
        self.mutex = threading.Lock()

    def files(self, root: Path) -> RealFiles:
        """Return `Files` on the folder `root` (which exists and is empty) whose changes are recorded."""
        return RealFiles(root, RecordingDisk(self))

    def note(self, token: Any) -> None:
        """Remember that `token` was acknowledged now."""
        self.add("note", token)

    def add(self, *operation: Any) -> None:
        """Append one operation."""
        with self.mutex:
            self.operations.append(operation)

    @property
    def sync_points(self) -> int:
        """How many syncs (files and folders) the run made."""
        return sum(o[0] in ("sync", "sync-folder") for o in self.operations)

    def cuts(self, fates: tuple[Fate, ...] = tuple(Fate), seed: int = 1, every: int = 1) -> Iterator[Cut]:
        """Yield the states of a cut just before and just after every `every`-th sync point, and at the very end."""
        rng = random.Random(seed)
        inodes: dict[int, _File] = {}
        durable: dict[Path, int] = {}
        pending: list[tuple[str, Path, Any]] = []
        folders: set[Path] = set()
        noted: list[Any] = []
        syncs = 0

        def states(at: int) -> Iterator[Cut]:
            for fate in fates:
                entries = dict(durable)
                count = {Fate.DROPPED: 0, Fate.KEPT: len(pending), Fate.TORN: rng.randint(0, len(pending))}[fate]
                kept_folders = set(folders)
                for change in pending[:count]:
                    _enter(entries, kept_folders, *change)
                content = {number: inodes[number].after(fate, rng) for number in sorted(set(entries.values()))}
                yield Cut(at, fate, tuple(noted), {p: content[n] for p, n in entries.items()}, frozenset(kept_folders))

        for at, operation in enumerate(self.operations):
            match operation:
                case ("note", token):
                    noted.append(token)
                case ("create", path, number):
                    inodes[number] = _File()
                    pending.append(("link", path, number))
                case ("write", number, offset, data):
                    inodes[number].pending.append(("write", offset, data))
                case ("truncate", number, size):
                    inodes[number].pending.append(("truncate", size, b""))
                case ("mkdir", path):
                    pending.append(("mkdir", path, None))
                case ("rename", old, new):
                    pending.append(("rename", old, new))
                case ("unlink", path):
                    pending.append(("unlink", path, None))
                case ("sync", number) | ("sync-folder", number):
                    syncs += 1
                    if syncs % every == 0:
                        yield from states(at)
                    if operation[0] == "sync":
                        inodes[number].settle()
                    else:
                        for change in [c for c in pending if _in_folder(c, number)]:
                            _enter(durable, folders, *change)
                            pending.remove(change)
                    if syncs % every == 0:
                        yield from states(at + 1)
        yield from states(len(self.operations))


def _enter(entries: dict[Path, int], folders: set[Path], what: str, path: Path, value: Any) -> None:
    if what == "link":
        entries[path] = value
    elif what == "mkdir":
        folders.add(path)
    elif what == "rename" and path in entries:
        entries[value] = entries.pop(path)
    elif what == "unlink":
        entries.pop(path, None)


def _in_folder(change: tuple[str, Path, Any], folder: Path) -> bool:
    what, path, value = change
    return path.parent == folder or (what == "rename" and value.parent == folder)


class RecordingDisk(Disk):
    """Carries everything out on the real disk, and tells the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.inodes: dict[Path, int] = {}
        self.handles: dict[int, int] = {}
        name = f"recorder{next(_numbers)}"
        self._vfs = _Vfs(name, self)
        self.vfs = f"multipleciphers-{name}"

    def created(self, path: Path) -> int:
        """Return the inode of `path`, a new one when it is new."""
        if path not in self.inodes:
            self.inodes[path] = next(_numbers)
            self.recorder.add("create", path, self.inodes[path])
        return self.inodes[path]

    def open(self, path: Path, flags: int) -> int:
        handle = super().open(path, flags)
        self.handles[handle] = self.created(path)
        return handle

    def write(self, handle: int, offset: int, data: bytes) -> None:
        super().write(handle, offset, data)
        self.recorder.add("write", self.handles[handle], offset, bytes(data))

    def truncate(self, handle: int, size: int) -> None:
        super().truncate(handle, size)
        self.recorder.add("truncate", self.handles[handle], size)

    def sync(self, handle: int) -> None:
        self.recorder.add("sync", self.handles[handle])

    def close(self, handle: int) -> None:
        self.handles.pop(handle, None)
        super().close(handle)

    def make_folder(self, folder: Path) -> None:
        super().make_folder(folder)
        self.recorder.add("mkdir", folder)

    def replace(self, old: Path, new: Path) -> None:
        super().replace(old, new)
        self.inodes[new] = self.inodes.pop(old)
        self.recorder.add("rename", old, new)

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        if self.inodes.pop(path, None) is not None:
            self.recorder.add("unlink", path)

    def sync_folder(self, folder: Path) -> None:
        self.recorder.add("sync-folder", folder)


class _Vfs(apsw.VFS):
    """SQLite's writes, recorded below its encryption."""

    def __init__(self, name: str, disk: RecordingDisk) -> None:
        self.disk = disk
        super().__init__(name, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _VfsFile(name, flags, self.disk)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        path = Path(filename)
        if self.disk.inodes.pop(path, None) is not None:
            self.disk.recorder.add("unlink", path)
            if syncdir:
                self.disk.recorder.add("sync-folder", path.parent)


class _VfsFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], disk: RecordingDisk) -> None:
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        super().__init__("unix", name, flags)
        self.disk = disk
        self.path = Path(filename) if filename else None
        self.number = 0
        self.entry_with_sync = False
        if self.path is not None:
            new = self.path not in disk.inodes
            self.number = disk.created(self.path)
            journals = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
            self.entry_with_sync = new and bool(flags[0] & journals)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        if self.path is not None:
            self.disk.recorder.add("write", self.number, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        if self.path is not None:
            self.disk.recorder.add("truncate", self.number, size)

    def xSync(self, flags: int) -> None:
        if self.path is not None:
            self.disk.recorder.add("sync", self.number)
            if self.entry_with_sync:
                self.disk.recorder.add("sync-folder", self.path.parent)
                self.entry_with_sync = False
