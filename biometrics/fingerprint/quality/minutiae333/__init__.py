"""The minutiae extractor inside NFIQ 2, exact to the bit: it serves the score's four minutia measures and nothing else.

Written from a functional description of the extractor that the NFIQ 2 reference uses; integer arithmetic throughout, with its
flat row wrap, int8 wrap and tie rules. The matcher has its own extractor (`biometrics.fingerprint.minutiae`); neither pretends
to be the other. Public names: `extract`, `Minutiae`. May import: NumPy, OpenCV.
"""

from biometrics.fingerprint.quality.minutiae333.extractor import Minutiae, extract

__all__ = ["Minutiae", "extract"]
