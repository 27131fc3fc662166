"""Targets as data (`data/target-*.toml`) and finding one in a picture: millimetres on the target to pixels."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from devices.errors import DeviceError, ProfileError

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

MAX_FILE_BYTES: Final = 100_000
MAX_ELEMENTS: Final = 200
MM_PER_INCH: Final = 25.4
_KEYS: Final = frozenset(
    {"id", "kind", "name", "verified", "size", "dark", "light", "fiducial", "dark_area", "light_area", "wedge", "ronchi", "bars"}
)


class TargetNotFoundError(DeviceError):
    """Examples: the target lies crooked by more than 10°, upside down, half off the glass, or another one lies there."""

    code = "calibration-target-not-found"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in millimetres from the target's top left corner."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, by: float) -> Rect:
        """Return the rectangle without a border of `by` mm."""
        return Rect(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True, slots=True)
class Bars:
    """Parallel bars, dark first. ``axis == "x"``: upright bars that follow each other along x."""

    axis: str
    cycles_mm: float
    rect: Rect


@dataclass(frozen=True, slots=True)
class ScannerTarget:
    """A bar target. `wedge`: (place, nominal reflectance). `sha256` of its file goes into the certificate."""

    id: str
    name: str
    verified: bool
    size: tuple[float, float]
    fiducial_side: float
    fiducials: tuple[tuple[float, float], ...]
    dark_area: Rect
    light_area: Rect
    wedge: tuple[tuple[Rect, float], ...]
    ronchi: tuple[Bars, ...]
    bars: tuple[Bars, ...]
    sha256: str


@lru_cache(maxsize=8)
def scanner_target(name: str) -> ScannerTarget:
    """Return a target of the product.

    Raises:
        ProfileError: no such target.
    """
    if not name.replace("-", "").isalnum():
        raise ProfileError("A target's name has letters, digits and '-'.", code="calibration-target-file")
    path = files("devices").joinpath("calibration", "data", f"target-{name}.toml")
    if not path.is_file():
        raise ProfileError(f"No target is called '{name}'; nothing was measured.", code="calibration-target-file")
    return parse_target(path.read_bytes())


def parse_target(data: bytes) -> ScannerTarget:
    """Read a scanner target's file (a site may bring its own).

    Raises:
        ProfileError: not such a file; an element outside the target; fewer than 10 grey patches; no Ronchi ruling for an axis.
    """
    try:
        if len(data) > MAX_FILE_BYTES:
            raise ValueError("too large")
        raw = tomllib.loads(data.decode("utf-8"))
        target = _target(raw, hashlib.sha256(data).hexdigest())
        _check(target)
        return target
    except ProfileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProfileError(f"A target's file breaks its form ({type(error).__name__}: {error}); it was not used. Correct it.",
                           code="calibration-target-file") from error  # fmt: skip


def _target(raw: Mapping[str, Any], sha256: str) -> ScannerTarget:
    if set(raw) - _KEYS or raw["kind"] != "scanner":
        raise ValueError(f"unknown keys {sorted(set(raw) - _KEYS)} or not a scanner's")
    bars = {
        kind: tuple(Bars(str(b["axis"]), _number(b["cycles_mm"]), _rect(b["rect"])) for b in raw[kind])
        for kind in ("ronchi", "bars")
    }
    wedge = tuple((_rect(p["rect"]), _number(p["reflectance"])) for p in raw["wedge"])
    centres = tuple((_number(x), _number(y)) for x, y in raw["fiducial"]["centres"])
    width, height = raw["size"]
    return ScannerTarget(str(raw["id"]), str(raw["name"]), bool(raw["verified"]), (_number(width), _number(height)), _number(raw["fiducial"]["side"]),
                         centres, _rect(raw["dark_area"]), _rect(raw["light_area"]), wedge, bars["ronchi"], bars["bars"], sha256)  # fmt: skip


def _check(target: ScannerTarget) -> None:
    elements = [
        target.dark_area,
        target.light_area,
        *(r for r, _ in target.wedge),
        *(b.rect for b in (*target.ronchi, *target.bars)),
    ]
    width, height = target.size
    if len(elements) > MAX_ELEMENTS or len(target.fiducials) != 4 or len(target.wedge) < 10:
        raise ValueError("4 fiducials, at least 10 grey patches, at most 200 elements")
    for r in elements:
        if r.x < 0 or r.y < 0 or r.width <= 0 or r.height <= 0 or r.x + r.width > width or r.y + r.height > height:
            raise ValueError("an element outside the target")
    if {b.axis for b in target.ronchi} != {"x", "y"} or any(b.axis not in ("x", "y") or b.cycles_mm <= 0 for b in target.bars):
        raise ValueError("a Ronchi ruling for each axis, x or y")


def _rect(value: Sequence[object]) -> Rect:
    x, y, width, height = (_number(v) for v in value)
    return Rect(x, y, width, height)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 10_000:
        raise ValueError(f"not a number: {value!r:.40}")
    return float(value)


def locate(image: Grey, target: ScannerTarget, ppi: float) -> Matrix:
    """Find the target by its four dark squares; return the 2x3 affine map from millimetres to pixel indices (column, row).

    Good to a tenth of a pixel or so; `bars.refine` makes it exact. Works up to about 10° of rotation and 10 % of scale.

    Raises:
        TargetNotFoundError: the four squares are not there, or not where a whole target has them.
    """
    smooth = cv2.GaussianBlur(image, (0, 0), max(0.6, target.fiducial_side * ppi / MM_PER_INCH / 30))
    low, high = np.percentile(smooth, (1, 99))
    if high - low < 30:
        raise TargetNotFoundError("The picture is even: no target is seen. Lay it on the glass and capture again.")
    count, _, stats, centroids = cv2.connectedComponentsWithStats((smooth < (low + high) / 2).astype(np.uint8), connectivity=4)
    side = target.fiducial_side * ppi / MM_PER_INCH
    found = []
    for n in range(1, count):
        width, height, area = (float(stats[n, k]) for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
        if 0.7 < width / height < 1.4 and 0.65 * side * side < area < 1.5 * side * side and area > 0.7 * width * height:
            found.append(centroids[n])
    if len(found) < 4:
        raise TargetNotFoundError(
            "The target's four corner squares are not all in the picture. Lay it flat and straight, capture again."
        )
    points = np.asarray(found, np.float64)
    total, difference = points.sum(axis=1), points[:, 0] - points[:, 1]
    corners = points[[total.argmin(), difference.argmax(), total.argmax(), difference.argmin()]]
    return _fitted(corners, target, ppi)


def _fitted(corners: Matrix, target: ScannerTarget, ppi: float) -> Matrix:
    places = np.asarray(target.fiducials)
    design = np.column_stack([places, np.ones(4)])
    solution = np.linalg.lstsq(design, corners, rcond=None)[0]
    off = np.linalg.norm(design @ solution - corners, axis=1).max() * MM_PER_INCH / ppi
    affine = np.asarray(solution.T, np.float64)
    scale = np.linalg.norm(affine[:, :2], axis=1) * MM_PER_INCH / ppi
    angle = abs(math.degrees(math.atan2(affine[1, 0], affine[0, 0])))
    if off > 0.3 + 0.004 * max(target.size) or np.abs(scale - 1).max() > 0.12 or angle > 12 or np.linalg.det(affine[:, :2]) <= 0:
        raise TargetNotFoundError(
            "What is seen is not the target named, or it lies crooked or upside down. Lay it straight, capture again."
        )
    return affine


def pixels_of(affine: Matrix, points: Matrix) -> Matrix:
    """Return the pixel coordinates (…, 2) of millimetre coordinates (…, 2)."""
    return np.asarray(points @ affine[:, :2].T + affine[:, 2], np.float64)


def inside(image: Grey, affine: Matrix, rect: Rect) -> tuple[Matrix, Matrix]:
    """Return the millimetre coordinates (n, 2) and values (n,) of the pixels whose centres lie in `rect`."""
    corners = pixels_of(affine, np.asarray([[rect.x, rect.y], [rect.x + rect.width, rect.y], [rect.x, rect.y + rect.height],
                                            [rect.x + rect.width, rect.y + rect.height]]))  # fmt: skip
    left, top = (max(0, math.floor(v)) for v in corners.min(axis=0))
    right, bottom = (math.ceil(v) + 1 for v in corners.max(axis=0))
    window = image[top:bottom, left:right]
    rows, columns = np.mgrid[top : top + window.shape[0], left : left + window.shape[1]]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    millimetres = (pixels - affine[:, 2]) @ np.linalg.inv(affine[:, :2]).T
    within = ((millimetres[:, 0] >= rect.x) & (millimetres[:, 0] <= rect.x + rect.width)
              & (millimetres[:, 1] >= rect.y) & (millimetres[:, 1] <= rect.y + rect.height))  # fmt: skip
    return millimetres[within], window.ravel()[within].astype(np.float64)
