"""Pictures that a desk takes outside the order of captures: a paper as proof, one finger for a 1:1 comparison. On the device's own thread."""

from __future__ import annotations

from biometrics.positions import FingerPosition, Impression
from devices.contract import Camera, CaptureRequest, RawCapture
from station.capture.page_picture import page_from
from station.counter import Counter

PATIENCE_S = 30.0


def photograph(counter: Counter) -> bytes:
    """Photograph a paper with the counter's camera and return the page as a JPEG of at most 300 kB, as the desks keep theirs.

    Raises:
        DeviceError: as the camera does; nothing was changed.
    """

    def take(camera: Camera) -> bytes:
        if not camera.is_open:
            camera.open()
        return page_from(camera.capture(CaptureRequest(modality="document"))).data

    return counter.on_documents(take).result(PATIENCE_S)


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
