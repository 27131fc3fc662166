"""Slap segmentation: boxes, labels, hand, upright crops.

`segment_slap(image, expected, missing, ppi)` -> `SlapSegmentation` · `segment_preview(image, ppi, …)` for live pictures.
May import: NumPy, OpenCV, SciPy, `biometrics.errors`, `biometrics.positions`.
"""

from biometrics.fingerprint.segmentation.slap import SegmentedFinger, SlapSegmentation, segment_preview, segment_slap

__all__ = ["SegmentedFinger", "SlapSegmentation", "segment_preview", "segment_slap"]
