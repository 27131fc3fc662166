"""Random streams and smooth noise: every random number of the generator comes through here."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

FloatMap: TypeAlias = NDArray[np.float32]
ByteMap: TypeAlias = NDArray[np.uint8]

_COARSE_SIGMA = 1.3
"""Noise broader than this is drawn on a coarser grid and stretched: the same spectrum for a fraction of the numbers."""


def stream(*key: int) -> np.random.Generator:
    """Return the generator of one purpose, e.g. ``stream(person, finger, PURPOSE)``; equal keys give equal numbers."""
    return np.random.default_rng([part & 0xFFFF_FFFF_FFFF_FFFF for part in key])


def white_noise(rng: np.random.Generator, shape: tuple[int, int]) -> FloatMap:
    """Return uncorrelated noise of mean 0 and standard deviation 1 (float32): the sum of two random bytes, drawn fast.

    Its triangular form does not show in a picture, and smoothing makes it Gaussian.
    """
    count = shape[0] * shape[1]
    raw = rng.integers(0, 2**64, size=-(-count // 4), dtype=np.uint64).view(np.uint8)
    scale = 1 / np.sqrt((256**2 - 1) / 6)
    first, second = raw[:count].reshape(shape), raw[-count:].reshape(shape)
    noise = cv2.addWeighted(first, scale, second, scale, -255 * scale, dtype=cv2.CV_32F)
    return np.asarray(noise, dtype=np.float32)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> FloatMap:
    """Return Gaussian noise of standard deviation 1, smoothed with a Gaussian of `sigma` px.

    Args:
        rng: where the numbers come from.
        shape: (height, width).
        sigma: correlation in px; below 0.3 the noise is white.

    Returns:
        float32 array of `shape`.
    """
    height, width = shape
    if sigma < 0.3:
        return white_noise(rng, shape)
    step = max(1, int(sigma / _COARSE_SIGMA))
    grid_sigma = sigma / step
    radius = int(np.ceil(3 * grid_sigma))
    rows, columns = -(-height // step) + 2, -(-width // step) + 2
    white = white_noise(rng, (rows + 2 * radius, columns + 2 * radius))
    kernel = cv2.getGaussianKernel(2 * radius + 1, grid_sigma, cv2.CV_32F)
    # The sum of squares of the separable kernel is the variance left: dividing by its root brings the noise back to 1.
    kernel = (kernel / np.sqrt((kernel**2).sum())).astype(np.float32)
    smooth: FloatMap = np.asarray(cv2.sepFilter2D(white, cv2.CV_32F, kernel, kernel), np.float32)[
        radius : radius + rows, radius : radius + columns
    ]
    if step == 1:
        return np.ascontiguousarray(smooth[:height, :width])
    return stretch(smooth, step, shape)


def stretch(grid: FloatMap, step: float, shape: tuple[int, int]) -> FloatMap:
    """Return `grid` (its samples lie at px 0, step, 2 step, …) as a full map of `shape`, by linear interpolation."""
    matrix = np.array([[1 / step, 0, 0], [0, 1 / step, 0]], dtype=np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(grid, matrix, (shape[1], shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]
