"""Ground truth of a grown pattern: its minutiae are the vortices of the ridge phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis.growth import Ridges
from biometrics.fingerprint.synthesis.pattern import Point

ENDING: Final = 1
"""Code of a ridge ending (ISO/IEC 19794-2: 01b)."""
BIFURCATION: Final = 2
"""Code of a ridge bifurcation (ISO/IEC 19794-2: 10b)."""

_EDGE = 6
"""Vortices this near to the master's edge (px) are artefacts of the border."""
_PAIR = 0.55
"""Opposite vortices nearer than this share of a period are a ripple of the edge of a ridge, not two minutiae."""


@dataclass(frozen=True, slots=True)
class TrueMinutiae:
    """Minutiae known by construction, one entry per minutia in each array (all of length n).

    Attributes:
        x, y: float32, px of the picture they belong to (x right, y down); the middle of the top left pixel is (0, 0). The place
            is the phase vortex, between the end of a ridge and the fork of the valley around it; a skeleton's ridge fork lies
            about 0.35 period behind it, a skeleton's ridge end practically on it.
        direction: float32, radians in 0 … 2 pi, turning from +x to +y (clockwise as seen). It points along the ridge to the
            side that has one ridge more. ISO/IEC 19794-2 and INCITS 378 count the same direction anticlockwise:
            see `iso_direction`.
        kind: uint8, `ENDING` or `BIFURCATION` of the dark ridge.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    direction: NDArray[np.float32]
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def iso_direction(self) -> NDArray[np.float32]:
        """The direction in radians, anticlockwise as seen from +x (ISO/IEC 19794-2:2005, 6.5)."""
        return np.mod(-self.direction, np.float32(2 * np.pi)).astype(np.float32)

    def where(self, keep: NDArray[np.bool_]) -> TrueMinutiae:
        """Return those marked in `keep` (bool, length n)."""
        return TrueMinutiae(self.x[keep], self.y[keep], self.direction[keep], self.kind[keep])

    def shifted(self, dx: float, dy: float) -> TrueMinutiae:
        """Return them moved by (dx, dy) px."""
        return TrueMinutiae(self.x + np.float32(dx), self.y + np.float32(dy), self.direction, self.kind)


NO_MINUTIAE: Final = TrueMinutiae(
    np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.uint8)
)
"""The truth of skin that counts for nothing, e.g. a second phalanx."""


def find_minutiae(ridges: Ridges, singular: tuple[Point, ...]) -> TrueMinutiae:
    """Read the minutiae off a grown pattern.

    Around each 2x2 cell the wrapped steps of the phase are summed, with the phase of a corner negated where its direction is
    stored with the opposite sign of the first corner's. A sum of one turn is a minutia.

    Args:
        ridges: the grown pattern.
        singular: cores and deltas in px; the direction is undefined there, so cells within 7 px are dropped.
    """
    phase = np.arctan2(ridges.odd, ridges.even)
    c, s = ridges.cosine, ridges.sine
    c0, s0 = c[:-1, :-1], s[:-1, :-1]
    corners = []
    for down, right in (
        (slice(-1), slice(-1)),
        (slice(-1), slice(1, None)),
        (slice(1, None), slice(1, None)),
        (slice(1, None), slice(-1)),
    ):
        sign = np.where(c0 * c[down, right] + s0 * s[down, right] < 0, np.float32(-1), np.float32(1))
        corners.append(phase[down, right] * sign)
    turn = np.float32(2 * np.pi)
    winding = np.zeros_like(c0)
    for first, second in zip(corners, corners[1:] + corners[:1], strict=True):
        winding -= np.rint((second - first) / turn)  # the sum of wrapped steps is minus the sum of the turns taken off
    rows, columns = np.nonzero(winding)
    tall, wide = winding.shape
    inside = (rows >= _EDGE) & (rows < tall - _EDGE) & (columns >= _EDGE) & (columns < wide - _EDGE)
    rows, columns = rows[inside], columns[inside]
    sign = np.sign(winding[rows, columns])
    x, y = _within_cell(ridges, rows, columns)
    for px, py in singular:
        away = (x - px) ** 2 + (y - py) ** 2 > 49
        rows, columns, sign, x, y = rows[away], columns[away], sign[away], x[away], y[away]
    keep = _without_pairs(x, y, sign, ridges.period[rows, columns])
    rows, columns, sign, x, y = rows[keep], columns[keep], sign[keep], x[keep], y[keep]
    dx, dy = c[rows, columns] * sign, s[rows, columns] * sign
    # The ridge state a little behind the vortex tells the type: a ridge there forks, a valley there is met by a ridge's end.
    behind = np.float32(0.35) * ridges.period[rows, columns]
    state = (
        cv2.remap(
            ridges.even,
            (x - dx * behind).reshape(1, -1),
            (y - dy * behind).reshape(1, -1),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ).ravel()
        if len(x)
        else np.zeros(0, np.float32)
    )
    direction = np.mod(np.arctan2(dy, dx), turn).astype(np.float32)
    return TrueMinutiae(x, y, direction, np.where(state > 0, BIFURCATION, ENDING).astype(np.uint8))


def _within_cell(
    ridges: Ridges, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Place each vortex inside its cell, where the linear parts of even and odd both vanish."""
    e, o, c, s = ridges.even, ridges.odd, ridges.cosine, ridges.sine

    def corner(dr: int, dc: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        flip = np.where(c[rows, columns] * c[rows + dr, columns + dc] + s[rows, columns] * s[rows + dr, columns + dc] < 0, -1, 1)
        return e[rows + dr, columns + dc], o[rows + dr, columns + dc] * flip.astype(np.float32)

    (e00, o00), (e01, o01), (e10, o10), (e11, o11) = corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)
    ex, ey, em = (e01 - e00 + e11 - e10) / 2, (e10 - e00 + e11 - e01) / 2, (e00 + e01 + e10 + e11) / 4
    ox, oy, om = (o01 - o00 + o11 - o10) / 2, (o10 - o00 + o11 - o01) / 2, (o00 + o01 + o10 + o11) / 4
    det = ex * oy - ey * ox
    safe = np.where(np.abs(det) < 1e-9, np.float32(1), det)
    u = np.where(np.abs(det) < 1e-9, 0, (ey * om - oy * em) / safe).clip(-0.5, 0.5)
    v = np.where(np.abs(det) < 1e-9, 0, (ox * em - ex * om) / safe).clip(-0.5, 0.5)
    return (columns + 0.5 + u).astype(np.float32), (rows + 0.5 + v).astype(np.float32)


def _without_pairs(
    x: NDArray[np.float32], y: NDArray[np.float32], sign: NDArray[np.float32], period: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Mark what is left after opposite vortices nearer than `_PAIR` periods have cancelled, nearest pairs first."""
    keep = np.ones(len(x), dtype=np.bool_)
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    first, second = np.nonzero(np.triu((sign[:, None] != sign[None, :]) & (apart < _PAIR * period[:, None]), 1))
    for k in np.argsort(apart[first, second], kind="stable").tolist():
        a, b = int(first[k]), int(second[k])
        if keep[a] and keep[b]:
            keep[a] = keep[b] = False
    return keep
