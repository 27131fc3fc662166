"""Both irises: no live picture is judged here, the device finds the eyes and takes them; attempts until one passes, the best kept.

The score is the device's own (0..100, each eye for itself). No public, settled measure of ours exists for iris pictures
(ISO/IEC 29794-6 has components, no model to reproduce), so the verdict names the device as its model and is provisional.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from biometrics.positions import Eye, FingerPosition
from biometrics.reasons import ReasonCode
from devices.contract import CaptureRequest, ImagingDevice, RawCapture
from devices.grade import Grade
from station.capture.admission import check_admission, stamped
from station.capture.session import Attempt
from station.capture.verdict import PartVerdict, Verdict

BOTH: Final = (Eye.RIGHT, Eye.LEFT)
DEADLINE_S: Final = 15.0


def judge_irises(capture: RawCapture, threshold: float) -> Verdict:
    """Return the verdict on a capture: each eye by the device's own score; an eye without one counts 0."""
    parts = tuple(
        PartVerdict(FingerPosition.UNKNOWN, float(image.quality or 0), threshold,
                    (str(ReasonCode.LOW_QUALITY),) if (image.quality or 0) < threshold else ())
        for image in sorted(capture.images, key=lambda i: int(i.eye))
    )  # fmt: skip
    identity = capture.identity
    return Verdict(parts, len(BOTH), ppi=0, model=f"device {identity.vendor} {identity.model}"[:100], provisional=True)


def take_irises(device: ImagingDevice, admitted: Grade, *, attempts: int, threshold: float, before: int = 0) -> list[Attempt]:
    """Take both irises until an attempt passes or `attempts` are used up; the best attempt is the one with the highest lower score.

    Raises:
        CaptureRefusedError: the device may not enroll, or its answer is refused. DeviceError: as the device does.
    """
    check_admission(admitted, device.device_id)
    made: list[Attempt] = []
    for number in range(before + 1, before + 1 + max(1, attempts - before)):
        raw = stamped(device.capture(CaptureRequest(modality="iris", eyes=BOTH, deadline_s=DEADLINE_S)), admitted)
        raw = replace(raw, images=tuple(sorted(raw.images, key=lambda i: int(i.eye))))
        verdict = judge_irises(raw, threshold)
        made.append(Attempt(number, raw, verdict, automatic=True))
        if verdict.passed:
            break
    return made
