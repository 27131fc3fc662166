"""Ridge growth: white noise becomes ridges by smoothing along the direction and a band-pass across it, again and again.

Both filters gather with `cv2.remap` along fixed-point maps built once, so direction and period vary continuously and no
bank of kernels is needed. Minutiae arise by themselves where ridges have to join or end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis.noise import FloatMap
from biometrics.fingerprint.synthesis.pattern import Fields, full_size

ROUNDS: Final = 7
"""Rounds at half size; they set the density of minutiae (4: 8.5, 7: 6.8, 20: 5.0 per 10,000 px before pairs are dropped)."""

_Taps = list[tuple[NDArray[np.int16], NDArray[np.uint16], float]]


@dataclass(frozen=True, slots=True)
class Ridges:
    """The grown pattern at full size: `even` + i `odd` is a wave whose crests (even > 0, odd = 0) are ridge centres.

    Attributes:
        even, odd: float32 (height, width).
        cosine, sine: float32, the ridge direction; its sign, and with it the sign of `odd`, is arbitrary per pixel (mod pi).
        period: float32, px.
    """

    even: FloatMap
    odd: FloatMap
    cosine: FloatMap
    sine: FloatMap
    period: FloatMap


class _Filter:
    """The gather filter for one grid: direction (c, s) and period in px of that grid."""

    def __init__(self, c: FloatMap, s: FloatMap, period: FloatMap, along: int, across: int) -> None:
        rows, columns = c.shape
        x = np.arange(columns, dtype=np.float32)[None, :]
        y = np.arange(rows, dtype=np.float32)[:, None]
        self._along: _Taps = []
        self._across: _Taps = []
        # Streamlines bend: position = step t + 1/2 step^2 curvature n, with the curvature from the double angle (sign-free).
        c2, s2 = c * c - s * s, 2 * c * s
        ds_x, ds_y = cv2.Sobel(s2, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(s2, cv2.CV_32F, 0, 1, scale=0.125)
        dc_x, dc_y = cv2.Sobel(c2, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(c2, cv2.CV_32F, 0, 1, scale=0.125)
        bend = 0.5 * ((c2 * ds_x - s2 * dc_x) * c + (c2 * ds_y - s2 * dc_y) * s)
        reach = (0.8 / 3) * period
        limit = 0.6 / (along * reach)
        bend = 0.5 * np.clip(bend, -limit, limit) * reach * reach
        step_x, step_y, bend_x, bend_y = c * reach, s * reach, -s * bend, c * bend
        for k in range(-along, along + 1):
            if k:
                weight = float(np.exp(-0.5 * (k / 3) ** 2))
                maps = cv2.convertMaps(x + k * step_x + k * k * bend_x, y + k * step_y + k * k * bend_y, cv2.CV_16SC2)
                self._along.append((maps[0], maps[1], weight))
        ks = np.arange(-across, across + 1)
        weights = np.exp(-0.5 * (ks / (across / 2)) ** 2) * np.cos(2 * np.pi * ks / across)
        weights -= weights.mean()
        odd = np.exp(-0.5 * (ks / (across / 2)) ** 2) * np.sin(2 * np.pi * ks / across)
        # Equal gain for a wave of the right period, or the phase between crest and valley would be bent.
        weights /= (weights * np.cos(2 * np.pi * ks / across)).sum()
        self._odd = odd / (odd * np.sin(2 * np.pi * ks / across)).sum()
        normal_x, normal_y = -s * period / across, c * period / across
        for k, weight in zip(ks.tolist(), weights.tolist(), strict=True):
            maps = cv2.convertMaps(x + k * normal_x, y + k * normal_y, cv2.CV_16SC2)
            self._across.append((maps[0], maps[1], weight))  # type: ignore[arg-type]

    def along(self, image: FloatMap) -> FloatMap:
        total = image.copy()
        taken = np.empty_like(image)
        for first, second, weight in self._along:
            cv2.remap(image, first, second, cv2.INTER_LINEAR, taken, cv2.BORDER_REFLECT_101)
            cv2.scaleAdd(taken, weight, total, total)
        return total

    def across(self, image: FloatMap) -> FloatMap:
        total = np.zeros_like(image)
        taken = np.empty_like(image)
        for first, second, weight in self._across:
            cv2.remap(image, first, second, cv2.INTER_LINEAR, taken, cv2.BORDER_REFLECT_101)
            cv2.scaleAdd(taken, weight, total, total)
        return total

    def both(self, image: FloatMap) -> tuple[FloatMap, FloatMap]:
        """Return (even, odd): the band-pass and its quadrature, gathered together."""
        even, odd = np.zeros_like(image), np.zeros_like(image)
        taken = np.empty_like(image)
        for (first, second, weight), quadrature in zip(self._across, self._odd.tolist(), strict=True):
            cv2.remap(image, first, second, cv2.INTER_LINEAR, taken, cv2.BORDER_REFLECT_101)
            cv2.scaleAdd(taken, weight, even, even)
            # sum sin(k) cos(phi + k) = -sin(phi): the minus makes even + i odd = exp(+i phi) along the normal (-s, c).
            cv2.scaleAdd(taken, -quadrature, odd, odd)
        return even, odd


def _clip(image: FloatMap) -> FloatMap:
    level = float(np.median(np.abs(image[::3, ::3]))) + 1e-9
    return np.asarray(np.clip(image * np.float32(1.1 / level), -1, 1), np.float32)


def grow(rng: np.random.Generator, fields: Fields, shape: tuple[int, int]) -> Ridges:
    """Grow ridges on a master of `shape` (height, width) px.

    Returns:
        The pattern with its quadrature; see `Ridges`.
    """
    theta = 0.5 * np.arctan2(fields.sin2, fields.cos2)
    half = _Filter(np.cos(theta), np.sin(theta), fields.period * np.float32(0.5), along=6, across=5)
    image: FloatMap = rng.standard_normal(fields.period.shape, dtype=np.float32)
    for _ in range(ROUNDS):
        image = _clip(half.across(half.along(image)))
    del half  # 20 MB of maps; the full-size filter needs four times as much
    matrix = np.array([[0.5, 0, 0], [0, 0.5, 0]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    image = cv2.warpAffine(image, matrix, (shape[1], shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    c, s, period = full_size(fields, shape)
    full = _Filter(c, s, period, along=4, across=6)
    image = _clip(full.across(full.along(image)))
    even, odd = full.both(full.along(image))
    # One scale for both, so that |even + i odd| is about 1 where ridges run undisturbed.
    level = np.float32(1 / (float(np.median(np.hypot(even[::3, ::3], odd[::3, ::3]))) + 1e-9))
    return Ridges(even * level, odd * level, c, s, period)
