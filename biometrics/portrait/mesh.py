"""Tier 1: face mesh (468 points) and iris networks; their numbered outputs become named points."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.alignment import apply, two_point_matrix
from biometrics.portrait.face import FaceBox, Image, Landmarks, Provider
from biometrics.portrait.network import Float, Net
from biometrics.portrait.plausibility import plausible
from biometrics.portrait.points import Point
from biometrics.portrait.pose import pose_from_mesh
from biometrics.portrait.wheel_models import IRIS, LICENCE, MESH

MESH_PROVIDER: Final = Provider("facemesh-468+iris", "0.6.0", LICENCE)

NUMBERS: Final[dict[Point, int]] = {
    Point.RIGHT_EYE_OUTER: 33,
    Point.RIGHT_EYE_INNER: 133,
    Point.RIGHT_EYE_TOP_1: 160,
    Point.RIGHT_EYE_TOP_2: 159,
    Point.RIGHT_EYE_TOP_3: 158,
    Point.RIGHT_EYE_BOTTOM_1: 144,
    Point.RIGHT_EYE_BOTTOM_2: 145,
    Point.RIGHT_EYE_BOTTOM_3: 153,
    Point.LEFT_EYE_OUTER: 263,
    Point.LEFT_EYE_INNER: 362,
    Point.LEFT_EYE_TOP_1: 387,
    Point.LEFT_EYE_TOP_2: 386,
    Point.LEFT_EYE_TOP_3: 385,
    Point.LEFT_EYE_BOTTOM_1: 373,
    Point.LEFT_EYE_BOTTOM_2: 374,
    Point.LEFT_EYE_BOTTOM_3: 380,
    Point.NOSE_BRIDGE: 168,
    Point.NOSE_TIP: 1,
    Point.MOUTH_RIGHT: 61,
    Point.MOUTH_LEFT: 291,
    Point.LIP_UPPER_INNER_1: 82,
    Point.LIP_UPPER_INNER_2: 13,
    Point.LIP_UPPER_INNER_3: 312,
    Point.LIP_LOWER_INNER_1: 87,
    Point.LIP_LOWER_INNER_2: 14,
    Point.LIP_LOWER_INNER_3: 317,
    Point.FOREHEAD: 10,
    Point.CHIN: 152,
    Point.RIGHT_CHEEK_EDGE: 234,
    Point.LEFT_CHEEK_EDGE: 454,
}
"""Which of the mesh's 468 points carries which name (MediaPipe's published numbering)."""


EYES: Final = ("right", "left")

_LID_PAIRS: Final = ((11, 3), (12, 4), (13, 5))
"""Upper and lower lid in the iris network's 71 contour points, three places across the eye."""

_CAREFUL_ROUNDS: Final = 3
_AT_REST: Final = 0.004
"""A still is looked at so often, until the points move less than this share of the square from look to look."""

LID_SWELL: Final = 0.018
"""The iris network sees closed lids this far apart, in units of T (measured on rendered faces); taken off every gap."""


