"""Draws camera targets as a camera with known optics would see them. Shares the targets' data file with the measures, and no code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import erf

from devices.simulated.targets import target_data

Picture = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
_DICTIONARIES: Final = {"4x4-100": cv2.aruco.DICT_4X4_100, "5x5-100": cv2.aruco.DICT_5X5_100, "5x5-250": cv2.aruco.DICT_5X5_250}
SUBPIXELS: Final = 5
EXPOSURE: Final = 0.75
"""Of the edges: headroom above white paper, so that overshoot is seen and not cut off."""


@dataclass(frozen=True, slots=True)
class CameraOptics:
    """A camera's true qualities. `sigma_px`: Gaussian blur besides the square pixel, `corner_blur` times as much at the corners;
    `falloff`: how much darker (share, as coded) the corners are; `gains`: R, G, B factors of the coded values; `sharpen`: unsharp mask."""

    shape: tuple[int, int] = (720, 1280)
    sigma_px: float = 0.7
    corner_blur: float = 1.2
    noise: float = 1.0
    falloff: float = 0.05
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    focal_px: float = 1350.0
    k1: float = -0.12
    k2: float = 0.05
    sharpen: float = 0.0


CAMERA_FLAWS: Final[Mapping[str, Mapping[str, Any]]] = {
    "none": {},
    "blur": {"sigma_px": 1.9},
    "soft-corners": {"corner_blur": 4.0},
    "falloff": {"falloff": 0.35},
    "warm": {"gains": (1.12, 1.0, 0.82)},
    "sharpen": {"sharpen": 2.4},
}


def response(optics: CameraOptics, frequency: float, angle_deg: float = 5.0, blur: float = 1.0) -> float:
    """Return the true response to sine gratings of that frequency (cycles/pixel) across an edge of that tilt."""
    turn = math.radians(angle_deg)
    pixel = float(np.sinc(frequency * math.cos(turn)) * np.sinc(frequency * math.sin(turn)))
    return math.exp(-2 * (math.pi * blur * optics.sigma_px * frequency) ** 2) * pixel


def render_camera(name: str, face: str, optics: CameraOptics, number: int = 0, seed: int = 1) -> Picture:
    """Return what the camera sees of that face (HxWx3 BGR): ``edges``, ``white``, ``colour``, or view `number` of the ``board``."""
    data = target_data(name)
    if face == "edges":
        coded = _coded(EXPOSURE * _edges(data["edges"], optics))
        picture = np.repeat(coded[..., None], 3, axis=2)
    elif face == "colour":
        picture = _colour(data["colour"], optics)
    elif face == "board":
        picture = np.repeat(_board(data["board"], optics, number)[..., None], 3, axis=2)
    else:
        picture = np.full((*optics.shape, 3), 225.0)
    return _expose(picture, optics, seed=100_003 * seed + 1000 * len(face) + number)


def chart_corners(name: str, optics: CameraOptics) -> Corners:
    """Return where the colour chart's grid has its corners in the picture, clockwise from the top left."""
    matrix = _chart_view(target_data(name)["colour"], optics)
    width, height = target_data(name)["colour"]["size"]
    points = cv2.perspectiveTransform(np.asarray([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64), matrix)[0]
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d


def _coded(linear: Values) -> Values:
    return np.asarray(
        255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.clip(linear, 0, 1) ** (1 / 2.4) - 0.055), np.float64
    )


def _expose(picture: Values, optics: CameraOptics, seed: int) -> Picture:
    height, width = optics.shape
    if optics.sharpen:
        picture = picture + optics.sharpen * (picture - cv2.GaussianBlur(picture, (0, 0), 2.0))
    y, x = np.mgrid[0:height, 0:width]
    far = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / (width**2 + height**2) * 4
    picture = picture * (1 - optics.falloff * far)[..., None] * np.asarray(optics.gains[::-1])
    picture = picture + np.random.default_rng(seed).standard_normal(picture.shape, dtype=np.float32) * optics.noise
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _edges(data: Mapping[str, Any], optics: CameraOptics) -> Values:
    """Five turned squares in linear light, each edge an error function averaged over the pixel."""
    height, width = optics.shape
    scale = min(width / data["size"][0], height / data["size"][1]) * 0.97
    shift = (np.asarray([width, height]) - scale * np.asarray(data["size"])) / 2
    light, dark, half = float(data["light"]), float(data["dark"]), data["side"] * scale / 2
    picture = np.full(optics.shape, light)
    turn = math.radians(data["angle_deg"])
    parts = (np.arange(SUBPIXELS) - (SUBPIXELS - 1) / 2) / SUBPIXELS
    for number, centre in enumerate(data["centres"]):
        x, y = scale * np.asarray(centre) + shift
        reach = int(1.2 * half + 12)
        left, top = max(0, int(x) - reach), max(0, int(y) - reach)
        rows, columns = np.mgrid[top : min(height, int(y) + reach), left : min(width, int(x) + reach)].astype(np.float64)
        spread = math.sqrt(2) * optics.sigma_px * (optics.corner_blur if number else 1.0)
        covered = np.zeros_like(rows)
        for sub_y in parts:
            for sub_x in parts:
                dx, dy = columns + sub_x - x, rows + sub_y - y
                u, v = math.cos(turn) * dx + math.sin(turn) * dy, -math.sin(turn) * dx + math.cos(turn) * dy
                covered += (
                    (erf((u + half) / spread) - erf((u - half) / spread)) * (erf((v + half) / spread) - erf((v - half) / spread))
                ) / 4
        covered /= SUBPIXELS**2
        window = picture[top : top + rows.shape[0], left : left + rows.shape[1]]
        window += covered * (dark - light)
    return picture


