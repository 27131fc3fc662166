"""What a clerk waits for at an SBI scanner: the picture after the press, and the live picture on the screen.

The simulated device runs in a process of its own, as a maker's service does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest, Frame, Impression, Scanner
from devices.sbi.adapter import SbiScanner
from devices.worker import DeviceWorker, LatestSlot, pump
from station.capture.fingers import FingerJudge
from station.capture.runner import LiveRunner
from station.capture.session import CaptureSession, StepRules
from station.keys.trust import Purpose, TrustView, read_entry
from tests.bench.report import Report

if TYPE_CHECKING:
    from ui.widgets.live_view import LiveView

REPEAT = 7
SHOWN_S = 5.0
REQUEST = CaptureRequest(FingerPosition.RIGHT_FOUR, Impression.LIVE_PLAIN, deadline_s=20.0)


def _cpu_s(pid: int) -> float:
    """Return the CPU seconds a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def device() -> Iterator[tuple[Scanner, int]]:
    """Yield the opened scanner of a simulated service in another process (and its pid); its fingers are grown."""
    command = [sys.executable, "-m", "station", "devices", "simulate", "sbi", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            address = json.loads(child.stdout.readline())["address"]
            with urllib.request.urlopen(f"{address}/maker.pem", timeout=10) as answer:
                entry = read_entry(answer.read(), "simulated")
            makers = TrustView(Purpose.DEVICE_MAKERS, {entry.entry_id: entry}, {}, 0)
            (found,) = SbiScanner.discover(
                {"ports": address.rpartition(":")[2], "env": "Developer", "trust": makers, "silence_s": 20.0}
            )
            assert isinstance(found, Scanner)
            found.open()
            found.capture(REQUEST)
            found.prepare(REQUEST)
            list(islice(found.preview(), 3))
            yield found, child.pid
            found.close()
        finally:
            child.terminate()


def sbi(report: Report) -> None:
    """Print the figures."""
    with device() as (scanner, pid):
        _press(report, scanner, pid)
        _whole(report, scanner)
        _shown(report, scanner)


def _press(report: Report, scanner: Scanner, pid: int) -> None:
    """RCAPTURE, everything verified, four pictures decoded, and every finger scored by the full measures."""
    judge = FingerJudge()
    judge.final(scanner.capture(REQUEST), REQUEST, {})
    took, scored, cpu = [], [], []
    device_before = _cpu_s(pid)
    for _ in range(REPEAT):
        began, worked = time.monotonic(), time.process_time()
        capture = scanner.capture(REQUEST)
        took.append(time.monotonic() - began)
        judge.final(capture, REQUEST, {})
        scored.append(time.monotonic() - began)
        cpu.append(time.process_time() - worked)
    report.figure(
        "SBI slap, asked to scored", median(scored) * 1000, "ms", 700, "the device's own work included (simulated, own process)"
    )
    report.figure("SBI slap, asked to verified pictures", median(took) * 1000, "ms", None, "the device's own work included")
    device_ms = (_cpu_s(pid) - device_before) / REPEAT * 1000
    report.figure(
        "SBI slap, CPU of both sides",
        median(cpu) * 1000 + device_ms,
        "ms",
        700,
        "what the wall time is on an idle machine, at most",
    )
    report.figure("SBI slap, the station's CPU", median(cpu) * 1000, "ms", 700, "verifying, decoding, scoring four fingers")


def _whole(report: Report, scanner: Scanner) -> None:
    """The operator presses while the live picture runs and is judged; until the verdict is there."""
    worker = DeviceWorker("bench-sbi")
    times = []
    try:
        for _ in range(3):
            seen = threading.Event()
            pressed: list[float] = []
            runner = LiveRunner(scanner, worker, on_frame=lambda _: None, on_view=lambda view, frame, seen=seen: seen.set())
            session = CaptureSession(REQUEST, StepRules(attempts=1, needs_empty_platen=False), FingerJudge())
            future = runner.start(session)
            seen.wait(20)
            time.sleep(0.5)
            pressed.append(time.monotonic())
            runner.press()
            attempt = future.result(60)
            assert attempt is not None
            times.append(time.monotonic() - pressed[0])
    finally:
        worker.stop()
    report.figure("SBI slap, press to scored, live picture running", median(times) * 1000, "ms", 700, "as at the counter")


def paint_for(view: LiveView, slot: LatestSlot[Frame], seconds: float) -> float:
    """Paint what comes on the window's widget; return frames a second."""
    from ui.qt import QApplication
    from ui.widgets.live_view import to_image

    version, begin, shown = 0, time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        version, frame = slot.newer_than(version, 1.0)
        if frame is not None:
            view.show_frame(to_image(frame.image))
            view.repaint()
            QApplication.processEvents()
            shown += 1
    return shown / (time.monotonic() - begin)


def _shown(report: Report, scanner: Scanner) -> None:
    """Frames of the 1600x1500 stream painted on a widget, and what one costs."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.qt import QApplication
    from ui.widgets.live_view import LiveView

    application = QApplication.instance() or QApplication([])
    view = LiveView()
    view.resize(800, 750)
    view.show()
    slot: LatestSlot[Frame] = LatestSlot()
    cpu: list[float] = []

    def run() -> None:
        frames = pump(scanner, slot)
        worked = time.thread_time()
        for _ in frames:
            cpu.append(time.thread_time() - worked)
            worked = time.thread_time()
            if slot.closed:
                break

    thread = threading.Thread(target=run, name="bench-sbi-frames")
    thread.start()
    slot.newer_than(0, 20.0)
    report.figure("SBI live picture shown, 1600x1500 sent", paint_for(view, slot, SHOWN_S), "frames/s", 15, "device sends 30/s")
    slot.close()
    scanner.cancel()
    thread.join(10)
    report.figure(
        "SBI live picture, the device's thread",
        median(cpu) * 1000,
        "ms CPU",
        None,
        "one picture: read, cut out, decode at half size",
    )
    view.close()
    application.processEvents()
