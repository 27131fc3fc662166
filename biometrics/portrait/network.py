"""One network of tier 1, run by `cv2.dnn` on a square picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.face import Image
from biometrics.portrait.wheel_models import WheelModel, model_bytes

Float = NDArray[np.float32]


class Net:
    """One network with a fixed square input; `run` returns the outputs by name, flat float32."""

    def __init__(self, model: WheelModel, folder: Path | None) -> None:
        self._net = cv2.dnn.readNetFromTFLite(np.frombuffer(model_bytes(model, folder), np.uint8))
        self._names = self._net.getUnconnectedOutLayersNames()
        self.side = model.side

    def run(self, patch: Image, low: float, high: float) -> list[Float]:
        """`patch`: side x side x 3 B G R; pixel values are scaled to low..high and given as R G B."""
        span = (high - low) / 255
        blob = cv2.dnn.blobFromImage(patch, span, (self.side, self.side), [-low / span] * 3, swapRB=True)
        self._net.setInput(blob)
        return [np.asarray(o, np.float32).ravel() for o in self._net.forward(self._names)]