class MeshLandmarker:
    """Face mesh on a rotated square crop, irises and lids refined by the iris network. One per thread."""

    provider = MESH_PROVIDER

    def __init__(self, folder: Path | None = None, with_iris: bool = True) -> None:
        self._mesh = Net(MESH, folder)
        self._iris = Net(IRIS, folder) if with_iris else None

    def locate(self, image: Image, box: FaceBox) -> Landmarks | None:
        """Return the face's points, or None when the network denies a face or the points are implausible."""
        roll = 0.0
        if box.right_eye is not None and box.left_eye is not None:
            roll = float(np.arctan2(box.left_eye[1] - box.right_eye[1], box.left_eye[0] - box.right_eye[0]))
        # The network's own square is a little larger and higher than the detector's box times 1.5 (median of 16 faces).
        side = 1.6 * max(box.width, box.height)
        up = 0.037 * side
        centre = (box.centre[0] + up * float(np.sin(roll)), box.centre[1] - up * float(np.cos(roll)))
        rough = self._dense(image, centre, side, roll)
        if rough is None:
            return None
        better = _square_round(rough[0])
        if _close((centre, side, roll), better):
            return self._finish(image, rough, side, roll)
        # The box and eyes were off: look again where the points say, and once more when the first look was askew.
        if abs(better[2] - roll) > np.radians(8):
            better = _square_round((self._dense(image, *better) or rough)[0])
        return self.locate_in(image, *better)

    def refine(self, image: Image, previous: Landmarks, eyes: tuple[str, ...] = EYES) -> Landmarks | None:
        """Follow a face from its points in the frame before; cheaper and steadier than detecting anew.

        Args:
            image: HxWx3 uint8 B G R.
            previous: the points in the frame before.
            eyes: whose lids and iris are looked at ("right", "left"); the other eye's move along with its corners.
        """
        dense = previous.dense
        if dense is None:
            return None
        square = _square_round(dense)
        found = self._dense(image, *square)
        if found is None:
            return None
        better = _square_round(found[0])
        shift = float(np.hypot(better[0][0] - square[0][0], better[0][1] - square[0][1]))
        if shift > 0.1 * square[1]:  # the head jumped: points at the square's edge are poor, look again where it is now
            return self.locate_in(image, *better)
        return self._finish(image, found, square[1], square[2], eyes, previous)

    def careful(self, image: Image, face: Landmarks) -> Landmarks | None:
        """Look three more times with slightly different squares and average, until the points rest: for stills, where 60 ms do not matter.

        A face turned by 25 degrees or more comes out stretched by some percent at first: the square follows the points, the points the square.
        """
        dense = face.dense
        if dense is None:
            return None
        for _ in range(_CAREFUL_ROUNDS):
            centre, side, roll = _square_round(dense)
            looks = [self._dense(image, centre, side * k, roll + t) for k, t in ((0.96, 0.03), (1.0, 0.0), (1.05, -0.03))]
            found = [look for look in looks if look is not None]
            if not found:
                return None
            before, dense = dense, np.asarray(np.mean([one for one, _ in found], axis=0), np.float32)
            if float(np.abs(dense[:, :2] - before[:, :2]).mean()) < _AT_REST * side:
                break
        return self._finish(image, (dense, min(presence for _, presence in found)), side, roll)

    def _dense(self, image: Image, centre: tuple[float, float], side: float, roll: float) -> tuple[Float, float] | None:
        """Run the mesh on the square of `side` px round `centre`, turned by `roll` (radians): (468x3 points, presence)."""
        if not (np.isfinite([*centre, side, roll]).all() and 12 <= side <= 20_000):
            return None
        n = self._mesh.side
        patch, back = _square(image, centre, side, roll, n)
        outputs = self._mesh.run(patch, 0.0, 1.0)
        flag, mesh = sorted(outputs, key=lambda o: o.size)[:2]
        presence = float(1 / (1 + np.exp(-np.clip(flag[0], -60, 60))))
        if presence < 0.5 or mesh.size != 1404 or not np.isfinite(mesh).all():
            return None
        local = mesh.reshape(468, 3)
        dense = np.empty((468, 3), np.float32)
        dense[:, :2] = local[:, :2] @ back[:, :2].T + back[:, 2]
        dense[:, 2] = local[:, 2] * (side / n)
        return dense, presence

    def locate_in(self, image: Image, centre: tuple[float, float], side: float, roll: float) -> Landmarks | None:
        """Find the points in the square of `side` px round `centre`, turned by `roll` (radians)."""
        found = self._dense(image, centre, side, roll)
        return None if found is None else self._finish(image, found, side, roll)

    def _finish(
        self,
        image: Image,
        found: tuple[Float, float],
        side: float,
        roll: float,
        eyes: tuple[str, ...] = EYES,
        previous: Landmarks | None = None,
    ) -> Landmarks | None:
        dense, presence = found
        points = {name: (float(dense[i, 0]), float(dense[i, 1])) for name, i in NUMBERS.items()}
        _eye_centres(points)
        _reach_chin(points)
        if self._iris is not None:
            self._irises(image, points, roll, eyes)
            if previous is not None:
                for eye in set(EYES) - set(eyes):
                    _carry_eye(points, previous.points, eye)
        if not plausible(points, dense, image.shape[1], image.shape[0], side):
            return None
        hull = np.asarray(cv2.convexHull(np.ascontiguousarray(dense[:, :2])), np.float32).reshape(-1, 2)
        return Landmarks(points, hull, pose_from_mesh(dense), presence, self.provider, dense)

    def _irises(self, image: Image, points: dict[Point, tuple[float, float]], roll: float, eyes: tuple[str, ...]) -> None:
        """Take the irises and the lids from the iris network: the mesh's own lids hardly follow a blink."""
        assert self._iris is not None
        n = self._iris.side
        chin, middle = (
            np.asarray(points[Point.CHIN]),
            (np.asarray(points[Point.RIGHT_EYE]) + np.asarray(points[Point.LEFT_EYE])) / 2,
        )
        swell = LID_SWELL * float(np.linalg.norm(chin - middle)) / 2
        for side_name in eyes:
            mirror = side_name == "right"
            a, b = (np.asarray(points[Point(f"{side_name}-eye-{end}")]) for end in ("outer", "inner"))
            side = 2.3 * float(np.linalg.norm(a - b))
            if not np.isfinite(side) or side < 4:
                continue
            mid = (a + b) / 2
            patch, back = _square(image, (float(mid[0]), float(mid[1])), side, roll, n)
            # The network knows left eyes; the right one is shown to it mirrored.
            outputs = self._iris.run(np.ascontiguousarray(patch[:, ::-1]) if mirror else patch, 0.0, 1.0)
            few, many = sorted(outputs, key=lambda o: o.size)[:2]
            local = np.concatenate([few.reshape(-1, 3)[:1, :2], many.reshape(-1, 3)[:, :2]])
            if mirror:
                local[:, 0] = n - 1 - local[:, 0]
            places = local @ back[:, :2].T + back[:, 2]
            points[Point(f"{side_name}-iris")] = (float(places[0, 0]), float(places[0, 1]))
            for k, (top, bottom) in enumerate(_LID_PAIRS, 1):
                upper, lower = places[1 + top], places[1 + bottom]
                gap = lower - upper
                length = float(np.hypot(*gap))
                # Never across the middle: a closed eye has a gap of 0, not a negative one.
                pull = gap * (min(swell, length / 2) / length) if length > 1e-6 else gap
                upper, lower = upper + pull, lower - pull
                points[Point(f"{side_name}-eye-top-{k}")] = (float(upper[0]), float(upper[1]))
                points[Point(f"{side_name}-eye-bottom-{k}")] = (float(lower[0]), float(lower[1]))


