"""`./run bench nfiq2 [--json]`: time, load, memory, agreement; synthetic prints always, the open real ones where ../shared is."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import cv2
import numpy as np

from biometrics.fingerprint.quality import MEASURE_NAMES, assess, assess_live
from biometrics.fingerprint.quality.training.faults import faulty_prints, tally
from biometrics.models import ForestModel, default_model, import_official, official_model
from tests.bench.report import Report, cpu_ms, opencv_yardstick_ms
from tests.conftest import shared_dir

# The C++ reference on one core of this class of machine, ms (notes/nfiq2.md, section 9).
REFERENCE_MS = {(374, 388): 36.9, (500, 500): 80.1}


def main(arguments: list[str]) -> int:
    """Print every figure."""
    report = Report(arguments)
    cv2.setNumThreads(1)
    report.figure("OpenCV yardstick", opencv_yardstick_ms(), "ms", note="9x9 Gaussian, 500x500, 50 times: this machine now")
    shared = shared_dir()
    model = default_model()
    if shared:
        from tests.biometrics.quality.reference import official_file, rows

        compiled = import_official(official_file(shared / "data")).to_bytes()
        report.figure("official model load", cpu_ms(lambda: official_model(compiled)), "ms", 340.0)
        official = ForestModel(import_official(official_file(shared / "data")))
        table = [row for row in rows(shared / "data") if not row.error]
        inputs = np.array([[row.measures[n] for n in MEASURE_NAMES] for row in table])
        scores = np.array([row.score for row in table])
        report.figure(
            "forest equal, reference measures", float((official.forest.votes(inputs) == scores).mean() * 100), "%", 100.0
        )
        own = np.array([model.score(values) for values in inputs])
        report.figure("own model, mean absolute difference", float(np.abs(own - scores).mean()), "points", 5.0)
        report.figure("own model, Spearman", _spearman(own, scores), "", 0.95)
        for low in range(0, 100, 10):
            inside = (scores >= low) & (scores < low + 10)
            if inside.any():
                difference = own[inside] - scores[inside]
                note = f"n {int(inside.sum())}, mean difference {difference.mean():+.1f}"
                report.figure(f"own model, official {low}..{low + 9}", float(np.abs(difference).mean()), "points", note=note)
    for shape, reference in REFERENCE_MS.items():
        images = [_cut(image, shape) for _, image in faulty_prints(6, 71, ("clean",))]
        times = [cpu_ms(lambda i=image: assess(i, 500), 5) for image in images]
        report.figure(
            f"assess {shape[1]}x{shape[0]}", float(np.median(times)), "ms", reference, "all 69 measures, score, reasons"
        )
    frames = [image for _, image in faulty_prints(16, 72)]
    live = max(cpu_ms(lambda f=frame: assess_live(f, 500), 5) for frame in frames)
    report.figure("live verdict, slowest of 16", live, "ms", 6.0)
    total, right = tally(faulty_prints(960, 502))
    faults = [n for n in total if n != "clean"]
    report.figure("faults told", 100 * sum(right[n] for n in faults) / sum(total[n] for n in faults), "%", 95.0)
    total, right = tally(faulty_prints(240, 501, ("clean",)))
    report.figure("false reasons on clean prints", 100 * (1 - right["clean"] / total["clean"]), "%", 2.0)
    one, two = _rate(1), _rate(2)
    report.figure("two processes, images per second", two, "1/s", one, "reference: one process")
    report.figure("peak memory of this process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
    return 0


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(a, b)[0])


def _cut(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Repeat and cut a print to the shape; a white frame would be cropped away."""
    tiled = np.tile(image[40:440, 60:340], (2, 3))
    return np.ascontiguousarray(tiled[: shape[0], : shape[1]])


_WORKER = """
import cv2, sys
cv2.setNumThreads(1)
from biometrics.fingerprint.quality import assess
from biometrics.fingerprint.quality.training.faults import faulty_prints
images = [i for _, i in faulty_prints(8, 73, ('clean',))]
assess(images[0], 500)
print('ready', flush=True); sys.stdin.readline()
for _ in range(8):
    for image in images: assess(image, 500)
"""


def _rate(processes: int) -> float:
    """Images per second of wall time, the work of every process alike."""
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    started = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    return 64 * processes / (time.perf_counter() - started)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
