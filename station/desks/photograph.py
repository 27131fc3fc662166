"""Pictures that a desk takes outside the order of captures: a paper as proof, one finger for a 1:1 comparison. On the device's own thread."""

from __future__ import annotations

import cv2
import numpy as np

from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest, RawCapture
from station.counter import Counter

PATIENCE_S = 30.0


def photograph(counter: Counter) -> bytes:
    """Photograph a paper with the counter's camera and return it as PNG.

    Raises:
        DeviceError: as the camera does; nothing was changed.
    """

    def take() -> RawCapture:
        if not counter.camera.is_open:
            counter.camera.open()
        return counter.camera.capture(CaptureRequest(modality="document"))

    raw = counter.on_camera(take).result(PATIENCE_S)
    return bytes(cv2.imencode(".png", np.asarray(raw.images[0].pixels, np.uint8))[1].tobytes())


def one_finger(counter: Counter, finger: int) -> RawCapture:
    """Take one flat finger with the counter's scanner.

    Raises:
        DeviceError: as the scanner does; nothing was changed.
    """
    request = CaptureRequest(FingerPosition(finger), Impression.LIVE_PLAIN)

    def take() -> RawCapture:
        if not counter.scanner.is_open:
            counter.scanner.open()
        counter.scanner.prepare(request)
        return counter.scanner.capture(request)

    return counter.on_scanner(take).result(PATIENCE_S)
