"""The quick verdict on a preview frame: cheap enough for every frame, on the way to the full score of the accepted one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.images import check_image
from biometrics.fingerprint.quality.rules import tell
from biometrics.fingerprint.quality.signs import look
from biometrics.reasons import Reason, ReasonCode, Region

_CELL = 16


@dataclass(frozen=True, slots=True)
class LiveQuality:
    """A provisional verdict: `score` 0..100, `reasons`, `foreground` share 0..1 of the frame, `box` of the finger or None."""

    score: int
    reasons: tuple[Reason, ...]
    foreground: float
    box: Region | None


def assess_live(image: NDArray[np.uint8], ppi: int) -> LiveQuality:
    """Judge one preview frame of one finger, uint8 (H, W), at any resolution (it is judged at about 250 ppi).

    Raises:
        ImageError: ``image-type``, ``image-shape`` or ``image-too-large``.
    """
    frame = check_image(image)
    scale = max(1, round(ppi / 250))
    small = cv2.resize(frame, (max(1, frame.shape[1] // scale), max(1, frame.shape[0] // scale)), interpolation=cv2.INTER_AREA)
    rows, columns = small.shape[0] // _CELL, small.shape[1] // _CELL
    whole = Region(0, 0, frame.shape[1], frame.shape[0])
    if not rows or not columns:
        return LiveQuality(0, (Reason(ReasonCode.NO_FINGER, 1.0, whole),), 0.0, None)
    values = small[: rows * _CELL, : columns * _CELL].astype(np.float32)
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3)
    size = (columns, rows)
    xx, yy, xy = (cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (gx * gx, gy * gy, gx * gy))
    energy = xx + yy
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (energy + 1e-6)
    ridged = (energy > 2000) & (coherence > 0.3)
    share = float(ridged.mean())
    if share < 0.04:
        return LiveQuality(0, (Reason(ReasonCode.NO_FINGER, 1.0, whole),), share, None)
    ys, xs = np.nonzero(ridged)
    step = _CELL * scale
    x0, y0 = int(xs.min()) * step, int(ys.min()) * step
    box = Region(x0, y0, (int(xs.max()) + 1) * step - x0, (int(ys.max()) + 1) * step - y0)
    millimetres2 = float(ridged.sum()) * (step * 25.4 / ppi) ** 2
    score = 100 * float(np.clip((coherence[ridged].mean() - 0.4) / 0.5, 0, 1)) * min(1.0, millimetres2 / 180)
    signs = look(frame, ppi)
    return LiveQuality(round(score), tell(signs) if signs is not None else (), share, box)
