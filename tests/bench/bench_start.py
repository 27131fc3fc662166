"""From the start of the process to a usable window, and the memory with scanner and camera live.

    ./run bench start [--json]

References are the issue's: 2.0 s warm, 400 MB resident. Wall time is what a clerk feels; CPU time is steady on a shared machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.report import Report

CHILD = "--child"
RUNS = 3


def main(arguments: list[str]) -> int:
    """Print one line per figure."""
    if arguments[:1] == [CHILD]:
        return _child(Path(arguments[1]), float(arguments[2]), live=arguments[3] == "live")
    report = Report(arguments)
    with TemporaryDirectory(prefix="bench-start-") as made:
        folder = Path(made) / "demo"
        _run(folder, live=False)  # the first start makes keys, journal and demo people; the figure is of a warm one
        starts = [_run(folder, live=False) for _ in range(RUNS)]
        live = _run(folder, live=True)
    report.figure("start to usable window, warm, wall", median(s["wall_s"] for s in starts), "s", 2.0)
    report.figure("start to usable window, warm, CPU", median(s["cpu_s"] for s in starts), "s")
    report.figure("resident at the queue", median(s["rss_mb"] for s in starts), "MB")
    report.figure("resident with the scanner live", live["rss_scanner_mb"], "MB", 400)
    report.figure("resident with the camera live", live["rss_mb"], "MB", 400)
    report.figure("most that was resident (VmHWM)", live["peak_mb"], "MB")
    return 0


def _run(folder: Path, *, live: bool) -> dict[str, float]:
    command = [
        sys.executable,
        "-m",
        "tests.bench",
        "start",
        CHILD,
        str(folder),
        str(time.monotonic()),
        "live" if live else "queue",
    ]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=300)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def _child(folder: Path, began_s: float, *, live: bool) -> int:
    from ui.main import application

    application()
    from tests.ui.driver import Clerk

    clerk = Clerk(folder)
    clerk.until(lambda: clerk.shell.guard.painted and clerk.primary())
    found = {"wall_s": time.monotonic() - began_s, "cpu_s": time.process_time(), "rss_mb": _memory_mb("VmRSS")}
    try:
        if live:
            clerk.to_capture()
            clerk.until(lambda: clerk.capture.view.frames_per_second > 5)
            found["rss_scanner_mb"] = _memory_mb("VmRSS")
            clerk.until(lambda: _at_camera(clerk))
            found["rss_mb"] = _memory_mb("VmRSS")
            found["peak_mb"] = _memory_mb("VmHWM")
    finally:
        clerk.close()
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def _at_camera(clerk: object) -> bool:
    from tests.ui.driver import Clerk

    assert isinstance(clerk, Clerk)
    if clerk.page == "CaptureScreen" and clerk.capture.decide:
        clerk.key("F12")
    return clerk.page == "PortraitScreen" and clerk.portrait.view.frames_per_second > 3 and clerk.portrait.rules.known > 5
