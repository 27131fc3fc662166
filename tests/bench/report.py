"""What every benchmark prints: one line per figure, with the reference measured in the same run and the ratio."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import median


class Report:
    """Prints figures as text or, with ``--json``, as one object per line."""

    def __init__(self, arguments: list[str]) -> None:
        self._json = "--json" in arguments

    def figure(self, name: str, value: float, unit: str, reference: float | None = None, note: str = "") -> None:
        """Print one figure. `reference` is what it is compared with; the ratio is value / reference."""
        ratio = value / reference if reference else None
        row = {"figure": name, "value": value, "unit": unit, "reference": reference, "ratio": ratio}
        if note:
            row["note"] = note
        if self._json:
            sys.stdout.write(json.dumps(row) + "\n")
        else:
            tail = f"  (reference {reference:g}, ratio {ratio:.2f})" if ratio is not None else ""
            sys.stdout.write(f"{name:44s} {value:12.4g} {unit:8s}{tail}  {note}\n")
        sys.stdout.flush()


def cpu_ms(work: Callable[[], object], repeat: int = 7) -> float:
    """Return the median time of `work` in ms of this thread's CPU: steady also when the machine is shared."""
    work()
    times = []
    for _ in range(repeat):
        start = time.thread_time()
        work()
        times.append((time.thread_time() - start) * 1000)
    return median(times)


def wall_ms(work: Callable[[], object], repeat: int = 7) -> float:
    """Return the median wall time of `work` in ms."""
    work()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def opencv_yardstick_ms() -> float:
    """Return the time of a fixed OpenCV kernel (9x9 Gaussian on 500x500, 50 times, one thread): this machine's speed today."""
    import cv2
    import numpy as np

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    image = np.random.default_rng(1).integers(0, 255, (500, 500), dtype=np.uint8)
    result = cpu_ms(lambda: [cv2.GaussianBlur(image, (9, 9), 2.0) for _ in range(50)])
    cv2.setNumThreads(threads)
    return result
