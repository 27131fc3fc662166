"""From finished upload to answer: a few worker threads, so that verifying never holds up receiving."""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
from collections.abc import Callable
from typing import Final

from station.errors import StorageError
from station.intake.service import Intake
from station.intake.uploads import Upload, Uploads
from station.package import PackageFormatError

log = logging.getLogger(__name__)
RETRY_S: Final = 2.0


class Handover:
    """Takes finished uploads and hands them to the intake; each exactly once, whatever was killed in between."""

    def __init__(self, intake: Intake, uploads: Uploads, *, on_answer: Callable[[str], None], threads: int) -> None:
        self._intake, self._uploads, self._on_answer = intake, uploads, on_answer
        self._work: queue.Queue[Upload | None] = queue.Queue()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._pending: set[str] = set()
        self.counts: dict[str, int] = {"accepted": 0, "repeated": 0, "refused": 0, "altered": 0, "bytes": 0}
        self.seconds = 0.0
        self._threads = [threading.Thread(target=self._run, name=f"verify-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()
        for upload in uploads.complete():
            self.take(upload)

    @property
    def waiting(self) -> int:
        """Finished uploads without an answer."""
        return len(self._pending)

    def take(self, upload: Upload) -> None:
        """Queue a finished upload; harmless when repeated."""
        with self._lock:
            if upload.id in self._pending:
                return
            self._pending.add(upload.id)
        self._work.put(upload)

    def close(self) -> None:
        """Finish what is being verified and stop; the rest is found again at the next start."""
        self._stop.set()
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join(20)

    def _run(self) -> None:
        while not self._stop.is_set():
            upload = self._work.get()
            if upload is None:
                return
            try:
                self._one(upload)
            except StorageError as error:  # disk or database: nothing was decided, so it is tried again
                log.info("hand-over waits: %s", error.reason_code)
                if not self._intake.clock.wait(RETRY_S, self._stop):
                    self._work.put(upload)
                    continue
            except Exception:
                log.exception("hand-over failed")  # a fault of ours: the upload stays for the next start
            with self._lock:
                self._pending.discard(upload.id)
            self._on_answer(upload.package_id)

    def _one(self, upload: Upload) -> None:
        start = self._intake.clock.monotonic()
        data = self._uploads.read(upload)
        if hashlib.sha256(data).hexdigest() != upload.sha256:
            self._count("altered", 0)  # changed on its way: the station sends it again, nobody is refused
        else:
            try:
                done = self._intake.accept(data, via="network", brought_by=upload.station, declared=upload.manifest)
            except PackageFormatError as error:  # arrived exactly as the station declared, and is no package
                done = self._intake.refuse(upload.manifest, upload.station, error.reason_code)
            self._count(
                "refused" if not done.accepted else "accepted" if done.new else "repeated", len(data) if done.accepted else 0
            )
        self._uploads.remove(upload)
        self.seconds += self._intake.clock.monotonic() - start

    def _count(self, what: str, size: int) -> None:
        with self._lock:
            self.counts[what] += 1
            self.counts["bytes"] += size
