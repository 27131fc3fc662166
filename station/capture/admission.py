"""May this device enroll now? Asked when a capture begins, and once more when an accepted picture is written down.

A refused device still shows its live picture; the step says why and never takes anything (`CaptureSession.admission`).
Simulated devices and files are let through here: everything they make is marked, and a production intake refuses the mark.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from devices.contract import CapturedImage, Device, RawCapture
from devices.errors import CaptureRefusedError
from devices.grade import CERTIFICATE_MISSING, CertificateSource, Grade, grade, needs_certificate

if TYPE_CHECKING:
    from devices.calibration.corrections import Corrections


def admission(device: Device, certificates: CertificateSource, now: datetime) -> Grade:
    """Return the grade of an opened device at `now` (UTC): `enrolls` says whether a picture may be taken with it."""
    info = device.describe()
    if not needs_certificate(info) and not info.error_code:
        return Grade(enrolls=True, code=info.grade_reason)
    certificate = certificates(info.identity) if info.identity is not None else None
    return grade(info, certificate, now)


def check_admission(admitted: Grade, device_id: str = "") -> None:
    """Raise unless the device may enroll.

    Raises:
        CaptureRefusedError: with the grade's code and the values of its words.
    """
    if not admitted.enrolls:
        raise CaptureRefusedError("This device may preview but not enroll; nothing was taken and what was saved is safe. Change the device, or "
                                  f"call the technician ({admitted.screen_code or admitted.code}).", device_id=device_id, code=admitted.code,
                                  **dict(admitted.values))  # fmt: skip


def stamped(capture: RawCapture, admitted: Grade) -> RawCapture:
    """Return the capture with the certificate that admitted its device, when it names none itself, and with that certificate's
    corrections applied; the pictures as they came stay beside the corrected ones.

    Raises:
        CaptureRefusedError: the picture is none that the corrections can be applied to; the certificate does not hold for it.
    """
    if admitted.certificate_id and not capture.identity.certificate:
        capture = replace(capture, identity=replace(capture.identity, certificate=admitted.certificate_id))
    return _corrected(capture, admitted.corrections) if admitted.corrections is not None and not capture.corrections else capture


def _corrected(capture: RawCapture, corrections: Corrections) -> RawCapture:
    from devices.calibration.corrections import apply

    try:
        images = tuple(replace(i, pixels=apply(corrections, grey8(i)), encoding="raw", original=None) for i in capture.images)
    except ValueError as error:
        raise CaptureRefusedError("This picture is not of the kind that the device's corrections were measured on; it was not taken. Calibrate the "
                                  "device in the mode it is used in.", code="correction-misfit") from error  # fmt: skip
    return replace(capture, images=images, uncorrected=capture.images, corrections=corrections.names)


def grey8(image: CapturedImage) -> npt.NDArray[np.uint8]:
    """Return the pixels where they are grey and of 8 bits, as calibration measured them.

    Raises:
        ValueError: they are not.
    """
    if image.pixels.ndim != 2 or image.pixels.dtype != np.uint8:
        raise ValueError("not a grey picture of 8 bits")
    return image.pixels.astype(np.uint8, copy=False)


def check_stamp(capture: RawCapture) -> None:
    """Refuse to write down a real device's picture that no certificate stands behind: the last net before the journal.

    Raises:
        CaptureRefusedError: a sample of a real device without a certificate's name.
    """
    if capture.source == "device" and not capture.identity.certificate:
        raise CaptureRefusedError("A picture of a device without a valid certificate cannot be accepted; nothing was saved of it and what was saved "
                                  "before is safe. Calibrate the device or use another.", code=CERTIFICATE_MISSING)  # fmt: skip
