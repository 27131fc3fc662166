"""Stand-ins for `cv2.VideoCapture` that the camera's child process is started with: a camera with controls, and drivers that fail."""

from __future__ import annotations

import os
import sys
import threading

import cv2
import numpy as np

WIDTH, HEIGHT = 320, 240


class Webcam:
    """A V4L2 camera with manual controls; each picture carries its number in its first pixel row."""

    def __init__(self, source: object) -> None:
        self.source = source
        self.number = 0
        self.values = {cv2.CAP_PROP_AUTO_EXPOSURE: 3.0, cv2.CAP_PROP_EXPOSURE: 156.0, cv2.CAP_PROP_WB_TEMPERATURE: 4600.0,
                       cv2.CAP_PROP_AUTO_WB: 1.0, cv2.CAP_PROP_FPS: 30.0, cv2.CAP_PROP_FRAME_WIDTH: WIDTH, cv2.CAP_PROP_FRAME_HEIGHT: HEIGHT}  # fmt: skip

    def isOpened(self) -> bool:
        return self.source != 99

    def getBackendName(self) -> str:
        return "V4L2"

    def get(self, prop: int) -> float:
        return self.values.get(prop, -1.0)

    def set(self, prop: int, value: float) -> bool:
        if prop not in self.values:
            return False
        self.values[prop] = value
        return True

    def read(self):
        threading.Event().wait(0.005)
        self.number += 1
        image = np.full((HEIGHT, WIDTH, 3), 80, np.uint8)
        image[0, :4] = np.frombuffer(self.number.to_bytes(4, "big"), np.uint8)[:, None]
        return True, image


class HangsAtOpen(Webcam):
    """The driver never comes back from opening."""

    def __init__(self, source: object) -> None:
        super().__init__(source)
        threading.Event().wait()


class HangsInRead(Webcam):
    """Three pictures, then the driver never comes back."""

    def read(self):
        if self.number >= 3:
            threading.Event().wait()
        return super().read()


class Crashes(Webcam):
    """Three pictures, then the process dies as with a segmentation fault."""

    def read(self):
        if self.number >= 3:
            os.abort()
        return super().read()


class HangsInControl(Webcam):
    """A control that never comes back."""

    def set(self, prop: int, value: float) -> bool:
        if prop == cv2.CAP_PROP_WB_TEMPERATURE:
            threading.Event().wait()
        return super().set(prop, value)


class Unplugged(Webcam):
    """Three pictures, then reads fail."""

    def read(self):
        return super().read() if self.number < 3 else (False, None)


class Chatters(Webcam):
    """A driver that prints where it should not."""

    def read(self):
        sys.stdout.write("driver: frame ok\n")
        sys.stdout.flush()
        os.write(1, b"\x00\x00\xff\xffnoise")
        return super().read()
