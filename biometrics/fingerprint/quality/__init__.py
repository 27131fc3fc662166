"""Fingerprint quality: the NFIQ 2 measures (ISO/IEC 29794-4), the unified score, reasons a person can act on.

Public names:
    `assess(image, ppi, model=None)` -> `FingerprintQuality`: the full verdict on an accepted frame.
    `assess_live(image, ppi)` -> `LiveQuality`: the quick verdict on a preview frame.
    `platen_reasons(image, ppi)`: dust and old prints on glass that nobody touches.
    `MEASURE_NAMES`, `ACTIONABLE_NAMES`, `QUALITY_BLOCK_NAMES`: the reference's names in its order.

Inside: `images` (input rules), `blocks` (shared block machinery), `ridges` and `region` (the measures), `measures` (their
order and the refusals), `minutiae333` (the score's own minutiae extractor: it is not the matcher's), `isoblocks` (0..100
values for records), `rules`, `live`, `platen`. May import: NumPy, OpenCV, `biometrics.models`.
"""

from biometrics.fingerprint.quality.assessment import FingerprintQuality, assess
from biometrics.fingerprint.quality.isoblocks import QUALITY_BLOCK_NAMES
from biometrics.fingerprint.quality.live import LiveQuality, assess_live
from biometrics.fingerprint.quality.names import ACTIONABLE_NAMES, MEASURE_NAMES
from biometrics.fingerprint.quality.platen import platen_reasons

__all__ = [
    "ACTIONABLE_NAMES",
    "MEASURE_NAMES",
    "QUALITY_BLOCK_NAMES",
    "FingerprintQuality",
    "LiveQuality",
    "assess",
    "assess_live",
    "platen_reasons",
]
