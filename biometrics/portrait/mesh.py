"""Tier 1: BlazeFace, face mesh (468 points) and iris networks run by `cv2.dnn`; their numbered outputs become named points."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.face import FaceBox, Image, Landmarks, Provider
from biometrics.portrait.plausibility import plausible
from biometrics.portrait.points import Point
from biometrics.portrait.pose import pose_from_mesh
from biometrics.portrait.wheel_models import FULL_RANGE, IRIS, LICENCE, MESH, SHORT_RANGE, WheelModel, model_bytes

DETECTOR_PROVIDER: Final = Provider("blazeface", "0.6.0", LICENCE)
MESH_PROVIDER: Final = Provider("facemesh-468+iris", "0.6.0", LICENCE)

Float = NDArray[np.float32]

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


_LID_PAIRS: Final = ((11, 3), (12, 4), (13, 5))
"""Upper and lower lid in the iris network's 71 contour points, three places across the eye."""

_CAREFUL_ROUNDS: Final = 3
_AT_REST: Final = 0.004
"""A still is looked at so often, until the points move less than this share of the square from look to look."""

LID_SWELL: Final = 0.018
"""The iris network sees closed lids this far apart, in units of T (measured on rendered faces); taken off every gap."""


class _Net:
    """One network with a fixed square input; `run` returns the outputs by name, flat float32."""

    def __init__(self, model: WheelModel, folder: Path | None) -> None:
        self._net = cv2.dnn.readNetFromTFLite(np.frombuffer(model_bytes(model, folder), np.uint8))
        self._names = self._net.getUnconnectedOutLayersNames()
        self.side = model.side

    def run(self, patch: Image, low: float, high: float) -> list[Float]:
        """`patch`: side x side x 3 B G R; pixel values are scaled to low..high and given as R G B."""
        span = (high - low) / 255
        blob = cv2.dnn.blobFromImage(patch, span, (self.side, self.side), [-low / span] * 3, swapRB=True)
        self._net.setInput(blob)
        return [np.asarray(o, np.float32).ravel() for o in self._net.forward(self._names)]


def _anchors(side: int, layers: tuple[tuple[int, int], ...]) -> Float:
    """Anchor centres 0..1: for each (stride, boxes per cell) the cells in row order."""
    rows = []
    for stride, per_cell in layers:
        n = side // stride
        centre = (np.arange(n, dtype=np.float32) + 0.5) / n
        gx, gy = np.meshgrid(centre, centre)
        rows.append(np.repeat(np.stack([gx.ravel(), gy.ravel()], 1), per_cell, axis=0))
    return np.concatenate(rows)


class BlazeDetector:
    """BlazeFace: short range first; the full-range network when it sees nobody. One per thread."""

    provider = DETECTOR_PROVIDER

    def __init__(self, folder: Path | None = None, min_score: float = 0.55) -> None:
        self._short = _Net(SHORT_RANGE, folder)
        self._full = _Net(FULL_RANGE, folder)
        self._short_anchors = _anchors(128, ((8, 2), (16, 6)))
        self._full_anchors = _anchors(192, ((4, 1),))
        self._min = min_score

    def detect(self, image: Image) -> list[FaceBox]:
        """Return the faces, largest first. `image`: HxWx3 uint8 B G R."""
        boxes = self._pass(self._short, self._short_anchors, image)
        return boxes or self._pass(self._full, self._full_anchors, image)

    def detect_small(self, image: Image) -> list[FaceBox]:
        """The full-range network only: also sees people in the background."""
        return self._pass(self._full, self._full_anchors, image)

    def _pass(self, net: _Net, anchors: Float, image: Image) -> list[FaceBox]:
        height, width = image.shape[:2]
        longest = max(height, width)
        scale = net.side / longest
        small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
        canvas = np.zeros((net.side, net.side, 3), np.uint8)
        dy, dx = (net.side - small.shape[0]) // 2, (net.side - small.shape[1]) // 2
        canvas[dy : dy + small.shape[0], dx : dx + small.shape[1]] = small
        first, second = net.run(canvas, -1.0, 1.0)
        scores, raw = (first, second) if first.size < second.size else (second, first)
        chosen = np.flatnonzero(scores > np.log(self._min / (1 - self._min)))
        if chosen.size == 0:
            return []
        score = 1 / (1 + np.exp(-np.clip(scores[chosen], -60, 60)))
        values = raw.reshape(-1, 16)[chosen] / net.side
        values[:, 0:2] += anchors[chosen]
        for k in range(4, 16, 2):
            values[:, k : k + 2] += anchors[chosen]
        return self._merge(values, score, longest, (longest - width) / 2, (longest - height) / 2)

    @staticmethod
    def _merge(values: NDArray[Any], score: NDArray[Any], longest: int, pad_x: float, pad_y: float) -> list[FaceBox]:
        """Weighted suppression: overlapping answers are averaged by score, as the network's authors advise."""
        order = list(np.argsort(-score))
        out: list[FaceBox] = []

        def box(v: NDArray[Any], s: float) -> FaceBox:
            cx, cy, w, h = (float(q) * longest for q in v[:4])
            eyes = [(float(v[k]) * longest - pad_x, float(v[k + 1]) * longest - pad_y) for k in (4, 6)]
            return FaceBox(cx - w / 2 - pad_x, cy - h / 2 - pad_y, w, h, s, eyes[0], eyes[1])

        while order:
            best = box(values[order[0]], float(score[order[0]]))
            group = [i for i in order if box(values[i], 1.0).overlap(best) > 0.3]
            weight = score[group]
            mean = (values[group] * weight[:, None]).sum(0) / weight.sum()
            out.append(box(mean, float(score[order[0]])))
            taken = set(group) | {order[0]}
            order = [i for i in order if i not in taken]
        return sorted(out, key=lambda b: -b.area)


class MeshLandmarker:
    """Face mesh on a rotated square crop, irises and lids refined by the iris network. One per thread."""

    provider = MESH_PROVIDER

    def __init__(self, folder: Path | None = None, with_iris: bool = True) -> None:
        self._mesh = _Net(MESH, folder)
        self._iris = _Net(IRIS, folder) if with_iris else None

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

    def refine(self, image: Image, previous: Landmarks) -> Landmarks | None:
        """Follow a face from its points in the frame before; cheaper and steadier than detecting anew."""
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
        return self._finish(image, found, square[1], square[2])

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

    def _finish(self, image: Image, found: tuple[Float, float], side: float, roll: float) -> Landmarks | None:
        dense, presence = found
        points = {name: (float(dense[i, 0]), float(dense[i, 1])) for name, i in NUMBERS.items()}
        _eye_centres(points)
        _reach_chin(points)
        if self._iris is not None:
            self._irises(image, points, roll)
        if not plausible(points, dense, image.shape[1], image.shape[0], side):
            return None
        hull = np.asarray(cv2.convexHull(np.ascontiguousarray(dense[:, :2])), np.float32).reshape(-1, 2)
        return Landmarks(points, hull, pose_from_mesh(dense), presence, self.provider, dense)

    def _irises(self, image: Image, points: dict[Point, tuple[float, float]], roll: float) -> None:
        """Take the irises and the lids from the iris network: the mesh's own lids hardly follow a blink."""
        assert self._iris is not None
        n = self._iris.side
        chin, middle = (
            np.asarray(points[Point.CHIN]),
            (np.asarray(points[Point.RIGHT_EYE]) + np.asarray(points[Point.LEFT_EYE])) / 2,
        )
        swell = LID_SWELL * float(np.linalg.norm(chin - middle)) / 2
        for side_name, mirror in (("right", True), ("left", False)):
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
