"""1:1 comparison, calibrated scores, 1:N galleries, and the sequence check over a whole enrollment.

`compare(a, b)` -> `Comparison(score, fmr, pairs, …)` · `threshold(fmr)` · `Gallery().add/remove/search(probe, k)` -> `Hit`s ·
`draw_pairs(…)` for the evidence · `check_sequence(prints, recent, operators)` -> `Finding`s over a whole enrollment, with `KnownPeople` for
the station's recent people and its operators.
May import: NumPy, OpenCV, `biometrics.fingerprint.minutiae`.
"""

from biometrics.fingerprint.matching.compare import Comparison, compare, measured_down_to, threshold
from biometrics.fingerprint.matching.drawing import draw_pairs
from biometrics.fingerprint.matching.gallery import Gallery, Hit
from biometrics.fingerprint.matching.recent import KnownPeople
from biometrics.fingerprint.matching.sequence import Evidence, Finding, FindingKind, SequencePrint, check_sequence

__all__ = [
    "Comparison",
    "Evidence",
    "Finding",
    "FindingKind",
    "Gallery",
    "Hit",
    "KnownPeople",
    "SequencePrint",
    "check_sequence",
    "compare",
    "draw_pairs",
    "measured_down_to",
    "threshold",
]
