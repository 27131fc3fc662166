"""A shift at one window: dossier after dossier with fast simulated devices and fingers grown once; memory, threads, handles, latency.

    ./run bench shift [--json] [--all] [--count N]

20 dossiers; ``--all`` is the whole shift of 400. Devices and rules run at four times their pace.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.report import Report

SPEED = 4.0
WARM = 4
"""Dossiers before the first measure: by then every page, model and finger has been used once."""


def main(arguments: list[str]) -> int:
    """Print one line per figure."""
    count = 400 if "--all" in arguments else int(arguments[arguments.index("--count") + 1]) if "--count" in arguments else 20
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from biometrics.fingerprint.synthesis import Person
    from station.clock import SystemClock
    from ui.main import application, preload

    class Fast(SystemClock):
        """Time for devices and rules, four times as fast."""

        def monotonic(self) -> float:
            """Seconds, sped up."""
            return SPEED * super().monotonic()

        def wait(self, seconds: float, stop: threading.Event | None = None) -> bool:
            """Wait a quarter of it."""
            return super().wait(seconds / SPEED, stop)

    Person.from_seed = staticmethod(lru_cache(maxsize=4)(Person.from_seed))  # type: ignore[method-assign,assignment]
    application()
    from tests.ui.driver import Clerk

    preload()
    report = Report(arguments)
    with TemporaryDirectory(prefix="bench-shift-") as made:
        clerk = Clerk(Path(made) / "demo", clock=Fast(), visitors=count)
        for number, visitor in enumerate(list(clerk.counter.queue.visitors.values())):
            clerk.counter.queue.visitors[visitor.ticket] = replace(visitor, seed=70_001 + number % 2, card=None)
        seconds, memory, threads, handles = [], [], [], []
        try:
            for number in range(count):
                began = time.process_time()
                clerk.to_capture()
                clerk.capture_all()
                clerk.review_and_seal()
                clerk.shell.go("home")
                clerk.until(
                    lambda: (
                        clerk.home.view is not None and clerk.primary()
                        if clerk.home.view is None or clerk.home.view.following
                        else True
                    )
                )
                seconds.append(time.process_time() - began)
                memory.append(_rss_mb())
                threads.append(threading.active_count())
                handles.append(len(list(Path("/proc/self/fd").iterdir())))
                if number % 5 == 4:
                    sys.stderr.write(
                        f"{number + 1} dossiers, {memory[-1]:.0f} MB, {threads[-1]} threads, {handles[-1]} handles\n"
                    )
        finally:
            clerk.close()
    tail = memory[-3:]
    report.figure("dossiers", float(count), "")
    report.figure("memory growth after the first dossiers", median(tail) - median(memory[WARM - 1 : WARM + 2]), "MB", 50)
    report.figure("resident at the end", memory[-1], "MB")
    report.figure("threads more than after the first dossiers", float(threads[-1] - threads[WARM]), "")
    report.figure("handles more than after the first dossiers", float(handles[-1] - handles[WARM]), "")
    report.figure(
        "CPU a dossier, last five against first five", median(seconds[-5:]) / median(seconds[WARM : WARM + 5]), "ratio", 1.0
    )
    return 0


def _rss_mb() -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
