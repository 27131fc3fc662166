"""From a grey picture to its ridge fields: contrast normalised, cut to the print, mask, orientation, period, spectrum by blocks.

Everything is computed once per 32x32 block, every 12 pixels, from the block's Fourier transform. A cell of the block grid is the
12x12 square in the middle of its block.

Sources: short-time Fourier analysis of ridges after Chikkerur, Cartwright and Govindaraju, "Fingerprint enhancement using STFT
analysis" (Pattern Recognition 40, 2007); the numbers were measured on prints (docs/fingerprint-matching.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]

CELL: Final = 12
BLOCK: Final = 32
PAD: Final = (BLOCK - CELL) // 2
PERIOD_MIN: Final = 6.5
PERIOD_MAX: Final = 13.0
# The band of frequencies that may be ridges, in cycles per pixel: wider than the periods the filters are tuned to.
BAND: Final = (1 / 22, 1 / 4.5)
LEAST_AMPLITUDE: Final = 6.0
# The touched area is drawn four pixels to the step: variance of the normalised picture over 12 px, gaps of up to 40 px closed.
_FINE: Final = 4
_TOUCHED_VARIANCE: Final = 0.08
_TOUCHED_GAP: Final = 11
_TOUCHED_SHARE: Final = 0.5

_HANN: Final = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(BLOCK) + 0.5) / BLOCK)).astype(np.float32)
WINDOW: Final[Floats] = np.outer(_HANN, _HANN).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Fields:
    """Ridge fields of a print; arrays by cells are (rows, columns) of the 12-px grid, cell (0, 0) at pixels 0..11 of the cut.

    Attributes:
        offset: (x, y) of the cut's first pixel in the picture, px.
        shape: (height, width) of the cut, px.
        mask: bool by cells: there are ridges here.
        normal2: complex64 by cells: unit vector at twice the angle of the ridge normal (x right, y down), smoothed.
        frequency: float32 by cells, cycles per px.
        coherence: float32 by cells, 0..1: how one-directional the ridges are.
        touched: bool by pixels of the cut: the outline of the print, to about 6 px (a block of the grid reaches 16 px beyond the last ridge).
        spectrum: complex64 (n, 32, 17): transforms of the windowed blocks named in `blocks`.
        blocks: (row indices, column indices) of the blocks in `spectrum`.
    """

    offset: tuple[int, int]
    shape: tuple[int, int]
    mask: NDArray[np.bool_]
    normal2: NDArray[np.complex64]
    frequency: Floats
    coherence: Floats
    touched: NDArray[np.bool_]
    spectrum: NDArray[np.complex64]
    blocks: tuple[NDArray[np.intp], NDArray[np.intp]]


def _band_table() -> Floats:
    fy = np.fft.fftfreq(BLOCK)[:, None]
    fx = np.fft.rfftfreq(BLOCK)[None, :]
    radius = np.hypot(fx, fy)
    angle = 2 * np.arctan2(fy, fx)
    inside = (radius > BAND[0]) & (radius < BAND[1])
    weight = np.where((fx > 0) & (fx < 0.5), 2.0, 1.0)  # the half plane that rfft leaves out
    band = inside * weight
    whole = weight * (radius > 0)
    columns = [band, band * np.cos(angle), band * np.sin(angle), band * radius, whole]
    return np.stack([c.ravel() for c in columns], 1).astype(np.float32)


_TABLE: Final = _band_table()


def print_box(image: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return (x0, y0, x1, y1) around the part of `image` that varies as ridges do; the whole image where nothing does."""
    small = image[::4, ::4].astype(np.float32)
    mean = cv2.blur(small, (9, 9))
    variance = cv2.blur(small * small, (9, 9)) - mean * mean
    live = variance > max(36.0, 0.04 * float(np.percentile(variance, 95)))
    rows = np.flatnonzero(live.sum(1) > 6)
    columns = np.flatnonzero(live.sum(0) > 6)
    height, width = image.shape
    if len(rows) < 8 or len(columns) < 8:
        return 0, 0, width, height
    return (
        max(0, int(columns[0]) * 4 - 8),
        max(0, int(rows[0]) * 4 - 8),
        min(width, int(columns[-1]) * 4 + 12),
        min(height, int(rows[-1]) * 4 + 12),
    )


