"""A finger that is rolled, watched picture by picture: how fast its print grows to one side, how wide it became, whether its skin slid.

Skin that rolls does not slide: what already lies on the glass stays where it is, and only new skin joins at the leading edge. So the shift of
the ridges behind that edge between two pictures is slip, whether the device shows the momentary contact or the roll so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.reasons import ReasonCode

# Our proposals, set on generated rolls only: no standard gives a speed. Nail to nail (some 12 mm of travel) in less than a third of a second.
FAST_MM_S: Final = 40.0
SHORT_MM: Final = 17.0
SLIP_MM: Final = 0.7
# A roll has ended when its print did not grow for so long; pressing a finger down is over so long after it came.
_RESTS_S: Final = 0.4
_LANDS_S: Final = 0.15
_GROWS_MM: Final = 0.6
# Growth to one side only is a roll; growth to both is a finger pressed harder.
_ONE_SIDED: Final = 0.6
_SPAN_S: Final = 0.06
_BEHIND_MM: Final = 8.0
_LEAST_MM: Final = 4.0
_LOOK_PPI: Final = 250
_LEAST_STD: Final = 9.0
_MM: Final = 25.4 / _LOOK_PPI
_SURE: Final = 0.12


@dataclass(slots=True)
class RollWatch:
    """Fed with every analysed live picture of one rolled capture; `reset` when the finger left. Answers stay until then."""

    fastest_mm_s: float = 0.0
    slipped_mm: float = 0.0
    width_mm: float = 0.0
    _edges: list[tuple[float, float, float]] = field(default_factory=list)
    _slide: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    _last: NDArray[np.uint8] | None = None

    def reset(self) -> None:
        """Forget the finger."""
        self.fastest_mm_s = self.slipped_mm = self.width_mm = 0.0
        self._edges, self._slide, self._last = [], np.zeros(2), None

    def feed(self, image: NDArray[np.uint8], ppi: int, at_s: float) -> tuple[ReasonCode, ...]:
        """Take a picture, uint8 (H, W), taken at `at_s` seconds; return what is wrong with the roll so far, in the order of telling."""
        scale = _LOOK_PPI / ppi
        if scale != 1:
            size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        edges = _side_edges(image)
        if edges is None:
            self.reset()
            return ()
        self._edges.append((at_s, *edges))
        left, right = min(e[1] for e in self._edges), max(e[2] for e in self._edges)
        self.width_mm = right - left
        self._speed(at_s)
        self._slip(image, edges)
        self._last = image
        codes = [ReasonCode.ROLL_FAST] if self.fastest_mm_s > FAST_MM_S else []
        if self.width_mm < SHORT_MM and self._rests(at_s):
            codes.append(ReasonCode.ROLL_SHORT)
        if self.slipped_mm > SLIP_MM:
            codes.append(ReasonCode.ROLL_SLIPPED)
        return tuple(codes)

    def _rests(self, at_s: float) -> bool:
        recent = [e for e in self._edges if at_s - e[0] <= _RESTS_S]
        spread = max(max(e[k] for e in recent) - min(e[k] for e in recent) for k in (1, 2))
        return at_s - self._edges[0][0] > _RESTS_S + _LANDS_S and spread < _GROWS_MM

    def _speed(self, at_s: float) -> None:
        began = self._edges[0][0] + _LANDS_S
        old = next((e for e in reversed(self._edges) if at_s - e[0] >= _SPAN_S and e[0] >= began), None)
        if old is None:
            return
        now, took = self._edges[-1], at_s - old[0]
        at_left, at_right = (now[1] - old[1]) / took, (now[2] - old[2]) / took
        quick = max(abs(at_left), abs(at_right))
        if abs(at_left + at_right) > _ONE_SIDED * quick:
            self.fastest_mm_s = max(self.fastest_mm_s, quick)

    def _slip(self, image: NDArray[np.uint8], edges: tuple[float, float]) -> None:
        """Add how far the skin behind the leading edge slid since the last picture."""
        before = self._last
        if (
            before is None
            or before.shape != image.shape
            or len(self._edges) < 2
            or self._edges[-1][0] - self._edges[0][0] < _LANDS_S
        ):
            return
        (_, first_left, first_right), (_, last_left, last_right) = self._edges[0], self._edges[-2]
        to_right = edges[1] - first_right >= first_left - edges[0]
        lead = min(edges[1], last_right) if to_right else max(edges[0], last_left)
        low, high = (lead - _BEHIND_MM, lead - 0.8) if to_right else (lead + 0.8, lead + _BEHIND_MM)
        low, high = max(low, edges[0], last_left), min(high, edges[1], last_right)
        if high - low < _LEAST_MM:
            return
        columns = slice(round(low / _MM), round(high / _MM))
        middle, half = image.shape[0] // 2, min(image.shape[0] // 2, 80)
        rows = slice(middle - half, middle + half)
        a, b = (np.asarray(p[rows, columns], np.float32) for p in (before, image))
        if a.std() < _LEAST_STD or b.std() < _LEAST_STD:
            return
        window = cv2.createHanningWindow((a.shape[1], a.shape[0]), cv2.CV_32F)
        (dx, dy), sure = cv2.phaseCorrelate(a - a.mean(), b - b.mean(), window)
        if sure < _SURE or max(abs(dx), abs(dy)) > 12:
            return
        self._slide = self._slide + np.array([dx, dy]) * _MM
        self.slipped_mm = max(self.slipped_mm, float(np.hypot(*self._slide)))


def _side_edges(image: NDArray[np.uint8]) -> tuple[float, float] | None:
    """Return where the print begins and ends from left to right, in mm, by the contrast of upright strips; None without a print."""
    columns, rows = image.shape[1] // 4, image.shape[0] // 16
    if not columns or not rows:
        return None
    values = image[: rows * 16, : columns * 4].astype(np.float32)
    mean = cv2.resize(values, (columns, rows), interpolation=cv2.INTER_AREA)
    square = cv2.resize(values * values, (columns, rows), interpolation=cv2.INTER_AREA)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    strong = float(np.partition(deviation.ravel(), -max(1, deviation.size // 20))[-max(1, deviation.size // 20)])
    if strong < _LEAST_STD:
        return None
    busy = np.flatnonzero((deviation > max(_LEAST_STD, 0.38 * strong)).sum(axis=0) >= 5)
    if len(busy) < 6:
        return None
    return float(busy[0] * 4 * _MM), float((busy[-1] + 1) * 4 * _MM)
