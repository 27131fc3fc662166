"""Camera targets as data (`data/target-camera-*.toml`): slanted edges, colour patches, the ChArUco board."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import cv2

from devices.calibration.target import MAX_FILE_BYTES
from devices.errors import ProfileError

DICTIONARIES: Final[Mapping[str, int]] = {
    "4x4-100": cv2.aruco.DICT_4X4_100,
    "5x5-100": cv2.aruco.DICT_5X5_100,
    "5x5-250": cv2.aruco.DICT_5X5_250,
}


@dataclass(frozen=True, slots=True)
class CameraTarget:
    """What the three sheets show. `patches`: sRGB 0..255, row by row; `patch_size` and `gap` in mm of a grid of `columns` x `rows`."""

    id: str
    verified: bool
    edges_size: tuple[float, float]
    square_side: float
    squares: tuple[tuple[float, float], ...]
    angle_deg: float
    columns: int
    rows: int
    patch_size: float
    gap: float
    patches: tuple[tuple[int, int, int], ...]
    grey: tuple[int, ...]
    board: tuple[int, int]
    board_square: float
    board_marker: float
    dictionary: str
    sha256: str


@lru_cache(maxsize=8)
def camera_target(name: str) -> CameraTarget:
    """Return a target of the product.

    Raises:
        ProfileError: no such target.
    """
    path = files("devices").joinpath("calibration", "data", f"target-{name}.toml")
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise ProfileError("No camera target has that name; nothing was measured.", code="calibration-target-file")
    return parse_camera_target(path.read_bytes())


def parse_camera_target(data: bytes) -> CameraTarget:
    """Read a camera target's file.

    Raises:
        ProfileError: not such a file, or numbers that fit no chart.
    """
    try:
        if len(data) > MAX_FILE_BYTES:
            raise ValueError("too large")
        return _target(tomllib.loads(data.decode("utf-8")), hashlib.sha256(data).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ProfileError(f"A camera target's file breaks its form ({type(error).__name__}: {error}); it was not used. Correct it.",
                           code="calibration-target-file") from error  # fmt: skip


def _target(raw: Mapping[str, Any], sha256: str) -> CameraTarget:
    if raw["kind"] != "camera":
        raise ValueError("not a camera's")
    edges, colour, board = raw["edges"], raw["colour"], raw["board"]
    patches = tuple(_rgb(p) for p in colour["patches"])
    columns, rows = int(colour["columns"]), int(colour["rows"])
    grey = tuple(int(g) for g in colour["grey"])
    if not 1 <= columns * rows == len(patches) <= 300 or any(not 0 <= g < len(patches) for g in grey):
        raise ValueError("patches and grid differ")
    squares = tuple((_length(x), _length(y)) for x, y in edges["centres"])
    if len(squares) != 5:
        raise ValueError("five squares: the centre and four corners")
    size = (int(board["columns"]), int(board["rows"]))
    if (
        not all(3 <= n <= 20 for n in size)
        or board["dictionary"] not in DICTIONARIES
        or not 0 < board["marker"] < board["square"]
    ):
        raise ValueError("a board of 3 to 20 squares a side, with markers smaller than the squares")
    width, height = edges["size"]
    return CameraTarget(str(raw["id"]), bool(raw["verified"]), (_length(width), _length(height)), _length(edges["side"]), squares,
                        _length(edges["angle_deg"]), columns, rows, _length(colour["patch"]), _length(colour["gap"]), patches, grey, size,
                        _length(board["square"]), _length(board["marker"]), str(board["dictionary"]), sha256)  # fmt: skip


def _rgb(text: object) -> tuple[int, int, int]:
    if not isinstance(text, str) or len(text) != 6:
        raise ValueError("a colour has six hex digits")
    red, green, blue = bytes.fromhex(text)
    return red, green, blue


def _length(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 < value < 10_000:
        raise ValueError("not a length")
    return float(value)
