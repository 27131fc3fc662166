"""Devices on their wire simulators: how long what a clerk waits for takes.

    ./run bench devices [--json] [serial live sbi …]

Each family adds one function to `PARTS`. Times are wall times where the wire's own speed is simulated: the wire is the reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from devices.contract import CaptureRequest
from devices.profiles import load_profile
from devices.serial_ef01 import Ef01Scanner
from devices.simulated.serial_ef01 import Ef01Simulator
from devices.simulated.wire_finger import Finger
from tests.bench.report import Report
from tests.bench.sbi_figures import sbi

REPEAT = 3


def serial(report: Report) -> None:
    """Upload of a picture from EF01 modules with simulated pacing, against the time its bytes need at the line's speed."""
    for name, target in (("r305-r307", 115_200), ("grow-r503-v12", 57_600)):
        image = load_profile(name).image
        assert image is not None
        made = Ef01Simulator(name, paced=True, finger=Finger(), picture=lambda w, h: bytes(i * 31 % 256 for i in range(w * h)))
        device = Ef01Scanner(made.start(), name)
        times: list[float] = []
        starts: list[float] = []

        def note(done: int, total: int, starts: list[float] = starts, times: list[float] = times) -> None:
            # From the end of the first packet to the end of the last: what the wire does, without the finger and the question.
            if done <= 128:
                starts.append(time.monotonic())
            elif done == total:
                times.append(time.monotonic() - starts[-1])

        try:
            device.progress = note
            device.open()
            assert device.line.baud == target
            whole, cpu = [], []
            for _ in range(REPEAT):
                began, worked = time.monotonic(), time.thread_time()
                device.capture(CaptureRequest())
                whole.append(time.monotonic() - began)
                cpu.append(time.thread_time() - worked)
        finally:
            device.close()
            made.stop()
        packets = -(-image.transfer_bytes // 128)
        wire_s = 10 * (packets - 1) * 139 / target
        size = f"{image.width}x{image.height}, {target} baud"
        report.figure(f"serial upload {size}", median(times), "s", wire_s, "reference: the wire's time; target ratio <= 1.05")
        # Acknowledgements and questions of GenImg and UpImage are on the wire too: 4 x 12 bytes.
        report.figure(f"serial capture {size}", median(whole), "s", 10 * (packets * 139 + 48) / target, "finger already there")
        report.figure(f"serial capture {size}, CPU", median(cpu) * 1000, "ms", None, "the adapter's thread")


def live(report: Report) -> None:
    """Live pictures of a 1600x1500 stream, as the station takes them from the wire."""
    from tests.bench.devices_live import figures

    figures(report)


PARTS: dict[str, Callable[[Report], None]] = {
    "serial": serial,
    "live": live,
    "sbi": sbi,
}


def main(arguments: list[str]) -> None:
    """Run the named parts, all of them without a name."""
    report = Report(arguments)
    named = [a for a in arguments if a in PARTS]
    for name in named or PARTS:
        PARTS[name](report)