def _square_round(dense: Float) -> tuple[tuple[float, float], float, float]:
    """Return (centre, side, roll) of the square the network wants to see, from the points it gave: 1.5 times the face's box."""
    across = dense[[263, 362], :2].mean(0) - dense[[33, 133], :2].mean(0)
    roll = float(np.arctan2(across[1], across[0]))
    c, s = float(np.cos(roll)), float(np.sin(roll))
    upright = dense[:, :2] @ np.array([[c, -s], [s, c]], np.float32)
    low, high = upright.min(0), upright.max(0)
    mid = (low + high) / 2
    return (float(mid[0] * c - mid[1] * s), float(mid[0] * s + mid[1] * c)), 1.5 * float((high - low).max()), roll


def _close(used: tuple[tuple[float, float], float, float], wanted: tuple[tuple[float, float], float, float]) -> bool:
    """True when the square looked at is near enough to the one wanted, so that a second look would change next to nothing."""
    (ux, uy), side, roll = used
    (wx, wy), wanted_side, wanted_roll = wanted
    shift = float(np.hypot(wx - ux, wy - uy)) / side
    return shift < 0.035 and abs(wanted_side / side - 1) < 0.05 and abs(wanted_roll - roll) < np.radians(4)


def _eye_centres(points: dict[Point, tuple[float, float]]) -> None:
    """Eye centre = midpoint of its two corners (as OFIQ does)."""
    for eye, a, b in (
        (Point.RIGHT_EYE, Point.RIGHT_EYE_OUTER, Point.RIGHT_EYE_INNER),
        (Point.LEFT_EYE, Point.LEFT_EYE_OUTER, Point.LEFT_EYE_INNER),
    ):
        (ax, ay), (bx, by) = points[a], points[b]
        points[eye] = ((ax + bx) / 2, (ay + by) / 2)


