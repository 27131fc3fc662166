"""The one layer that all writes of the station go through.

Whoever keeps something calls `Files`: names are relative (``"journal/journal.db"``), every returning call that says *durable*
has reached the disk (data, length and directory entry), and every failure becomes one `StorageError`. Tests put another
`Disk` under it that records every call, forgets what was not synced, or fails at the n-th write; so nothing else in `station/`
opens a file for writing. SQLite is given its path and its VFS by `database()`, for the same reason.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from station.errors import StorageError

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9_.\-]{0,199}){0,7}")
_TEMPORARY: Final = ".part"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WriteError(StorageError):
    """Nothing more can be saved: the disk is full (``details["cause"] == "full"``), read-only or broken (``"error"``)."""

    code = "E32"


class MissingFileError(StorageError):
    """A file that should be there is not: removed by hand, a stick pulled out."""

    code = "file-missing"


class BusyError(StorageError):
    """Another process of this program holds the lock: two stations on one data folder."""

    code = "in-use"


class AppendHandle(Protocol):
    """An open file that only grows. What was written is durable after `sync()` returns, not before."""

    @property
    def size(self) -> int:
        """Return the length in bytes, written but perhaps not synced."""

    def write(self, data: bytes) -> int:
        """Append `data`; return the offset at which it begins. After an error the file is cut back to its former length."""

    def truncate(self, size: int) -> None:
        """Cut the file to `size` bytes (a bad checksum, a torn tail)."""

    def sync(self) -> None:
        """Return when everything written is on the disk, the directory entry included."""

    def close(self) -> None:
        """Close; harmless when repeated. Does not sync."""


class StagedFile(Protocol):
    """A new file written in pieces; it appears under its name only by `commit()`, whole and durable."""

    def write(self, data: bytes) -> None:
        """Add `data`."""

    def commit(self) -> None:
        """Make the file appear, durable; replaces an older one atomically."""

    def discard(self) -> None:
        """Forget it; harmless after `commit()`."""


class Files(Protocol):
    """A folder of files. Every method raises `StorageError` (`WriteError`, `MissingFileError`, `BusyError`) and nothing else."""

    def write(self, name: str, data: bytes) -> None:
        """Replace or create `name` atomically and durably: temporary file, fsync, rename, fsync of the folder."""

    def stage(self, name: str) -> StagedFile:
        """Begin a new file that is written in pieces."""

    def append(self, name: str) -> AppendHandle:
        """Open `name` for growing, creating it if need be."""

    def read(self, name: str, limit: int) -> bytes:
        """Return the whole file; refuse one longer than `limit` bytes before reading it."""

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`."""

    def size(self, name: str) -> int | None:
        """Return the length in bytes, or None when there is no such file."""

    def list(self, folder: str) -> list[str]:
        """Return the names of the files in `folder` (not deeper), sorted, each as ``folder/name``; unfinished ones left out."""

    def rename(self, old: str, new: str) -> None:
        """Give `old` the name `new`, durably, replacing what was there."""

    def remove(self, name: str) -> None:
        """Remove durably; harmless when it is already gone."""

    def free_bytes(self) -> int:
        """Return how many bytes can still be written."""

    def lock(self, name: str) -> Lock:
        """Take the lock file `name` for this process, at once or `BusyError`; freed by `release()` and by the process's end."""

    def database(self, name: str) -> tuple[str, str | None]:
        """Return path and VFS name that SQLite is to open; the folder exists afterwards. None means SQLite's own VFS."""


class Lock(Protocol):
    """A lock held by this process."""

    def release(self) -> None:
        """Give it back; harmless when repeated."""


def check_name(name: str) -> str:
    """Return `name` when it may be used: relative, plain ASCII letters, no ``..``, no hidden parts, at most 8 levels.

    Raises:
        StorageError: code ``file-name``. The name may come from a stranger (a package, an upload), so it is never cleaned up.
    """
    if len(name) > 400 or _NAME.fullmatch(name) is None:
        raise StorageError("A file name that is not allowed was refused; nothing was written.", code="file-name")
    return name


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn an `OSError` inside into `WriteError` (or `MissingFileError`) with a plain sentence; `what` is the file's short name."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFileError(f"{what} is not there; what is saved elsewhere is untouched.", file=what) from error
    except OSError as error:
        cause = "full" if error.errno in _FULL else "error"
        why = "the disk is full" if cause == "full" else f"the disk reports '{os.strerror(error.errno or errno.EIO)}'"
        raise WriteError(
            f"Cannot save {what}: {why}. What was saved before is safe; do not switch off. Free space or use another disk.",
            cause=cause, file=what,
        ) from error  # fmt: skip


