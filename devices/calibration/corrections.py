"""Corrections derived from a failed measurement: scale, dead pixels, flat field. They prove nothing until new captures pass with them.

A stored enrolment picture is never corrected in silence: who applies them keeps the raw pixels and writes `Corrections.names` beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

MAX_DEAD: Final = 500
"""More dead pixels than that are no blemish: the sensor goes to the workshop."""
FLAT_CELLS: Final = 24
"""The flat field is kept as a small grid of gains, so that it fits into the certificate and cannot hide a dead pixel."""
MAX_GAIN: Final = 0.15


@dataclass(frozen=True, slots=True)
class Corrections:
    """What is done to a raw picture, in this order: dead pixels replaced by the median around, gains, scale to the nominal ppi.

    `scale_x`, `scale_y`: the picture is made so much larger. `dead`: (row, column) of the raw picture. `gains`: FLAT_CELLS² factors
    in thousandths, row by row, or empty. `shape`: (rows, columns) of the raw picture that `dead` and `gains` are places of; empty
    where there are none.
    """

    scale_x: float = 1.0
    scale_y: float = 1.0
    dead: tuple[tuple[int, int], ...] = ()
    gains: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Codes of what is corrected; empty when nothing is."""
        return tuple(name for name, there in (("scale", (self.scale_x, self.scale_y) != (1.0, 1.0)), ("dead-pixels", bool(self.dead)),
                                              ("flat-field", bool(self.gains))) if there)  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the corrections' text: two devices with the same one are corrected alike."""
        return hashlib.sha256(repr((self.scale_x, self.scale_y, self.dead, self.gains, self.shape)).encode()).hexdigest()


def apply(corrections: Corrections, image: Grey) -> Grey:
    """Return the corrected picture (HxW uint8); the raw one is untouched.

    Raises:
        ValueError: dead pixels or gains are of a picture of another size.
    """
    if not corrections.names:
        return image
    import cv2

    if corrections.shape and image.shape != corrections.shape:
        raise ValueError("these corrections are of a picture of another size")
    done = image.copy()
    for row, column in corrections.dead:
        around = image[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
        done[row, column] = np.uint8(np.median(around))
    if corrections.gains:
        grid = np.asarray(corrections.gains, np.float32).reshape(FLAT_CELLS, FLAT_CELLS) / 1000
        gain = cv2.resize(grid, (done.shape[1], done.shape[0]), interpolation=cv2.INTER_CUBIC)
        done = np.clip(np.rint(done * gain), 0, 255).astype(np.uint8)
    if (corrections.scale_x, corrections.scale_y) != (1.0, 1.0):
        size = (round(done.shape[1] * corrections.scale_x), round(done.shape[0] * corrections.scale_y))
        matrix = np.asarray([[corrections.scale_x, 0, 0], [0, corrections.scale_y, 0]], np.float64)
        # Linear on purpose: Lanczos and cubic kernels lifted the CTF of sharp optics above its ceiling of 1.05 (trial, 493.6 ppi). What it
        # costs on the finest bars stands in the CTF rows of the captures that prove the correction.
        done = np.asarray(cv2.warpAffine(done, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    return done


def derive(
    ppi: int, found_ppi: tuple[float, float] | None, dead: Sequence[tuple[int, int]], light: Sequence[Grey], *, flat: bool
) -> Corrections:
    """Return the corrections for what was found; nothing that a workshop has to mend is corrected away.

    Args:
        ppi: nominal resolution.
        found_ppi: measured (x, y), or None.
        dead: dead pixels of the raw picture.
        light: captures of the light field.
        flat: whether the light field failed.
    """
    scale_x = scale_y = 1.0
    if found_ppi is not None:
        # A device 10 % off is another model than its profile says: no scale mends that.
        x, y = (round(ppi / f, 6) if abs(ppi / f - 1) < 0.1 else 1.0 for f in found_ppi)
        scale_x, scale_y = (1.0 if abs(s - 1) < 0.001 else s for s in (x, y))
    gains = _gains(light) if flat and light else ()
    mended = tuple(dead) if len(dead) <= MAX_DEAD else ()
    places = bool(gains or mended) and bool(light)
    return Corrections(scale_x, scale_y, mended if places else (), gains, light[0].shape if places else ())


def _gains(light: Sequence[Grey]) -> tuple[int, ...]:
    import cv2

    mean = np.mean([i.astype(np.float32) for i in light], axis=0)
    cells = cv2.resize(mean, (FLAT_CELLS, FLAT_CELLS), interpolation=cv2.INTER_AREA)
    gain = np.clip(np.median(cells) / np.maximum(cells, 1), 1 - MAX_GAIN, 1 + MAX_GAIN)
    return tuple(int(g) for g in np.rint(gain * 1000).ravel())


def to_plain(corrections: Corrections) -> Mapping[str, object]:
    """Return the corrections as a certificate writes them."""
    from devices.calibration.canonical import number

    return {"scale_x": number(corrections.scale_x), "scale_y": number(corrections.scale_y),
            "dead": [list(d) for d in corrections.dead], "gains": list(corrections.gains), "shape": list(corrections.shape)}  # fmt: skip
