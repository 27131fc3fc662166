"""Judges portraits: live help from the tracker, the full measures and rules on the picture that is taken."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from biometrics.portrait import LiveAssessor, Mode, PortraitQuality, Tools, assess, load_profile, tools
from biometrics.portrait import Verdict as RuleVerdict
from biometrics.portrait.compare import Embedder, FaceComparison, compare_faces
from biometrics.portrait.face import Image
from biometrics.portrait.reasons import Instruction
from biometrics.positions import FingerPosition
from biometrics.reasons import Region
from devices.contract import CaptureRequest, Frame, RawCapture
from station.capture.active import ActiveAid
from station.capture.verdict import PartVerdict, Verdict

FAILED_SCORE = 59.0
"""A portrait that breaks a rule it must hold never reaches the threshold, whatever share of rules it holds."""


def warming_face() -> Image:
    """Return the small drawn face (600x480x3 uint8, B G R) by which a judge is made ready; drawing it takes some 50 ms."""
    from biometrics.portrait.synthesis import FaceSettings, render_face

    return render_face(1, FaceSettings(width=480, height=600, eye_distance_px=90.0)).image


class PortraitJudge:
    """One per camera. Its networks are made once and used by one thread at a time: live pictures are judged on a thread that is new for
    every attempt, and a set of networks for each of them cost a hundred megabytes and most of a second.
    """

    def __init__(self, profile: str = "vn-cccd", mode: Mode = Mode.STANDARD) -> None:
        self.profile = load_profile(profile, mode)
        self._lock = threading.Lock()
        self._kit: Tools | None = None
        self._live: LiveAssessor | None = None
        self.latest: PortraitQuality | None = None
        self.active = ActiveAid()
        """The blink-and-turn check: while one runs, no live picture passes."""

    def _tools(self) -> Tools:
        """The networks; call with the lock held."""
        if self._kit is None:
            self._kit = tools()
        return self._kit

    def _assessor(self) -> LiveAssessor:
        if self._live is None:
            self._live = LiveAssessor(self._tools(), self.profile)
        return self._live

    @property
    def ready(self) -> bool:
        """Whether the networks are loaded."""
        return self._kit is not None

    def warm(self) -> None:
        """Load the networks and judge one small drawn face as live ones are: a first judgement costs several times the next (networks,
        the picture library's colour tables, patterns)."""
        drawn = warming_face()
        with self._lock:
            live = self._assessor()
            for moment in (0.0, 0.2):
                live.update(drawn, moment)
            live.reset()

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `station.capture.session.Judge`."""
        _ = request
        with self._lock:
            state = self._assessor().update(frame.image, frame.at_s)
        self.latest = state.quality
        verdict = self._verdict(state.quality, state.instruction, thresholds)
        # Two faces answer for nobody; then it is the rule of one person that is said.
        alone = state.seen if len(state.faces) == 1 else None
        asked = self.active.feed(alone, frame.at_s, int(state.quality.tier) if state.quality is not None else 0)
        if asked is None:
            return verdict
        return replace(verdict, held_for=str(asked if alone is not None or state.instruction is None else state.instruction))

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """See `station.capture.session.Judge`."""
        _ = request
        with self._lock:
            quality = assess(np.asarray(capture.images[0].pixels, np.uint8), self.profile, kit=self._tools())
            self._assessor().reset()
        self.latest = quality
        return self._verdict(quality, quality.instruction, thresholds)

    def look(self, pixels: Image) -> None:
        """Judge a stored picture (HxWx3 uint8 B G R) by the full measures; `latest` then speaks of it.

        Raises:
            ImageError: it is no picture.
        """
        with self._lock:
            self.latest = assess(pixels, self.profile, kit=self._tools())

    def compare(self, first: Image, second: Image, embedder: Embedder) -> FaceComparison:
        """Compare the largest face of two pictures (HxWx3 uint8 B G R) with the networks that are loaded already.

        Raises:
            ImageError: a picture is none. ModelError: the pack gives no vector.
        """
        with self._lock:
            return compare_faces(first, second, self._tools(), embedder)

    def _verdict(self, quality: PortraitQuality | None, instruction: Instruction | None, thresholds: dict[int, float]) -> Verdict:
        threshold = thresholds.get(int(FingerPosition.UNKNOWN), 60.0)
        if quality is None or quality.face is None:
            whole = (str(instruction or Instruction.NOBODY),)
            return Verdict((), 1, whole, present=quality is not None and bool(quality.faces), model="portrait")
        known = [r for r in quality.rules if r.verdict is not RuleVerdict.UNKNOWN]
        held = sum(r.verdict is RuleVerdict.HOLDS for r in known)
        score = 100.0 * held / max(1, len(known))
        # Words that wait to be steady may still be silent about a rule that is broken: a reason there is all the same.
        reasons = () if quality.passed else (str(instruction or quality.instruction or Instruction.HOLD_STILL),)
        if not quality.passed:
            score = min(score, FAILED_SCORE)
        box = quality.faces[0] if quality.faces else None
        region = Region(int(box.x), int(box.y), int(box.width), int(box.height)) if box is not None else None
        part = PartVerdict(FingerPosition.UNKNOWN, score, threshold, reasons, region)
        return Verdict((part,), 1, model=f"portrait-tier-{int(quality.tier)}", provisional=True, merit=quality.merit,
                       details={"rules_held": float(held), "rules_known": float(len(known))})  # fmt: skip