def normalise(image: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Return the picture with local mean 0 and about unit contrast, and the local deviation in grey levels (33x33 box)."""
    grey = image.astype(np.float32)
    mean = cv2.blur(grey, (33, 33))
    # Float box sums of squares can come out slightly negative on flat ground.
    deviation = np.sqrt(np.maximum(cv2.blur(grey * grey, (33, 33)) - mean * mean, 0.0))
    return (grey - mean) / (deviation + 10.0), deviation


def _spectra(picture: Floats, rows: int, columns: int) -> NDArray[np.complex64]:
    height, width = picture.shape
    padded = np.zeros(((rows - 1) * CELL + BLOCK, (columns - 1) * CELL + BLOCK), np.float32)
    padded[PAD : PAD + height, PAD : PAD + width] = picture
    blocks = np.lib.stride_tricks.sliding_window_view(padded, (BLOCK, BLOCK))[::CELL, ::CELL]
    result: NDArray[np.complex64] = scipy.fft.rfft2(blocks * WINDOW, axes=(2, 3), workers=1)
    return result


def _clean(live: NDArray[np.bool_]) -> NDArray[np.bool_]:
    kernel = np.ones((3, 3), np.uint8)
    closed = cv2.morphologyEx(np.pad(live.astype(np.uint8), 2), cv2.MORPH_CLOSE, kernel, iterations=2)
    grid = np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel, iterations=2), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grid, connectivity=4)
    if count > 1:
        areas = stats[:, cv2.CC_STAT_AREA]
        small = areas < 0.15 * areas[1:].max()
        grid[small[labels]] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - grid, connectivity=4)
    for hole in range(1, count):
        x, y = stats[hole, cv2.CC_STAT_LEFT], stats[hole, cv2.CC_STAT_TOP]
        if x > 0 and y > 0 and stats[hole, cv2.CC_STAT_AREA] <= 60:
            grid[labels == hole] = 1
    return grid[2:-2, 2:-2].astype(bool)


def touched_area(picture: Floats) -> NDArray[np.bool_]:
    """Return (height, width) where ridges and valleys alternate within 12 px, holes filled; `picture` as from `normalise`.

    Blocks of 32 px see ridges up to 16 px beyond the last one, and the filter draws ridges on into the white: minutiae found there are
    only where the print ends.
    """
    height, width = picture.shape
    size = (max(1, width // _FINE), max(1, height // _FINE))
    mean = cv2.blur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (3, 3))
    square = cv2.blur(cv2.resize(picture * picture, size, interpolation=cv2.INTER_AREA), (3, 3))
    # Room around, so that closing does not stick to the picture's edge.
    room = _TOUCHED_GAP
    live = np.pad((square - mean * mean > _TOUCHED_VARIANCE).astype(np.uint8), room)
    round_gap = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_TOUCHED_GAP, _TOUCHED_GAP))
    live = np.asarray(cv2.morphologyEx(live, cv2.MORPH_CLOSE, round_gap), np.uint8)
    live = np.asarray(cv2.morphologyEx(live, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    outlines, _ = cv2.findContours(live, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(live)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return np.asarray(cv2.resize(filled[room:-room, room:-room], (width, height), interpolation=cv2.INTER_NEAREST), np.uint8) > 0


def analyse(image: NDArray[np.uint8]) -> Fields:
    """Return the ridge fields of an 8-bit grey picture at 500 ppi (dark ridges)."""
    x0, y0, x1, y1 = print_box(image)
    picture, deviation = normalise(image[y0:y1, x0:x1])
    height, width = picture.shape
    rows, columns = -(-height // CELL), -(-width // CELL)
    spectrum = _spectra(picture, rows, columns)
    flat = spectrum.reshape(rows * columns, -1)
    energy = flat.real**2
    energy += flat.imag**2
    sums = (energy @ _TABLE).reshape(rows, columns, 5)
    band = np.maximum(sums[..., 0], 1e-3)
    vector = (sums[..., 1] + 1j * sums[..., 2]).astype(np.complex64)
    coherence = np.abs(vector) / band

    contrast = cv2.resize(deviation, (columns, rows), interpolation=cv2.INTER_AREA)
    amplitude = contrast * np.sqrt(band / np.maximum(sums[..., 4], 1e-3))
    amplitude = cv2.GaussianBlur(amplitude, (0, 0), 1.0)
    even = cv2.GaussianBlur(coherence.astype(np.float32), (0, 0), 1.0)
    least = max(LEAST_AMPLITUDE, 0.25 * float(np.percentile(amplitude, 95)))
    mask = _clean((amplitude > least) & (even > 0.25))
    touched = touched_area(picture)
    whole = np.pad(touched.astype(np.float32), ((0, rows * CELL - height), (0, columns * CELL - width)))
    mask &= cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA) >= _TOUCHED_SHARE

    weight = np.sqrt(band) * coherence
    unit = vector / np.maximum(np.abs(vector), 1e-6) * weight
    real = cv2.GaussianBlur(np.ascontiguousarray(unit.real), (0, 0), 1.3)
    imaginary = cv2.GaussianBlur(np.ascontiguousarray(unit.imag), (0, 0), 1.3)
    normal2 = real + 1j * imaginary
    normal2 = (normal2 / np.maximum(np.abs(normal2), 1e-6)).astype(np.complex64)
    normal2[normal2 == 0] = 1.0
    mass = cv2.GaussianBlur(weight.astype(np.float32), (0, 0), 2.5)
    frequency = cv2.GaussianBlur((weight * sums[..., 3] / band).astype(np.float32), (0, 0), 2.5) / np.maximum(mass, 1e-6)
    frequency = np.clip(frequency, 1 / PERIOD_MAX, 1 / PERIOD_MIN)

    near = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    where = np.nonzero(near)
    coherent = np.asarray(even, np.float32)
    return Fields((x0, y0), (height, width), mask, normal2, frequency, coherent, touched, spectrum[where], (where[0], where[1]))
