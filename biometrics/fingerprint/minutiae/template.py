"""A print as the matcher keeps it: minutiae, the cells with ridges, and a small picture of the ridges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

# The small ridge picture: one sample every 2.5 px, one deviation of the ridges = 32.
SAMPLE_PX: Final = 2.5
RIDGE_SCALE: Final = 32.0


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Everything comparison needs, at 500 ppi, x right, y down, pixels of the picture it came from.

    Attributes:
        width, height: size of the picture, px.
        x, y: uint16 (n,), the pixel left of and above the minutia: its place is x + 0.5, y + 0.5. Best first.
        angle: uint8 (n,), 1/256 turn from x towards y (clockwise on the screen); points to the side with one ridge more.
        quality: uint8 (n,), 0..255.
        kind: uint8 (n,), 1 ending, 2 bifurcation, 0 unknown.
        codes: uint64 (n, 2), what surrounds each minutia (`cylinders`); not stored in bytes but computed again from the minutiae.
        mask: bool (rows, columns) of 12-px cells with ridges.
        origin: (x, y) of the first cell's first pixel.
        ridges: int8 (rows, columns), the ridges every 2.5 px from `origin`, 0 off the print, one deviation = 32; may be empty.
        texture: uint64 (n,), the ridges around each minutia (`texture`); empty where the picture was never seen (foreign records).
    """

    width: int
    height: int
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    angle: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    codes: NDArray[np.uint64]
    mask: NDArray[np.bool_]
    origin: tuple[int, int]
    ridges: NDArray[np.int8]
    texture: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))

    def __len__(self) -> int:
        return len(self.x)

    @property
    def area_mm2(self) -> float:
        """Area with ridges in square millimetres."""
        return float(self.mask.sum()) * (12 * 25.4 / 500) ** 2
