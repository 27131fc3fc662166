"""What lies on a simulated serial sensor: a synthetic finger that comes and goes."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from biometrics.fingerprint.synthesis import ImpressionSettings, Person, impression
from biometrics.positions import FingerPosition


@lru_cache(maxsize=8)
def synthetic_picture(width: int, height: int, ppi: int, seed: int, touch: int) -> bytes:
    """Return width x height grey pixels of a synthetic right index finger at `ppi`, row by row, 0 = ridge."""
    finger = Person.from_seed(seed).finger(FingerPosition.RIGHT_INDEX)
    image = impression(finger, ImpressionSettings(), touch).image
    scale = ppi / 500
    if scale != 1:
        image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    above, left = max(0, (image.shape[0] - height) // 2), max(0, (image.shape[1] - width) // 2)
    cut = image[above : above + height, left : left + width]
    sheet = np.full((height, width), 255, np.uint8)
    sheet[: cut.shape[0], : cut.shape[1]] = cut
    return sheet.tobytes()


class Finger:
    """A finger that is away for `away` looks, then lies there until it was taken (or for good, with `away=0`)."""

    def __init__(self, away: int = 0) -> None:
        self._away = away
        self._looks = 0

    def lies_there(self) -> bool:
        """One look at the sensor."""
        self._looks += 1
        return self._looks > self._away

    def taken(self) -> None:
        """Its picture was sent: it leaves."""
        if self._away:
            self._looks = 0
