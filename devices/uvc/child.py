"""The process that holds one camera: ``python -m devices.uvc.child [module:Class]``. Run by `devices.uvc.host.CameraChild`.

Requests are lines of JSON on standard input; each gets one answer on standard output: a four-byte length, a JSON header of that
length, and the raw bytes whose count the header names. A thread reads the driver all the time and keeps the newest picture.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.uvc.controls import offered, put

MAX_REQUEST: Final = 10_000
_LOST_READS: Final = 10
"""So many failed reads in a row mean that the camera is gone."""


class Grabber:
    """Reads one opened capture on a thread of its own."""

    def __init__(self, capture: Any, pace_s: float) -> None:
        self.capture = capture
        self._pace_s = pace_s
        self._condition = threading.Condition()
        self._picture: npt.NDArray[np.uint8] | None = None
        self._number = 0
        self.gone = False
        threading.Thread(target=self._run, name="grab", daemon=True).start()

    def _run(self) -> None:
        lost = 0
        while lost < _LOST_READS:
            fine, picture = self.capture.read()
            if not fine or picture is None:
                lost += 1
                continue
            lost = 0
            with self._condition:
                self._picture, self._number = picture, self._number + 1
                self._condition.notify_all()
            if self._pace_s:
                time.sleep(self._pace_s)
        with self._condition:
            self.gone = True
            self._condition.notify_all()

    def newest(self, newer_than: int, wait_s: float) -> tuple[int, npt.NDArray[np.uint8] | None]:
        """Return the newest picture and its number; None when nothing newer came in time."""
        with self._condition:
            self._condition.wait_for(lambda: self._number > newer_than or self.gone, wait_s)
            return self._number, self._picture if self._number > newer_than else None


class Session:
    """Answers requests."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._grabber: Grabber | None = None
        self._backend = ""

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Return the header and the payload for one request."""
        operation = request.get("op")
        if operation == "open":
            return self._open(request), b""
        if self._grabber is None:
            return {"error": "not-open"}, b""
        if operation == "frame":
            return self._frame(self._grabber, request)
        if operation == "controls":
            return {"controls": offered(self._grabber.capture, self._backend)}, b""
        if operation == "set":
            return {"value": put(self._grabber.capture, self._backend, str(request["name"]), float(request["value"]))}, b""
        return {"error": "unknown"}, b""

    def _open(self, request: dict[str, Any]) -> dict[str, Any]:
        source = request["source"]
        capture = self._make(source)
        if not capture.isOpened():
            return {"error": "cannot-open"}
        is_device = isinstance(source, int) or str(source).startswith("/dev/")
        if is_device:
            # Most cameras give large pictures at full rate as JPEG only.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for name, prop in (("width", cv2.CAP_PROP_FRAME_WIDTH), ("height", cv2.CAP_PROP_FRAME_HEIGHT), ("fps", cv2.CAP_PROP_FPS)):
            if request.get(name):
                capture.set(prop, float(request[name]))
        self._backend = str(capture.getBackendName())
        rate = float(capture.get(cv2.CAP_PROP_FPS))
        # A file has no pace of its own; a camera's read waits for its next picture.
        self._grabber = Grabber(capture, 0.0 if is_device else 1.0 / rate if 1 <= rate <= 240 else 1 / 30)
        return {"backend": self._backend, "width": int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
                "height": int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), "fps": rate}  # fmt: skip

    def _frame(self, grabber: Grabber, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        number, picture = grabber.newest(int(request["newer_than"]), min(float(request["wait_s"]), 5.0))
        if picture is None:
            return ({"error": "gone"} if grabber.gone else {"number": number}), b""
        if picture.ndim == 2:
            picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
        most = int(request.get("max_pixels", 0))
        if most and picture.shape[0] * picture.shape[1] > most:
            picture = np.asarray(cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        return {"number": number, "width": picture.shape[1], "height": picture.shape[0]}, np.ascontiguousarray(picture).tobytes()


def _write(stream: IO[bytes], header: dict[str, Any], payload: bytes) -> None:
    head = json.dumps({**header, "payload": len(payload)}).encode()
    stream.write(len(head).to_bytes(4, "big") + head)
    stream.write(payload)
    stream.flush()


def main(arguments: list[str]) -> int:
    """Answer requests until standard input ends."""
    module, _, name = (arguments[0] if arguments else "cv2:VideoCapture").partition(":")
    # Drivers print. What they print must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    session = Session(getattr(importlib.import_module(module), name))
    while line := sys.stdin.buffer.readline(MAX_REQUEST):
        try:
            header, payload = session.answer(json.loads(line))
        except (cv2.error, ValueError, KeyError, TypeError) as error:
            header, payload = {"error": "refused", "kind": type(error).__name__}, b""
        _write(answers, header, payload)
    # A driver may hang in its release; nothing here is worth waiting for.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