def _chart_view(data: Mapping[str, Any], optics: CameraOptics) -> Values:
    """Millimetres on the chart to pixels: a little turned and tilted, as a hand holds it."""
    height, width = optics.shape
    w, h = data["size"]
    plane = np.asarray([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    seen = np.asarray([[0.17, 0.10], [0.82, 0.13], [0.84, 0.90], [0.15, 0.87]], np.float32) * np.asarray(
        [width, height], np.float32
    )
    return np.asarray(cv2.getPerspectiveTransform(plane, seen), np.float64)


def _colour(data: Mapping[str, Any], optics: CameraOptics) -> Values:
    pitch, scale = data["patch"] + data["gap"], 5
    flat = np.full((int(data["size"][1] * scale) + 40, int(data["size"][0] * scale) + 40, 3), 30.0)
    for number, text in enumerate(data["patches"]):
        row, column = divmod(number, data["columns"])
        red, green, blue = bytes.fromhex(text)
        x, y, side = int(column * pitch * scale) + 20, int(row * pitch * scale) + 20, int(data["patch"] * scale)
        flat[y : y + side, x : x + side] = (blue, green, red)
    place = _chart_view(data, optics) @ np.asarray([[1 / scale, 0, -20 / scale], [0, 1 / scale, -20 / scale], [0, 0, 1]])
    height, width = optics.shape
    seen = cv2.warpPerspective(
        flat, place, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=(60, 60, 60)
    )
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), optics.sigma_px), np.float64)


@lru_cache(maxsize=2)
def _flat_board(columns: int, rows: int, square: float, marker: float, dictionary: str) -> Picture:
    board = cv2.aruco.CharucoBoard((columns, rows), square, marker, cv2.aruco.getPredefinedDictionary(_DICTIONARIES[dictionary]))
    return np.asarray(board.generateImage((columns * 120, rows * 120), marginSize=0), np.uint8)


@lru_cache(maxsize=2)
def _rays(shape: tuple[int, int], focal: float, k1: float, k2: float) -> Values:
    """Where each sub-pixel (2x2 a pixel) looks: x/z and y/z of its undistorted ray, (2H, 2W, 2)."""
    height, width = shape
    y, x = np.mgrid[0 : 2 * height, 0 : 2 * width].astype(np.float64) / 2 - 0.25
    distorted = np.stack([(x - (width - 1) / 2) / focal, (y - (height - 1) / 2) / focal], axis=-1)
    straight = distorted.copy()
    for _ in range(12):
        r2 = (straight**2).sum(axis=-1, keepdims=True)
        straight = distorted / (1 + k1 * r2 + k2 * r2**2)
    return straight


def board_pose(number: int) -> tuple[Values, Values]:
    """Return rotation (3x3) and translation (mm) of view `number`: tilts and places that cover the picture."""
    rng = np.random.default_rng([77, number])
    tilt = rng.uniform(-0.45, 0.45, 3) * (1, 1, 0.5)
    rotation = cv2.Rodrigues(tilt)[0]
    column, row = number % 3 - 1, number // 3 % 3 - 1
    return np.asarray(rotation, np.float64), np.asarray(
        [column * 70.0 + rng.uniform(-15, 15), row * 35.0 + rng.uniform(-8, 8), rng.uniform(430, 620)]
    )


def _board(data: Mapping[str, Any], optics: CameraOptics, number: int) -> Values:
    flat = _flat_board(data["columns"], data["rows"], float(data["square"]), float(data["marker"]), data["dictionary"])
    rotation, centre = board_pose(number)
    rays = _rays(optics.shape, optics.focal_px, optics.k1, optics.k2)
    rays3 = np.concatenate([rays, np.ones((*rays.shape[:2], 1))], axis=-1).astype(np.float32)
    turned = rotation.astype(np.float32)
    # The ray meets the board's plane: p = d·ray with normal·(p - centre) = 0; then in the board's own axes.
    depth = np.float32(rotation[:, 2] @ centre) / (rays3 @ turned[:, 2])
    on_board = (rays3 * depth[..., None] - centre.astype(np.float32)) @ turned[:, :2]
    per_mm = 120 / data["square"]
    at = (on_board * per_mm + np.asarray([data["columns"], data["rows"]]) * 60 - 0.5).astype(np.float32)
    fine = cv2.remap(flat, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255).astype(
        np.float32
    )
    fine[depth <= 0] = 255
    height, width = optics.shape
    seen = fine.reshape(height, 2, width, 2).mean(axis=(1, 3))
    return np.asarray(cv2.GaussianBlur(30 + seen * 0.8, (0, 0), optics.sigma_px), np.float64)
