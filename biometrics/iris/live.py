"""Finds the pupils of a near-infrared picture and measures what a person can mend: distance, lids, reflections, sharpness.

Method: under near-infrared light the pupil is the darkest round spot; the iris ends where brightness rises most along rays to both
sides (the integro-differential operator of J. Daugman, "High confidence visual recognition of persons", IEEE PAMI 15, 1993, taken on
two sectors that lids do not cover). The terms (usable area, sharpness, margin) are those of ISO/IEC 29794-6; the limits are our
proposal, tried on generated eyes only, so everything said from them is a hint and never a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

MOST_EYES: Final = 2
WORK_WIDTH: Final = 640
"""Pictures are measured at no more than this width: enough for the limits below, 2 ms an eye."""


class EyeReason(StrEnum):
    """What a person can do, most blocking first."""

    CLOSER = "eye-closer"
    FARTHER = "eye-farther"
    OPEN_WIDE = "eye-open-wide"
    REFLECTION = "eye-reflection"
    HOLD_STILL = "eye-hold-still"


@dataclass(frozen=True, slots=True)
class EyeRules:
    """Limits, as shares so that they hold for any size of live picture.

    `near` and `far`: the iris's diameter as a share of the width of one eye's picture. `opening`: visible height of the iris as a
    share of its diameter. `glare`: share of the iris that is burnt out. `sharp`: variance of the Laplacian inside the iris.
    """

    far: float = 0.25
    near: float = 0.55
    opening: float = 0.70
    glare: float = 0.03
    sharp: float = 4.0


@dataclass(frozen=True, slots=True)
class EyeView:
    """One eye: centre and radii in pixels of the picture given, and the measures of `EyeRules`."""

    x: float
    y: float
    pupil_px: float
    iris_px: float
    share: float
    opening: float
    glare: float
    sharpness: float

    def reasons(self, rules: EyeRules = EyeRules()) -> tuple[EyeReason, ...]:
        """Return what is to be done, most blocking first; empty when an iris can be taken."""
        found = {
            EyeReason.CLOSER: self.share < rules.far, EyeReason.FARTHER: self.share > rules.near,
            EyeReason.OPEN_WIDE: self.opening < rules.opening, EyeReason.REFLECTION: self.glare > rules.glare,
            EyeReason.HOLD_STILL: self.sharpness < rules.sharp,
        }  # fmt: skip
        return tuple(reason for reason, there in found.items() if there)


def find_eyes(picture: NDArray[np.uint8]) -> tuple[EyeView, ...]:
    """Return the eyes of a live picture, left to right, at most two.

    Args:
        picture: grey HxW or BGR HxWx3 uint8; more than twice as wide as high: two eyes side by side, otherwise one.
    """
    grey = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    height, width = grey.shape
    if min(height, width) < 48:
        return ()
    if width <= 2 * height:
        found = _eye(grey, 0)
        return (found,) if found is not None else ()
    half = width // 2
    both = (_eye(grey[:, :half], 0), _eye(grey[:, half:], half))
    return tuple(e for e in both if e is not None)[:MOST_EYES]


def _eye(grey: NDArray[np.uint8], left: int) -> EyeView | None:
    scale = min(1.0, WORK_WIDTH / grey.shape[1])
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey, np.uint8)
    pupil = _pupil(small)
    if pupil is None:
        return None
    x, y, radius = pupil
    iris = _iris_radius(small, x, y, radius)
    if iris is None:
        return None
    glare, sharpness = _inside(small, x, y, radius, iris)
    opening = _opening(small, x, y, iris)
    return EyeView(
        left + x / scale, y / scale, radius / scale, iris / scale, 2 * iris / small.shape[1], opening, glare, sharpness
    )


def _pupil(grey: NDArray[np.uint8]) -> tuple[float, float, float] | None:
    """The darkest round spot: of the components under a low threshold the roundest that is large enough."""
    calm = cv2.GaussianBlur(grey, (0, 0), 2.0)
    dark = (calm < int(calm.min()) + 32).astype(np.uint8)
    closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    best: tuple[float, tuple[float, float, float]] | None = None
    for contour in contours:
        area = float(cv2.contourArea(contour))
        (x, y), radius = cv2.minEnclosingCircle(contour)
        if radius < 0.012 * grey.shape[1] or radius > 0.25 * grey.shape[1]:
            continue
        round_ = area / (np.pi * radius * radius)
        if round_ >= 0.45 and (best is None or area * round_ > best[0]):
            best = area * round_, (float(x), float(y), float(radius))
    return best[1] if best is not None else None


def _rays(
    grey: NDArray[np.uint8], x: float, y: float, middles: tuple[float, ...], spread: float, reach: int
) -> NDArray[np.float32]:
    """Mean brightness along rays: one row for each middle direction (degrees, 0 to the right, 90 down), averaged over its sector."""
    angles = np.deg2rad(np.array([[m + s for s in np.linspace(-spread, spread, 15)] for m in middles], np.float32))
    away = np.arange(reach, dtype=np.float32)
    xs = (x + np.cos(angles)[..., None] * away).astype(np.float32).reshape(-1, reach)
    ys = (y + np.sin(angles)[..., None] * away).astype(np.float32).reshape(-1, reach)
    taken = cv2.remap(grey, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    means = taken.reshape(len(middles), -1, reach).mean(axis=1)
    return np.asarray(cv2.GaussianBlur(means, (9, 1), 0), np.float32)


def _iris_radius(grey: NDArray[np.uint8], x: float, y: float, pupil: float) -> float | None:
    """Where brightness rises most on both sides; None where it rises nowhere (no eye)."""
    reach = int(min(5.5 * pupil, grey.shape[1]))
    first = int(1.5 * pupil)
    if reach - first < 8:
        return None
    sides = _rays(grey, x, y, (0.0, 180.0), 22.0, reach)
    step = max(2, reach // 40)
    rises = (sides[:, 2 * step :] - sides[:, : -2 * step])[:, max(0, first - step) :]
    both = rises.mean(axis=0)
    at = int(np.argmax(both))
    return float(at + max(first, step)) if both[at] >= 12 else None


def _opening(grey: NDArray[np.uint8], x: float, y: float, iris: float) -> float:
    """Visible height of the iris as a share of its diameter: up and down until the brightness is nearer that of the sclera."""
    reach = int(1.3 * iris) + 2
    left, right, up, down = _rays(grey, x, y, (0.0, 180.0, 270.0, 90.0), 12.0, reach)
    inner = slice(int(0.6 * iris), max(int(0.6 * iris) + 1, int(0.9 * iris)))
    dark = float(np.mean([left[inner].mean(), right[inner].mean()]))
    bright = float(np.mean([left[int(1.1 * iris) :].mean(), right[int(1.1 * iris) :].mean()]))
    limit = dark + 0.6 * (bright - dark)
    seen = [float(np.argmax(ray > limit)) if (ray > limit).any() else float(reach) for ray in (up, down)]
    return min(1.0, sum(min(s, iris) for s in seen) / (2 * iris))


def _inside(grey: NDArray[np.uint8], x: float, y: float, pupil: float, iris: float) -> tuple[float, float]:
    """Return (burnt share, variance of the Laplacian) of the ring between pupil and iris, lids left out at the top and bottom."""
    top, bottom = max(0, int(y - 0.5 * iris)), min(grey.shape[0], int(y + 0.5 * iris) + 1)
    first, last = max(0, int(x - iris)), min(grey.shape[1], int(x + iris) + 1)
    part = grey[top:bottom, first:last]
    yy, xx = np.mgrid[top:bottom, first:last]
    away = np.hypot(xx - x, yy - y)
    ring = (away < 0.92 * iris) & (away > 1.15 * pupil)
    if not ring.any():
        return 0.0, 0.0
    whole = away < 0.92 * iris
    edges = cv2.Laplacian(cv2.GaussianBlur(part, (0, 0), 1.0), cv2.CV_32F)
    return float((part[whole] >= 240).mean()), float(edges[ring].var())
