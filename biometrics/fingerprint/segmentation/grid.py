"""Where there are ridges on a slap: a grey picture becomes a small grid of ridge strength, 0..1.

Handwriting, printed boxes, punched holes and the haze of an earlier hand are dark too; what tells ridges from them is that their energy lies in the
band of ridge periods and not below it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# The grid's cell in px at 500 ppi: 0.8 mm.
CELL: Final = 16
_BLOCK: Final = 16
_STEP: Final = 8
_HANN: Final = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(_BLOCK) + 0.5) / _BLOCK)
_WINDOW: Final = np.outer(_HANN, _HANN).astype(np.float32)


def _tables() -> Floats:
    fy = np.fft.fftfreq(_BLOCK)[:, None]
    fx = np.fft.rfftfreq(_BLOCK)[None, :]
    radius = np.hypot(fx, fy)
    angle = 2 * np.arctan2(fy, fx)
    weight = np.where((fx > 0) & (fx < 0.5), 2.0, 1.0)
    band = weight * ((radius > 1 / 8.1) & (radius < 1 / 2.7))
    low = weight * ((radius > 0) & (radius <= 1 / 8.1))
    columns = [band, band * np.cos(angle), band * np.sin(angle), low]
    return np.stack([c.ravel() for c in columns], 1).astype(np.float32)


_TABLE: Final = _tables()


def ridge_grid(image: NDArray[np.uint8]) -> Floats:
    """Return ridge strength 0..1 by 16-px cells of a picture at 500 ppi: float32 (height // 16, width // 16)."""
    half = cv2.resize(image, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA).astype(np.float32)
    rows, columns = half.shape[0] // _STEP, half.shape[1] // _STEP
    grey = cv2.resize(half[: rows * _STEP, : columns * _STEP], (columns, rows), interpolation=cv2.INTER_AREA)
    half = half - cv2.blur(half, (_BLOCK + 1, _BLOCK + 1))
    padded = np.pad(half, ((4, _BLOCK), (4, _BLOCK)))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, (_BLOCK, _BLOCK))[::_STEP, ::_STEP][:rows, :columns]
    # Most of a platen is empty: transform only what varies at all.
    spread = cv2.resize(np.abs(half[: rows * _STEP, : columns * _STEP]), (columns, rows), interpolation=cv2.INTER_AREA)
    live = np.nonzero(spread > 2.5)
    sums = np.zeros((rows, columns, 4), np.float32)
    if len(live[0]):
        spectrum = scipy.fft.rfft2(blocks[live] * _WINDOW, axes=(1, 2), workers=1).reshape(len(live[0]), -1)
        energy = spectrum.real**2
        energy += spectrum.imag**2
        sums[live] = energy @ _TABLE
    smooth = cv2.GaussianBlur(sums, (0, 0), 0.8)
    band = smooth[..., 0] + 1e-3
    coherence = np.hypot(smooth[..., 1], smooth[..., 2]) / band
    amplitude = np.sqrt(band) * (8.0 / _BLOCK**2)
    pure = band / (band + 1.5 * smooth[..., 3])
    return np.maximum(_strength(amplitude, pure * (0.4 + 0.6 * coherence) * 1.6), _wet(np.asarray(grey, np.float32), amplitude))


def _strength(amplitude: Floats, purity: Floats) -> Floats:
    top = float(np.percentile(amplitude[amplitude > 4], 80)) if (amplitude > 4).any() else 40.0
    return np.asarray(np.clip(amplitude / max(0.5 * top, 12.0), 0, 1) * np.clip(purity, 0, 1), np.float32)


def _wet(grey: Floats, amplitude: Floats) -> Floats:
    """Return what is dark on a clean platen, 0..1: wet fingers fill their valleys. Nothing on paper, where much else is dark."""
    if float(np.median(amplitude)) > 4:
        return np.zeros_like(grey)
    ground = float(np.percentile(grey, 90))
    touched = grey[amplitude > 8]
    if len(touched) < 20:
        return np.zeros_like(grey)
    depth = max(ground - float(np.percentile(touched, 10)), 40.0)
    return np.asarray(np.clip(((ground - grey) / depth - 0.4) / 0.25, 0, 1), np.float32)


def live_grid(image: NDArray[np.uint8], ppi: float) -> Floats:
    """Return the same grid for a reduced live picture (60..300 ppi): contrast only, a few milliseconds."""
    scale = 500 / ppi
    rows, columns = int(image.shape[0] * scale) // CELL, int(image.shape[1] * scale) // CELL
    grey = image.astype(np.float32)
    size = max(3, round(14 / scale) | 1)
    detail = np.abs(grey - cv2.blur(grey, (size, size)))
    amplitude = cv2.resize(detail, (columns, rows), interpolation=cv2.INTER_AREA)
    amplitude = cv2.GaussianBlur(amplitude, (0, 0), 0.8) * 3
    mean = np.asarray(cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    return np.maximum(_strength(amplitude, np.ones_like(amplitude)), _wet(mean, np.asarray(amplitude, np.float32)))
