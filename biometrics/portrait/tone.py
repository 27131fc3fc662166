"""Light and colour of the aligned face: luminance statistics, illumination, colour, exposure (29794-5 native measures)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.face import Image

_LINEAR: Final = np.asarray(
    [(v / 12.92) if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255], np.float64
)
_WEIGHTS: Final = (0.0722, 0.7152, 0.2126)  # B G R
_CHANNEL_TABLES: Final = [np.asarray(_LINEAR * w * 255, np.float32) for w in _WEIGHTS]


def luminance(image: Image) -> NDArray[np.uint8]:
    """Return linear-light luminance 0..255 (Y of sRGB primaries), rounded to uint8. `image`: HxWx3 uint8 B G R."""
    b, g, r = (cv2.LUT(np.ascontiguousarray(image[..., i]), _CHANNEL_TABLES[i]) for i in range(3))
    return np.asarray(np.clip(b + g + r + 0.5, 0, 255), np.uint8)


@dataclass(frozen=True, slots=True)
class Tone:
    """Native measures of the face region; see the table of 29794-5 in `docs/portrait.md`."""

    mean: float
    variance: float
    entropy_bits: float
    under_share: float
    over_share: float
    illumination: float
    colour_distance: float
    side_ratio: float
    """Mean luminance of the darker cheek over the brighter, 0..1 (39794-5: at least 1/2)."""
    brighter_side: int
    """+1: the image's right cheek is brighter, -1: the left."""


def tone(picture: Image, hull: NDArray[np.float64], eyes: NDArray[np.float64], mouth_y: float) -> Tone:
    """Measure light and colour.

    Args:
        picture: the aligned picture (616 x 616 x 3 uint8 B G R).
        hull: Nx2 outline of the face region in it.
        eyes: 2x2, right eye then left eye (x, y) in it.
        mouth_y: height of the mouth in it.
    """
    light = luminance(picture)
    mask = np.zeros(light.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(hull).astype(np.int32)], 1)
    histogram = cv2.calcHist([light], [0], mask, [256], [0, 256]).ravel().astype(np.float64)
    count = histogram.sum()
    if count == 0:
        nan = float("nan")
        return Tone(nan, nan, nan, nan, nan, nan, nan, nan, 0)
    share = histogram / count
    level = np.arange(256) / 255
    mean = float(share @ level)
    variance = float(share @ (level - mean) ** 2)
    positive = share[share > 0]
    entropy = float(-(positive * np.log2(positive)).sum())
    right, left = _cheeks(eyes, mouth_y)
    return Tone(
        mean=mean,
        variance=variance,
        entropy_bits=entropy,
        under_share=float(share[:26].sum()),
        over_share=float(share[247:].sum()),
        illumination=_illumination(light, right, left),
        colour_distance=_colour_distance(picture, right, left),
        side_ratio=_side_ratio(light, right, left),
        brighter_side=1 if _mean(light, left) >= _mean(light, right) else -1,
    )


Box = tuple[int, int, int, int]


def _cheeks(eyes: NDArray[np.float64], mouth_y: float) -> tuple[Box, Box]:
    """Squares of side 0.3 eye distances, from each eye centre inwards, their top half-way from eyes to mouth."""
    distance = float(np.linalg.norm(eyes[1] - eyes[0]))
    side = int(0.3 * distance)
    top = int((eyes[:, 1].mean() + mouth_y) / 2)
    return (int(eyes[0, 0]), top, side, side), (int(eyes[1, 0]) - side, top, side, side)


def _cut(array: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    x, y, w, h = box
    return array[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]


def _mean(light: NDArray[np.uint8], box: Box) -> float:
    part = _cut(light, box)
    return float(part.mean()) if part.size else 0.0


def _side_ratio(light: NDArray[np.uint8], right: Box, left: Box) -> float:
    a, b = _mean(light, right), _mean(light, left)
    return min(a, b) / max(a, b) if max(a, b) > 0 else 0.0


def _illumination(light: NDArray[np.uint8], right: Box, left: Box) -> float:
    parts = [_cut(light, box) for box in (right, left)]
    if not all(p.size for p in parts):
        return float("nan")
    a, b = (np.bincount(p.ravel(), minlength=256) / p.size for p in parts)
    return float(np.minimum(a, b).sum())


def _colour_distance(picture: Image, right: Box, left: Box) -> float:
    parts = [_cut(picture, box).reshape(-1, 3) for box in (right, left)]
    pixels = np.concatenate(parts)
    if pixels.size == 0:
        return float("nan")
    if (picture[..., 0] == picture[..., 1]).all() and (picture[..., 1] == picture[..., 2]).all():
        return 100.0  # a grey picture has no natural colour; maps to 0
    _, a, b = lab_d50(pixels.mean(0))
    if a < 0 or b < 0:
        return 100.0
    da, db = max(5 - a, 0, a - 25), max(5 - b, 0, b - 35)
    return float(np.hypot(da, db))


_RGB_TO_XYZ_D50: Final = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
"""sRGB to XYZ adapted to D50 (Bradford), from the ICC's sRGB profile."""


def lab_d50(bgr: NDArray[np.floating]) -> tuple[float, float, float]:
    """Return CIELAB (D50) of one sRGB colour given as B, G, R 0..255."""
    linear = np.interp(np.asarray(bgr[::-1], np.float64), np.arange(256), _LINEAR)
    xyz = _RGB_TO_XYZ_D50 @ linear / [0.9642, 1.0, 0.8249]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return float(116 * f[1] - 16), float(500 * (f[0] - f[1])), float(200 * (f[1] - f[2]))


def sharpness(picture: Image, eyes: NDArray[np.float64]) -> float:
    """Return our own sharpness of the face, about 0 (blurred) to 1: fine against coarse edges in the two eye zones.

    Not OFIQ's random forest (its file cannot be had): a ratio of gradients at two scales of the aligned picture, so that
    contrast and skin do not matter and noise of the sensor counts little. Eyes are where every face has fine edges.

    Args:
        picture: the aligned picture (616 x 616 x 3 uint8 B G R).
        eyes: 2x2, the eye centres in it.
    """
    distance = float(np.linalg.norm(eyes[1] - eyes[0]))
    values = []
    for x, y in eyes:
        x0, x1 = (int(np.clip(x + k * 0.36 * distance, 0, picture.shape[1])) for k in (-1, 1))
        y0, y1 = (int(np.clip(y + k * 0.20 * distance, 0, picture.shape[0])) for k in (-1, 1))
        if x1 - x0 < 8 or y1 - y0 < 8:
            return 0.0
        part = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY).astype(np.float32)
        fine, coarse = (_edges(cv2.GaussianBlur(part, (0, 0), s)) for s in (1.0, 4.0))
        values.append(fine / max(coarse, 1e-3) - 1 if fine > 4 else 0.0)
    return float(np.clip(np.mean(values) / 2.5, 0, 1.5))


def _edges(p: NDArray[Any]) -> float:
    length = cv2.magnitude(cv2.Sobel(p, cv2.CV_32F, 1, 0), cv2.Sobel(p, cv2.CV_32F, 0, 1))
    return float(np.percentile(length, 96))
