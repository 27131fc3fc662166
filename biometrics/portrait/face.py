"""What the providers of detection and landmarks hand on: boxes and named points, each with who found it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.points import Point

Image = NDArray[np.uint8]
"""HxWx3 uint8, channels B G R (OpenCV's order), not mirrored."""


class Tier(IntEnum):
    """How much is known: 0 Haar cascades, 1 BlazeFace + face mesh, 2 imported packs."""

    CASCADES = 0
    MESH = 1
    PACKS = 2


class Status(StrEnum):
    """How far a measure may be relied on as the standard's own."""

    CONFORMANT = "conformant"
    APPROXIMATE = "approximate"
    NOT_ASSESSED = "not-assessed"


@dataclass(frozen=True, slots=True)
class Provider:
    """Name and version of what computed a result; `licence` as its owner states it."""

    name: str
    version: str
    licence: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A detected face in px of the whole image: left, top, width, height; `score` 0..1.

    `right_eye`, `left_eye`: rough eye places (x, y) where the detector knows them (the person's own right and left).
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    right_eye: tuple[float, float] | None = None
    left_eye: tuple[float, float] | None = None

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: FaceBox) -> float:
        """Intersection over union with `other`, 0..1."""
        w = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        h = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / (self.area + other.area - w * h)


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees. Yaw > 0: turned to the person's left. Pitch > 0: chin up. Roll > 0: clockwise in the picture. NaN: not known."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Named points of one face, in px of the whole image.

    Attributes:
        points: name -> (x, y).
        hull: Nx2 float32, the closed outline of the face region used for tone measures.
        pose: head pose.
        presence: 0..1, how sure the provider is that this is a face.
        provider: who found them.
        dense: Nx3 float32 of the provider's own points (x, y in px, z in px, smaller = nearer), or None.
    """

    points: dict[Point, tuple[float, float]]
    hull: NDArray[np.float32]
    pose: Pose
    presence: float
    provider: Provider
    dense: NDArray[np.float32] | None = None

    def has(self, *names: Point) -> bool:
        """True when every one of `names` is known."""
        return all(name in self.points for name in names)

    def at(self, name: Point) -> NDArray[np.float64]:
        """The place of `name` as a float64 pair. Raises KeyError where this provider does not know it."""
        return np.asarray(self.points[name], np.float64)


class FaceDetector(Protocol):
    """Finds faces. Not safe for several threads at once: keep one per thread."""

    provider: Provider

    def detect(self, image: Image) -> list[FaceBox]:
        """Return the faces, largest first."""


class Landmarker(Protocol):
    """Finds the named points of one face. Not safe for several threads at once: keep one per thread."""

    provider: Provider

    def locate(self, image: Image, box: FaceBox) -> Landmarks | None:
        """Return the points of the face in `box`, or None when it is no face or the points are implausible."""
