"""Where the chin ends, read from the picture: the face mesh keeps to the average face, the chin's shadow edge does not.

Below the chin the neck lies in shadow. The edge is looked for near the mesh's own chin, as one arc over the width of the chin
(the mean slope of log luminance along the arc, the idea of Daugman's circle search), so that a crease, a mole or a button that
crosses a few columns decides nothing. A weak, broken or doubtful edge (beard, scarf, collar, lamp from below) is no edge:
then the mesh's point stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.alignment import warp
from biometrics.portrait.face import Image, Landmarks
from biometrics.portrait.points import Point

PX_PER_T: Final = 250
"""Working scale: eye midpoint to the mesh's chin is this many px, so that one row is 0.4 % of T."""
REACH: Final = 0.075
"""How far above and below the mesh's chin the edge may lie, in T: five times what the mesh errs by."""
HALF_WIDTH: Final = 0.13
"""Half the chin's width that is looked at, in T."""
MIN_STEP: Final = 0.05
"""How much darker it must get over the edge, natural logarithm of the 8-bit value (+ 8), mean over the arc."""
MAX_STEP: Final = 0.48
"""More than this is no skin in shadow but dark cloth or hair (a photograph with strong light from above has 0.37)."""
MIN_SHARE: Final = 0.85
"""The share of columns that must agree that it gets darker here."""
RIVAL_STEP: Final = 0.04
"""A second edge this dark makes the find doubtful: a collar under the chin, a shadow that falls across it."""

_STEP_ROWS: Final = 4
"""The step is read between the means of this many rows above and below."""
_RIVAL_ROWS: Final = 8
_SAGS: Final = np.linspace(0.0, 0.085, 8)
"""How much higher the chin's edge is at the rim of the looked-at width than in its middle, in T: flat to pointed chins."""
_TILTS: Final = np.linspace(-0.03, 0.03, 5)
"""One side higher than the other, in T: a head that leans a little otherwise than its eyes say."""


@dataclass(frozen=True, slots=True)
class ChinEdge:
    """`place`: x, y in px of the picture. `moved`: edge minus mesh along the face's axis, in T. `step`: log darkening over the edge."""

    place: tuple[float, float]
    moved: float
    step: float


def with_chin_edge(image: Image, face: Landmarks) -> Landmarks:
    """Return `face` with its chin on the edge seen in `image`, or `face` itself where no edge is sure.

    Args:
        image: HxWx3 uint8 B G R.
        face: points of that picture.
    """
    edge = chin_edge(image, face)
    return face if edge is None else replace(face, points={**face.points, Point.CHIN: edge.place})


def chin_edge(image: Image, face: Landmarks) -> ChinEdge | None:
    """Return the chin's lower edge on the face's axis, or None where it is weak, broken, doubtful or not where a chin can be."""
    middle = (face.at(Point.RIGHT_EYE) + face.at(Point.LEFT_EYE)) / 2
    down = face.at(Point.CHIN) - middle
    t = float(np.linalg.norm(down))
    if not 20 <= t <= 20_000:
        return None
    slope = _darkening(image, face.at(Point.CHIN), down / t, t)
    found = _best_arc(slope)
    if found is None:
        return None
    row, step = found
    moved = (row - (slope.shape[0] - 1) / 2) / PX_PER_T
    place = middle + down * (1 + moved)
    return ChinEdge((float(place[0]), float(place[1])), moved, step)


def _darkening(image: Image, chin: NDArray[np.float64], down: NDArray[np.float64], t: float) -> NDArray[np.float64]:
    """Return rows x columns round `chin`, the face's axis upright: log of the value above minus below, > 0 where it gets darker."""
    # Rows run so far beyond the reach that every arc and both means find their pixels.
    rows = 2 * round((REACH + _SAGS[-1] + _TILTS[-1]) * PX_PER_T) + 2 * _STEP_ROWS + 1
    columns = 2 * round(HALF_WIDTH * PX_PER_T) + 1
    scale = PX_PER_T / t
    # The picture's axes in the strip: `down` becomes +y, its left normal +x.
    turn = np.array([[down[1], -down[0]], [down[0], down[1]]]) * scale
    shift = np.array([(columns - 1) / 2, (rows - 1) / 2]) - turn @ chin
    strip = warp(image, np.hstack([turn, shift[:, None]]), columns, rows, cv2.BORDER_REPLICATE)
    grey = cv2.GaussianBlur(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY).astype(np.float32), (9, 1), 0)
    log = np.log(grey + 8.0)  # + 8: noise in the dark is no edge
    total = np.vstack([np.zeros((1, columns)), np.cumsum(log, axis=0, dtype=np.float64)])
    mean = (total[_STEP_ROWS:] - total[:-_STEP_ROWS]) / _STEP_ROWS
    out = np.zeros((rows, columns))
    # Between rows k-1 and k: the rows before k against the rows from k on; the value belongs to row k - 1/2 (added at the end).
    out[_STEP_ROWS : rows - _STEP_ROWS + 1] = mean[: rows - 2 * _STEP_ROWS + 1] - mean[_STEP_ROWS:]
    return out


def _best_arc(slope: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return (row in the middle column, mean step) of the arc along which it gets darkest, or None when that is not sure."""
    rows, columns = slope.shape
    x = np.linspace(-1, 1, columns)
    reach = round(REACH * PX_PER_T)
    middle = (rows - 1) // 2
    apex = np.arange(middle - reach, middle + reach + 1)
    score = np.full(apex.size, -np.inf)
    share = np.zeros(apex.size)
    across = np.arange(columns)
    for sag in _SAGS:
        for tilt in _TILTS:
            arc = np.round((-sag * x * x + tilt * x) * PX_PER_T).astype(int)
            values = slope[apex[:, None] + arc, across]
            mean = values.mean(axis=1)
            better = mean > score
            score[better] = mean[better]
            share[better] = (values[better] > 0.3 * MIN_STEP).mean(axis=1)
    best = int(score.argmax())
    if not 0 < best < apex.size - 1 or not MIN_STEP <= score[best] <= MAX_STEP or share[best] < MIN_SHARE:
        return None
    # Another peak of its own, not the shoulder of the best one.
    peaks = np.flatnonzero((score[1:-1] >= score[:-2]) & (score[1:-1] >= score[2:])) + 1
    if any(abs(int(p) - best) > _RIVAL_ROWS and score[p] > RIVAL_STEP for p in peaks):
        return None
    before, here, after = score[best - 1 : best + 2]
    bend = before - 2 * here + after
    part = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(apex[best] + part - 0.5), float(here)
