"""Same person? Live face against the chip's picture or an earlier portrait: with an embedding pack a similarity, without one an
honest "not compared" and two pictures at the same scale for the operator's eyes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ModelError
from biometrics.portrait.alignment import two_point_matrix, warp
from biometrics.portrait.assess import Tools, check_image, find_face
from biometrics.portrait.face import Image, Landmarks, Provider
from biometrics.portrait.points import Point

SFACE_SHA256: Final = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
"""face_recognition_sface_2021dec.onnx of opencv_zoo (Apache-2.0), from its published pointer."""

SFACE_SAME: Final = 0.363
"""Cosine from which SFace's authors say "same person" on LFW. Not tuned for a low false match rate: a hint, never a gate."""

UNSURE_BAND: Final = 0.06

_SIDE: Final = 112
_PLACES: Final = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
"""Where the network wants right eye, left eye, nose tip and mouth corners in its 112 x 112 picture."""

_NAMES: Final = (Point.RIGHT_EYE, Point.LEFT_EYE, Point.NOSE_TIP, Point.MOUTH_RIGHT, Point.MOUTH_LEFT)


class Sameness(StrEnum):
    """What the machine says. NOT_COMPARED: no pack, or no face; only the operator's eyes count."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"
    NOT_COMPARED = "not-compared"


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """The answer. `similarity` -1..1 (NaN: not compared); `why` a code: "", `pack-missing`, `no-face-first`, `no-face-second`."""

    sameness: Sameness
    similarity: float
    threshold: float
    provider: Provider | None
    official: bool
    why: str = ""


class Embedder(Protocol):
    """Turns an aligned face into a vector of length 1."""

    provider: Provider
    threshold: float
    official: bool

    def embed(self, image: Image, face: Landmarks) -> NDArray[np.float32]:
        """Return the unit vector of `face` in `image` (HxWx3 uint8 B G R)."""


class SFace:
    """The SFace network from an imported pack, run by ONNX Runtime on one thread. One per thread."""

    def __init__(self, model: bytes) -> None:
        """`model`: the ONNX file's bytes; another sha256 than the official one is used but marked `official = False`.

        Raises:
            ModelError: not an ONNX model of one 1x3x112x112 input.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            (only,) = self._session.get_inputs()
            shape = [n for n in only.shape if isinstance(n, int)]
        except Exception as error:  # the runtime raises its own many classes; all mean the same here
            raise ModelError("the face comparison pack is not a model that can be run", code="model-altered") from error
        if shape[-3:] != [3, _SIDE, _SIDE]:
            raise ModelError("the face comparison pack wants another input than a 112 x 112 face", code="model-altered")
        self._input = only.name
        self.threshold = SFACE_SAME
        self.official = hashlib.sha256(model).hexdigest() == SFACE_SHA256
        self.provider = Provider("sface", "2021dec" if self.official else "unofficial", "Apache-2.0 (opencv_zoo)")

    def embed(self, image: Image, face: Landmarks) -> NDArray[np.float32]:
        """Return the unit vector of `face`."""
        patch = aligned_112(image, face)
        blob = np.ascontiguousarray(patch[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32)
        vector = np.asarray(self._session.run(None, {self._input: blob})[0], np.float32).ravel()
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length < 1e-9:
            raise ModelError("the face comparison pack gave no vector", code="model-altered")
        return np.asarray(vector / length, np.float32)


def aligned_112(image: Image, face: Landmarks) -> Image:
    """Return the 112 x 112 face as comparison networks want it (five points, or two where only eyes are known)."""
    if face.has(*_NAMES):
        source = np.stack([face.at(n) for n in _NAMES])
        matrix, _ = cv2.estimateAffinePartial2D(source, _PLACES, method=cv2.LMEDS)
        if matrix is not None:
            return warp(image, np.asarray(matrix, np.float64), _SIDE, _SIDE, cv2.BORDER_CONSTANT)
    matrix = two_point_matrix(face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE), _PLACES[0], _PLACES[1])
    return warp(image, matrix, _SIDE, _SIDE, cv2.BORDER_CONSTANT)


def compare_faces(first: Image, second: Image, kit: Tools, embedder: Embedder | None = None) -> FaceComparison:
    """Compare the largest face of two pictures.

    Args:
        first, second: HxWx3 uint8 B G R.
        kit: this thread's networks.
        embedder: an imported pack, or None.

    Raises:
        ImageError: see `assess.check_image`.
    """

    def not_compared(why: str) -> FaceComparison:
        provider, threshold = (None, float("nan")) if embedder is None else (embedder.provider, embedder.threshold)
        return FaceComparison(Sameness.NOT_COMPARED, float("nan"), threshold, provider, official=False, why=why)

    faces = []
    for image, which in ((first, "first"), (second, "second")):
        check_image(image)
        _, face = find_face(image, kit)
        if face is None:
            return not_compared(f"no-face-{which}")
        faces.append(face)
    if embedder is None:
        return not_compared("pack-missing")
    similarity = float(embedder.embed(first, faces[0]) @ embedder.embed(second, faces[1]))
    if similarity >= embedder.threshold + UNSURE_BAND:
        sameness = Sameness.SAME
    elif similarity < embedder.threshold - UNSURE_BAND:
        sameness = Sameness.DIFFERENT
    else:
        sameness = Sameness.UNSURE
    return FaceComparison(sameness, similarity, embedder.threshold, embedder.provider, embedder.official)


def side_by_side(first: Image, second: Image, kit: Tools, height_px: int = 420) -> Image:
    """Return both faces upright at the same scale next to each other (HxWx3 uint8): what the operator compares by eye.

    A picture without a face is shown whole.
    """
    tiles: list[NDArray[Any]] = []
    for image in (first, second):
        check_image(image)
        _, face = find_face(image, kit)
        width = round(height_px * 0.8)
        if face is None:
            k = min(width / image.shape[1], height_px / image.shape[0])
            matrix = np.array([[k, 0, (width - k * image.shape[1]) / 2], [0, k, (height_px - k * image.shape[0]) / 2]])
        else:
            eyes = np.array([[0.39, 0.45], [0.61, 0.45]]) * [width, height_px]
            matrix = two_point_matrix(face.at(Point.RIGHT_EYE), face.at(Point.LEFT_EYE), eyes[0], eyes[1])
        tiles.append(warp(image, matrix, width, height_px, cv2.BORDER_REPLICATE))
    return np.ascontiguousarray(np.hstack([tiles[0], np.full((height_px, 8, 3), 232, np.uint8), tiles[1]]))
