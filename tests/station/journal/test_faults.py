"""The disk fails at every single write in turn, and the process is killed at random: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import apsw
import pytest

from station.clock import ManualClock
from station.dossier.events import Event
from station.files import Disk, RealFiles, WriteError
from station.journal import Journal
from station.keys import Argon2Cost, PassphraseWrapper, StationKeys

ROOT = Path(__file__).resolve().parents[3]
SECRET = PassphraseWrapper("secret", Argon2Cost(1, 64, 1))


class FailingDisk(Disk):
    """Every change from the `fail_at`-th on fails with `code` (until `mended`), SQLite's included."""

    _count = 0

    def __init__(self, fail_at: int, code: int = errno.ENOSPC) -> None:
        self.fail_at, self.code, self.mended, self.changes = fail_at, code, False, 0
        FailingDisk._count += 1
        name = f"failing{FailingDisk._count}"
        self._vfs = _FailingVfs(name, self)
        self.vfs = f"multipleciphers-{name}"

    def change(self) -> bool:
        self.changes += 1
        return self.changes >= self.fail_at and not self.mended

    def _raise(self) -> None:
        if self.change():
            raise OSError(self.code, os.strerror(self.code))

    def write(self, handle: int, offset: int, data: bytes) -> None:
        if self.change():
            os.pwrite(handle, data[: len(data) // 2], offset)  # a full disk takes a part first
            raise OSError(self.code, os.strerror(self.code))
        super().write(handle, offset, data)

    def sync(self, handle: int) -> None:
        self._raise()
        super().sync(handle)

    def replace(self, old: Path, new: Path) -> None:
        self._raise()
        super().replace(old, new)

    def sync_folder(self, folder: Path) -> None:
        self._raise()
        super().sync_folder(folder)


class _FailingVfs(apsw.VFS):
    def __init__(self, name: str, disk: FailingDisk) -> None:
        self.disk = disk
        super().__init__(name, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _FailingFile(name, flags, self.disk)


class _FailingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], disk: FailingDisk) -> None:
        super().__init__("unix", name, flags)
        self.disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:
        if self.disk.change():
            raise apsw.FullError("disk full") if self.disk.code == errno.ENOSPC else apsw.IOError("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self.disk.change():
            raise apsw.IOError("sync")
        super().xSync(flags)


def start(files: RealFiles, clock: ManualClock) -> Journal:
    keys = StationKeys.open_or_create(files, SECRET)
    if Journal.exists(files):
        return Journal.open(files, keys.journal_key, clock)
    return Journal.create(files, keys.journal_key, keys.station_id, clock)


def run(journal: Journal, acknowledged: list[Event | tuple[str, bytes]]) -> None:
    for step in range(4):
        data = os.urandom(3000)
        sha = journal.put_blob(data, "application/octet-stream")
        acknowledged.append((sha, data))
        body = {"step": str(step), "capture": {"images": [{"blob": sha}]}}
        acknowledged.append(journal.append("capture.accepted", body, dossier="d", operator="o", desk=""))


def look(files: RealFiles, acknowledged: list[Event | tuple[str, bytes]]) -> None:
    with start(files, ManualClock()) as journal:
        report = journal.check()
        assert report.sound, report.faults
        events = journal.events("d")
        for item in acknowledged:
            if isinstance(item, Event):
                assert item in events
            else:
                assert journal.blob(item[0]) == item[1]
        assert len(events) - sum(isinstance(i, Event) for i in acknowledged) in (0, 1)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_the_disk_fails_at_every_write_in_turn(quick: Path, code: int) -> None:
    at, failures = 0, 0
    codes: set[str] = set()
    while True:
        at += 1
        disk = FailingDisk(at, code)
        folder = quick / str(at)
        files = RealFiles(folder)  # the folder itself is made before the disk fills up
        acknowledged: list[Event | tuple[str, bytes]] = []
        journal = None
        try:
            journal = start(RealFiles(folder, disk), ManualClock())
            run(journal, acknowledged)
            failed = False
        except WriteError as error:
            codes.add(error.reason_code)
            failed = True
            failures += 1
            disk.mended = True
            if journal is not None:  # the same process goes on once there is room again
                again = journal.append("dossier.paused", {}, dossier="other", operator="o", desk="")
                assert again in journal.events("other")
        if journal is not None:
            disk.mended = True
            journal.close()
        look(files, acknowledged)
        if not failed:
            break
    assert failures > 40
    assert codes == {"E32"}


WRITER = """
import os, sys
from pathlib import Path
from station.clock import SystemClock
from station.files import RealFiles
from tests.station.journal.test_faults import start
with start(RealFiles(Path(sys.argv[1])), SystemClock()) as journal:
    print("ready", flush=True)
    number = len(journal.events("d"))
    while True:
        data = f"image {number}".encode() * 1000
        sha = journal.put_blob(data, "application/octet-stream")
        print("blob", sha, flush=True)
        body = {"number": number, "capture": {"images": [{"blob": sha}]}}
        event = journal.append("capture.accepted", body, dossier="d", operator="o", desk="")
        print("event", event.id.sequence, flush=True)
        number += 1
"""


def kill_at_random(folder: Path, times: int, seed: int) -> int:
    """Start a writer, kill -9 it after a random number of its lines, look; return how many acknowledged events there were."""
    rng = random.Random(seed)
    acknowledged: list[int] = []
    blobs: list[str] = []
    for _ in range(times):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert child.stdout is not None
        wanted = rng.randint(0, 25)
        for _ in range(wanted):
            _note(child.stdout.readline().strip(), acknowledged, blobs)
        # The rest is whatever the child does in the time the signal takes: it is killed in the middle of anything.
        child.kill()
        seen = child.stdout.read()  # lines printed before the kill were acknowledged too
        child.wait()
        child.stdout.close()
        for line in seen.splitlines():
            _note(line, acknowledged, blobs)
        with start(RealFiles(folder), ManualClock()) as journal:
            events = journal.events("d")
            numbers = [e.body["number"] for e in events]
            assert numbers == list(range(len(numbers))), "lost or twice"
            sequences = {e.id.sequence for e in events}
            assert set(acknowledged) <= sequences
            assert all(journal.has_blob(sha) for sha in blobs)
            assert journal.check(deep=False).sound
    with start(RealFiles(folder), ManualClock()) as journal:
        assert journal.check().sound
        return len(journal.events("d"))


def _note(line: str, acknowledged: list[int], blobs: list[str]) -> None:
    what, _, value = line.partition(" ")
    if what == "event" and value.isdigit():
        acknowledged.append(int(value))
    elif what == "blob" and len(value) == 64:
        blobs.append(value)


def test_killed_at_random(quick: Path) -> None:
    assert kill_at_random(quick / "s", 6, 1) >= 20


@pytest.mark.all
def test_killed_at_random_200_times(quick: Path) -> None:
    assert kill_at_random(quick / "s", 200, 2) > 200
