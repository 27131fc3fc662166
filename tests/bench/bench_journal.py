"""The journal's disk budget and its purge.

    ./run bench journal [--dossiers 72000] [--json]

Bytes are of one whole enrollment of the headless demo (synthetic prints, rendered portrait); sizes of real prints: `./run bench package`. The large journal holds rows
as many and as large as dossiers have, without pictures (they go by dropping files), filled without waiting for the disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import msgspec

from station import retention
from station.app import Station
from station.capture.model import Capture
from station.clock import ManualClock
from station.dossier.kinds import Kind
from station.journal import Journal, raw_media_type
from station.journal.codec import compress
from station.keys import Argon2Cost
from station.packing import PrintForm, packed_image
from tests.bench.report import Report

A_DAY = 400
DAYS = 180


def main(arguments: list[str]) -> None:
    """Print the figures."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    count = int(arguments[arguments.index("--dossiers") + 1]) if "--dossiers" in arguments else A_DAY * DAYS
    _bytes(report)
    _purge(report, count)


def _bytes(report: Report) -> None:
    """Enroll one invented citizen by the whole of circular 60/2021, headless with simulated devices, and weigh what lies on the disk."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "station", "demo", "--headless", "--count", "1", "--json", "--folder", place]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        station = Station.open(Path(place) / "station", demo=True, cost=Argon2Cost(1, 8 * 1024, 1))
        journal = station.journal
        try:
            events = journal.events(journal.dossiers()[0].id)
            images = [i for e in events if e.kind == Kind.CAPTURED for i in msgspec.convert(e.body["capture"], Capture).images]
            stored = sum(f.stat().st_size for f in Path(place).rglob("*.seg"))
            (entry,) = station.queue.entries()
            raw = {i.blob: journal.blob(i.blob) for i in images}
        finally:
            station.close()
    note = f"{len(images)} images of one synthetic citizen, {len(events)} events"
    lossless = sum(len(packed_image(raw[i.blob], i)[0]) for i in images)
    small = sum(len(packed_image(raw[i.blob], i, PrintForm.WSQ)[0]) for i in images)
    start = time.thread_time()
    for i in images:
        compress(raw[i.blob], raw_media_type(i.width, i.height, i.channels, i.bits_stored) if i.encoding == "raw" else i.encoding)
    cpu = time.thread_time() - start
    report.figure("enrollment_raw", sum(map(len, raw.values())) / 1e6, "MB", None, note)
    report.figure("package", entry.size / 1e6, "MB", 16.0, "as sealed: JPEG 2000 without loss, events, signatures")
    report.figure("images_jpeg2000_lossless", lossless / 1e6, "MB", 6.0, note)
    report.figure("images_wsq_15_to_1", small / 1e6, "MB", 1.5, "prints by WSQ at 0.75 bits a pixel, the portrait without loss")
    report.figure("journal_per_dossier", stored / 1e6, "MB", None, "originals of accepted captures, packed without loss")
    report.figure("journal_packing_cpu", cpu * 1000, "ms", None, "one enrollment, CPU of this thread")
    report.figure("journal_gb_per_day", stored * A_DAY / 1e9, "GB", None, f"{A_DAY} dossiers a day")
    report.figure("journal_180_days_originals", stored * A_DAY * DAYS / 1e9, "GB", 250.0, "if nothing is ever accepted")
    kept = (stored * 14 + (small + 50_000) * (DAYS - 14)) * A_DAY / 1e9
    report.figure("journal_180_days_wsq_after_14", kept, "GB", 250.0, "accepted after 14 days, then WSQ")


def _purge(report: Report, count: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        clock = ManualClock()
        station = Station.open(Path(place), demo=True, cost=Argon2Cost(1, 64, 1), clock=clock)
        journal = station.journal
        journal._db.pragma("synchronous", "OFF")
        start = time.perf_counter()
        per_day = min(A_DAY, max(1, count // DAYS))
        done = 0
        while done < count:
            with journal._db:
                _fill(journal, done, per_day, clock.now().isoformat(timespec="microseconds"))
            done += per_day
            clock.advance(86_400)
        journal._db.pragma("synchronous", "FULL")
        _hear(journal, clock)
        report.figure(
            "fill", time.perf_counter() - start, "s", None, f"{done} dossiers of 55 events and 23 kB each, without sync"
        )
        report.figure("journal_db", (Path(place) / "journal" / "journal.db").stat().st_size / 1e9, "GB")
        start, cpu = time.perf_counter(), time.process_time()
        due = [e for e in retention.survey(journal, clock.now()) if e.may_go]
        report.figure("survey", time.perf_counter() - start, "s", None, f"every dossier; {len(due)} due of {done}")
        report.figure("survey_cpu", time.process_time() - cpu, "s")
        for days in (1, 29):
            clock.advance(86_400 * days)
            _hear(journal, clock)
            before, start, cpu = len(journal.dossiers()), time.perf_counter(), time.process_time()
            proofs = retention.purge_due(journal, clock, operator="bench", desk="")
            took, used = time.perf_counter() - start, time.process_time() - cpu
            gone = before - len(journal.dossiers())
            note = f"{gone} dossiers, {len(proofs)} proofs, finding them included, with sync"
            report.figure(f"purge_{days}_days", took, "s", 10.0, note)
            report.figure(f"purge_{days}_days_cpu", used, "s")
        start = time.perf_counter()
        station.close()
        again = Station.open(Path(place), demo=True, cost=Argon2Cost(1, 64, 1), clock=clock)
        report.figure("open", time.perf_counter() - start, "s", None, "close and open again")
        again.close()


def _hear(journal: Journal, clock: ManualClock) -> None:
    """The centre's signed time of now: without it nothing is purged."""
    body = {"package": "heard", "at": clock.now().isoformat()}
    journal.append(Kind.RECEIPT, body, dossier="heard", operator="", desk="")


def _fill(journal: Journal, first: int, count: int, at: str) -> None:
    """Rows of `count` dossiers as the journal would hold them: same number, size and index entries, other bytes."""
    kinds = [Kind.OPENED, *[Kind.FIELD_SET] * 20, *[Kind.ATTEMPT] * 14, *[Kind.CAPTURED] * 14, Kind.REVIEWED, Kind.SIGNED, Kind.SIGNED,
             Kind.SEALED, Kind.SENT, Kind.RECEIPT]  # fmt: skip
    database, origin = journal._db, "00000000000000b2"
    for number in range(first, first + count):
        base, dossier = number * len(kinds), f"{number:016d}"
        database.executemany(
            "INSERT INTO event(origin, sequence, dossier, kind, at, hash, previous, bytes) VALUES(?,?,?,?,?,?,?,?)",
            [
                (origin, base + n + 1, dossier, str(kind), at, os.urandom(32), bytes(32), os.urandom(420))
                for n, kind in enumerate(kinds)
            ],
        )
        database.execute("INSERT INTO head VALUES(?,?,?)", (dossier, origin, base + len(kinds)))
        database.execute("INSERT INTO dossier VALUES(?,?,?)", (dossier, at, at))
