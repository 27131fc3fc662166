"""Who stands before a simulated SBI device: a synthetic person's fingers and eyes, as captures and as live pictures."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis import ImpressionSettings, LiveScene
from biometrics.positions import FingerPosition
from devices.simulated.eye import SIZE, eye_picture
from devices.simulated.people import cut_fingers, person

LIVE_SHAPE: Final = (1500, 1600)
_SLAPS: Final = {"1": FingerPosition.LEFT_FOUR, "2": FingerPosition.RIGHT_FOUR, "3": FingerPosition.TWO_THUMBS}


@lru_cache(maxsize=4)
def _both_eyes(seed: int) -> NDArray[np.uint8]:
    right, left = eye_picture(seed, 1)[0], eye_picture(seed, 2)[0]
    return np.hstack([right, np.full((SIZE[0], 16), 255, np.uint8), left])


class SimulatedBody:
    """One person; each capture is another touch."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._touch = 0
        self._scenes: dict[str, LiveScene] = {}
        self._lock = threading.Lock()

    def fingers(self, positions: Sequence[FingerPosition]) -> dict[FingerPosition, NDArray[np.uint8]]:
        """Touch the platen once with these fingers; return each finger's own picture (500 ppi), cut out with a margin."""
        self._touch += 1
        return cut_fingers(self.seed, tuple(positions), self._touch)

    def eye(self, code: int) -> tuple[NDArray[np.uint8], tuple[int, int], int]:
        """Look into the camera once; see `devices.simulated.eye.eye_picture`."""
        self._touch += 1
        return eye_picture(self.seed, code, self._touch)

    def live(self, kind: str, sub_id: str, at_s: float) -> bytes:
        """Return the live picture at that moment as JPEG: 1600x1500 for fingers, both eyes side by side for irises."""
        picture = self._live_eyes() if kind == "Iris" else self._live_fingers(sub_id, at_s)
        done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
        assert done, "OpenCV with JPEG"
        return bytes(data.tobytes())

    def _live_fingers(self, sub_id: str, at_s: float) -> NDArray[np.uint8]:
        with self._lock:
            scene = self._scenes.get(sub_id)
            if scene is None:
                if sub_id in _SLAPS:
                    scene = LiveScene.of_slap(person(self.seed), _SLAPS[sub_id], ImpressionSettings(), 1, ppi=250, land_s=0.1)
                else:
                    finger = person(self.seed).finger(FingerPosition.RIGHT_INDEX)
                    scene = LiveScene.of_finger(finger, ImpressionSettings(), 1, ppi=250, shape=(400, 400), land_s=0.1)
                self._scenes[sub_id] = scene
        small = scene.frame(at_s).image
        shape = LIVE_SHAPE if sub_id in _SLAPS else (small.shape[0] * 2, small.shape[1] * 2)
        return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8)

    def _live_eyes(self) -> NDArray[np.uint8]:
        return _both_eyes(self.seed)
