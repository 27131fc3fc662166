"""1:1 comparison, calibrated scores, 1:N galleries, and the sequence check over a whole enrollment.

`compare(a, b)` -> `Comparison(score, fmr, pairs, …)` · `threshold(fmr)` · `Gallery().add/remove/search(probe, k)` -> `Hit`s ·
`draw_pairs(…)` for the evidence.
May import: NumPy, OpenCV, `biometrics.fingerprint.minutiae`.
"""

from biometrics.fingerprint.matching.compare import Comparison, compare, measured_down_to, threshold
from biometrics.fingerprint.matching.drawing import draw_pairs
from biometrics.fingerprint.matching.gallery import Gallery, Hit

__all__ = ["Comparison", "Gallery", "Hit", "compare", "draw_pairs", "measured_down_to", "threshold"]
