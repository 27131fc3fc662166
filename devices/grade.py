"""Whether a device may enroll today: its profile says what it is, its calibration certificate that it still is.

One pure function, `grade`. The adapter's row carries the profile's half (`DeviceInfo.enrolment_grade` and, when it is False, the
`grade_reason`); the certificate's half comes as `CertificateFacts`. A device that is refused here may still show live pictures.

Simulated devices and files are outside this rule: everything they make is marked, and a production intake refuses the mark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from devices.contract import DeviceIdentity, DeviceInfo, DeviceKind, Source

if TYPE_CHECKING:
    from devices.calibration.corrections import Corrections

GRADED_KINDS: Final = frozenset({DeviceKind.SCANNER, DeviceKind.CAMERA})
"""Kinds whose samples become part of a record; a barcode reader or a GPS needs no certificate."""

PROFILE_BELOW: Final = "profile-below-grade"
PROFILE_BITS: Final = "profile-bits"
PROFILE_PPI: Final = "profile-ppi"
PROFILE_UNKNOWN: Final = "profile-unknown"
SERIAL_UNKNOWN: Final = "serial-unknown"
CERTIFICATE_UNREAD: Final = "certificate-unread"
CERTIFICATE_MISSING: Final = "certificate-missing"
CERTIFICATE_FAILED: Final = "certificate-failed"
CERTIFICATE_EXPIRED: Final = "certificate-expired"
CERTIFICATE_UNVERIFIED: Final = "certificate-unverified"
CERTIFICATE_FIRMWARE: Final = "certificate-firmware-changed"
CERTIFICATE_SERIAL: Final = "certificate-other-device"
CERTIFICATE_PROFILE: Final = "certificate-profile-changed"
SOURCE_SIMULATED: Final = "source-simulated"
SOURCE_FILE: Final = "source-file"

SCREEN_CODES: Final[Mapping[str, str]] = {
    PROFILE_BELOW: "E23", PROFILE_BITS: "E23", PROFILE_PPI: "E23", PROFILE_UNKNOWN: "E23",
    SERIAL_UNKNOWN: "E22", CERTIFICATE_UNREAD: "E22", CERTIFICATE_MISSING: "E22", CERTIFICATE_FAILED: "E22", CERTIFICATE_EXPIRED: "E22", CERTIFICATE_UNVERIFIED: "E22",
    CERTIFICATE_FIRMWARE: "E22", CERTIFICATE_SERIAL: "E22", CERTIFICATE_PROFILE: "E22",
}  # fmt: skip
"""The small code that the screen prints beside the words (ui.md section 7)."""

SOON: Final = timedelta(days=30)
"""A certificate that ends within this time is worth a word to the technician."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a calibration certificate says, as far as the grade wants to know.

    `verified` means that its chain and signature were checked and hold; `valid_until` is UTC.
    """

    device_serial: str
    firmware: str
    profile: str
    passed: bool
    valid_until: datetime
    verified: bool
    certificate_id: str = ""
    corrections: Corrections | None = None
    """What has to be done to each raw picture for the certificate to hold; None for most devices."""


CertificateSource = Callable[[DeviceIdentity], CertificateFacts | None]
"""Finds the newest certificate of a device; None when it never had one."""


def no_certificates(identity: DeviceIdentity) -> CertificateFacts | None:
    """Know no certificate: the source of a station that never calibrated anything."""
    _ = identity
    return None


@dataclass(frozen=True, slots=True)
class Grade:
    """The answer: may it enroll, and if not why (`code`, with `values` for its words). `days_left` counts whole days."""

    enrolls: bool
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    days_left: int | None = None
    certificate_id: str = ""
    corrections: Corrections | None = None
    """Applied to each picture that is taken (`station.capture.admission.stamped`)."""

    @property
    def screen_code(self) -> str:
        """``E22``, ``E23`` or empty."""
        return SCREEN_CODES.get(self.code, "")

    @property
    def ends_soon(self) -> bool:
        """Whether the certificate should be renewed now."""
        return self.enrolls and self.days_left is not None and self.days_left <= SOON.days


def needs_certificate(info: DeviceInfo) -> bool:
    """Return whether samples of this device become part of a record made by a real device."""
    return info.kind in GRADED_KINDS and info.source is Source.DEVICE


def grade(info: DeviceInfo, certificate: CertificateFacts | None, now: datetime) -> Grade:
    """Return whether the device of this row may enroll at `now` (UTC, aware).

    Order of reasons: an error in the row, the profile, then the certificate; the first that stands in the way is told.
    """
    if info.error_code:
        return Grade(enrolls=False, code=info.error_code)
    if not needs_certificate(info):
        return Grade(enrolls=info.enrolment_grade, code="" if info.enrolment_grade else info.grade_reason,
                     values={"bits": info.details.get("bits", "?")})  # fmt: skip
    if not info.enrolment_grade:
        return Grade(enrolls=False, code=info.grade_reason or PROFILE_BELOW, values={"bits": info.details.get("bits", "?")})
    if info.identity is None:
        return Grade(enrolls=False, code=PROFILE_UNKNOWN)
    if not info.identity.serial:
        # A certificate belongs to one very device: without a number (or before the device was asked) none can be its.
        return Grade(enrolls=False, code=SERIAL_UNKNOWN)
    if certificate is None:
        return Grade(enrolls=False, code=CERTIFICATE_MISSING)
    days = (certificate.valid_until - now) // timedelta(days=1)
    code, values = _fault(info.identity, certificate, now)
    return Grade(not code, code, values, days, certificate.certificate_id, certificate.corrections)


def _fault(identity: DeviceIdentity, certificate: CertificateFacts, now: datetime) -> tuple[str, Mapping[str, object]]:
    if certificate.device_serial != identity.serial:
        return CERTIFICATE_SERIAL, {}
    if not certificate.verified:
        return CERTIFICATE_UNVERIFIED, {}
    if not certificate.passed:
        return CERTIFICATE_FAILED, {}
    if certificate.firmware != identity.firmware:
        return CERTIFICATE_FIRMWARE, {"old": certificate.firmware, "new": identity.firmware}
    if certificate.profile != identity.profile:
        return CERTIFICATE_PROFILE, {"old": certificate.profile, "new": identity.profile}
    if now >= certificate.valid_until:
        return CERTIFICATE_EXPIRED, {"day": certificate.valid_until.astimezone(UTC).strftime("%d/%m/%Y")}
    return "", {}


def graded(info: DeviceInfo, grade_now: Grade) -> DeviceInfo:
    """Return the row with the grade of today in it, the certificate named in its identity."""
    identity = info.identity
    if identity is not None and grade_now.certificate_id:
        identity = replace(identity, certificate=grade_now.certificate_id)
    return replace(info, identity=identity, enrolment_grade=grade_now.enrolls, grade_reason=grade_now.code)
