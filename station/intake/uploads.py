"""Uploads on disk, by the rules that survive a kill: the file's length is the offset; nothing else remembers it.

An upload is two files, ``<id>.json`` (who, how long, which package; written once, before the first byte) and ``<id>.bin``. It is
finished when the second is as long as the first says, whoever finds that out: the request that wrote the last byte, or the next
start of the program.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

from station.errors import StorageError
from station.files import AppendHandle, Files

FOLDER: Final = "uploads"
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Upload:
    """One upload. `busy` is held by the request that writes; `offset` is the file's length, read from the disk."""

    id: str
    station: str
    length: int
    manifest: str
    sha256: str
    created: int
    offset: int
    touched: float
    handle: AppendHandle | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)

    @property
    def package_id(self) -> str:
        """The package's id, as the station declared it."""
        return self.manifest[:32]

    @property
    def complete(self) -> bool:
        """Whether every byte is there."""
        return self.offset == self.length


class Uploads:
    """The open uploads of one folder. One process per folder (it holds the lock file)."""

    def __init__(self, files: Files, now: float) -> None:
        self._files = files
        self._own = files.lock(f"{FOLDER}/lock")
        self._lock = threading.Lock()
        self._all: dict[str, Upload] = {}
        try:
            self._take_stock(now)
        except BaseException:  # a disk that takes nothing: the folder must not stay locked by a start that failed
            self._own.release()
            raise

    def _take_stock(self, now: float) -> None:
        for name in self._files.list(FOLDER):
            if name.endswith(".json"):
                self._load(name, now)
        for name in self._files.list(FOLDER):  # bytes whose note never reached the disk were never acknowledged
            if name.endswith(".bin") and name.removeprefix(f"{FOLDER}/").removesuffix(".bin") not in self._all:
                self._files.remove(name)

    def close(self) -> None:
        """Close handles and give the folder back."""
        with self._lock:
            for upload in self._all.values():
                if upload.handle is not None:
                    upload.handle.close()
        self._own.release()

    def _load(self, name: str, now: float) -> None:
        upload_id = name.removeprefix(f"{FOLDER}/").removesuffix(".json")
        try:
            raw = json.loads(self._files.read(name, 4096))
            upload = Upload(upload_id, str(raw["station"]), int(raw["length"]), str(raw["manifest"]), str(raw["sha256"]),
                            int(raw["created"]), self._files.size(_bin(upload_id)) or 0, now)  # fmt: skip
        except (ValueError, KeyError, TypeError, StorageError):
            self._files.remove(name)
            return
        self._all[upload_id] = upload

    def create(self, *, station: str, length: int, manifest: str, sha256: str, created: int, now: float) -> Upload:
        """Begin an upload; its note is on the disk when this returns."""
        upload_id = secrets.token_hex(16)
        note = {"station": station, "length": length, "manifest": manifest, "sha256": sha256, "created": created}
        self._files.write(_note(upload_id), json.dumps(note).encode())
        upload = Upload(upload_id, station, length, manifest, sha256, created, 0, now)
        with self._lock:
            self._all[upload_id] = upload
        return upload

    def get(self, upload_id: str) -> Upload | None:
        """Return an upload by its id (any text may be asked for; only 32 hex digits can be one)."""
        return self._all.get(upload_id) if _ID.fullmatch(upload_id) else None

    def append(self, upload: Upload, data: bytes, now: float) -> None:
        """Write `data` behind what is there; not durable before `sync`. The caller holds `busy`."""
        if upload.handle is None:
            upload.handle = self._files.append(_bin(upload.id))
            if upload.handle.size != upload.offset:
                upload.offset = upload.handle.size
                raise StorageError("The upload's file changed under us; ask for the offset again.", code="upload-offset")
        upload.handle.write(data)
        upload.offset = upload.handle.size
        upload.touched = now

    def truncate(self, upload: Upload, offset: int) -> None:
        """Take back what did not pass its checksum."""
        if upload.handle is not None:
            upload.handle.truncate(offset)
            upload.handle.sync()
            upload.offset = offset

    def sync(self, upload: Upload) -> None:
        """Return when everything appended is on the disk."""
        if upload.handle is not None:
            upload.handle.sync()

    def finish(self, upload: Upload) -> None:
        """Close the file of a complete upload (it is read elsewhere now)."""
        if upload.handle is not None:
            upload.handle.close()
            upload.handle = None

    def read(self, upload: Upload) -> bytes:
        """Return the whole upload."""
        return self._files.read(_bin(upload.id), upload.length) if upload.length else b""

    def remove(self, upload: Upload) -> None:
        """Forget an upload: its note first, so that a crash in between leaves nothing that looks finished."""
        with self._lock:
            self._all.pop(upload.id, None)
        if upload.handle is not None:
            upload.handle.close()
            upload.handle = None
        self._files.remove(_note(upload.id))
        self._files.remove(_bin(upload.id))

    def complete(self) -> list[Upload]:
        """Return uploads that are finished but still here: the work a crash left behind."""
        with self._lock:
            return [u for u in self._all.values() if u.complete]

    def expire(self, older_than: float) -> int:
        """Remove unfinished uploads not touched since `older_than` (monotonic); return how many."""
        with self._lock:
            old = [u for u in self._all.values() if not u.complete and u.touched < older_than]
        for upload in old:
            if upload.busy.acquire(blocking=False):
                try:
                    self.remove(upload)
                finally:
                    upload.busy.release()
        return len(old)

    def open_of(self, station: str) -> list[Upload]:
        """Return a station's uploads."""
        with self._lock:
            return [u for u in self._all.values() if u.station == station]

    def for_package(self, package_id: str, station: str) -> Upload | None:
        """Return the station's upload of a package, a complete one first."""
        found = [u for u in self.open_of(station) if u.package_id == package_id]
        return max(found, key=lambda u: (u.complete, u.offset), default=None)

    def __len__(self) -> int:
        return len(self._all)


def _note(upload_id: str) -> str:
    return f"{FOLDER}/{upload_id}.json"


def _bin(upload_id: str) -> str:
    return f"{FOLDER}/{upload_id}.bin"
