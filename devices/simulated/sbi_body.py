"""Who stands before a simulated SBI device: a synthetic person's fingers and eyes, as captures and as live pictures."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis import ImpressionSettings, LiveScene
from biometrics.positions import FingerPosition
from devices.simulated.eye import SIZE, eye_picture
from devices.simulated.people import cut_fingers, person

LIVE_SHAPE: Final = (1500, 1600)
_SLAPS: Final = {"1": FingerPosition.LEFT_FOUR, "2": FingerPosition.RIGHT_FOUR, "3": FingerPosition.TWO_THUMBS}


_STANCES: Final[tuple[dict[str, Any], ...]] = ({"scale": 0.6}, {"lids": 0.5}, {"glasses": True}, {})
"""How a person comes before the camera: a step too far, lids half closed, lamps in the glasses, then as it should be."""


@lru_cache(maxsize=8)
def _both_eyes(seed: int, stance: int = 3) -> NDArray[np.uint8]:
    right, left = (eye_picture(seed, eye, **_STANCES[stance])[0] for eye in (1, 2))
    return np.hstack([right, np.full((SIZE[0], 16), 255, np.uint8), left])


class SimulatedBody:
    """One person; each capture is another touch. `settle_s`: how long it takes until the eyes are where the camera wants them."""

    def __init__(self, seed: int, settle_s: float = 0.0) -> None:
        self.seed, self._settle_s = seed, settle_s
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
        picture = self._live_eyes(at_s) if kind == "Iris" else self._live_fingers(sub_id, at_s)
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

    def _live_eyes(self, at_s: float) -> NDArray[np.uint8]:
        last = len(_STANCES) - 1
        return _both_eyes(self.seed, min(last, int(last * at_s / self._settle_s)) if self._settle_s > 0 else last)
