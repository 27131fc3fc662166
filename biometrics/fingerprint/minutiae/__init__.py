"""The matcher's own minutiae: from a picture to a compact template.

`extract(image, ppi)` -> `Template`; `to_bytes` / `from_bytes` keep it in at most 2 kB; `extract_stored` does both, for whoever compares. This extractor serves comparison; the one inside NFIQ 2 lives in
`biometrics.fingerprint.quality` and serves the score. Records of ISO/IEC 19794-2 and INCITS 378 are in `biometrics.formats`.
May import: NumPy, OpenCV, SciPy, `biometrics.errors`.
"""

from biometrics.fingerprint.minutiae.extraction import extract, from_minutiae
from biometrics.fingerprint.minutiae.stored import extract_stored
from biometrics.fingerprint.minutiae.template import Template
from biometrics.fingerprint.minutiae.template_bytes import from_bytes, to_bytes

__all__ = ["Template", "extract", "extract_stored", "from_bytes", "from_minutiae", "to_bytes"]