@contextmanager
def _reading(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFileError(f"{what} is not there; nothing was changed.", file=what) from error
    except OSError as error:
        why = os.strerror(error.errno or errno.EIO)
        raise StorageError(
            f"Cannot read {what}: the disk reports '{why}'. Nothing was changed.", code="read-error", file=what
        ) from error


class Disk:
    """The handful of system calls that change a disk, in one place, so that tests can record them or let the n-th one fail."""

    vfs: str | None = None
    """The VFS that SQLite writes through; None is its own."""

    def open(self, path: Path, flags: int) -> int:
        """Open for writing, never through a symbolic link; return the handle."""
        return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """Write all of `data` at `offset`."""
        view = memoryview(data)
        while view:
            count = os.pwrite(handle, view, offset)
            view, offset = view[count:], offset + count

    def truncate(self, handle: int, size: int) -> None:
        """Cut or lengthen."""
        os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        """Return when data and length are on the disk."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Close."""
        os.close(handle)

    def make_folder(self, folder: Path) -> None:
        """Make one folder, mode 0700; harmless when another thread was quicker."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)

    def replace(self, old: Path, new: Path) -> None:
        """Rename, atomically replacing `new`."""
        old.replace(new)

    def unlink(self, path: Path) -> None:
        """Remove; harmless when it is gone."""
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Return when the folder's entries are on the disk."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def free_bytes(self, folder: Path) -> int:
        """Return how many bytes an ordinary user can still write."""
        return shutil.disk_usage(folder).free


class _Append:
    """See `AppendHandle`."""

    def __init__(self, disk: Disk, path: Path, name: str) -> None:
        self._disk, self._name, self._folder = disk, name, path.parent
        with writing(name):
            self._entry_pending = True  # also for an old file: who made it may have closed it before its entry was synced
            self._handle = disk.open(path, os.O_RDWR | os.O_CREAT)
            self._size = os.fstat(self._handle).st_size

    @property
    def size(self) -> int:
        return self._size

    def write(self, data: bytes) -> int:
        at = self._size
        with writing(self._name):
            try:
                self._disk.write(self._handle, at, data)
            except OSError:
                with suppress(OSError):
                    self._disk.truncate(self._handle, at)
                raise
        self._size = at + len(data)
        return at

    def truncate(self, size: int) -> None:
        with writing(self._name):
            self._disk.truncate(self._handle, size)
        self._size = size

    def sync(self) -> None:
        with writing(self._name):
            self._disk.sync(self._handle)
            if self._entry_pending:
                self._disk.sync_folder(self._folder)
                self._entry_pending = False

    def close(self) -> None:
        if self._handle >= 0:
            self._disk.close(self._handle)
            self._handle = -1


class _Staged:
    """See `StagedFile`."""

    def __init__(self, disk: Disk, path: Path, name: str) -> None:
        self._disk, self._path, self._name, self._at = disk, path, name, 0
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_TEMPORARY}")
        with writing(name):
            self._handle = disk.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)

    def write(self, data: bytes) -> None:
        with writing(self._name):
            self._disk.write(self._handle, self._at, data)
        self._at += len(data)

    def commit(self) -> None:
        with writing(self._name):
            self._disk.sync(self._handle)
            self._disk.close(self._handle)
            self._handle = -1
            self._disk.replace(self._temporary, self._path)
            self._disk.sync_folder(self._path.parent)

    def discard(self) -> None:
        if self._handle >= 0:
            self._disk.close(self._handle)
            self._handle = -1
        if self._temporary.exists():
            with suppress(OSError):
                self._disk.unlink(self._temporary)


class _FileLock:
    """See `Lock`."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class RealFiles:
    """`Files` on a real folder, which is created (mode 0700) when it is not there. Safe to use from several threads."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root = Path(root).resolve()
        self._disk = disk or Disk()
        with writing(self.root.name):
            self._make_folder(self.root)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        self._disk.make_folder(folder)
        self._disk.sync_folder(folder.parent)

    def path(self, name: str) -> Path:
        """Return the absolute path of `name`, its folder made; for libraries that insist on a path and only read it."""
        path = self.root / check_name(name)
        with writing(name):
            self._make_folder(path.parent)
        return path

    def write(self, name: str, data: bytes) -> None:
        """See `Files.write`."""
        staged = _Staged(self._disk, self.path(name), name)
        try:
            staged.write(data)
            staged.commit()
        finally:
            staged.discard()

    def stage(self, name: str) -> StagedFile:
        """See `Files.stage`."""
        return _Staged(self._disk, self.path(name), name)

    def append(self, name: str) -> AppendHandle:
        """See `Files.append`."""
        return _Append(self._disk, self.path(name), name)

    def read(self, name: str, limit: int) -> bytes:
        """See `Files.read`."""
        with _reading(name), (self.root / check_name(name)).open("rb") as file:
            if os.fstat(file.fileno()).st_size > limit:
                raise StorageError(f"{name} is larger than {limit} bytes; it was not read.", code="file-too-large", file=name)
            return file.read(limit)

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """See `Files.read_at`."""
        with _reading(name), (self.root / check_name(name)).open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def size(self, name: str) -> int | None:
        """See `Files.size`."""
        try:
            return (self.root / check_name(name)).stat().st_size
        except OSError:
            return None

    def list(self, folder: str) -> list[str]:
        """See `Files.list`."""
        try:
            entries = [e.name for e in os.scandir(self.root / check_name(folder)) if e.is_file(follow_symlinks=False)]
        except OSError:
            return []
        return sorted(f"{folder}/{name}" for name in entries if not name.startswith("."))

    def rename(self, old: str, new: str) -> None:
        """See `Files.rename`."""
        source, target = self.root / check_name(old), self.path(new)
        with writing(old):
            self._disk.replace(source, target)
            self._disk.sync_folder(target.parent)
            if source.parent != target.parent:
                self._disk.sync_folder(source.parent)

    def remove(self, name: str) -> None:
        """See `Files.remove`."""
        path = self.root / check_name(name)
        if not path.parent.is_dir():
            return
        with writing(name):
            self._disk.unlink(path)
            self._disk.sync_folder(path.parent)

    def free_bytes(self) -> int:
        """See `Files.free_bytes`."""
        with _reading(self.root.name):
            return self._disk.free_bytes(self.root)

    def lock(self, name: str) -> Lock:
        """See `Files.lock`."""
        with writing(name):
            handle = os.open(self.path(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise BusyError(
                "This station's data is in use by another running program; nothing was changed. Close the other one first.",
                file=name,
            ) from error
        return _FileLock(handle)

    def database(self, name: str) -> tuple[str, str | None]:
        """See `Files.database`."""
        return str(self.path(name)), self._disk.vfs
