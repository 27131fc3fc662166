"""The help while the person sits there: follow the face, say one thing at a time, and know when to take the picture.

No clock and no thread inside: the caller hands every frame with its time. Feed every frame (tracking is cheap); all measures
run at most ten times a second. Rules of the words (ui notes, section 5): a reason appears after 3 judged frames or 200 ms,
stays at least 800 ms, and gives way at once only to a more useful one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from biometrics.portrait.assess import PortraitQuality, Tools, check_image, judge
from biometrics.portrait.crop import crop_in_frame
from biometrics.portrait.face import FaceBox, Image, Landmarks
from biometrics.portrait.profiles import Level, Mode, Profile, load_profile
from biometrics.portrait.reasons import PRIORITY, Instruction
from biometrics.portrait.rules import Verdict
from biometrics.portrait.tracking import Calmer, FaceTracker

JUDGE_EVERY_S: Final = 0.1
APPEAR_S: Final = 0.2
APPEAR_FRAMES: Final = 3
STAY_S: Final = 0.8
HOLD_S: Final = 0.5
HOLD_FRAMES: Final = 5
STILL_SPEED: Final = 0.35
"""Eye distances per second above which the picture would be blurred by movement."""


@dataclass(frozen=True, slots=True)
class BestFrame:
    """The best frame of the burst: the untouched picture, its time and its judgement."""

    image: Image
    time_s: float
    quality: PortraitQuality


@dataclass(frozen=True, slots=True)
class LiveState:
    """What to draw for the frame it was computed from.

    Attributes:
        time_s: the frame's own time: draw the overlay only with it, or dim it when it is old.
        faces: every face seen.
        face: calmed points for drawing, or None.
        crop: 4x2 corners of the document's picture in the frame, clockwise from the top left, or None.
        instruction: the one thing to say now, or None (nothing to change).
        instruction_since_s: since when it is said.
        quality: the newest full judgement (it may be up to 0.1 s older than the frame: `quality_time_s`).
        holding: 0..1, how much of the half second has passed with everything in order.
        ready: True once everything held long enough: take `best`.
        best: the best frame of the present run of good ones, or None.
        speed: eye distances per second.
        seen: the face's points of this very frame, not calmed (a calmed blink comes late and half shut), or None.
    """

    time_s: float
    faces: tuple[FaceBox, ...]
    face: Landmarks | None
    crop: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None
    instruction: Instruction | None
    instruction_since_s: float
    quality: PortraitQuality | None
    quality_time_s: float
    holding: float
    ready: bool
    best: BestFrame | None
    speed: float
    seen: Landmarks | None = None


@dataclass(slots=True)
class SteadyWords:
    """One instruction that people can read: it appears late, stays, and yields at once only to a more useful one."""

    shown: Instruction | None = None
    since_s: float = -np.inf
    _candidate: Instruction | None = None
    _candidate_s: float = -np.inf
    _count: int = 0

    def update(self, wanted: Instruction | None, time_s: float) -> Instruction | None:
        """Take what this judged frame asks for and return what is shown."""
        if wanted is not self._candidate:
            self._candidate, self._candidate_s, self._count = wanted, time_s, 0
        self._count += 1
        if wanted is self.shown:
            return self.shown
        settled = self._count >= APPEAR_FRAMES or time_s - self._candidate_s >= APPEAR_S
        if not settled:
            return self.shown
        more_useful = wanted is not None and (self.shown is None or PRIORITY[wanted] < PRIORITY[self.shown])
        if more_useful or time_s - self.since_s >= STAY_S:
            self.shown, self.since_s = wanted, time_s
        return self.shown


@dataclass(slots=True)
class _Run:
    """The present run of good frames."""

    since_s: float = np.inf
    frames: int = 0
    best: BestFrame | None = field(default=None)


class LiveAssessor:
    """The live help of one camera stream. One per thread; call `update` for each frame in order of time."""

    def __init__(self, kit: Tools, profile: str | Profile = "vn-cccd", mode: Mode = Mode.STANDARD) -> None:
        """`kit`: this thread's networks (`tools()`); `profile`, `mode`: the document's rules.

        Raises:
            FormatError: an unknown profile.
        """
        self.profile = load_profile(profile, mode) if isinstance(profile, str) else profile
        self._kit = kit
        self._tracker = FaceTracker(kit)
        self._calmer = Calmer()
        self._words = SteadyWords()
        self._run = _Run()
        self._quality: PortraitQuality | None = None
        self._judged_s = -np.inf

    def reset(self) -> None:
        """Begin anew: the next person, or after a capture."""
        self._tracker.reset()
        self._calmer, self._words, self._run = Calmer(), SteadyWords(), _Run()
        self._quality, self._judged_s = None, -np.inf

    def update(self, image: Image, time_s: float) -> LiveState:
        """Take one frame.

        Args:
            image: HxWx3 uint8, B G R, unmirrored. It is kept by reference when it is the best so far: do not write into it.
            time_s: when it was taken, seconds of a clock that does not jump.

        Raises:
            ImageError: see `assess.check_image`.
        """
        check_image(image)
        due = self._quality is None or not 0 <= time_s - self._judged_s < JUDGE_EVERY_S - 1e-6
        boxes, face = self._tracker.update(image, time_s, whole=due)
        drawn = self._calmer.update(face, time_s)
        # Somebody who comes or goes is judged at once: half a second must not run out on an old count.
        if face is None or due or (self._quality is not None and len(boxes) != len(self._quality.faces)):
            self._quality = judge(image, boxes, face, self.profile, self._kit)
            self._judged_s = time_s
            self._count(image, time_s)
            self._words.update(self._wanted(), time_s)
        return LiveState(
            time_s=time_s,
            faces=tuple(boxes),
            face=drawn,
            crop=crop_in_frame(drawn, self.profile.crop) if drawn is not None else None,
            instruction=self._words.shown,
            instruction_since_s=self._words.since_s,
            quality=self._quality,
            quality_time_s=self._judged_s,
            holding=float(np.clip((time_s - self._run.since_s) / HOLD_S, 0, 1)) if self._run.frames else 0.0,
            ready=self._run.frames >= HOLD_FRAMES and time_s - self._run.since_s >= HOLD_S - 1e-6,
            best=self._run.best,
            speed=self._tracker.speed,
            seen=face,
        )

    def _still(self) -> bool:
        return self._tracker.speed <= STILL_SPEED

    def _wanted(self) -> Instruction | None:
        assert self._quality is not None
        wanted = self._quality.instruction
        hint_only = self._quality.passed
        if not self._still() and (wanted is None or hint_only or PRIORITY[wanted] > PRIORITY[Instruction.HOLD_STILL]):
            return Instruction.HOLD_STILL
        return wanted

    def _count(self, image: Image, time_s: float) -> None:
        quality = self._quality
        assert quality is not None
        # A rule that is unknown with a mesh at hand (points lost for this frame) must not count as held.
        unknown = (
            quality.face is not None
            and quality.face.dense is not None
            and any(r.verdict is Verdict.UNKNOWN and r.rule.level is Level.MUST for r in quality.rules)
        )
        if not quality.passed or unknown or not self._still():
            self._run = _Run()
            return
        if self._run.frames == 0:
            self._run.since_s = time_s
        self._run.frames += 1
        if self._run.best is None or quality.merit > self._run.best.quality.merit:
            self._run.best = BestFrame(image, time_s, quality)
