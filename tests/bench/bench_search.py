"""`./run bench search [--json] [--fingers 1000] [--gallery 10000] [--cache DIR]`: recall of the 1:N cascade, with one and with two enrolled prints.

Fingers are generated; every second one is the mirror image of another (no one's finger, but a natural one), which halves the growing. Per finger:
a plain print and a second one (as slap and rolled are) are enrolled, a third one searches. The gallery is filled up with strangers whose
minutiae are drawn from those of all fingers, so that their codes are as common as real ones. With `--fingers 10000` there are no such strangers
and the run takes about an hour of one core.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import cv2
import numpy as np

from biometrics.fingerprint.matching import Gallery
from biometrics.fingerprint.minutiae import Template, extract
from biometrics.fingerprint.synthesis import ImpressionSettings, finger_spec, grow_master, impression
from biometrics.positions import SINGLE_FINGERS
from tests.bench.report import Report, cpu_ms

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


def fingers(count: int, cache: Path | None) -> list[list[Template]]:
    """Return `count` fingers; a cache folder keeps them between runs (remove it when extraction or generator change)."""
    found: list[list[Template]] = []
    for number in range(-(-count // 2)):
        path = cache / f"pair-{number}.pickle" if cache else None
        if path and path.exists():
            found += pickle.loads(path.read_bytes())
            continue
        made = two_fingers(number)
        found += made
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(made))
    return found[:count]


def gallery_of(prints: list[list[Template]], enrolled: int, size: int) -> Gallery:
    """Return a gallery of the first `enrolled` impressions of every finger, named "finger/impression", and strangers up to `size`."""
    gallery = Gallery()
    for number, impressions in enumerate(prints):
        for k in range(enrolled):
            gallery.add(f"{number}/{k}", impressions[k])
    mates = len(gallery)
    if size > mates:
        _fill(gallery, size)
    return gallery


def _fill(gallery: Gallery, size: int) -> None:
    """Add strangers: each slot's minutia comes from the same slot of another print, moved as a whole."""
    mates = len(gallery)
    index = gallery._index.grown(size)
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


def recall(report: Report, prints: list[list[Template]], size: int) -> None:
    """Print what the first look and the whole cascade lose."""
    probes = [impressions[-1] for impressions in prints]
    good = [len(p) >= 24 and p.area_mm2 >= 100 for p in probes]
    for enrolled in (1, 2):
        gallery = gallery_of(prints, enrolled, size)
        lost_first = lost_short = lost = lost_good = 0
        for number, probe in enumerate(probes):
            names = {f"{number}/{k}" for k in range(enrolled)}
            voted = {gallery.names[row] for row in gallery.voted(probe)}
            short = set(gallery.candidates(probe))
            hits = {hit.name for hit in gallery.search(probe, 1)} if short & names else set()
            lost_first += not voted & names
            lost_good += good[number] and not voted & names
            lost_short += not short & names
            lost += not hits & names
        total = len(probes)
        title = f"{total} fingers among {len(gallery)}, {enrolled} enrolled"
        report.figure(f"{title}: lost by the first look", 100 * lost_first / total, "%")
        report.figure(f"{title}: the same, good probes", 100 * lost_good / max(sum(good), 1), "%", 1.0, f"{sum(good)} probes")
        report.figure(f"{title}: lost by the first two looks", 100 * lost_short / total, "%")
        report.figure(f"{title}: not found first", 100 * lost / total, "%")
        report.figure(f"{title}: search, CPU", cpu_ms(lambda g=gallery: g.search(probes[0], 1), 3), "ms")


def main(arguments: list[str]) -> int:
    """Run the benchmark."""
    cv2.setNumThreads(1)
    report = Report(arguments)

    def option(name: str, default: str) -> str:
        return arguments[arguments.index(name) + 1] if name in arguments else default

    cache = Path(option("--cache", "")) if "--cache" in arguments else None
    prints = fingers(int(option("--fingers", "1000")), cache)
    recall(report, prints, int(option("--gallery", "10000")))
    return 0
