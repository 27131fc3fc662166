"""From 500 to 333 pixels per inch: every 3x3 group of pixels becomes 2x2, the centre 384x600 at most."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_WIDTH: Final = 256
MAX_HEIGHT: Final = 400


class Reduced(NamedTuple):
    """`image` uint8 (h, w), sides multiples of 4; `x_offset`, `y_offset` in 333-ppi pixels, added to every minutia."""

    image: NDArray[np.uint8]
    x_offset: int
    y_offset: int


def reduce_two_thirds(image: NDArray[np.uint8]) -> Reduced:
    """Reduce a 500-ppi image (at least 6x6) as the extractor does before anything else."""
    rows, columns = image.shape
    width, height = (columns // 6) * 4, (rows // 6) * 4
    left = top = 0
    x_offset, y_offset = 1, 6
    if height > MAX_HEIGHT:
        top = (rows - 600) // 2
        y_offset += (height - MAX_HEIGHT) // 2
        height = MAX_HEIGHT
    if width > MAX_WIDTH:
        left = (columns - 384) // 2
        x_offset += (width - MAX_WIDTH) // 2
        width = MAX_WIDTH
    part = image[top : top + height // 2 * 3, left : left + width // 2 * 3].astype(np.uint16)
    # Weights 4, 2, 2, 1 of a corner, its two edges and the centre are (2, 1) along each axis; 9 * 255 * 28 fits 16 bits.
    across = np.empty((part.shape[0], width), np.uint16)
    middle = part[:, 1::3]
    np.add(part[:, 0::3] << 1, middle, out=across[:, 0::2])
    np.add(part[:, 2::3] << 1, middle, out=across[:, 1::2])
    out = np.empty((height, width), np.uint16)
    middle = across[1::3]
    np.add(across[0::3] << 1, middle, out=out[0::2])
    np.add(across[2::3] << 1, middle, out=out[1::2])
    out *= 28
    out >>= 8
    return Reduced(out.astype(np.uint8), x_offset, y_offset)
