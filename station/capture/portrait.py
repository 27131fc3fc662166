"""Judges portraits: live help from the tracker, the full measures and rules on the picture that is taken."""

from __future__ import annotations

import threading

import numpy as np

from biometrics.portrait import LiveAssessor, Mode, PortraitQuality, Tools, assess, load_profile, tools
from biometrics.portrait import Verdict as RuleVerdict
from biometrics.portrait.reasons import Instruction
from biometrics.positions import FingerPosition
from biometrics.reasons import Region
from devices.contract import CaptureRequest, Frame, RawCapture
from station.capture.verdict import PartVerdict, Verdict

FAILED_SCORE = 59.0
"""A portrait that breaks a rule it must hold never reaches the threshold, whatever share of rules it holds."""


class PortraitJudge:
    """One per camera. Networks are made once per thread, since they must not be shared."""

    def __init__(self, profile: str = "vn-cccd", mode: Mode = Mode.STANDARD) -> None:
        self.profile = load_profile(profile, mode)
        self._own = threading.local()
        self.latest: PortraitQuality | None = None

    def _tools(self) -> Tools:
        if not hasattr(self._own, "tools"):
            self._own.tools = tools()
        found: Tools = self._own.tools
        return found

    def _assessor(self) -> LiveAssessor:
        if not hasattr(self._own, "assessor"):
            self._own.assessor = LiveAssessor(self._tools(), self.profile)
        found: LiveAssessor = self._own.assessor
        return found

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `station.capture.session.Judge`."""
        _ = request
        state = self._assessor().update(frame.image, frame.at_s)
        self.latest = state.quality
        return self._verdict(state.quality, state.instruction, thresholds)

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `station.capture.session.Judge`."""
        _ = request
        quality = assess(np.asarray(capture.images[0].pixels, np.uint8), self.profile, kit=self._tools())
        self.latest = quality
        self._assessor().reset()
        return self._verdict(quality, quality.instruction, thresholds)

    def _verdict(self, quality: PortraitQuality | None, instruction: Instruction | None, thresholds: dict[int, float]) -> Verdict:
        threshold = thresholds.get(int(FingerPosition.UNKNOWN), 60.0)
        if quality is None or quality.face is None:
            whole = (str(instruction or Instruction.NOBODY),)
            return Verdict((), 1, whole, present=quality is not None and bool(quality.faces), model="portrait")
        known = [r for r in quality.rules if r.verdict is not RuleVerdict.UNKNOWN]
        held = sum(r.verdict is RuleVerdict.HOLDS for r in known)
        score = 100.0 * held / max(1, len(known))
        reasons = (str(instruction),) if instruction is not None and not quality.passed else ()
        if not quality.passed:
            score = min(score, FAILED_SCORE)
        box = quality.faces[0] if quality.faces else None
        region = Region(int(box.x), int(box.y), int(box.width), int(box.height)) if box is not None else None
        part = PartVerdict(FingerPosition.UNKNOWN, score, threshold, reasons, region)
        return Verdict((part,), 1, model=f"portrait-tier-{int(quality.tier)}", provisional=True,
                       details={"rules_held": float(held), "rules_known": float(len(known))})  # fmt: skip
