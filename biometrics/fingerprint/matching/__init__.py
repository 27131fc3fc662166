"""1:1 comparison, calibrated scores, 1:N galleries, and the sequence check over a whole enrollment.

`compare(a, b)` -> `Comparison(score, fmr, pairs, …)` · `threshold(fmr)` · `Gallery().add/remove/search(probe, k)` -> `Hit`s.
May import: NumPy, OpenCV, `biometrics.fingerprint.minutiae`.
"""

from biometrics.fingerprint.matching.compare import Comparison, compare, threshold
from biometrics.fingerprint.matching.gallery import Gallery, Hit

__all__ = ["Comparison", "Gallery", "Hit", "compare", "threshold"]
