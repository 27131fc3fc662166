"""One finger, judged: measures, actionable values, quality blocks, score and reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.fingerprint.quality import names
from biometrics.fingerprint.quality.images import check_image, crop_white, to_500_ppi
from biometrics.fingerprint.quality.isoblocks import quality_blocks
from biometrics.fingerprint.quality.measures import measure
from biometrics.fingerprint.quality.rules import reasons_of
from biometrics.models import QualityModel, default_model
from biometrics.reasons import Reason, ReasonCode, Region

# Codes of ImageError after which there still is an answer: no score, but a reason a person can act on.
_NO_SCORE_REASONS = {
    "image-all-white": ReasonCode.NO_FINGER,
    "image-uniform": ReasonCode.NO_FINGER,
    "image-empty": ReasonCode.NO_FINGER,
    "too-few-foreground-blocks": ReasonCode.TOO_SMALL,
    "too-few-minutiae": ReasonCode.TOO_SMALL,
}


@dataclass(frozen=True, slots=True)
class FingerprintQuality:
    """The verdict on one finger image.

    Attributes:
        measures: the 69 native measures by their reference names; empty when there is no score.
        actionable: the four actionable-feedback values as far as they could be computed.
        quality_blocks: ISO/IEC 29794-4 values 0..100 by measure name (19 at most).
        score: 0..100, or None when the reference would refuse (see `refusal`).
        model: name of the model that gave the score; official: whether it is NIST's own and may be called NFIQ 2.
        reasons: what is wrong and where, most confident first; regions in pixels of the image as it was given.
        refusal: code of the rule that forbids a score (``image-all-white``, ``image-uniform``, ``image-empty``,
            ``too-few-foreground-blocks``, ``too-few-minutiae``), else None.
        resampled: None for native 500 ppi, else how the image was brought there.
    """

    measures: dict[str, float] = field(default_factory=dict)
    actionable: dict[str, float] = field(default_factory=dict)
    quality_blocks: dict[str, int] = field(default_factory=dict)
    score: int | None = None
    model: str | None = None
    official: bool = False
    reasons: tuple[Reason, ...] = ()
    refusal: str | None = None
    resampled: str | None = None


def assess(
    image: NDArray[np.uint8], ppi: int, model: QualityModel | None = None, *, resample: bool = False
) -> FingerprintQuality:
    """Judge one finger image.

    Args:
        image: uint8 (H, W), ridges dark.
        ppi: 500; 1000 is reduced by NIST's method; anything else needs `resample`.
        model: who gives the score; None means our own default model, whose score is never NFIQ 2.
        resample: leave to bring another resolution to 500 ppi (recorded in the answer).

    Raises:
        ImageError: the input breaks a rule (``image-type``, ``image-shape``, ``image-too-large``, ``image-ppi``). An image
            that is merely bad is an answer with `refusal` and reasons, not an error.
    """
    native, resampled = to_500_ppi(check_image(image), ppi, resample=resample)
    try:
        crop, _left, _top = crop_white(native)
        measured = measure(crop)
    except ImageError as error:
        code = _NO_SCORE_REASONS.get(error.reason_code)
        if code is None:
            raise
        reason = Reason(code, 1.0, Region(0, 0, image.shape[1], image.shape[0]))
        seen = () if code is ReasonCode.NO_FINGER else reasons_of(image, ppi)
        if any(r.code in {ReasonCode.NO_FINGER, ReasonCode.TOO_SMALL, ReasonCode.TIP_ONLY} for r in seen):
            reasons = seen
        else:
            reasons = (reason, *seen)
        return FingerprintQuality(reasons=reasons, refusal=error.reason_code, resampled=resampled)
    measures = {name: measured.measures[name] for name in names.MEASURE_NAMES if name in measured.measures}
    judge: QualityModel = model if model is not None else default_model()
    return FingerprintQuality(
        measures=measures,
        actionable={name: measured.actionable[name] for name in names.ACTIONABLE_NAMES if name in measured.actionable},
        quality_blocks=quality_blocks(measures),
        score=judge.score(np.array(list(measures.values()))),
        model=judge.name,
        official=judge.official,
        reasons=reasons_of(image, ppi),
        resampled=resampled,
    )
