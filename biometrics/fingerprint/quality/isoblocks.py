"""Quality-block values of ISO/IEC 29794-4: native measures brought to 0..100, for records and reports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from biometrics.fingerprint.quality.names import (
    COHERENCE_MEAN,
    COHERENCE_SUM,
    COM_COUNT,
    MINUTIAE_COUNT,
    MINUTIAE_MU,
    MINUTIAE_OCL,
    ROI_MEAN,
)

_KNOWN_RANGES: Final[dict[str, tuple[float, float]]] = {
    "Mu": (0.0, 255.0),
    "MMB": (0.0, 255.0),
    ROI_MEAN: (0.0, 255.0),
    COHERENCE_MEAN: (0.0, 1.0),
    COHERENCE_SUM: (0.0, 3150.0),
    MINUTIAE_MU: (0.0, 1.0),
    MINUTIAE_OCL: (0.0, 1.0),
    "OCL_Bin10_Mean": (0.0, 1.0),
    "OCL_Bin10_StdDev": (0.0, 1.0),
    "LCS_Bin10_Mean": (0.0, 1.0),
    "LCS_Bin10_StdDev": (0.0, 1.0),
    "FDA_Bin10_Mean": (0.0, 1.0),
    "FDA_Bin10_StdDev": (0.0, 1.0),
    "OF_Bin10_Mean": (-4.0 / 86.0, 176.0 / 86.0),
    "OF_Bin10_StdDev": (0.0, 1.0),
}
_COUNTS: Final = (COM_COUNT, MINUTIAE_COUNT)
_SIGMOIDS: Final = ("RVUP_Bin10_Mean", "RVUP_Bin10_StdDev")
_EPSILON: Final = 2.220446049250313e-16

QUALITY_BLOCK_NAMES: Final = (*_KNOWN_RANGES, *_COUNTS, *_SIGMOIDS)


def quality_blocks(measures: Mapping[str, float]) -> dict[str, int]:
    """Return the 19 quality-block values that `measures` (native values by name) allow."""
    blocks: dict[str, int] = {}
    for name, value in measures.items():
        if name in _KNOWN_RANGES:
            low, high = _KNOWN_RANGES[name]
            scaled = math.floor(101 * (value - low) / (high - low + _EPSILON))
            blocks[name] = min(max(scaled, 0), 100)
        elif name in _COUNTS:
            blocks[name] = min(int(value), 100)
        elif name in _SIGMOIDS:
            blocks[name] = math.floor(100 / (1 + math.exp((1 - value) / 0.5)) + 0.5)
    return blocks
