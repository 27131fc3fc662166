"""Sealing, opening, sizes, and the queue at 50,000 packages.

    ./run bench package [--queue N] [--json]

Sizes of a full enrollment are of synthetic prints (and say so); real prints when ../shared is there.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

import cv2

from station.clock import SystemClock
from station.files import RealFiles
from station.keys import HybridSealer
from station.package import SealedPackage, open_package, seal_package, verify_package
from station.package.content import PackageKind
from station.queue import Queue, State
from tests.bench.report import Report, cpu_ms, wall_ms
from tests.station.package.builders import Party, content


def main(arguments: list[str]) -> None:
    """Print the figures."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    party = Party()
    _sealing(report, party)
    _sizes(report)
    count = int(arguments[arguments.index("--queue") + 1]) if "--queue" in arguments else 50_000
    _queue(report, party, count)


def _sealing(report: Report, party: Party) -> None:
    for megabytes in (1.5, 3.0, 6.0):
        what = content(1, sizes=(int(megabytes * 1e6 / 14),) * 14)

        def seal(what=what) -> SealedPackage:
            return seal_package(what, station=party.station, operator=party.operator, recipients=[party.opener.public],
                                sealer=HybridSealer())  # fmt: skip

        data = seal().data
        limit = 60.0 if megabytes == 3.0 else None
        report.figure(f"seal_and_sign_{megabytes:g}_mb", cpu_ms(seal), "ms", limit, "14 captures, operator and station, hybrid")
        report.figure(f"open_and_check_{megabytes:g}_mb", cpu_ms(lambda d=data: open_package(
            d, party.opener, find_station=party.find_station, find_operator=party.find_operator)), "ms")  # fmt: skip
        report.figure(f"verify_outside_{megabytes:g}_mb", cpu_ms(lambda d=data: verify_package(d, party.find_station)), "ms")
    small = seal_package(content(1, sizes=(0,)), station=party.station, operator=party.operator,
                         recipients=[party.opener.public], sealer=HybridSealer())  # fmt: skip
    report.figure("overhead_empty_package", len(small.data), "bytes", None, "six signatures, one recipient, one empty capture")


def _sizes(report: Report) -> None:
    """A full enrollment (4+4+2 flat, 10 rolled, portrait) as JPEG 2000 lossless and as WSQ 15:1, from the reference data."""
    from tests.conftest import shared_dir

    folder = shared_dir()
    if folder is None:
        report.figure("sizes", 0, "", None, "reference data is not here: not measured")
        return
    import wsq  # noqa: F401 - registers the codec with Pillow
    from PIL import Image

    data = folder / "data" / "fingerprints"
    slaps = sorted(p for p in (data / "slaps").rglob("*") if p.suffix.lower() in {".png", ".bmp", ".jpg", ".tif"})[:3]
    singles = sorted(p for p in (data / "fvc2002_db1_b").rglob("*") if p.suffix.lower() in {".tif", ".png", ".bmp"})[:10]
    jp2 = lossy = raw = 0
    with tempfile.TemporaryDirectory() as place:
        for path in [*slaps, *singles]:
            pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            raw += pixels.size
            jp2 += len(cv2.imencode(".jp2", pixels, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000])[1])
            out = Path(place) / "x.wsq"
            Image.fromarray(pixels).save(out)
            lossy += out.stat().st_size
    note = f"{len(slaps)} slaps and {len(singles)} single prints of the reference data; portrait not counted"
    report.figure("enrollment_raw", raw / 1e6, "MB", None, note)
    report.figure("enrollment_jpeg2000_lossless", jp2 / 1e6, "MB", 6.0, note)
    report.figure("enrollment_wsq", lossy / 1e6, "MB", 1.5, note + "; 0.75 bits a pixel, nominally 15:1 (the codec's only rate)")


class _Unsynced(RealFiles):
    """The same files without waiting for the disk: 50,000 packages are put in, not measured."""

    def write(self, name: str, data: bytes) -> None:
        """Write plainly."""
        self.path(name).write_bytes(data)


def _queue(report: Report, party: Party, count: int) -> None:
    template = seal_package(content(1, sizes=(100,)), station=party.station, operator=party.operator,
                            recipients=[party.opener.public], sealer=HybridSealer())  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        queue = Queue(_Unsynced(Path(place)), SystemClock(), intake=None, find_station=party.find_station)
        queue._check_file = lambda name, sha256: None  # type: ignore[method-assign]  # filling only: the check is measured above
        queue._db.pragma("synchronous", "OFF")
        first = _fill(queue, template, 0, 1000)
        queue._db.pragma("synchronous", "FULL")
        small = _work(queue, 200)
        queue._db.pragma("synchronous", "OFF")
        last = _fill(queue, template, 1000, count)
        queue._db.pragma("synchronous", "FULL")
        report.figure("queue_put", 1000 * last / (count - 1000), "ms", 1000 * first / 1000, f"up to {count}, without sync")
        report.figure("queue_list_200", wall_ms(lambda: queue.entries(State.SEALED, after=count // 2, limit=200)), "ms", None,
                      f"of {count}")  # fmt: skip
        report.figure("queue_counts", wall_ms(queue.counts), "ms", None, f"of {count}")
        report.figure("queue_next", wall_ms(queue.next), "ms", None, f"of {count}")
        report.figure("queue_send_step", _work(queue, 200), "ms", small, f"of {count} against 1,000, with sync")
        queue.close()
        start = time.perf_counter()
        queue = Queue(RealFiles(Path(place)), SystemClock(), intake=None, find_station=party.find_station)
        queue.next()
        report.figure("queue_open", 1000 * (time.perf_counter() - start), "ms", None, f"of {count}")
        queue.close()


def _fill(queue: Queue, template: SealedPackage, start: int, stop: int) -> float:
    begun = time.perf_counter()
    for number in range(start, stop):
        manifest = hashlib.sha256(b"%d" % number).hexdigest()
        queue.put(SealedPackage(template.data, manifest[:32], manifest, template.sha256, f"D{number}", "s", PackageKind.DOSSIER))
    return time.perf_counter() - begun


def _work(queue: Queue, steps: int) -> float:
    """Return ms per package for what the uploader does with the queue: next, read, progress, sent."""
    begun = time.perf_counter()
    for _ in range(steps):
        entry = queue.next()
        assert entry is not None
        queue.read(entry)
        queue.progress(entry.package_id, entry.size, "x")
        queue.sent(entry.package_id, entry.size, "bench")
    return 1000 * (time.perf_counter() - begun) / steps
