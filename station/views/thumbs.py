"""Small pictures of accepted captures for the review, made on the station's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from station.capture.model import ImageRef
from station.dossier.state import DossierState

FINGER_PX = (54, 82)
FACE_PX = (120, 160)


@dataclass(frozen=True, slots=True)
class Thumb:
    """One accepted capture: finger position (0: face), its lowest score, how it was accepted, and ``uint8`` pixels (grey or BGR)."""

    step: str
    position: int
    score: float
    flagged: bool
    how: str
    attempts: int
    pixels: npt.NDArray[np.uint8] | None


def evidence_thumbs(state: DossierState, blob: Callable[[str], bytes]) -> tuple[Thumb, ...]:
    """Return the single fingers (rolled, or plain where a procedure takes them singly) and the face of a dossier."""
    out = []
    for found in state.captures.values():
        if found.accepted is None or found.accepted.capture.position >= 13 or found.accepted.capture.modality == "iris":
            continue
        capture = found.accepted.capture
        image = capture.images[0]
        score = min((q.score for q in capture.quality), default=0.0)
        size = FINGER_PX if capture.position else FACE_PX
        out.append(Thumb(found.step, capture.position, score, "below-threshold" in capture.flags, found.accepted.how, len(found.attempts),
                         small_picture(image, blob(image.blob), size)))  # fmt: skip
    return tuple(out)


def small_picture(image: ImageRef, data: bytes, size: tuple[int, int]) -> npt.NDArray[np.uint8] | None:
    """Return a stored image filling `size` (width, height), cut at its middle; None when its bytes do not decode."""
    if image.encoding == "raw" and image.bits_stored == 8:
        shape = (image.height, image.width) if image.channels == 1 else (image.height, image.width, image.channels)
        pixels = np.frombuffer(data, np.uint8).reshape(shape)
    else:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if decoded is None or decoded.dtype != np.uint8:
            return None
        pixels = np.asarray(decoded, np.uint8)
    high, wide = pixels.shape[:2]
    scale = max(size[0] / wide, size[1] / high)
    shrunk = cv2.resize(
        pixels, (max(size[0], round(wide * scale)), max(size[1], round(high * scale))), interpolation=cv2.INTER_AREA
    )
    small = np.asarray(shrunk, np.uint8)
    top, left = (small.shape[0] - size[1]) // 2, (small.shape[1] - size[0]) // 2
    return np.ascontiguousarray(small[top : top + size[1], left : left + size[0]])
