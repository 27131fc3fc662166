"""Names, order and histogram borders of the 69 native measures (ISO/IEC 29794-4:2024, NFIQ 2.3).

The order is the one the random forest expects; a score is wrong, silently, when it is changed.
"""

from __future__ import annotations

from typing import Final

_FAMILY_LIMITS: Final[dict[str, tuple[float, ...]]] = {
    # Bin k counts limit[k-1] <= value < limit[k]; the last bin is open upwards.
    "FDA": (0.268, 0.304, 0.33, 0.355, 0.38, 0.407, 0.44, 0.50, 1.0),
    "LCS": (0.0, 0.70, 0.74, 0.77, 0.79, 0.81, 0.83, 0.85, 0.87),
    "OCL": (0.337, 0.479, 0.579, 0.655, 0.716, 0.766, 0.81, 0.852, 0.898),
    "OF": (0.01715, 0.035, 0.0557, 0.081, 0.115, 0.1718, 0.2569, 0.4758, 0.748),
    "RVUP": (0.5, 0.667, 0.8, 1.0, 1.25, 1.5, 2.0, 24.0, 30.0),
}
HISTOGRAM_LIMITS: Final = _FAMILY_LIMITS


def histogram_names(family: str) -> tuple[str, ...]:
    """Return the twelve measure names of one histogram family: ten bins, mean, standard deviation."""
    return (*(f"{family}_Bin10_{k}" for k in range(10)), f"{family}_Bin10_Mean", f"{family}_Bin10_StdDev")


COM_COUNT: Final = "FingerJetFX_MinCount_COMMinRect200x200"
MINUTIAE_COUNT: Final = "FingerJetFX_MinutiaeCount"
MINUTIAE_MU: Final = "FJFXPos_Mu_MinutiaeQuality_2"
MINUTIAE_OCL: Final = "FJFXPos_OCL_MinutiaeQuality_80"
ROI_MEAN: Final = "ImgProcROIArea_Mean"
COHERENCE_MEAN: Final = "OrientationMap_ROIFilter_CoherenceRel"
COHERENCE_SUM: Final = "OrientationMap_ROIFilter_CoherenceSum"

MINUTIA_MEASURES: Final = (COM_COUNT, MINUTIAE_COUNT, MINUTIAE_MU, MINUTIAE_OCL)

MEASURE_NAMES: Final[tuple[str, ...]] = (
    *histogram_names("FDA"),
    *MINUTIA_MEASURES,
    ROI_MEAN,
    *histogram_names("LCS"),
    "MMB",
    "Mu",
    *histogram_names("OCL"),
    *histogram_names("OF"),
    COHERENCE_MEAN,
    COHERENCE_SUM,
    *histogram_names("RVUP"),
)

UNIFORM_IMAGE: Final = "UniformImage"
EMPTY_IMAGE: Final = "EmptyImageOrContrastTooLow"
FEW_MINUTIAE: Final = "FingerprintImageWithMinutiae"
FOREGROUND_AREA: Final = "SufficientFingerprintForeground"

ACTIONABLE_NAMES: Final = (UNIFORM_IMAGE, EMPTY_IMAGE, FEW_MINUTIAE, FOREGROUND_AREA)
