"""What surrounds a minutia, as 128 bits: a cylinder of its neighbours, projected on a learned basis.

The cylinder (Cappelli, Ferrara and Maltoni, "Minutia Cylinder-Code", IEEE TPAMI 32(12), 2010) has 112 cells of a 12x12 grid inside a
circle of 70 px around the minutia, turned with it, and 6 directions: 672 bits "a neighbour stands here, pointing so". Their signs in
128 principal directions are the code: smaller, faster and better than the bits, because it forgets what all cylinders share.
The basis was learned from generated minutiae only (scripts/training/matching.py) and carries a version: codes of two bases do not
mix.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.minutiae.fields import CELL

RADIUS: Final = 70.0
GRID: Final = 12
DIRECTIONS: Final = 6
CODE_BITS: Final = 128
_SPREAD: Final = 9.0
_NEAREST: Final = 28
_LEAST: Final = 0.25
# Direction term per 1/256 turn of difference and direction bin: sigma 40 degrees.
_TURN: Final = np.arange(256)[:, None] / 256 * 360 - np.arange(DIRECTIONS)[None, :] * (360 / DIRECTIONS)
_DIRECTION_TABLE: Final = np.exp(-0.5 * (((_TURN + 180) % 360 - 180) / 40.0) ** 2).astype(np.float32)


def _cells() -> NDArray[np.float32]:
    line = (np.arange(GRID) + 0.5) / GRID * 2 - 1
    x, y = np.meshgrid(line, line)
    inside = np.hypot(x, y) <= 1.0
    return (np.stack([x[inside], y[inside]], 1) * RADIUS).astype(np.float32)


_CELLS: Final = _cells()
BITS: Final = len(_CELLS) * DIRECTIONS


@cache
def basis() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (mean (672,), directions (672, 128)) of the shipped basis."""
    with np.load(Path(__file__).with_name("codes.npz")) as data:
        directions = data["directions"].astype(np.float32)
        return data["mean"].astype(np.float32) / 255, directions


def cylinders(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    angle: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    origin: tuple[int, int],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (bits (n, 672), valid (n, 672)) of n minutiae. `mask` is by 12-px cells, cell (0, 0) starts at `origin`."""
    n = len(x)
    if n == 0:
        return np.zeros((0, BITS), bool), np.zeros((0, BITS), bool)
    # The code basis was learned looking away from the extra ridge: half a turn off the minutia's direction.
    turn = (angle ^ np.uint8(128)).astype(np.float32) * np.float32(2 * np.pi / 256)
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    px = x[:, None] + c * _CELLS[:, 0] - s * _CELLS[:, 1]
    py = y[:, None] + s * _CELLS[:, 0] + c * _CELLS[:, 1]
    row = np.floor((py - origin[1]) / CELL).astype(np.intp)
    column = np.floor((px - origin[0]) / CELL).astype(np.intp)
    rows, columns = mask.shape
    valid = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    valid[valid] = mask[row[valid], column[valid]]

    distance = (x[:, None] - x[None, :]) ** 2 + (y[:, None] - y[None, :]) ** 2
    np.fill_diagonal(distance, np.inf)
    if n - 1 > _NEAREST:
        near = np.argpartition(distance, _NEAREST, 1)[:, :_NEAREST]
    else:
        near = np.broadcast_to(np.arange(n), (n, n))
    far = np.take_along_axis(distance, near, 1) > (RADIUS + 3 * _SPREAD) ** 2
    nx, ny = x[near], y[near]
    gap = (px[:, :, None] - nx[:, None, :]) ** 2
    gap += (py[:, :, None] - ny[:, None, :]) ** 2
    gap *= np.float32(-0.5 / _SPREAD**2)
    np.maximum(gap, -20.0, out=gap)
    weight = np.exp(gap, out=gap)
    toward = _DIRECTION_TABLE[(angle[near] - angle[:, None])]
    toward = np.where(far[:, :, None], np.float32(0), toward)
    mass = weight @ toward
    bits = (mass > _LEAST) & valid[:, :, None]
    return bits.reshape(n, BITS), np.repeat(valid, DIRECTIONS, 1)


def encode(bits: NDArray[np.bool_], valid: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return the codes (n, 2) of cylinders (n, 672): sign bits of the projection; unknown cells count as the mean."""
    mean, directions = basis()
    value = (bits - mean * valid) @ directions
    return np.packbits(value > 0, axis=1, bitorder="little").view("<u8").astype(np.uint64).reshape(-1, 2)
