"""`./run bench matching [--json] [--quick] [--no-search] [SET…]`: FVC accuracy with one threshold for all sets, speed, 1:N.

Protocol: 10 fingers x 8 impressions a set, 280 genuine pairs, 2,880 impostor pairs (every cross-finger pair), images read as 500 ppi, a failure
to extract counts as the lowest score. Templates go through their stored form of at most 2 kB first, as on a station.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from biometrics.fingerprint.matching import Gallery, compare, threshold
from biometrics.fingerprint.minutiae import Template, extract, from_bytes, to_bytes
from tests.bench.report import Report, cpu_ms
from tests.conftest import shared_dir

SETS = {
    # name: (folder, EER of the best of NBIS, SourceAFIS and LEADER + bozorth3 on it, whether parameters were chosen on it)
    "2002 DB1_B": ("fvc2002_db1_b", 1.81, False),
    "2002 DB3_B": ("fvc2002_db3_b", 8.99, True),
    "2004 DB1_B": ("fvc2004_db1_b", 8.65, True),
    "2004 DB3_B": ("fvc2004_db3_b", 2.52, False),
}


def templates(folder: Path) -> tuple[dict[tuple[int, int], Template], float]:
    """Return stored-and-read templates of a set by (finger, impression), and the median CPU time of an extraction in ms."""
    found, times = {}, []
    for path in sorted(folder.glob("*.png")):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        start = time.thread_time()
        template = extract(image)
        times.append((time.thread_time() - start) * 1000)
        finger, impression = path.stem.split("_")
        found[int(finger), int(impression)] = from_bytes(to_bytes(template))
    return found, float(np.median(times))


def scores(prints: dict[tuple[int, int], Template]) -> tuple[np.ndarray, np.ndarray, float]:
    """Return (genuine, impostor) scores of every pair of a set, and the mean CPU time of a comparison in ms."""
    genuine, impostor = [], []
    start = time.thread_time()
    for a, b in combinations(sorted(prints), 2):
        (genuine if a[0] == b[0] else impostor).append(compare(prints[a], prints[b]).score)
    spent = (time.thread_time() - start) * 1000
    return np.array(genuine), np.array(impostor), spent / (len(genuine) + len(impostor))


def eer(genuine: np.ndarray, impostor: np.ndarray) -> float:
    """Return the equal error rate in percent."""
    lines = np.unique(np.concatenate([genuine, impostor]))
    missed = np.searchsorted(np.sort(genuine), lines, "left") / len(genuine)
    false = 1 - np.searchsorted(np.sort(impostor), lines, "left") / len(impostor)
    at = int(np.argmin(np.abs(missed - false)))
    return 50 * float(missed[at] + false[at])


def missed(genuine: np.ndarray, impostor: np.ndarray, fmr: float) -> float:
    """Return FNMR in percent at the lowest threshold where at most `fmr` of the impostors pass."""
    line = np.sort(impostor)[::-1][int(fmr * len(impostor))]
    return 100 * float((genuine <= line).mean())


def accuracy(report: Report, names: list[str]) -> None:
    """Print the figures of the open FVC sets, set by set and pooled."""
    shared = shared_dir()
    if shared is None:
        sys.stderr.write("bench matching: the FVC sets are not on this machine; accuracy left out\n")
        return
    line = threshold(1e-4)
    pooled: list[np.ndarray] = []
    kept: dict[str, np.ndarray] = {}
    for name, (folder, reference, tuned) in SETS.items():
        if names and folder not in names:
            continue
        prints, extraction = templates(shared / "data" / "fingerprints" / folder)
        genuine, impostor, one = scores(prints)
        pooled.append(impostor)
        kept[name] = genuine
        note = "parameters were chosen on this set" if tuned else "blind"
        report.figure(f"{name} EER", eer(genuine, impostor), "%", reference, note)
        report.figure(f"{name} FNMR at FMR 1 %", missed(genuine, impostor, 0.01), "%")
        report.figure(f"{name} FNMR at FMR 0.1 %", missed(genuine, impostor, 0.001), "%")
        report.figure(f"{name} FNMR at FMR 0", missed(genuine, impostor, 0), "%")
        report.figure(f"{name} missed of 280 at the shipped 1e-4", int((genuine < line).sum()), "pairs")
        report.figure(f"{name} impostors above the shipped 1e-4", int((impostor >= line).sum()), "pairs")
        report.figure(f"{name} extraction, CPU", extraction, "ms")
        report.figure(f"{name} comparison in full, CPU", one, "ms")
    everyone = np.concatenate(pooled)
    report.figure("pooled impostors above the shipped 1e-4", int((everyone >= line).sum()), "pairs", 4, f"of {len(everyone)}")
    for fmr in (0.001, 0):
        common = np.sort(everyone)[::-1][int(fmr * len(everyone))]
        for name, genuine in kept.items():
            report.figure(f"{name} missed of 280, common FMR {fmr:g}", int((genuine <= common).sum()), "pairs")


def crowd(mates: list[Template], size: int) -> Gallery:
    """Return a gallery of `mates` (named "0", "1", …) among strangers: their minutiae with random codes, so that only codes tell."""
    gallery = Gallery()
    for k, template in enumerate(mates):
        gallery.add(str(k), template)
    index = gallery._index.grown(size)
    source = np.arange(len(mates), size) % len(mates)
    rng = np.random.default_rng(7)
    for array in index.arrays().values():
        array[..., len(mates) : size] = array[..., source]
    # Strangers' codes differ from the mates' in a random half of their bits.
    index.codes[..., len(mates) :] ^= rng.integers(0, 2**63, index.codes[..., len(mates) :].shape, dtype=np.uint64)
    gallery._index = index
    gallery._names += [f"stranger-{k}" for k in range(len(mates), size)]
    gallery._rows = {name: row for row, name in enumerate(gallery._names)}
    gallery._stored += [gallery._stored[row] for row in source]
    return gallery


def searching(report: Report, sizes: list[int]) -> None:
    """Print the time of a search over galleries of generated templates, multiplied with random codes."""
    from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression
    from biometrics.positions import FingerPosition

    rng = np.random.default_rng(5)
    fingers = [Person.from_seed(900 + k).finger(FingerPosition.RIGHT_INDEX) for k in range(20)]
    first = [extract(impression(f, ImpressionSettings.natural(rng, spread=0.6), seed=1).image) for f in fingers]
    second = [extract(impression(f, ImpressionSettings.natural(rng, spread=0.6), seed=2).image) for f in fingers]
    report.figure("stored template, largest", max(len(to_bytes(t)) for t in first), "bytes", 2048)
    for size in sizes:
        gallery = crowd(first, size)
        found = sum(bool((hits := gallery.search(probe, 1)) and hits[0].name == str(k)) for k, probe in enumerate(second))
        spent = cpu_ms(lambda g=gallery: g.search(second[3], 1), 3)
        report.figure(f"search in {size}, CPU", spent, "ms", size / 100)
        report.figure(f"search in {size}, per template", spent * 1000 / size, "us", 10)
        report.figure(f"search in {size}, mates found first", found, "of 20")


def main(arguments: list[str]) -> int:
    """Run the benchmark."""
    cv2.setNumThreads(1)
    report = Report(arguments)
    quick = "--quick" in arguments
    names = [a for a in arguments if a in {folder for folder, *_ in SETS.values()}]
    accuracy(report, names or (["fvc2002_db1_b"] if quick else []))
    if "--no-search" not in arguments:
        searching(report, [1_000, 10_000] if quick else [1_000, 10_000, 100_000])
    return 0
