"""One portrait judged: detection, points, the 28 components, the document's rules, and what to say first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from biometrics.errors import ImageError, ModelError
from biometrics.portrait.blazeface import BlazeDetector
from biometrics.portrait.cascades import CascadeDetector, CascadeLandmarker
from biometrics.portrait.chin import with_chin_edge
from biometrics.portrait.document import document_measures, region_of
from biometrics.portrait.face import FaceBox, FaceDetector, Image, Landmarker, Landmarks, Status, Tier
from biometrics.portrait.measures import NAN, ComponentResult, FaceGeometry, components, face_tone, geometry
from biometrics.portrait.mesh import MeshLandmarker
from biometrics.portrait.profiles import Level, Mode, Profile, load_profile
from biometrics.portrait.reasons import Instruction, PortraitReason
from biometrics.portrait.rules import RuleResult, Verdict, apply_rules, reasons_of
from biometrics.reasons import Region

MIN_SIDE_PX = 48
MAX_PIXELS = 50_000_000


@dataclass(slots=True)
class Tools:
    """The networks of one thread. Make one per thread with `tools()`; nothing in it may be shared between threads."""

    tier: Tier
    detector: FaceDetector
    landmarker: Landmarker
    note: str = ""
    """Why a lower tier is used, as a code: "" or ``model-missing`` / ``model-altered``."""


def tools(tier: Tier | None = None, folder: Path | None = None) -> Tools:
    """Load the networks.

    Args:
        tier: ask for one; None takes the best that is there.
        folder: where the tier-1 files lie; default: the installed wheel's own.

    Raises:
        ModelError: the tier asked for is not there, or not even the cascades are.
    """
    note = ""
    if tier is None or tier >= Tier.MESH:
        try:
            return Tools(Tier.MESH, BlazeDetector(folder), MeshLandmarker(folder))
        except ModelError as error:
            if tier is not None:
                raise
            note = error.reason_code
    return Tools(Tier.CASCADES, CascadeDetector(), CascadeLandmarker(), note)


@dataclass(frozen=True, slots=True)
class PortraitQuality:
    """Everything known about one portrait. Scores of 29794-5 and rules of the document stand apart on purpose.

    Attributes:
        tier: what found the face.
        note: why not a higher tier (a code), or "".
        profile: the rules applied.
        faces: detected boxes, largest first.
        face: the judged face's points, or None.
        shape: lengths of the face, or None.
        components: the 28 measures of 29794-5 (empty without a face).
        measures: name -> number, what the rules looked at.
        rules: each rule with its verdict.
        reasons: what to change, most useful first; hints last.
        ticks: what the operator must judge.
    """

    tier: Tier
    note: str
    profile: Profile
    faces: tuple[FaceBox, ...]
    face: Landmarks | None
    shape: FaceGeometry | None
    components: tuple[ComponentResult, ...]
    measures: dict[str, float]
    rules: tuple[RuleResult, ...]
    reasons: tuple[PortraitReason, ...]
    ticks: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True when a face is there and no MUST rule is broken; rules this tier cannot know do not count here."""
        return self.face is not None and not any(r.verdict is Verdict.BROKEN and r.rule.level is Level.MUST for r in self.rules)

    @property
    def instruction(self) -> Instruction | None:
        """What to say first, or None."""
        return self.reasons[0].instruction if self.reasons else None

    @property
    def merit(self) -> float:
        """0..1 for choosing the best of a burst: open eyes, straight pose, sharp, less what is broken."""
        if self.face is None:
            return 0.0
        m = self.measures
        value = min(1.0, m["sharpness"])
        if not np.isnan(m["eye_opening"]):
            value += min(1.0, m["eye_opening"] / 0.08) + np.cos(np.radians(m["yaw"])) * np.cos(np.radians(m["pitch"]))
            value -= m["gaze"] + m["mouth_opening"] * 4
        broken = sum(r.verdict is Verdict.BROKEN and r.rule.level is Level.MUST for r in self.rules)
        return float(np.clip(value / 3, 0, 1)) / (1 + broken)


