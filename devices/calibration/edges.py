"""Spatial frequency response from slanted edges (ISO 12233 e-SFR), in linear light.

Each row's edge is found by the centroid of its derivative, a straight line is fitted through the rows, all pixels are sorted by their
distance from that line into quarter-pixel bins, and the Fourier transform of the derivative of that edge profile is the response.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.calibration.target import Matrix, TargetNotFoundError

Picture = npt.NDArray[np.uint8]
OVERSAMPLING: Final = 4
FREQUENCIES: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
"""Cycles per pixel at which the curve is told."""


@dataclass(frozen=True, slots=True)
class Response:
    """One edge: frequencies (cycles/pixel, up to 0.5) and responses (1 at 0), and the overshoot of the edge as a share of its step."""

    frequency: Matrix
    response: Matrix
    overshoot: float

    def at(self, frequency: float) -> float:
        """Return the response at one frequency."""
        return float(np.interp(frequency, self.frequency, self.response))

    @property
    def mtf50(self) -> float:
        """The lowest frequency at which the response is one half (0.5 cycles/pixel when it never falls so low)."""
        below = np.flatnonzero(self.response < 0.5)
        if not len(below):
            return 0.5
        n = int(below[0])
        high, low = self.response[n - 1], self.response[n]
        return float(self.frequency[n - 1] + (self.frequency[n] - self.frequency[n - 1]) * (high - 0.5) / (high - low))


def linear_light(picture: Picture) -> Matrix:
    """Return luminance 0..1 in linear light of a BGR (or grey) picture whose values are sRGB-coded (IEC 61966-2-1)."""
    values = picture.astype(np.float64) / 255
    values = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(values @ np.asarray([0.0722, 0.7152, 0.2126]) if values.ndim == 3 else values, np.float64)


def slanted_edge(region: Matrix) -> Response:
    """Return the response of a nearly upright edge.

    Args:
        region: rows x columns, linear light, one straight edge from top to bottom, 2 to 15° from upright, the same on both sides of it.

    Raises:
        TargetNotFoundError: no such edge there.
    """
    rows, columns = region.shape
    derivative = np.diff(region, axis=1)
    if abs(derivative.sum()) < 0.02 * rows or rows < 16 or columns < 24:
        raise TargetNotFoundError(
            "No edge of enough contrast is where the chart has one. Light the chart evenly and capture again."
        )
    derivative *= np.sign(derivative.sum())
    at = np.arange(columns - 1) + 0.5
    centre = np.full(rows, (columns - 1) / 2)
    line = np.asarray([0.0, (columns - 1) / 2])
    y = np.arange(rows) - (rows - 1) / 2
    for width in (columns / 2.0, columns / 4.0, columns / 4.0):
        window = np.clip(0.54 + 0.46 * np.cos(np.pi * (at[None, :] - centre[:, None]) / width), 0, None) * (
            np.abs(at[None, :] - centre[:, None]) < width
        )
        weight = derivative * window
        found = (weight * at).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
        line = np.polyfit(y, found, 1)
        centre = np.polyval(line, y)
    tilt = abs(math.degrees(math.atan(line[0])))
    if not 1 <= tilt <= 20 or not 8 <= centre.min() <= centre.max() <= columns - 9:
        raise TargetNotFoundError(
            "An edge is not slanted as the chart has it, or the chart is not straight before the camera. Capture again."
        )
    return _response(region, centre, line[0])


def _response(region: Matrix, centre: Matrix, slope: float) -> Response:
    columns = region.shape[1]
    # Whole periods of the edge's walk through the pixel grid, so that every sub-pixel phase counts equally.
    period = 1 / abs(slope)
    rows = int(max(1, math.floor(region.shape[0] / period)) * period) if region.shape[0] >= period else region.shape[0]
    distance = (np.arange(columns)[None, :] - centre[:rows, None]) * math.cos(math.atan(slope))
    half = math.floor(min(centre.min(), columns - 1 - centre.max()) * math.cos(math.atan(slope)))
    number = np.floor((distance + half) * OVERSAMPLING).astype(int)
    count = 2 * half * OVERSAMPLING
    within = (number >= 0) & (number < count)
    values = region[:rows][within]
    total = np.bincount(number[within], values, minlength=count)
    filled = np.bincount(number[within], minlength=count)
    there = filled > 0
    profile = np.interp(np.arange(count), np.flatnonzero(there), total[there] / filled[there])
    if profile[-1] < profile[0]:
        profile = profile[::-1]
    tail = max(4, count // 8)
    dark, light = profile[:tail].mean(), profile[-tail:].mean()
    overshoot = max(0.0, float((profile.max() - light) / (light - dark)), float((dark - profile.min()) / (light - dark)))
    spread = np.diff(profile)
    peak = float((np.arange(len(spread)) * np.clip(spread, 0, None)).sum() / np.clip(spread, 0, None).sum())
    reach = min(peak, len(spread) - 1 - peak) + 0.5
    offset = np.arange(len(spread)) - peak
    # A Tukey window: flat over the spread itself (a Hamming window would narrow it, and so flatter the response), nothing where only noise is.
    smooth = np.convolve((profile - dark) / (light - dark), np.full(5, 0.2), "valid")
    rise = max(2.0, float(np.flatnonzero(smooth < 0.9)[-1] - np.flatnonzero(smooth > 0.1)[0])) if light > dark else reach
    flat = min(0.5 * reach, 1.2 * rise + 4)
    edge = np.clip((np.abs(offset) - flat) / min(flat, reach - flat), 0, 1)
    spread = spread * (0.5 + 0.5 * np.cos(np.pi * edge))
    transform = np.abs(np.fft.rfft(spread, 16 * len(spread)))
    frequency = np.fft.rfftfreq(16 * len(spread), 1 / OVERSAMPLING)
    # Differences and bins of a quarter pixel each lower the response by a known sinc.
    known = np.sinc(frequency / OVERSAMPLING) ** 2
    keep = frequency <= 0.5
    return Response(np.asarray(frequency[keep], np.float64), (transform / transform[0] / known)[keep], overshoot)


@dataclass(frozen=True, slots=True)
class Square:
    """One dark square of the chart: its four corners in pixels, in order around it."""

    corners: Matrix

    @property
    def centre(self) -> Matrix:
        """Its middle."""
        return np.asarray(self.corners.mean(axis=0), np.float64)


def find_squares(picture: Picture) -> tuple[Square, ...]:
    """Return the chart's five squares: the one nearest to the picture's middle first, then top left, top right, bottom left, bottom right.

    Raises:
        TargetNotFoundError: not five squares, or not in these places.
    """
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    smooth = cv2.GaussianBlur(grey, (0, 0), 2.0)
    _, dark = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    height, width = grey.shape
    found = []
    for contour in contours:
        box = cv2.minAreaRect(contour)
        (w, h), area = box[1], cv2.contourArea(contour)
        if (
            min(w, h) >= max(40, 0.06 * height)
            and max(w, h) < 1.25 * min(w, h)
            and area > 0.88 * w * h
            and max(w, h) < 0.5 * height
        ):
            found.append(Square(cv2.boxPoints(box).astype(np.float64)))
    if len(found) < 5:
        raise TargetNotFoundError(
            f"{len(found)} of the chart's five squares are seen. Fill the frame with the chart and capture again."
        )
    middle = np.asarray([width / 2, height / 2])
    found.sort(key=lambda s: float(np.linalg.norm(s.centre - middle)))
    first, rest = found[0], found[1:]
    corners = []
    for right, low in ((False, False), (True, False), (False, True), (True, True)):
        here = [s for s in rest if (s.centre[0] > first.centre[0]) == right and (s.centre[1] > first.centre[1]) == low]
        if not here:
            raise TargetNotFoundError(
                "The chart's squares are not in the middle and the four corners. Straighten the chart and capture again."
            )
        corners.append(max(here, key=lambda s: float(np.linalg.norm(s.centre - middle))))
    return (first, *corners)


def square_responses(light: Matrix, square: Square) -> list[Response]:
    """Return the responses of the four edges of a square (upright ones and level ones)."""
    found = []
    for n in range(4):
        start, end = square.corners[n], square.corners[(n + 1) % 4]
        level = abs(end[0] - start[0]) > abs(end[1] - start[1])
        side = float(np.linalg.norm(end - start))
        along, across = int(0.33 * side), int(min(28, 0.42 * side))
        x, y = ((start + end) / 2).round().astype(int)
        reach_x, reach_y = (along, across) if level else (across, along)
        if x - reach_x < 0 or y - reach_y < 0 or x + reach_x >= light.shape[1] or y + reach_y >= light.shape[0]:
            raise TargetNotFoundError(
                "A square of the chart is cut by the picture's border. Move back a little and capture again."
            )
        region = light[y - reach_y : y + reach_y + 1, x - reach_x : x + reach_x + 1]
        found.append(slanted_edge(region.T if level else region))
    return found
