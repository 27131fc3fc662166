"""Both irises: the device finds the eyes, takes them and scores them; attempts until one passes, the best kept.

The live picture only helps the person before the camera (nearer, lids, glasses: `biometrics.iris`); what it says is a hint.
The score is the device's own (0..100, each eye for itself). No public, settled measure of ours exists for iris pictures
(ISO/IEC 29794-6 has components, no model to reproduce), so the verdict names the device as its model and is provisional.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from biometrics.iris import EyeView, find_eyes
from biometrics.positions import Eye, FingerPosition
from biometrics.reasons import ReasonCode, Region
from devices.contract import CaptureRequest, Frame, ImagingDevice, RawCapture
from devices.grade import Grade
from station.capture.admission import check_admission, stamped
from station.capture.session import Attempt
from station.capture.verdict import PartVerdict, Verdict

BOTH: Final = (Eye.RIGHT, Eye.LEFT)
DEADLINE_S: Final = 15.0


LIVE_MODEL: Final = "eyes-live"
NOT_SEEN: Final = "eyes-not-seen"


class IrisJudge:
    """See `station.capture.session.Judge`. Positions of its parts are eye codes (1 right, 2 left, the person's own side)."""

    latest: tuple[EyeView, ...] = ()
    """The eyes of the newest live picture, left to right (any thread)."""

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """Find the eyes and say what a person can mend; a picture without any says so, and the operator may take it all the same."""
        threshold = thresholds.get(int(FingerPosition.UNKNOWN), 0.0)
        seen = find_eyes(frame.image)
        self.latest = seen
        wanted = request.eyes or BOTH
        # As one looks at the person: their right eye is at the left of the picture.
        pairs = list(zip(BOTH, seen, strict=True)) if len(seen) == len(BOTH) else list(zip(wanted, seen, strict=False))
        parts = tuple(_hint(eye, view, threshold) for eye, view in pairs if eye in wanted)
        firsts = {p.reasons[:1] for p in parts}
        same = (
            firsts.pop() if len(firsts) == 1 and len(parts) > 1 else ()
        )  # both eyes want the same: it is said once, of the person
        return Verdict(parts, len(wanted), same if seen else (NOT_SEEN,), model=LIVE_MODEL, provisional=True)

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        """Judge a capture by the device's own scores."""
        self.latest = ()
        return judge_irises(capture, thresholds.get(int(FingerPosition.UNKNOWN), 0.0), request.eyes or BOTH)


def _hint(eye: Eye, view: EyeView, threshold: float) -> PartVerdict:
    reasons = tuple(map(str, view.reasons()))
    box = Region(int(view.x - view.iris_px), int(view.y - view.iris_px), int(2 * view.iris_px), int(2 * view.iris_px))
    return PartVerdict(FingerPosition(int(eye)), 0.0 if reasons else max(threshold, 1.0), threshold or 1.0, reasons, box)


def judge_irises(capture: RawCapture, threshold: float, wanted: Sequence[Eye] = BOTH) -> Verdict:
    """Return the verdict on a capture: each eye by the device's own score; an eye without one counts 0."""
    parts = tuple(
        PartVerdict(FingerPosition(int(image.eye)), float(image.quality or 0), threshold,
                    (str(ReasonCode.LOW_QUALITY),) if (image.quality or 0) < threshold else ())
        for image in sorted(capture.images, key=lambda i: int(i.eye))
    )  # fmt: skip
    identity = capture.identity
    return Verdict(parts, len(wanted), ppi=0, model=f"device {identity.vendor} {identity.model}"[:100], provisional=True)


def take_irises(device: ImagingDevice, admitted: Grade, *, attempts: int, threshold: float, before: int = 0,
                 eyes: Sequence[Eye] = BOTH) -> list[Attempt]:  # fmt: skip
    """Take the irises wanted until an attempt passes or `attempts` are used up; the best attempt is the one with the highest lower score.

    Raises:
        CaptureRefusedError: the device may not enroll, or its answer is refused. DeviceError: as the device does.
    """
    check_admission(admitted, device.device_id)
    made: list[Attempt] = []
    for number in range(before + 1, before + 1 + max(1, attempts - before)):
        raw = stamped(device.capture(CaptureRequest(modality="iris", eyes=tuple(eyes), deadline_s=DEADLINE_S)), admitted)
        raw = replace(raw, images=tuple(sorted(raw.images, key=lambda i: int(i.eye))))
        verdict = judge_irises(raw, threshold, eyes)
        made.append(Attempt(number, raw, verdict, automatic=True))
        if verdict.passed:
            break
    return made
