"""Keeps one face from frame to frame: follows the mesh, detects anew now and then, and calms the points that are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.assess import Tools
from biometrics.portrait.blazeface import BlazeDetector
from biometrics.portrait.face import FaceBox, Image, Landmarks
from biometrics.portrait.mesh import EYES, MeshLandmarker
from biometrics.portrait.points import Point

DETECT_EVERY_S: Final = 0.2
"""A second person walks in at most this long unseen; a lost face is looked for at once."""

DETECT_EARLY_S: Final = 0.16
"""On a frame that is not judged there is time to detect a little early, so that no frame does everything."""


class FaceTracker:
    """State of one stream. Times are seconds of the caller's clock; a jump backwards or over 1 s starts anew."""

    def __init__(self, kit: Tools) -> None:
        self._kit = kit
        self._face: Landmarks | None = None
        self._boxes: list[FaceBox] = []
        self._detected_s = -np.inf
        self._last_s = -np.inf
        self._eye = 0
        self.speed = 0.0
        """Movement of the eyes, eye distances per second, smoothed; 0 right after a start."""

    def reset(self) -> None:
        """Forget the face: another person, another camera."""
        self._face, self._boxes, self._detected_s, self._last_s, self.speed = None, [], -np.inf, -np.inf, 0.0

    def update(self, image: Image, time_s: float, *, whole: bool = True) -> tuple[list[FaceBox], Landmarks | None]:
        """Return (all faces, the followed face) of this frame; the points are this frame's own, not smoothed.

        Args:
            image: HxWx3 uint8 B G R.
            time_s: when it was taken.
            whole: False for a frame that is only followed, not judged: the lids and iris of one eye are looked at, in turn, the
                other eye's are of the frame before (the iris network takes half of a frame's time).
        """
        if not 0 <= time_s - self._last_s <= 1.0:
            self.reset()
        face = None
        landmarker = self._kit.landmarker
        if self._face is not None and isinstance(landmarker, MeshLandmarker):
            self._eye = 1 - self._eye
            face = landmarker.refine(image, self._face, EYES if whole else EYES[self._eye : self._eye + 1])
        if face is None or time_s - self._detected_s >= (DETECT_EVERY_S if whole else DETECT_EARLY_S) - 1e-6:
            face = self._detect(image, face, time_s)
        self._note_speed(face, time_s)
        self._face, self._last_s = face, time_s
        return self._boxes, face

    def _detect(self, image: Image, face: Landmarks | None, time_s: float) -> Landmarks | None:
        detector = self._kit.detector
        self._boxes = detector.detect(image)
        if isinstance(detector, BlazeDetector) and not self._boxes and face is not None:
            self._boxes = [_box_of(face)]
        self._detected_s = time_s
        if not self._boxes:
            return None
        if face is not None and _box_of(face).overlap(self._boxes[0]) > 0.2:
            return face
        return self._kit.landmarker.locate(image, self._boxes[0])

    def _note_speed(self, face: Landmarks | None, time_s: float) -> None:
        if face is None or self._face is None or time_s <= self._last_s:
            self.speed = 0.0 if face is None else self.speed
            return
        before = (self._face.at(Point.RIGHT_EYE) + self._face.at(Point.LEFT_EYE)) / 2
        now = (face.at(Point.RIGHT_EYE) + face.at(Point.LEFT_EYE)) / 2
        distance = float(np.linalg.norm(face.at(Point.RIGHT_EYE) - face.at(Point.LEFT_EYE)))
        speed = float(np.linalg.norm(now - before)) / max(distance, 1) / (time_s - self._last_s)
        self.speed = 0.6 * self.speed + 0.4 * speed


def _box_of(face: Landmarks) -> FaceBox:
    low, high = face.hull.min(0), face.hull.max(0)
    return FaceBox(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]), face.presence)


class Calmer:
    """One-euro filter over the drawn points: still when the face is still, quick when it moves (Casiez et al., 2012)."""

    def __init__(self, cutoff_hz: float = 1.5, beta: float = 0.03) -> None:
        self._cutoff, self._beta = cutoff_hz, beta
        self._names: tuple[Point, ...] = ()
        self._value: NDArray[np.float64] | None = None
        self._slope: NDArray[np.float64] | None = None
        self._time_s = -np.inf

    def update(self, face: Landmarks | None, time_s: float) -> Landmarks | None:
        """Return `face` with calmed points (hull and pose stay its own); None resets."""
        if face is None:
            self._value = None
            return None
        names = tuple(face.points)
        raw = np.asarray([face.points[n] for n in names], np.float64)
        gap = time_s - self._time_s
        self._time_s = time_s
        if self._value is None or self._slope is None or names != self._names or not 0 < gap < 0.5:
            self._names, self._value, self._slope = names, raw, np.zeros_like(raw)
            return face

        def weight(cutoff: NDArray[np.float64] | float) -> NDArray[np.float64]:
            rate = 2 * np.pi * np.asarray(cutoff) * gap
            return np.asarray(rate / (rate + 1))

        slope = (raw - self._value) / gap
        self._slope = self._slope + weight(1.0) * (slope - self._slope)
        speed = np.linalg.norm(self._slope, axis=1, keepdims=True)
        self._value = self._value + weight(self._cutoff + self._beta * speed) * (raw - self._value)
        points = {n: (float(p[0]), float(p[1])) for n, p in zip(names, self._value, strict=True)}
        return replace(face, points=points)
