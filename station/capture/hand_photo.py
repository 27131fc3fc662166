"""The picture of a hand beside an exception: taken when the officer presses, told when it is too dark or blurred, kept small. It proves that a
named officer looked at this hand; nothing is measured on it and no finger is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from biometrics.positions import FingerPosition
from devices.contract import CaptureRequest, DeviceIdentity, Frame, RawCapture, Source
from station.capture.page_picture import JPEG, encode, picture_from_file, smaller
from station.capture.verdict import PartVerdict, Verdict
from station.dossier.photographing import Page

LONG_PX: Final = 1200
"""A hand of 20 cm is then seen at about 150 ppi: scars and stumps can be told, prints cannot."""
DARK: Final = 45
"""Mean brightness below which a hand is not told from the table (grey 0..255)."""
FLAT: Final = 3.0
"""Deviation of the Laplacian at 300 px below which nothing has an edge: out of focus, or nothing lies there."""
_JUDGED_PX: Final = 300
Pixels = npt.NDArray[np.uint8]


def hand_flaws(picture: Pixels) -> tuple[str, ...]:
    """Return what is wrong with a picture (HxW grey or HxWx3 BGR uint8): ``hand-dark``, ``hand-blurred``."""
    grey = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = _JUDGED_PX / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    flaws = []
    if float(small.mean()) < DARK:
        flaws.append("hand-dark")
    if float(cv2.Laplacian(small, cv2.CV_32F).std()) < FLAT:
        flaws.append("hand-blurred")
    return tuple(flaws)


def hand_page(capture: RawCapture, turns: int = 0) -> Page:
    """Return a camera's picture of a hand as it is kept: whole, at most `LONG_PX` long, JPEG."""
    picture = np.asarray(capture.images[0].pixels, np.uint8)
    if turns % 4:
        picture = np.ascontiguousarray(np.rot90(picture, -turns % 4))
    return _page(picture, str(Source(capture.source)), capture.identity)


def hand_page_from_file(data: bytes) -> Page:
    """Return the picture of a hand from a JPEG or PNG file. Raises: InputError: as `picture_from_file`."""
    return _page(picture_from_file(data), str(Source.FILE), None)


def _page(picture: Pixels, source: str, device: DeviceIdentity | None) -> Page:
    data, kept, _ = encode(smaller(picture, min(1.0, LONG_PX / max(picture.shape[:2]))))
    return Page(data, JPEG, kept.shape[1], kept.shape[0], None, source, device, hand_flaws(picture))


@dataclass(slots=True)
class HandJudge:
    """Never takes a picture by itself (a hand that moves in is no hand that lies still); the full picture has its flaws."""

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `Judge.live`."""
        _ = frame, request, thresholds
        return Verdict((PartVerdict(FingerPosition.UNKNOWN, 0.0, 100.0),), 1, model="hand-1")

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `Judge.final`."""
        _ = request, thresholds
        flaws = hand_flaws(np.asarray(capture.images[0].pixels, np.uint8))
        return Verdict((PartVerdict(FingerPosition.UNKNOWN, 0.0 if flaws else 100.0, 100.0, flaws),), 1, model="hand-1")
