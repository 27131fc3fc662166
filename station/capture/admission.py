"""May this device enroll now? Asked when a capture begins, and once more when an accepted picture is written down.

A refused device still shows its live picture; the step says why and never takes anything (`CaptureSession.admission`).
Simulated devices and files are let through here: everything they make is marked, and a production intake refuses the mark.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from devices.contract import Device, RawCapture
from devices.errors import CaptureRefusedError
from devices.grade import CERTIFICATE_MISSING, CertificateSource, Grade, grade, needs_certificate


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
    """Return the capture with the certificate that admitted its device, when it names none itself."""
    if not admitted.certificate_id or capture.identity.certificate:
        return capture
    return replace(capture, identity=replace(capture.identity, certificate=admitted.certificate_id))


def check_stamp(capture: RawCapture) -> None:
    """Refuse to write down a real device's picture that no certificate stands behind: the last net before the journal.

    Raises:
        CaptureRefusedError: a sample of a real device without a certificate's name.
    """
    if capture.source == "device" and not capture.identity.certificate:
        raise CaptureRefusedError("A picture of a device without a valid certificate cannot be accepted; nothing was saved of it and what was saved "
                                  "before is safe. Calibrate the device or use another.", code=CERTIFICATE_MISSING)  # fmt: skip
