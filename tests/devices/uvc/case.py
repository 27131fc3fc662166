"""The USB camera in the contract suite: OpenCV on a video file, and a stand-in driver with controls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from devices.contract import Device
from devices.uvc.camera import UvcCamera
from devices.uvc.names import AttachedCamera

WEBCAM = AttachedCamera(0, "Webcam", "/dev/video0", "1234:abcd", "SN-5", "0102", "1234-abcd-SN-5", by_port=False)


def write_video(path: Path, frames: int = 240, width: int = 160, height: int = 120) -> Path:
    """Write a motion-JPEG video whose frames grow lighter."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 120, (width, height))
    for number in range(frames):
        writer.write(np.full((height, width, 3), number % 200, np.uint8))
    writer.release()
    return path


@contextmanager
def video_file(folder: Path) -> Iterator[Device]:
    yield UvcCamera(str(write_video(folder / "v.avi")))


@contextmanager
def webcam(_: Path) -> Iterator[Device]:
    yield UvcCamera(0, WEBCAM, driver="tests.devices.uvc.drivers:Webcam")
