"""The extractor from end to end: stages in order, then order, limits and coordinates of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.fingerprint.quality.minutiae333.candidates import find_candidates, phase_neighbours
from biometrics.fingerprint.quality.minutiae333.confirmation import confirm
from biometrics.fingerprint.quality.minutiae333.enhancement import enhance
from biometrics.fingerprint.quality.minutiae333.orientation import footprint, raw_field, smoothed_map
from biometrics.fingerprint.quality.minutiae333.phase import phase_image
from biometrics.fingerprint.quality.minutiae333.reduction import reduce_two_thirds
from biometrics.fingerprint.quality.minutiae333.tracing import refine_angles

MIN_SIDE: Final = 196
MAX_MINUTIAE: Final = 255
MIN_MINUTIAE: Final = 6

Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Minutiae:
    """Minutiae of a white-cropped image, best first; int32 (n,) each.

    `x`, `y`: 500-ppi pixels of the crop. `angle`: 1/256 turn, 0 right, counter-clockwise. `kind`: 1 ending, 2 bifurcation,
    0 unsure. `confidence`: 80..255. `count`: how many there were before those in the padding were dropped.
    """

    x: Int32
    y: Int32
    angle: Int32
    kind: Int32
    confidence: Int32
    count: int


def extract(crop: NDArray[np.uint8]) -> Minutiae:
    """Return the minutiae of a white-cropped 500-ppi image, uint8 (H, W).

    Raises:
        ImageError: ``too-few-minutiae`` (fewer than 6; the reference words it "fingerprint area is too small").
    """
    rows, columns = crop.shape
    down, right = max(0, MIN_SIDE - rows), max(0, MIN_SIDE - columns)
    if down or right:
        crop = np.asarray(cv2.copyMakeBorder(crop, 0, down, 0, right, cv2.BORDER_CONSTANT, value=255), np.uint8)
    small = reduce_two_thirds(crop)
    a, b = raw_field(small.image)
    inside = footprint(a, b)
    enhanced = enhance(small.image, inside)
    direction = smoothed_map(*raw_field(enhanced), inside)
    phase = phase_image(enhanced, direction)
    allowed = phase_neighbours(phase)
    found = confirm(phase, direction, find_candidates(phase, allowed))
    angle = refine_angles(phase, allowed, found.x, found.y, found.angle)
    order = np.lexsort((angle, found.x, found.y, -found.confidence))[:MAX_MINUTIAE]
    if order.size < MIN_MINUTIAE:
        raise ImageError(
            f"only {order.size} minutiae; a score needs {MIN_MINUTIAE}", code="too-few-minutiae", count=int(order.size)
        )
    x, y = _to_500(found.x[order], small.x_offset), _to_500(found.y[order], small.y_offset)
    keep = (x < columns) & (y < rows) if down or right else np.ones(order.size, bool)
    return Minutiae(
        x[keep],
        y[keep],
        ((64 - angle[order]) & 255)[keep],
        found.kind[order][keep],
        found.confidence[order][keep],
        int(order.size),
    )


def _to_500(values: Int32, offset: int) -> Int32:
    """333-ppi pixels to 500-ppi pixels, with the two roundings of the record format between them."""
    return np.asarray(((values * 635) // 500 + (offset * 635) // 500) * 197 + 83, np.int32) // 167
