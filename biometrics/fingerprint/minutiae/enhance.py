"""Contextual filter: every block keeps the ridges of its own direction and period, and the blocks are laid together again."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import scipy.fft

from biometrics.fingerprint.minutiae.fields import BLOCK, CELL, PAD, PERIOD_MAX, PERIOD_MIN, WINDOW, Fields, Floats

_ORIENTATIONS: Final = 32
_FREQUENCIES: Final = 6
_ANGLE_WIDTH: Final = np.radians(18.0)
_FREQUENCY_WIDTH: Final = 0.035


def _filters() -> Floats:
    fy = np.fft.fftfreq(BLOCK)[:, None]
    fx = np.fft.rfftfreq(BLOCK)[None, :]
    radius, angle = np.hypot(fx, fy), np.arctan2(fy, fx)
    table = np.empty((_ORIENTATIONS, _FREQUENCIES, BLOCK, BLOCK // 2 + 1), np.float32)
    for k in range(_ORIENTATIONS):
        turn = angle - np.pi * k / _ORIENTATIONS
        turn = (turn + np.pi / 2) % np.pi - np.pi / 2
        for j, centre in enumerate(np.linspace(1 / PERIOD_MAX, 1 / PERIOD_MIN, _FREQUENCIES)):
            table[k, j] = np.exp(-0.5 * (turn / _ANGLE_WIDTH) ** 2 - 0.5 * ((radius - centre) / _FREQUENCY_WIDTH) ** 2)
    table[:, :, 0, 0] = 0.0
    # Far tails would only make denormal numbers, which cost five times the time.
    table[table < 1e-5] = 0.0
    return table


_TABLE: Final = _filters()
_HALF: Final = np.where((np.arange(BLOCK // 2 + 1) > 0) & (np.arange(BLOCK // 2 + 1) < BLOCK // 2), 2.0, 1.0).astype(np.float32)


def _weights() -> Floats:
    """Return (9, 144): what a block's squared window adds to each pixel of the 3x3 lattice cells it touches."""
    square = np.zeros((3 * CELL, 3 * CELL), np.float32)
    square[:BLOCK, :BLOCK] = WINDOW * WINDOW
    return square.reshape(3, CELL, 3, CELL).transpose(0, 2, 1, 3).reshape(9, CELL * CELL)


_WEIGHTS: Final = _weights()


def enhance(fields: Fields) -> Floats:
    """Return the ridges as an even wave: float32 of the cut's shape, about unit amplitude, positive on valleys, 0 elsewhere."""
    rows, columns = fields.mask.shape
    at_row, at_column = fields.blocks
    if len(at_row) == 0:
        return np.zeros(fields.shape, np.float32)
    angle = 0.5 * np.angle(fields.normal2[at_row, at_column])
    k = np.round(angle / np.pi * _ORIENTATIONS).astype(np.intp) % _ORIENTATIONS
    span = 1 / PERIOD_MIN - 1 / PERIOD_MAX
    j = np.round((fields.frequency[at_row, at_column] - 1 / PERIOD_MAX) / span * (_FREQUENCIES - 1)).astype(np.intp)
    power = fields.spectrum.real**2
    power += fields.spectrum.imag**2
    gain = _TABLE[k, np.clip(j, 0, _FREQUENCIES - 1)]
    # |F|^0.25 beside the filter lifts the strong ridge lines of the block over the noise that the filter lets through.
    gain *= np.sqrt(np.sqrt(np.sqrt(power)))
    energy = (power * gain * gain).sum(1) @ _HALF
    gain *= (BLOCK * BLOCK / np.sqrt(np.maximum(energy, 1e-6)) * np.float32(0.5)).astype(np.float32)[:, None, None]
    blocks = scipy.fft.irfft2(fields.spectrum * gain, s=(BLOCK, BLOCK), axes=(1, 2), workers=1)
    blocks *= WINDOW

    # Overlap-add on the 12-px lattice: a 32-px block touches 3x3 lattice cells.
    picture = np.zeros((rows + 2, CELL, columns + 2, CELL), np.float32)
    touched = np.zeros((rows + 2, columns + 2, 9), np.float32)
    whole = np.zeros((rows, columns, BLOCK, BLOCK), np.float32)
    whole[at_row, at_column] = blocks
    for dy in range(3):
        for dx in range(3):
            y, x = slice(dy * CELL, min((dy + 1) * CELL, BLOCK)), slice(dx * CELL, min((dx + 1) * CELL, BLOCK))
            part = whole[:, :, y, x].transpose(0, 2, 1, 3)
            picture[dy : dy + rows, : part.shape[1], dx : dx + columns, : part.shape[3]] += part
            touched[at_row + dy, at_column + dx, 3 * dy + dx] = 1.0
    weight = (1 / np.maximum(touched @ _WEIGHTS, 0.05)).reshape(rows + 2, columns + 2, CELL, CELL)
    picture *= weight.transpose(0, 2, 1, 3)
    height, width = fields.shape
    lattice = (rows + 2) * CELL, (columns + 2) * CELL
    return np.ascontiguousarray(picture.reshape(lattice)[PAD : PAD + height, PAD : PAD + width])


def cells_to_pixels(grid: Floats, shape: tuple[int, int]) -> Floats:
    """Return `grid` (by cells) spread bilinearly over pixels of `shape` (height, width)."""
    rows, columns = grid.shape
    whole = cv2.resize(grid, (columns * CELL, rows * CELL), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(whole[: shape[0], : shape[1]])