def _carry_eye(points: dict[Point, tuple[float, float]], before: dict[Point, tuple[float, float]], eye: str) -> None:
    """Take the lids and the iris of `eye` from the frame before, moved as the eye's two corners moved."""
    ends = [Point(f"{eye}-eye-outer"), Point(f"{eye}-eye-inner")]
    moved = two_point_matrix(*(np.asarray(source[end]) for source in (before, points) for end in ends))
    parts = [Point(f"{eye}-iris"), *(Point(f"{eye}-eye-{lid}-{k}") for lid in ("top", "bottom") for k in (1, 2, 3))]
    for part, place in zip(parts, apply(moved, np.asarray([before[part] for part in parts])), strict=True):
        points[part] = (float(place[0]), float(place[1]))


CHIN_REACH: Final = 1.05
"""The mesh ends above the chin's edge. Eyes to chin is 1.71 eye distances with it and 1.80 on rendered faces; OFIQ's results
table has 1.80 too (median of 20 pictures). The chin is moved out by the ratio."""


def _reach_chin(points: dict[Point, tuple[float, float]]) -> None:
    (rx, ry), (lx, ly), (cx, cy) = (points[p] for p in (Point.RIGHT_EYE, Point.LEFT_EYE, Point.CHIN))
    mx, my = (rx + lx) / 2, (ry + ly) / 2
    points[Point.CHIN] = (mx + CHIN_REACH * (cx - mx), my + CHIN_REACH * (cy - my))


def _square(image: Image, centre: tuple[float, float], side: float, roll: float, n: int) -> tuple[Image, NDArray[np.float64]]:
    """Cut the turned square; return it (n x n) and the 2x3 matrix patch -> image."""
    k = side / n
    c, s = np.cos(roll) * k, np.sin(roll) * k
    half = (n - 1) / 2
    back = np.array([[c, -s, centre[0] - c * half + s * half], [s, c, centre[1] - s * half - c * half]])
    if k > 2:  # much smaller than the source: average first, or single pixels decide
        shrink = 1 / 2 ** int(np.log2(k))
        x0, y0 = max(0, int(centre[0] - 0.75 * side)), max(0, int(centre[1] - 0.75 * side))
        x1, y1 = int(centre[0] + 0.75 * side) + 1, int(centre[1] + 0.75 * side) + 1
        part = image[y0 : max(y0 + 1, y1), x0 : max(x0 + 1, x1)]
        if part.size:
            small = cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
            fx, fy = small.shape[1] / part.shape[1], small.shape[0] / part.shape[0]
            moved = back.copy()
            moved[0] = (back[0] - [0, 0, x0]) * fx + [0, 0, (fx - 1) / 2]
            moved[1] = (back[1] - [0, 0, y0]) * fy + [0, 0, (fy - 1) / 2]
            return np.asarray(cv2.warpAffine(small, moved, (n, n), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8), back
    return np.asarray(cv2.warpAffine(image, back, (n, n), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP), np.uint8), back
