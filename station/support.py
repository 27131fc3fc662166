"""What a technician may send to a helper: the whole station's state without a single fact about a person; and the log, which never had one.

The log turns over at 1 MB and keeps five files. A last net takes out what looks like a personal number or a stored image's name, should a library
ever print one.
"""

from __future__ import annotations

import io
import json
import logging
import logging.handlers
import platform
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

from station.clock import Clock
from station.files import Files
from station.journal import Journal
from station.journal.guards import clock_state, disk_state
from station.keys.rotation import key_state
from station.keys.store import StationKeys
from station.keys.trust import TrustStores

LOG_BYTES: Final = 1_000_000
LOG_FILES: Final = 5
_NUMBERS: Final = re.compile(r"(?<!\d)\d{9,}(?!\d)")
_HEX: Final = re.compile(r"\b[0-9a-f]{40,}\b")
_MACHINE_PATH: Final = re.compile(r"(/home/|/root|/Users/|[A-Z]:\\Users\\)[^\s/\\\"']*")


def redact(text: str) -> str:
    """Return `text` without long numbers (9 digits and more), long hexadecimal names, and people's home folders."""
    return _MACHINE_PATH.sub(r"\1…", _NUMBERS.sub("#########", _HEX.sub("…", text)))


class RedactingFormatter(logging.Formatter):
    """Formats a record and takes out what `redact` finds, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        return redact(super().format(record))


def log_to(folder: Path, level: int = logging.INFO) -> logging.Handler:
    """Send the log to ``folder/station.log``, turning over; return the handler (close it by `logging.getLogger().removeHandler`)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "station.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
    )
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(level)
    logging.getLogger().addHandler(handler)
    return handler


@contextmanager
def logging_to(folder: Path, level: int = logging.INFO) -> Iterator[None]:
    """Keep the log in ``folder/station.log`` (turning over, redacted) while the block runs; a folder that takes no log stops no work."""
    root = logging.getLogger()
    before = root.level
    try:
        handler = log_to(folder, level)
    except OSError:
        yield
        return
    root.setLevel(min(before, level) if before else level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


def state(files: Files, keys: StationKeys, journal: Journal, clock: Clock) -> dict[str, Any]:
    """Return the station's state as plain values: counts, versions, expiries; no names, no numbers, no texts of people."""
    report = journal.check(deep=False)
    disk, time = disk_state(files), clock_state(journal, clock)
    kinds: dict[str, int] = {}
    for row in journal.chain_rows():
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    now = clock.now()
    return {
        "station": keys.station_id, "origin": journal.origin, "keys": StationKeys.protection(files), "signer": keys.signer.key_id,
        "python": sys.version.split()[0], "system": platform.system(), "release": platform.release(), "machine": platform.machine(),
        "packages": {d.metadata["Name"]: d.version for d in sorted(distributions(), key=lambda d: str(d.metadata["Name"]).lower())},
        "journal": {"events": report.events, "purged": report.purged_events, "images": report.blobs, "image_bytes": report.blob_bytes,
                    "segments": report.segments, "faults": [redact(f) for f in report.faults], "dossiers": len(journal.dossiers())},
        "events_by_kind": dict(sorted(kinds.items())),
        "disk": {"free_gb": round(disk.free_bytes / 1e9, 2), "dossiers_left": disk.dossiers_left, "level": str(disk.level)},
        "clock": {"now": now.isoformat(timespec="seconds"), "source": time.source, "reason": time.reason, "off_s": time.off.total_seconds()},
        "own_keys": key_state(journal, now),
        "trust": [{"purpose": str(p), "key": e.entry_id[:16], "state": s, "ends": e.ends and e.ends.isoformat()}
                  for p, e, s in TrustStores(journal).warnings(now)],
    }  # fmt: skip


def bundle(state: Mapping[str, Any], logs: Path | None = None) -> bytes:
    """Return the support bundle: a ZIP with ``state.json`` and the log files, redacted once more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("state.json", json.dumps(state, indent=1, ensure_ascii=False))
        for path in sorted(logs.glob("station.log*")) if logs is not None and logs.is_dir() else ():
            text = path.read_bytes()[-LOG_BYTES * 2 :].decode("utf-8", "replace")
            archive.writestr(f"logs/{path.name}", redact(text))
    return buffer.getvalue()
