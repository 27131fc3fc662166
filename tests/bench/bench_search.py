"""`./run bench search [--json] [--fingers 1000] [--probes N] [--gallery 10000] [--cache DIR]`: recall of the 1:N cascade, one and two prints enrolled.

Fingers are generated; every second one is the mirror image of another (no one's finger, but a natural one), which halves the growing. Per finger:
a plain print and a second one (as slap and rolled are) are enrolled, a third one searches. The gallery is filled up with strangers whose
minutiae are drawn from those of all fingers, so that their codes are as common as real ones. With `--fingers 10000` there are no such strangers:
generating takes most of an hour of one core (once, with a cache), `--probes 1000` lets only the first 1,000 fingers search.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from biometrics.fingerprint.matching import Gallery
from biometrics.fingerprint.minutiae import Template, extract
from biometrics.fingerprint.synthesis import ImpressionSettings, finger_spec, grow_master, impression
from biometrics.positions import SINGLE_FINGERS
from tests.bench.report import Report

FIRST_SEED = 910_000
SIZE = (520, 400)
IMPRESSIONS = 3


def two_fingers(number: int) -> tuple[list[Template], list[Template]]:
    """Return the templates of a grown finger and of its mirror image, three ordinary impressions each."""
    finger = grow_master(finger_spec(FIRST_SEED + number, SINGLE_FINGERS[number % 10]), SIZE)
    rng = np.random.default_rng([FIRST_SEED, number])
    grown, mirrored = [], []
    for seed in range(IMPRESSIONS):
        image = impression(finger, ImpressionSettings.natural(rng, spread=0.6), seed).image
        grown.append(extract(image))
        mirrored.append(extract(np.ascontiguousarray(image[:, ::-1])))
    return grown, mirrored


def fingers(count: int, cache: Path | None) -> Iterator[list[Template]]:
    """Yield `count` fingers; a cache folder keeps them between runs (remove it when extraction or generator change)."""
    for number in range(-(-count // 2)):
        path = cache / f"pair-{number}.pickle" if cache else None
        if path and path.exists():
            made = pickle.loads(path.read_bytes())
        else:
            made = two_fingers(number)
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(pickle.dumps(made))
        yield from made[: count - 2 * number]


def galleries(prints: Iterable[list[Template]], probes: int, size: int) -> tuple[dict[int, Gallery], list[Template]]:
    """Return galleries of the first one and the first two impressions of every finger, by that number, and the first `probes` probes.

    Names are "finger/impression"; strangers fill each gallery up to `size`. Fingers are read one after the other: 10,000 would not
    fit into memory with their ridge pictures.
    """
    found = {1: Gallery(), 2: Gallery()}
    searching: list[Template] = []
    for number, impressions in enumerate(prints):
        for enrolled, gallery in found.items():
            for k in range(enrolled):
                gallery.add(f"{number}/{k}", impressions[k])
        if len(searching) < probes:
            searching.append(impressions[-1])
    for gallery in found.values():
        if size > len(gallery):
            _fill(gallery, size)
    return found, searching


def _fill(gallery: Gallery, size: int) -> None:
    """Add strangers: each slot's minutia comes from the same slot of another print, moved as a whole."""
    mates = len(gallery)
    index = gallery._index.grown(max(size, gallery._index.capacity))
    rng = np.random.default_rng(7)
    for slot in range(index.angle.shape[0]):
        source = rng.integers(0, mates, size - mates)
        index.codes[:, slot, mates:size] = index.codes[:, slot, source]
        for array in (index.angle, index.x, index.y):
            array[slot, mates:size] = array[slot, source]
    source = rng.integers(0, mates, size - mates)
    index.count[mates:size] = index.count[source]
    gallery._index = index
    gallery._names += [f"stranger-{k}" for k in range(mates, size)]
    gallery._rows = {name: row for row, name in enumerate(gallery._names)}
    gallery._stored += [gallery._stored[row] for row in source]


def recall(report: Report, enrolled: int, fingers_known: int, gallery: Gallery, probes: list[Template]) -> None:
    """Print what the first look and the whole cascade lose."""
    good = [len(p) >= 24 and p.area_mm2 >= 100 for p in probes]
    lost_first = lost_short = lost = lost_good = lost_good_first = 0
    spent = 0.0
    for number, probe in enumerate(probes):
        names = {f"{number}/{k}" for k in range(enrolled)}
        start = time.thread_time()
        hits = {hit.name for hit in gallery.search(probe, 1)}
        spent += time.thread_time() - start
        if hits & names:
            continue  # found first, so every look before kept it
        lost += 1
        lost_good += good[number]
        if not names & {gallery.names[row] for row in gallery.voted(probe)}:
            lost_first += 1
            lost_good_first += good[number]
        lost_short += not names & set(gallery.candidates(probe))
    total, many = len(probes), max(sum(good), 1)
    title = f"{total} of {fingers_known} fingers among {len(gallery)} prints, {enrolled} enrolled"
    report.figure(f"{title}: lost by the first look", 100 * lost_first / total, "%", None, f"{lost_first}")
    note = f"{lost_good_first} of {sum(good)} good probes"
    report.figure(f"{title}: the same, good probes", 100 * lost_good_first / many, "%", 1.0, note)
    report.figure(f"{title}: lost by the first two looks", 100 * lost_short / total, "%", None, f"{lost_short}")
    report.figure(f"{title}: not found first", 100 * lost / total, "%", None, f"{lost}")
    report.figure(f"{title}: not found first, good probes", 100 * lost_good / many, "%", None, f"{lost_good}")
    report.figure(f"{title}: search, CPU, mean", spent * 1000 / total, "ms")


def main(arguments: list[str]) -> int:
    """Run the benchmark."""
    cv2.setNumThreads(1)
    report = Report(arguments)

    def option(name: str, default: str) -> str:
        return arguments[arguments.index(name) + 1] if name in arguments else default

    cache = Path(option("--cache", "")) if "--cache" in arguments else None
    count = int(option("--fingers", "1000"))
    probes = int(option("--probes", str(count)))
    known, searching = galleries(fingers(count, cache), probes, int(option("--gallery", "10000")))
    for enrolled, gallery in known.items():
        recall(report, enrolled, count, gallery, searching)
    return 0
