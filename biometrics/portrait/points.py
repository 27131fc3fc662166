"""Names of the places on a face, the same for every landmark provider and for the rendered faces' truth.

"Left" and "right" are the person's own: in an unmirrored picture the person's right eye is on the image's left.
"""

from __future__ import annotations

from enum import StrEnum


class Point(StrEnum):
    """A named place on the face. Providers give what they can; nobody indexes by number."""

    RIGHT_EYE_OUTER = "right-eye-outer"
    RIGHT_EYE_INNER = "right-eye-inner"
    RIGHT_EYE_TOP_1 = "right-eye-top-1"
    RIGHT_EYE_TOP_2 = "right-eye-top-2"
    RIGHT_EYE_TOP_3 = "right-eye-top-3"
    RIGHT_EYE_BOTTOM_1 = "right-eye-bottom-1"
    RIGHT_EYE_BOTTOM_2 = "right-eye-bottom-2"
    RIGHT_EYE_BOTTOM_3 = "right-eye-bottom-3"
    RIGHT_IRIS = "right-iris"
    LEFT_EYE_OUTER = "left-eye-outer"
    LEFT_EYE_INNER = "left-eye-inner"
    LEFT_EYE_TOP_1 = "left-eye-top-1"
    LEFT_EYE_TOP_2 = "left-eye-top-2"
    LEFT_EYE_TOP_3 = "left-eye-top-3"
    LEFT_EYE_BOTTOM_1 = "left-eye-bottom-1"
    LEFT_EYE_BOTTOM_2 = "left-eye-bottom-2"
    LEFT_EYE_BOTTOM_3 = "left-eye-bottom-3"
    LEFT_IRIS = "left-iris"
    NOSE_BRIDGE = "nose-bridge"
    NOSE_TIP = "nose-tip"
    MOUTH_RIGHT = "mouth-right"
    MOUTH_LEFT = "mouth-left"
    LIP_UPPER_INNER_1 = "lip-upper-inner-1"
    LIP_UPPER_INNER_2 = "lip-upper-inner-2"
    LIP_UPPER_INNER_3 = "lip-upper-inner-3"
    LIP_LOWER_INNER_1 = "lip-lower-inner-1"
    LIP_LOWER_INNER_2 = "lip-lower-inner-2"
    LIP_LOWER_INNER_3 = "lip-lower-inner-3"
    FOREHEAD = "forehead"
    CHIN = "chin"
    RIGHT_CHEEK_EDGE = "right-cheek-edge"
    LEFT_CHEEK_EDGE = "left-cheek-edge"
    RIGHT_EAR = "right-ear"
    LEFT_EAR = "left-ear"
    CROWN = "crown"
    RIGHT_EYE = "right-eye"
    LEFT_EYE = "left-eye"
