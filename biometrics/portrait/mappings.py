"""The 28 mappings of ISO/IEC 29794-5:2025 from a native measure to a quality component 0..100, as OFIQ 1.0.3 has them.

Written from the formulas of the project's study (notes on OFIQ, section 1.2); checked against OFIQ's published results table.
Rounding is half away from zero. NaN (not assessed) maps to -1, as OFIQ's "failure to assess".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Final


class Component(StrEnum):
    """The measures by the names OFIQ's results carry."""

    UNIFIED = "UnifiedQualityScore"
    BACKGROUND = "BackgroundUniformity"
    ILLUMINATION = "IlluminationUniformity"
    LUMINANCE_MEAN = "LuminanceMean"
    LUMINANCE_VARIANCE = "LuminanceVariance"
    UNDER_EXPOSURE = "UnderExposurePrevention"
    OVER_EXPOSURE = "OverExposurePrevention"
    DYNAMIC_RANGE = "DynamicRange"
    SHARPNESS = "Sharpness"
    COMPRESSION = "CompressionArtifacts"
    NATURAL_COLOUR = "NaturalColour"
    SINGLE_FACE = "SingleFacePresent"
    EYES_OPEN = "EyesOpen"
    MOUTH_CLOSED = "MouthClosed"
    EYES_VISIBLE = "EyesVisible"
    MOUTH_OCCLUSION = "MouthOcclusionPrevention"
    FACE_OCCLUSION = "FaceOcclusionPrevention"
    INTER_EYE = "InterEyeDistance"
    HEAD_SIZE = "HeadSize"
    LEFTWARD_CROP = "LeftwardCropOfTheFaceImage"
    RIGHTWARD_CROP = "RightwardCropOfTheFaceImage"
    MARGIN_ABOVE = "MarginAboveOfTheFaceImage"
    MARGIN_BELOW = "MarginBelowOfTheFaceImage"
    YAW = "HeadPoseYaw"
    PITCH = "HeadPosePitch"
    ROLL = "HeadPoseRoll"
    EXPRESSION = "ExpressionNeutrality"
    HEAD_COVERINGS = "NoHeadCoverings"


def _s(x: float, x0: float, w: float) -> float:
    """The logistic curve through 1/2 at `x0` with width `w`; no overflow at the far ends."""
    t = (x0 - x) / w
    return 0.0 if t > 700 else 1 / (1 + math.exp(t))


def _round(x: float) -> int:
    """Nearest whole number, halves away from zero."""
    return int(math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1))


def _clip(x: float) -> int:
    return min(100, max(0, _round(min(max(x, -1e6), 1e6))))


def _sig(h: float, a: float, s: float, x0: float, w: float) -> Callable[[float], int]:
    return lambda x: _clip(h * (a + s * _s(x, x0, w)))


def _angle(degrees: float) -> int:
    return _clip(100 * max(0.0, math.cos(math.radians(degrees))) ** 2)


def _luminance_variance(x: float) -> int:
    return _clip(100 * math.sin(math.pi * 60 * x / (60 * x + 1)))


def _coverings(x: float) -> int:
    if x <= 0:
        return 100
    if x >= 0.95:
        return 0
    low, high = _s(0.0, 0.02, 0.1), _s(0.95, 0.02, 0.1)
    return _clip(100 * (high - _s(x, 0.02, 0.1)) / (high - low))


_HEAD_SIZE: Final = _sig(200, 1, -1, 0, 0.05)

MAPPINGS: Final[dict[Component, Callable[[float], int]]] = {
    Component.UNIFIED: _sig(100, 0, 1, 23, 2.6),
    Component.BACKGROUND: _sig(190, 1, -1, 10, 100),
    Component.ILLUMINATION: lambda x: _clip(100 * max(0.0, x) ** 0.3),
    Component.LUMINANCE_MEAN: lambda x: _clip(100 * _s(x, 0.2, 0.05) * (1 - _s(x, 0.8, 0.05))),
    Component.LUMINANCE_VARIANCE: _luminance_variance,
    Component.UNDER_EXPOSURE: _sig(120, 0.832, -1, 0.92, 0.05),
    Component.OVER_EXPOSURE: lambda x: _clip(1 / (x + 0.01)),
    Component.DYNAMIC_RANGE: lambda x: _clip(12.5 * x),
    Component.SHARPNESS: _sig(1, -14, 115, -20, 15),
    Component.COMPRESSION: _sig(1, -0.0278, 103, 0.3308, 0.092),
    Component.NATURAL_COLOUR: _sig(200, 1, -1, 0, 10),
    Component.SINGLE_FACE: lambda x: _clip(100 * (1 - x)),
    Component.EYES_OPEN: _sig(100, 0, 1, 0.02, 0.01),
    Component.MOUTH_CLOSED: _sig(100, 1, -1, 0.2, 0.06),
    Component.EYES_VISIBLE: lambda x: _clip(100 * (1 - x)),
    Component.MOUTH_OCCLUSION: lambda x: _clip(100 * (1 - x)),
    Component.FACE_OCCLUSION: lambda x: _clip(100 * (1 - x)),
    Component.INTER_EYE: _sig(100, 0, 1, 70, 20),
    Component.HEAD_SIZE: lambda x: _HEAD_SIZE(abs(x - 0.45)),
    Component.LEFTWARD_CROP: _sig(100, 0, 1, 0.9, 0.1),
    Component.RIGHTWARD_CROP: _sig(100, 0, 1, 0.9, 0.1),
    Component.MARGIN_ABOVE: _sig(100, 0, 1, 1.4, 0.1),
    Component.MARGIN_BELOW: _sig(100, 0, 1, 1.8, 0.1),
    Component.YAW: _angle,
    Component.PITCH: _angle,
    Component.ROLL: _angle,
    Component.EXPRESSION: _sig(100, 0, 1, -5000, 5000),
    Component.HEAD_COVERINGS: _coverings,
}


def scalar(component: Component, raw: float) -> int:
    """Return the quality component 0..100 of a native measure, -1 for NaN.

    Args:
        component: which measure.
        raw: its native value in OFIQ's unit.
    """
    return -1 if math.isnan(raw) else MAPPINGS[component](raw)
