"""Live pictures of a 1600x1500 stream, as the station takes them from the wire: shown pictures a second, cost, age.

The simulator draws and packs its pictures before; it runs in a process of its own, so that its work is not counted here.
References: the issue's 15 pictures a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from devices.contract import CaptureRequest, ImagingDevice
from devices.document_readers.wedge import WedgeFilter
from devices.mjpeg.camera import MjpegCamera, decode_live
from devices.mjpeg.multipart import MultipartParser
from devices.simulated.mjpeg import MjpegSimulator, draw
from devices.uvc.camera import UvcCamera
from tests.bench.report import Report, cpu_ms
from tests.devices.uvc.case import write_video

WIDTH, HEIGHT, RATE = 1600, 1500, 30
SECONDS = 5.0
GOAL = 15


def _watch(report: Report, name: str, device: ImagingDevice) -> None:
    with device:
        preview = device.preview()
        first = next(preview)
        cpu, began, shown, last, gaps, before = time.process_time(), time.monotonic(), 0, first, [], time.monotonic()
        while time.monotonic() - began < SECONDS:
            last = next(preview)
            now = time.monotonic()
            gaps.append((now - before) * 1000)
            before, shown = now, shown + 1
        took, cpu = time.monotonic() - began, time.process_time() - cpu
        preview.close()  # type: ignore[attr-defined]  # a generator
        report.figure(
            f"{name}: shown",
            shown / took,
            "frames/s",
            GOAL,
            f"{WIDTH}x{HEIGHT} at {RATE}/s, shown {last.image.shape[1]}x{last.image.shape[0]}",
        )
        report.figure(f"{name}: between two pictures, 95 %", sorted(gaps)[int(len(gaps) * 0.95)], "ms", 1000 / GOAL)
        report.figure(f"{name}: station's CPU per shown picture", cpu / shown * 1000, "ms", note="process time")
        began = time.monotonic()
        device.capture(CaptureRequest(modality="face"))
        report.figure(f"{name}: press to full picture", (time.monotonic() - began) * 1000, "ms")


def figures(report: Report) -> None:
    """Print the figures."""
    command = [sys.executable, "-m", "station", "devices", "simulate", "mjpeg", "--profile", f"{WIDTH}x{HEIGHT}@{RATE}", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        _watch(report, "IP camera", MjpegCamera(json.loads(process.stdout.readline())["address"]))
        process.terminate()
    with tempfile.TemporaryDirectory() as folder:
        video = write_video(Path(folder) / "v.avi", 30 * 12, WIDTH, HEIGHT)
        _watch(report, "USB camera's child (video file)", UvcCamera(str(video)))
    jpeg = MjpegSimulator._encode(draw(WIDTH, HEIGHT, 1))
    report.figure("decode for showing, half size, CPU", cpu_ms(lambda: decode_live(jpeg)), "ms")
    part = b"--b\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"

    def parse() -> None:
        parser = MultipartParser(b"--b")
        for at in range(0, len(part), 65_536):
            parser.feed(part[at : at + 65_536])

    report.figure(f"parse one part of {len(jpeg) // 1000} kB, CPU", cpu_ms(parse), "ms")
    wedge: WedgeFilter[str] = WedgeFilter()
    scans = []
    for turn in range(50):
        began = time.thread_time()
        for number, character in enumerate("099158004217\r"):
            wedge.feed(character, character, turn + number * 0.004)
        scans.append((time.thread_time() - began) * 1e6 / 13)
    report.figure("keyboard scanner: one key through the filter, CPU", median(scans), "µs")