def check_image(image: Image) -> None:
    """Refuse what cannot be judged.

    Raises:
        ImageError: not HxWx3 uint8 (code `image-kind`), under 48 px (`image-too-small`), over 50 megapixels (`image-too-large`).
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ImageError("a portrait is an array of height x width x 3 bytes (B G R)", code="image-kind")
    if min(image.shape[:2]) < MIN_SIDE_PX:
        raise ImageError(f"the picture is smaller than {MIN_SIDE_PX} px: no face can be judged", code="image-too-small")
    if image.shape[0] * image.shape[1] > MAX_PIXELS:
        raise ImageError("the picture has more than 50 megapixels: reduce it first", code="image-too-large")


def find_face(image: Image, kit: Tools) -> tuple[list[FaceBox], Landmarks | None]:
    """Return every face's box, largest first, and the largest one's points, the chin on its edge; takes the time a still has."""
    boxes = kit.detector.detect(image)
    face = kit.landmarker.locate(image, boxes[0]) if boxes else None
    if face is not None and isinstance(kit.landmarker, MeshLandmarker):
        face = with_chin_edge(image, kit.landmarker.careful(image, face) or face)
    return boxes, face


def assess(
    image: Image,
    profile: str | Profile = "vn-cccd",
    *,
    kit: Tools | None = None,
    mode: Mode = Mode.STANDARD,
    document: bool = False,
    jpeg_quality: float = NAN,
) -> PortraitQuality:
    """Judge one picture.

    Args:
        image: HxWx3 uint8, B G R, unmirrored, upright.
        profile: the document's rules, by name or as a `Profile`.
        kit: this thread's networks; without it they are loaded anew (slow).
        mode: looser limits for children, wheelchairs, beds (ignored when `profile` is a `Profile`).
        document: True for a finished portrait (its place and size are judged), False for a frame still to be cropped.
        jpeg_quality: 0..100 where the file's tables tell it.

    Raises:
        ImageError: see `check_image`.
        FormatError: an unknown profile.
    """
    check_image(image)
    rules = load_profile(profile, mode) if isinstance(profile, str) else profile
    kit = kit or tools()
    boxes, face = find_face(image, kit)
    return judge(image, boxes, face, rules, kit, document=document, jpeg_quality=jpeg_quality)


BLACK_LEVEL = 40
"""A picture with next to nothing (0.5 %) above this 8-bit value shows no room: the lens is covered or the light is off."""


def _black(image: Image) -> bool:
    thinned = image[:: max(1, image.shape[0] // 90), :: max(1, image.shape[1] // 90)]
    return bool(np.percentile(thinned, 99.5) < BLACK_LEVEL)


def judge(
    image: Image,
    boxes: list[FaceBox],
    face: Landmarks | None,
    profile: Profile,
    kit: Tools,
    *,
    document: bool = False,
    jpeg_quality: float = NAN,
) -> PortraitQuality:
    """Judge a picture whose face is already found (the live loop tracks it)."""
    ticks = tuple(tick.id for tick in profile.ticks)
    if face is None:
        said = [Instruction.MORE_LIGHT, Instruction.NOBODY] if _black(image) else [Instruction.NOBODY]
        unseen = tuple(PortraitReason(code, "face", 1.0) for code in said)
        return PortraitQuality(kit.tier, kit.note, profile, tuple(boxes), None, None, (), {}, (), unseen, ticks)
    shape = geometry(face)
    light, sharp, background = face_tone(image, face)
    results = components(image, face, boxes, light=light, sharp=sharp, background=background, jpeg_quality=jpeg_quality)
    values = document_measures(image, face, boxes, shape=shape, light=light, sharp=sharp, spec=profile.crop)
    approximate = not any(r.status is Status.CONFORMANT for r in results)
    rules = apply_rules(profile, values, document=document, approximate=approximate)
    x, y, w, h = region_of(face, image)
    reasons = reasons_of(rules, Region(x, y, w, h))
    return PortraitQuality(kit.tier, kit.note, profile, tuple(boxes), face, shape, results, values, rules, reasons, ticks)
