"""Colour: sRGB to CIELAB, CIEDE2000, and the patches of a chart whose corners were marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.calibration.camera_target import CameraTarget
from devices.calibration.target import Matrix

Picture = npt.NDArray[np.uint8]
_TO_XYZ: Final = np.asarray(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE: Final = np.asarray([0.95047, 1.0, 1.08883])
_CELL_PX: Final = 40


def srgb_to_lab(rgb: Matrix) -> Matrix:
    """Return CIELAB (D65, 2°) of sRGB values 0..255 in the last axis (R, G, B). IEC 61966-2-1, CIE 15."""
    values = np.asarray(rgb, np.float64) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    ratio = linear @ _TO_XYZ.T / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def ciede2000(first: Matrix, second: Matrix) -> Matrix:
    """Return the colour differences CIEDE2000 (CIE 142, as Sharma, Wu and Dalal 2005 write it), kL = kC = kH = 1.

    Args:
        first, second: (…, 3) CIELAB.
    """
    l1, a1, b1 = np.moveaxis(np.asarray(first, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(second, np.float64), -1, 0)
    chroma7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - np.sqrt(chroma7 / (chroma7 + 25.0**7)))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, stretch * a1)) % 360, np.degrees(np.arctan2(b2, stretch * a2)) % 360
    grey = c1 * c2 == 0
    turn = h2 - h1
    turn = np.where(grey, 0.0, np.where(turn > 180, turn - 360, np.where(turn < -180, turn + 360, turn)))
    d_l, d_c = l2 - l1, c2 - c1
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    total = h1 + h2
    mean_h = np.where(np.abs(h1 - h2) <= 180, total / 2, np.where(total < 360, (total + 360) / 2, (total - 360) / 2))
    mean_h = np.where(grey, total, mean_h)
    t = (1 - 0.17 * np.cos(np.radians(mean_h - 30)) + 0.24 * np.cos(np.radians(2 * mean_h)) + 0.32 * np.cos(np.radians(3 * mean_h + 6))
         - 0.20 * np.cos(np.radians(4 * mean_h - 63)))  # fmt: skip
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rotation = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    return np.asarray(
        np.sqrt((d_l / s_l) ** 2 + (d_c / s_c) ** 2 + (d_h / s_h) ** 2 + rotation * (d_c / s_c) * (d_h / s_h)), np.float64
    )


def patch_colours(picture: Picture, target: CameraTarget, corners: Sequence[Sequence[float]]) -> Matrix:
    """Return the mean sRGB (patches, 3) of the middle half of each patch.

    Args:
        picture: HxWx3 BGR.
        target: names the grid.
        corners: (x, y) of the grid's outer corners, clockwise from the top left.
    """
    pitch = target.patch_size + target.gap
    width, height = target.columns * pitch - target.gap, target.rows * pitch - target.gap
    scale = _CELL_PX / pitch
    plane = np.asarray([[0, 0], [width, 0], [width, height], [0, height]], np.float32) * scale
    homography = cv2.getPerspectiveTransform(np.asarray(corners, np.float32), plane)
    flat = cv2.warpPerspective(picture, homography, (round(width * scale), round(height * scale)), flags=cv2.INTER_LINEAR)
    found = []
    for row in range(target.rows):
        for column in range(target.columns):
            x, y = (np.asarray([column, row]) * pitch + target.patch_size / 4) * scale
            side = target.patch_size / 2 * scale
            cell = flat[round(y) : round(y + side), round(x) : round(x + side)].reshape(-1, 3)
            found.append(cell.astype(np.float64).mean(axis=0)[::-1])
    return np.asarray(found)


def colour_errors(picture: Picture, target: CameraTarget, corners: Sequence[Sequence[float]]) -> tuple[Matrix, float]:
    """Return the CIEDE2000 of each patch against the target, and the largest cast of the grey patches (|R-G| or |B-G|, levels)."""
    seen = patch_colours(picture, target, corners)
    errors = ciede2000(srgb_to_lab(np.asarray(target.patches, np.float64)), srgb_to_lab(seen))
    grey = seen[list(target.grey)] - np.asarray(target.patches, np.float64)[list(target.grey)]
    cast = np.abs(grey[:, [0, 2]] - grey[:, [1]]).max() if len(grey) else 0.0
    return errors, float(cast)
