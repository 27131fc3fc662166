"""Draws a person's head: ellipsoid with relief and jaw, rays through every pixel, light, room, sensor; and says where all is.

Geometry is solved on a coarse grid (about one sample per mm) and enlarged, the skin's texture is looked up at full resolution:
a 1280x720 picture takes some tens of milliseconds on one core. Projection is orthographic (a long lens).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.points import Point
from biometrics.portrait.synthesis import person as people
from biometrics.portrait.synthesis.person import Float, Person
from biometrics.portrait.synthesis.room import background, body, finish, to_linear
from biometrics.portrait.synthesis.settings import CLEAN, FaceSettings


@dataclass(frozen=True, slots=True)
class FaceTruth:
    """Where everything is in the rendered picture.

    Attributes:
        points: pixel coordinates (x, y) of the named places.
        yaw, pitch, roll: degrees, as in `FaceSettings`.
        eye_distance_px: distance of the eye centres at yaw 0.
        head_height_px: chin to crown (hair not counted), at pitch 0.
        eye_gap_mm, mouth_gap_mm: between the lids and between the lips.
    """

    points: dict[Point, tuple[float, float]]
    yaw: float
    pitch: float
    roll: float
    eye_distance_px: float
    head_height_px: float
    eye_gap_mm: float
    mouth_gap_mm: float


@dataclass(frozen=True, slots=True)
class Rendering:
    """`image`: HxWx3 uint8, channels B G R (OpenCV's order), unmirrored. `truth`: None when nobody is there."""

    image: NDArray[np.uint8]
    truth: FaceTruth | None


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Return the 3x3 matrix head -> camera (x right, y down, z to the camera); angles in degrees."""
    a, b, c = np.radians([yaw, pitch, roll])
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    nod = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    tilt = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(tilt @ turn @ nod)


def render_face(seed: int, settings: FaceSettings = CLEAN) -> Rendering:
    """Draw the person of `seed` sitting as `settings` say; deterministic.

    Args:
        seed: which person; also seeds the room's and the sensor's noise.
        settings: pose, light, background, faults; sizes up to 4096 x 4096 px.

    Returns:
        The picture (HxWx3 uint8, B G R) and the truth.

    Raises:
        ValueError: a size outside 16..4096 px or an eye distance outside 4..1500 px.
    """
    if not (16 <= settings.width <= 4096 and 16 <= settings.height <= 4096 and 4 <= settings.eye_distance_px <= 1500):
        raise ValueError("picture sizes are 16..4096 px and eye distances 4..1500 px")
    noise = np.random.default_rng([seed, 8])
    picture = background(settings, noise)
    truth: FaceTruth | None = None
    if not settings.nobody:
        if settings.second_person:
            side = 1 if settings.eye_x <= 0.5 else -1
            shift = 2.9 * settings.eye_distance_px * side
            _head(
                picture, people.person(seed + 7919), settings,
                (settings.eye_x * settings.width + shift, settings.eye_y * settings.height), 0.85,
            )  # fmt: skip
        origin = (settings.eye_x * settings.width, settings.eye_y * settings.height)
        truth = _head(picture, people.person(seed), settings, origin, 1.0)
    return Rendering(finish(picture, settings, noise), truth)


Hit = tuple[Float, Float, Float, Float, Float]
"""(inside, x, y, z, depth) on the coarse grid; see `_Ellipsoid.hit`."""


class _Ellipsoid:
    """Rays against an ellipsoid in the head's frame, on the coarse grid."""

    def __init__(self, origin: Float, direction: Float) -> None:
        self._o = origin
        self._d = direction

    def hit(
        self,
        centre: tuple[float, float, float],
        radii: tuple[float, float, float],
        lift: Float | float = 0.0,
        taper: Float | float = 1.0,
    ) -> Hit:
        """Return (inside, x, y, z, depth): inside is 1 - squared distance of the ray from the axis, > 0 where it hits."""
        rx, ry, rz = radii[0] * taper, radii[1], radii[2]
        ox = (self._o[0] - centre[0]) / rx
        oy = (self._o[1] - centre[1]) / ry
        oz = (self._o[2] - centre[2] - lift) / rz
        dx, dy, dz = self._d[0] / rx, self._d[1] / ry, self._d[2] / rz
        a = dx * dx + dy * dy + dz * dz
        b = ox * dx + oy * dy + oz * dz
        inside = 1 - (ox * ox + oy * oy + oz * oz - b * b / a)
        t = (-b + np.sqrt(np.maximum(inside, 0) * a)) / a
        x, y, z = (self._o[i] + t * self._d[i] for i in range(3))
        return tuple(np.asarray(v, np.float32) for v in (inside, x, y, z, t))  # type: ignore[return-value]  # five of them


_REACH_MM: Final = (132.0, 165.0)
"""How far beside and above or below the eyes a head can reach: nodding by 20 degrees lifts or lowers it by 28 mm."""


def _head(picture: Float, who: Person, s: FaceSettings, origin: tuple[float, float], scale: float) -> FaceTruth:
    px_per_mm = s.eye_distance_px * scale / (2 * who.eye_x)
    turn = rotation(s.yaw, s.pitch, s.roll)
    body(picture, who, s, origin=origin, unit=px_per_mm, turn=turn)
    # The frame's origin is between the eyes; the ellipsoid's centre lies on the head's axis behind them.
    eye_depth = who.half_depth * float(np.sqrt(1 - (who.eye_x / who.half_width) ** 2)) - 3
    anchor = turn @ np.array([0.0, 0.0, eye_depth])
    height, width = picture.shape[:2]
    reach_x, reach_y = _REACH_MM[0] * px_per_mm, _REACH_MM[1] * px_per_mm
    left, right = int(max(0, origin[0] - reach_x)), int(min(width, origin[0] + reach_x))
    top, bottom = int(max(0, origin[1] - reach_y)), int(min(height, origin[1] + reach_y))
    if right - left >= 8 and bottom - top >= 8:
        window = picture[top:bottom, left:right]
        _draw(window, who, s, _View((origin[0] - left, origin[1] - top), px_per_mm, turn, anchor))
    return _truth(who, s, _View(origin, px_per_mm, turn, anchor))


@dataclass(frozen=True, slots=True)
class _View:
    """How head mm become pixels: `origin` (px) is the point between the eyes, which is `anchor` in the turned head's mm."""

    origin: tuple[float, float]
    px_per_mm: float
    turn: NDArray[np.float64]
    anchor: NDArray[np.float64]


def _draw(window: Float, who: Person, s: FaceSettings, view: _View) -> None:
    origin, px_per_mm, turn, anchor = view.origin, view.px_per_mm, view.turn, view.anchor
    height, width = window.shape[:2]
    step = max(1.0, px_per_mm / 0.8)
    gw, gh = max(8, round(width / step)), max(8, round(height / step))
    # Pixel centres of the coarse grid, in mm of the camera plane.
    u = ((np.arange(gw) + 0.5) * width / gw - 0.5 - origin[0]) / px_per_mm + anchor[0]
    v = ((np.arange(gh) + 0.5) * height / gh - 0.5 - origin[1]) / px_per_mm + anchor[1]
    gu, gv = np.meshgrid(u.astype(np.float32), v.astype(np.float32))
    back = turn.T.astype(np.float32)
    o = np.stack([back[i, 0] * gu + back[i, 1] * gv for i in range(3)])
    rays = _Ellipsoid(o, back[:, 2])

    def large(grid: Float) -> Float:
        return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

    def cover(inside: Float) -> Float:
        slope = np.hypot(cv2.Sobel(inside, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(inside, cv2.CV_32F, 0, 1, scale=0.125))
        return np.asarray(np.clip(0.5 + large(inside / np.maximum(slope, 1e-4)) * (width / gw) / 1.4, 0, 1))

    def light(depth: Float) -> Float:
        scale = 1.1 * px_per_mm * (gw / width) / px_per_mm / 1.1
        nx = -cv2.Sobel(depth, cv2.CV_32F, 1, 0, scale=0.125) * scale * px_per_mm
        ny = -cv2.Sobel(depth, cv2.CV_32F, 0, 1, scale=0.125) * scale * px_per_mm
        norm = np.sqrt(nx * nx + ny * ny + 1)
        key = np.array([1.3 * s.light_x, -0.45, 1.0])
        key /= np.linalg.norm(key)
        lambert = np.clip((nx * key[0] + ny * key[1] + key[2]) / norm, 0, None)
        ambient = 0.72 + 0.28 / norm
        shade = (1 - s.light_contrast) * ambient + s.light_contrast * lambert * 1.15
        return large(cv2.GaussianBlur(np.asarray(shade, np.float32), (0, 0), 0.8))

    def paint(alpha: Float, colour: Float) -> None:
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        if rows.size == 0:
            return
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        target = window[part]
        target += (colour[part] - target) * alpha[part][..., None]

    hair_colour = to_linear(np.asarray((118, 92, 150) if s.head_covering else who.hair, np.float32))
    skin_colour = to_linear(np.asarray(who.skin, np.float32))
    reach = (who.half_width, who.half_height, who.half_depth)
    # Hair at the back, then ears, then the face, then the hair over the forehead.
    inside, x, y, _, depth = _shell(rays, who, (0, -6, -14), (reach[0] + 5, reach[1] + 4, reach[2]))
    paint(cover(inside) * large(_step(46 - y, 6)), hair_colour * light(depth)[..., None])
    for side in (-1, 1):
        inside, x, y, _, depth = rays.hit((side * (reach[0] + 2), 14, -6), (9, 29, 14))
        shade = light(depth) * large(0.86 + 0.14 * _step(np.hypot((x - side * reach[0]) / 2, (y - 14) / 6) - 2, 2))
        paint(cover(inside), skin_colour * np.asarray([0.9, 0.92, 1.0], np.float32) * shade[..., None])
    inside, x, y, _, depth = _face(rays, who)
    tex = people.texture(who, people.Look(s.eye_opening, s.gaze_x_mm, s.gaze_y_mm, s.mouth_gap_mm, s.glasses, s.glasses_glare))
    k = people.PX_PER_MM
    skin = cv2.remap(
        tex,
        large((x + people.HALF_WIDTH_MM) * k),
        large((y + people.HALF_HEIGHT_MM) * k),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    paint(cover(inside), to_linear(skin) * light(depth)[..., None])
    _front_hair(_Brush(paint, cover, large, light), rays, who, s, hair_colour)


def _step(value: Float, soft: float) -> Float:
    return np.asarray(1 / (1 + np.exp(np.clip(-value / soft * 4, -30, 30))), np.float32)


def _width_factor(who: Person, y: Float) -> Float:
    """How much wider or narrower than the ellipsoid the head is at height `y`: a jaw below, a broad skull above."""
    low = np.clip((y - 15) / (who.half_height - 15), 0, 1)
    high = np.clip((-y - 30) / (who.half_height - 30), 0, 1)
    # Near the chin an ellipse runs to a point; a chin is broad, so the factor grows again at the very end.
    return np.asarray(1 - (1 - who.jaw) * np.sin(low * np.pi * 0.62) + 0.16 * high**1.5, np.float32)


CHIN_FORWARD_MM: Final = 60.0
"""How far in front of the head's axis the chin's lower end lies (the eyes: about 80): on people it is nearly below the eyes, not
below the ears, so that eyes to chin hardly changes when they nod."""


def _chin_forward(who: Person, y: Float) -> Float:
    """Return how far the head is moved forward at height `y`: nothing at the cheeks, all of it at the chin."""
    low = np.clip((y - 20) / (who.half_height - 20), 0, 1)
    return np.asarray(CHIN_FORWARD_MM * low * low * (3 - 2 * low), np.float32)


_LANDINGS: Final = 7


def _face(rays: _Ellipsoid, who: Person) -> Hit:
    """Meet the head: relief and jaw depend on where the ray lands, so land a few times."""
    height = people.relief(who)
    k = people.PX_PER_MM
    radii = (who.half_width, who.half_height, who.half_depth)
    inside, x, y, z, depth = rays.hit((0, 0, 0), radii)
    for _ in range(_LANDINGS):
        lift = cv2.remap(
            height,
            (x + people.HALF_WIDTH_MM) * k,
            (y + people.HALF_HEIGHT_MM) * k,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        # Relief belongs to the front; on the sides it would bulge the outline.
        lift = lift * np.clip(z / 40, 0, 1) + _chin_forward(who, y)
        taper = _width_factor(who, y)
        before = y
        inside, x, y, z, depth = rays.hit((0, 0, 0), radii, np.asarray(lift, np.float32), taper)
        y = (y + before) / 2  # half a step: under a raised chin whole steps jump to and fro
    return inside, x, y, z, depth


def _shell(rays: _Ellipsoid, who: Person, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Hit:
    """Meet a shell of hair or cloth: the ellipsoid with the skull's breadth above, no jaw below."""
    hit = rays.hit(centre, radii)
    for _ in range(3):
        high = np.clip((-hit[2] - 30) / (who.half_height - 30), 0, 1)
        hit = rays.hit(centre, radii, 0.0, np.asarray(1 + 0.16 * high**1.5, np.float32))
    return hit


@dataclass(frozen=True, slots=True)
class _Brush:
    """The canvas's helpers of one head: paint(alpha, colour), cover(inside), large(coarse grid), light(depth)."""

    paint: Callable[[Float, Float], None]
    cover: Callable[[Float], Float]
    large: Callable[[Float], Float]
    light: Callable[[Float], Float]


def _front_hair(brush: _Brush, rays: _Ellipsoid, who: Person, s: FaceSettings, colour: Float) -> None:
    wide = 13.0 if s.hair_over_ears or s.head_covering else 4.0
    inside, x, y, z, depth = _shell(rays, who, (0, -5, -4), (who.half_width + wide, who.half_height + 4, who.half_depth + 2))
    strands = np.random.default_rng([who.seed, 9]).standard_normal((64, 64)).astype(np.float32)
    strand = cv2.remap(strands, (x * 1.1 + z * 0.4) % 63, (y * 0.12 + 40) % 63, cv2.INTER_LINEAR)
    line = who.hairline + 0.010 * x * x
    front = _step(line - y, 5)
    # Beside the forehead the hair comes down to the ear's top; loose hair or a scarf comes further.
    side_low, side_from = (88.0, 60.0) if s.hair_over_ears else (118.0, 64.0) if s.head_covering else (-16.0, 64.0)
    sides = _step(np.abs(x) - side_from, 3) * _step(side_low - y, 5)
    if s.head_covering:
        front = _step(who.hairline + 16 + 0.012 * x * x - y, 3)
        strand = strand * 0.2
    mask = np.maximum(front, sides)
    shade = brush.light(depth) * brush.large(1 + 0.16 * strand)
    brush.paint(brush.cover(inside) * brush.large(mask), colour * shade[..., None])


def _truth(who: Person, s: FaceSettings, view: _View) -> FaceTruth:
    origin, px_per_mm, turn, anchor = view.origin, view.px_per_mm, view.turn, view.anchor
    height = people.relief(who)

    def place(x: float, y: float, z: float | None = None) -> tuple[float, float]:
        if z is None:
            taper = float(_width_factor(who, np.asarray(y, np.float32)))
            flat = 1 - (x / (who.half_width * taper)) ** 2 - (y / who.half_height) ** 2
            column = round((x + people.HALF_WIDTH_MM) * people.PX_PER_MM)
            row = round((y + people.HALF_HEIGHT_MM) * people.PX_PER_MM)
            z = who.half_depth * float(np.sqrt(max(flat, 0))) + float(height[row, column])
            z += float(_chin_forward(who, np.asarray(y, np.float32)))
        p = turn @ np.array([x, y, z]) - anchor
        return (float(origin[0] + p[0] * px_per_mm), float(origin[1] + p[1] * px_per_mm))

    points: dict[Point, tuple[float, float]] = {
        Point.RIGHT_EYE_OUTER: place(-who.eye_x - who.eye_width, 0),
        Point.RIGHT_EYE_INNER: place(-who.eye_x + who.eye_width, 0),
        Point.LEFT_EYE_INNER: place(who.eye_x - who.eye_width, 0),
        Point.LEFT_EYE_OUTER: place(who.eye_x + who.eye_width, 0),
        Point.RIGHT_EYE: place(-who.eye_x, 0),
        Point.LEFT_EYE: place(who.eye_x, 0),
        Point.RIGHT_IRIS: place(-who.eye_x + s.gaze_x_mm, -0.1 * who.eye_gap + s.gaze_y_mm),
        Point.LEFT_IRIS: place(who.eye_x + s.gaze_x_mm, -0.1 * who.eye_gap + s.gaze_y_mm),
        Point.NOSE_TIP: place(0, who.nose_y),
        Point.MOUTH_RIGHT: place(-who.mouth_half, who.mouth_y),
        Point.MOUTH_LEFT: place(who.mouth_half, who.mouth_y),
        Point.CHIN: place(0, who.half_height, float(_chin_forward(who, np.asarray(who.half_height, np.float32)))),
        Point.CROWN: place(0, -who.half_height, 0),
        Point.RIGHT_EAR: place(-who.half_width - 2, 14, -6),
        Point.LEFT_EAR: place(who.half_width + 2, 14, -6),
    }
    return FaceTruth(
        points=points,
        yaw=s.yaw,
        pitch=s.pitch,
        roll=s.roll,
        eye_distance_px=2 * who.eye_x * px_per_mm,
        head_height_px=2 * who.half_height * px_per_mm,
        eye_gap_mm=who.eye_gap * s.eye_opening,
        mouth_gap_mm=s.mouth_gap_mm,
    )
