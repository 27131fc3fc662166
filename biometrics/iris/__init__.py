"""Eyes in a live near-infrared picture: where they are and whether an iris can be taken from them now.

Public: `find_eyes`, `EyeView`, `EyeReason`, `EyeRules`. For help while a person stands before the camera only; it gives no score of
an iris and compares none (ISO/IEC 29794-6 names the components measured here; no model of it is reproduced). May import NumPy and
OpenCV only.
"""

from __future__ import annotations

from biometrics.iris.live import EyeReason, EyeRules, EyeView, find_eyes

__all__ = ["EyeReason", "EyeRules", "EyeView", "find_eyes"]
