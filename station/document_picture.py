"""The document's picture of a captured frame: cut by the profile, coded within its budget, and as a record of ISO/IEC 19794-5.

The frame itself stays what it is; this is made from it anew wherever it is wanted (a paper, a file, a record).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from biometrics.errors import ImageError
from biometrics.formats.iso19794_5 import Edition, FaceImage, FaceRecord, FeaturePoint, ImageFormat, ImageType, write
from biometrics.portrait import Point, Tools, document_crop, encode_within, load_profile, tools
from biometrics.portrait.alignment import apply
from biometrics.portrait.assess import check_image, find_face
from biometrics.portrait.encode import Encoded
from biometrics.portrait.face import Landmarks
from biometrics.portrait.profiles import Profile

_EYE_CODES: Final = ((Point.LEFT_EYE, 0xC1), (Point.RIGHT_EYE, 0xC2))
"""MPEG-4 feature points 12.1 and 12.2, the centres of the left and the right eye (ISO/IEC 19794-5:2005, 5.6)."""


@dataclass(frozen=True, slots=True)
class DocumentPicture:
    """`pixels`: HxWx3 uint8 B G R of the profile's size. `file`: the coded picture. `eyes`: left and right eye, 2x2 px of it.

    `outside_share`: 0..1, how much of it lay outside the frame and repeats its edge.
    """

    pixels: npt.NDArray[np.uint8]
    file: Encoded
    eyes: npt.NDArray[np.float64]
    outside_share: float

    def record(self, edition: Edition) -> bytes:
        """Return the picture as a face record with both eye centres; nothing is said that was not measured (pose, colours, sex).

        The kind is "basic": nobody has checked here that the picture meets all the rules of a full frontal one.
        """
        height, width = self.pixels.shape[:2]
        points = tuple(
            FeaturePoint(1, code, min(width - 1, max(0, round(float(x)))), min(height - 1, max(0, round(float(y)))))
            for (_, code), (x, y) in zip(_EYE_CODES, self.eyes, strict=True)
        )
        form = ImageFormat.JPEG if self.file.format == "jpeg" else ImageFormat.JPEG2000
        face = FaceImage(self.file.data, form, width, height, image_type=ImageType.BASIC, points=points)
        return write(FaceRecord(edition, (face,)))


def picture_from(image: npt.NDArray[np.uint8], face: Landmarks, profile: Profile) -> DocumentPicture:
    """Return the document's picture of a frame whose face is already found.

    Raises:
        ImageError: the face is too small, or the budget too small for this size (codes `face-too-small`, `budget-too-small`).
    """
    cut = document_crop(image, face, profile.crop)
    eyes = apply(cut.matrix, np.stack([face.at(point) for point, _ in _EYE_CODES]))
    return DocumentPicture(cut.image, encode_within(cut.image, profile.encoding), eyes, cut.filled_share)


def document_picture(image: npt.NDArray[np.uint8], profile: str, kit: Tools | None = None) -> DocumentPicture:
    """Return the document's picture of a frame (HxWx3 uint8 B G R); `kit`: this thread's networks, loaded anew without.

    Raises:
        ImageError: no face (code `no-face`), a picture that cannot be judged, or see `picture_from`.
        FormatError: an unknown profile.
    """
    check_image(image)
    _, face = find_face(image, kit or tools())
    if face is None:
        raise ImageError("no face is found in the picture: it is not cut", code="no-face")
    return picture_from(image, face, load_profile(profile))
