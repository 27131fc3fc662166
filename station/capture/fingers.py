"""Judges fingerprints: a slap finger by finger, a single finger by itself; live frames cheaply, captures fully."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from biometrics.fingerprint.quality import assess, assess_live
from biometrics.fingerprint.segmentation import SegmentedFinger, SlapSegmentation, segment_preview, segment_slap
from biometrics.models import QualityModel
from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, FingerPosition, fingers_of
from biometrics.reasons import Reason, ReasonCode, Region
from devices.contract import CaptureRequest, Frame, RawCapture
from station.capture.verdict import PartVerdict, Verdict, rank

WRONG_HAND_CONFIDENCE = 0.9
DEFAULT_THRESHOLD = 40.0
TOUCHING_MM = 0.25
"""Fingers with less room between their prints touch. Generated slaps only (12 people a spacing, 250 ppi): pressed together (spacing 0.8) eleven
of twelve hands have a pair below it, laid as usual one of twelve (its closest pair had 0.1 mm). So it is said of a hand that is not good
yet; a good one is taken however close its fingers lie."""
LEAN_DEG = 20.0
"""A hand that leans farther is asked to be turned straight: the limit of single fingers (`quality.rules`)."""
LIVE_MODEL = "live"
"""Name of the quick live verdict; it decides when to take the picture, never what is recorded as quality."""


_STRIPES: Final = np.tile(np.where(np.arange(360) % 9 < 4, 40, 220).astype(np.uint8), (360, 1))
"""Something like ridges: an empty picture would be refused before most of the work."""


class FingerJudge:
    """`model` gives the score of captures; without one our own default model does (never called NFIQ 2)."""

    def __init__(self, model: QualityModel | None = None) -> None:
        self._model = model

    def warm(self) -> None:
        """Load what the first picture would wait for (libraries' kernels, the score's model), on an empty platen."""
        empty = np.full((400, 375), 252, np.uint8)
        segment_preview(empty, 250, FingerPosition.RIGHT_FOUR, ())
        assess_live(_STRIPES, 250)
        assess(_STRIPES, 500, self._model)

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `station.capture.session.Judge`."""
        ppi = frame.ppi or 500
        if request.position not in SLAP_FINGERS:
            part, share = self._live_part(frame.image, ppi, request.position, thresholds)
            present = ReasonCode.NO_FINGER not in part.reasons
            return Verdict((part,) if present else (), 1, present=present, ppi=ppi, model=LIVE_MODEL, provisional=True,
                           details={"foreground": share})  # fmt: skip
        seen = segment_preview(frame.image, ppi, request.position, request.missing)
        parts = tuple(self._live_slap_part(frame.image, ppi, finger, thresholds) for finger in seen.fingers)
        verdict = _slap_verdict(seen, parts, request, ppi, LIVE_MODEL, provisional=True)
        if verdict.whole or verdict.passed or not parts:
            return verdict
        return replace(verdict, whole=_placed(seen, frame.image.shape[:2], ppi))

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `station.capture.session.Judge`; every finger by the full measures, each against its own threshold."""
        if request.position in SLAP_FINGERS and all(i.position in SINGLE_FINGERS for i in capture.images):
            return self._final_parts(capture, request, thresholds)
        image = capture.images[0]
        pixels, ppi = np.asarray(image.pixels, np.uint8), image.ppi or 500
        if request.position not in SLAP_FINGERS:
            part, model, provisional = self._final_part(pixels, ppi, request.position, thresholds, None)
            present = ReasonCode.NO_FINGER not in part.reasons
            return Verdict((part,) if present else (), 1, () if present else (str(ReasonCode.NO_FINGER),), present=present, ppi=ppi,
                           model=model, provisional=provisional)  # fmt: skip
        seen = segment_slap(pixels, request.position, request.missing, ppi)
        judged = [self._final_part(finger.crop(pixels), ppi, finger.position, thresholds, finger) for finger in seen.fingers]
        model = judged[0][1] if judged else ""
        return _slap_verdict(seen, tuple(j[0] for j in judged), request, ppi, model, provisional=any(j[2] for j in judged))

    def _final_parts(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """A slap that came as one picture for each finger (SBI devices segment themselves): nothing to segment, each judged alone."""
        expected = [f for f in fingers_of(request.position) if f not in request.missing]
        judged = [
            self._final_part(np.asarray(i.pixels, np.uint8), i.ppi or 500, i.position, thresholds, None)
            for i in capture.images
            if i.position in expected
        ]
        seen = tuple(part for part, _, _ in judged if ReasonCode.NO_FINGER not in part.reasons)
        whole = (str(ReasonCode.FINGERS_MISSING),) if 0 < len(seen) < len(expected) else ()
        return Verdict(seen, len(expected), whole, present=bool(seen), ppi=capture.images[0].ppi or 500,
                       model=judged[0][1] if judged else "", provisional=any(p for _, _, p in judged))  # fmt: skip

    def _live_part(self, image: npt.NDArray[np.uint8], ppi: int, position: FingerPosition,
                   thresholds: dict[int, float]) -> tuple[PartVerdict, float]:  # fmt: skip
        quality = assess_live(image, ppi)
        box = quality.box
        centre = (box.x + box.width / 2, box.y + box.height / 2) if box else None
        part = PartVerdict(
            position, quality.score, _threshold(thresholds, position), _codes(quality.reasons), box, centre, _corners(box)
        )
        return part, quality.foreground

    def _live_slap_part(
        self, image: npt.NDArray[np.uint8], ppi: int, finger: SegmentedFinger, thresholds: dict[int, float]
    ) -> PartVerdict:
        quality = assess_live(finger.crop(image), ppi)
        reasons = _ridge_codes(quality.reasons)
        return PartVerdict(
            finger.position,
            quality.score,
            _threshold(thresholds, finger.position),
            reasons,
            None,
            finger.centre,
            _outline(finger),
        )

    def _final_part(self, image: npt.NDArray[np.uint8], ppi: int, position: FingerPosition, thresholds: dict[int, float],
                    finger: SegmentedFinger | None) -> tuple[PartVerdict, str, bool]:  # fmt: skip
        quality = assess(image, ppi, self._model, resample=ppi not in (500, 1000))
        score, model, provisional = quality.score, quality.model or "", not quality.official
        if score is None:
            # Refused as a print: no score at all. No model installed: the quick verdict stands in, marked provisional.
            score, model, provisional = (
                (0, model, provisional) if quality.refusal else (assess_live(image, ppi).score, LIVE_MODEL, True)
            )
        centre = finger.centre if finger else None
        outline = _outline(finger) if finger else ()
        reasons = _ridge_codes(quality.reasons) if finger else _codes(quality.reasons)
        part = PartVerdict(position, score, _threshold(thresholds, position), reasons, None, centre, outline)
        return part, model, provisional


def _slap_verdict(seen: SlapSegmentation, parts: tuple[PartVerdict, ...], request: CaptureRequest, ppi: int, model: str, *,
                  provisional: bool) -> Verdict:  # fmt: skip
    expected = [f for f in fingers_of(request.position) if f not in request.missing]
    whole: list[str] = []
    if seen.hand is not None and seen.hand != request.position and seen.hand_confidence >= WRONG_HAND_CONFIDENCE:
        whole.append(str(ReasonCode.WRONG_HAND))
    elif parts and len(parts) < len(expected):
        whole.append(str(ReasonCode.FINGERS_MISSING))
    return Verdict(parts, len(expected), tuple(whole), present=bool(parts), ppi=ppi, model=model, provisional=provisional)


def _placed(seen: SlapSegmentation, shape: tuple[int, ...], ppi: int) -> tuple[str, ...]:
    """How the hand lies, while it can still be mended: over an edge of the glass, aslant, fingers pressed together; most blocking first.
    Live only: a picture that was taken is judged by its prints."""
    side, end = seen.over_edge(shape[1], ppi), seen.over_end(shape[0], ppi)
    codes = [ReasonCode.OFF_CENTRE_LEFT] if side < 0 else [ReasonCode.OFF_CENTRE_RIGHT] if side > 0 else []
    if end:
        codes.append(ReasonCode.OFF_CENTRE_UP if end < 0 else ReasonCode.OFF_CENTRE_DOWN)
    if abs(seen.lean_deg) > LEAN_DEG:
        codes.append(ReasonCode.TILTED)
    if min(seen.gaps_mm(ppi), default=0.0) < TOUCHING_MM:
        codes.append(ReasonCode.FINGERS_TOUCHING)
    return tuple(map(str, codes))


def _threshold(thresholds: dict[int, float], position: FingerPosition) -> float:
    return thresholds.get(int(position), DEFAULT_THRESHOLD)


def _codes(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(sorted({str(r.code) for r in reasons}, key=rank))


def _ridge_codes(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The reasons for a finger cut out of a slap: placement in the cut-out, and what lies beside the finger (its
    neighbours), say nothing of the platen, and the cut-out is upright; only the ridges' own faults count."""
    beside = {str(ReasonCode.DIRTY_PLATEN), str(ReasonCode.LATENT), str(ReasonCode.TILTED)}
    return tuple(code for code in _codes(reasons) if not code.startswith("off-centre") and code not in beside)


def _corners(box: Region | None) -> tuple[tuple[float, float], ...]:
    if box is None:
        return ()
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _outline(finger: SegmentedFinger) -> tuple[tuple[float, float], ...]:
    """Corners of the turned box, clockwise from the top left."""
    turn = np.deg2rad(finger.angle_deg)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    half_w, half_h = finger.width / 2, finger.height / 2
    corners = ((-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h))
    return tuple((finger.centre[0] + x * cos - y * sin, finger.centre[1] + x * sin + y * cos) for x, y in corners)
