"""`./run bench live [--json]`: the live picture of a slap while it is judged: frames painted and verdicts a second, age of a verdict.

The scanner is a simulated SBI service in a process of its own that sends 1600x1500 pictures 30 times a second; they are decoded to
800x750 for showing and judging, which is more than the 640x480 of the issue. Its frames are painted on the window's own widget.
"""

from __future__ import annotations

import os
import threading
import time
from statistics import median

from biometrics.positions import SLAP_FINGERS
from devices.contract import Frame
from devices.worker import DeviceWorker, LatestSlot
from station.capture.fingers import FingerJudge
from station.capture.runner import LiveRunner
from station.capture.session import CaptureSession, SessionView, StepRules
from tests.bench.report import Report
from tests.bench.sbi_figures import REQUEST, device, paint_for

SECONDS = 6.0
NEVER = 101.0
"""A threshold above the scale: the picture is judged for as long as the benchmark looks."""


def main(arguments: list[str]) -> int:
    """Run the benchmark."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.qt import QApplication
    from ui.widgets.live_view import LiveView

    report = Report(arguments)
    application = QApplication.instance() or QApplication([])
    view = LiveView()
    view.resize(800, 750)
    view.show()
    slot: LatestSlot[Frame] = LatestSlot()
    came: dict[int, float] = {}
    ages: list[float] = []

    def on_frame(frame: Frame) -> None:
        came[frame.number] = time.monotonic()
        slot.put(frame)

    def on_view(seen: SessionView, _frame: Frame | None) -> None:
        if seen.frame_number in came:
            ages.append(time.monotonic() - came[seen.frame_number])

    rules = StepRules(thresholds={int(f): NEVER for f in SLAP_FINGERS[REQUEST.position]}, needs_empty_platen=False)
    worker = DeviceWorker("bench-live")
    with device() as (scanner, _pid):
        runner = LiveRunner(scanner, worker, on_frame=on_frame, on_view=on_view)
        future = runner.start(CaptureSession(REQUEST, rules, FingerJudge()))
        slot.newer_than(0, 20.0)
        ages.clear()
        began, cpu = time.monotonic(), time.process_time()
        painted = paint_for(view, slot, SECONDS)
        took, cpu = time.monotonic() - began, time.process_time() - cpu
        judged = sorted(ages)
        runner.stop()
        future.exception(20)
    worker.stop()
    frame = slot.newer_than(0, 0.0)[1]
    size = "x".join(str(n) for n in frame.image.shape[1::-1]) if frame is not None else "none"
    report.figure("live slap, scoring on: painted", painted, "frames/s", 20, f"{size}, sent 30/s as 1600x1500")
    report.figure("live slap, scoring on: judged", len(judged) / took, "frames/s", 10, "analysis may skip frames")
    report.figure("live slap: from the frame to its verdict, median", 1000 * median(judged), "ms")
    report.figure("live slap: from the frame to its verdict, 95 %", 1000 * judged[int(0.95 * len(judged))], "ms", 80)
    report.figure("live slap: the station's CPU", 100 * cpu / took, "% of a core", None, "decoding, judging, painting")
    leftover = [t.name for t in threading.enumerate() if t.name.startswith(("bench-live", "score-"))]
    assert not leftover, leftover
    view.close()
    application.processEvents()
    return 0
