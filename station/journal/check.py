"""Looking at a whole journal: pages, chains, images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import apsw

from station.dossier.events import GENESIS
from station.errors import StorageError
from station.journal.blobs import BlobStore


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: counts, and one line per fault (none: all sound)."""

    events: int
    purged_events: int
    blobs: int
    blob_bytes: int
    segments: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def check_chains(database: apsw.Connection, own: str) -> tuple[int, int, list[str]]:
    """Return (events, purged ones, faults): every hash computed again, every link followed, no own event missing."""
    faults: list[str] = []
    previous: dict[str, tuple[int, bytes]] = {}
    events = purged = 0
    for origin, sequence, digest, before, data in database.execute(
        "SELECT origin, sequence, hash, previous, bytes FROM event ORDER BY origin, sequence"
    ):
        events += 1
        purged += data is None
        last = previous.get(origin)
        if (last and last[0] + 1 == sequence and last[1] != before) or (sequence == 1 and before != GENESIS):
            faults.append(f"event {origin}-{sequence}: does not follow the one before it")
        if origin == own and sequence != (last[0] if last else 0) + 1:
            faults.append(f"event {origin}-{sequence}: events before it are missing")
        if data is not None and hashlib.sha256(data).digest() != digest:
            faults.append(f"event {origin}-{sequence}: its bytes were changed")
        previous[origin] = (sequence, digest)
    return events, purged, faults


def check_database(database: apsw.Connection, own: str, blobs: BlobStore | None) -> CheckReport:
    """Look at everything; `blobs` None leaves the images unread."""
    faults = [f"database: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    events, purged, broken = check_chains(database, own)
    faults += broken
    shas = [(bytes(s), int(n)) for s, n in database.execute("SELECT sha, size FROM blob ORDER BY segment, at")]
    segments: Any = database.execute("SELECT count(*) FROM segment").get
    if blobs is not None:
        for sha, _ in shas:
            try:
                blobs.get(sha)
            except StorageError as error:
                faults.append(f"image {sha.hex()[:16]}: {error}")
    return CheckReport(events, purged, len(shas), sum(n for _, n in shas), int(segments), tuple(faults))
