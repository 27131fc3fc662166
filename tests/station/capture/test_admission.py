"""A device without a valid certificate shows its live picture, takes nothing, and says why; nothing of it reaches the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from biometrics.positions import FingerPosition, Impression
from devices.contract import (
    Capabilities,
    CapturedImage,
    CaptureRequest,
    DeviceIdentity,
    DeviceInfo,
    DeviceKind,
    Frame,
    RawCapture,
    Scanner,
    Source,
)
from devices.errors import CaptureRefusedError
from devices.grade import CertificateFacts
from station.capture.admission import admission, check_stamp
from station.capture.session import CaptureSession, Phase, StepRules
from station.capture.storing import make_capture
from station.capture.verdict import PartVerdict, Verdict
from station.words import Language, say

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
REQUEST = CaptureRequest(FingerPosition.RIGHT_INDEX, Impression.LIVE_PLAIN)


class RealScanner(Scanner):
    """A scanner that says it is a real one (what an SBI or serial adapter says)."""

    adapter = "real"

    def __init__(self, firmware: str = "2.1", *, grade_reason: str = "") -> None:
        super().__init__("real-1")
        self.firmware, self.grade_reason = firmware, grade_reason

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(preview=True)

    def identity(self) -> DeviceIdentity:
        return DeviceIdentity(DeviceKind.SCANNER, self.adapter, "V", "M", "S-77", self.firmware, "p1")

    def _describe(self) -> DeviceInfo:
        return DeviceInfo(self.device_id, self.kind, self.identity(), Source.DEVICE, not self.grade_reason, self.grade_reason,
                          details={"bits": "4"})  # fmt: skip

    def _open(self, deadline_s: float) -> None:
        _ = deadline_s

    def _close(self) -> None:
        return

    def _preview(self) -> Iterator[Frame]:
        for number in range(1, 60):
            yield Frame(np.full((20, 20), 200, np.uint8), number, number / 30, 500, finger_present=True)

    def _capture(self, request: CaptureRequest) -> RawCapture:
        return RawCapture(
            (CapturedImage(np.zeros((20, 20), np.uint8), 8, 500, position=request.position),), self.identity(), Source.DEVICE
        )


class Passing:
    """A judge that finds everything good."""

    def live(self, frame: Frame, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        part = PartVerdict(request.position, 90.0, 40.0, centre=(0.0, 0.0))
        return Verdict((part,), 1, model="test")

    def final(self, capture: RawCapture, request: CaptureRequest, thresholds: dict[int, float]) -> Verdict:
        return self.live(Frame(np.zeros((1, 1), np.uint8), 0, 0.0), request, thresholds)


CERTIFICATE = CertificateFacts(
    "S-77", "2.1", "p1", passed=True, valid_until=NOW + timedelta(days=3), verified=True, certificate_id="cert-9"
)


def session_on(scanner: RealScanner, certificate: CertificateFacts | None) -> CaptureSession:
    scanner.open()
    admitted = admission(scanner, lambda _: certificate, NOW)
    return CaptureSession(REQUEST, StepRules(needs_empty_platen=False), Passing(), admission=admitted)


def test_an_admitted_device_takes_its_picture_and_the_capture_names_the_certificate() -> None:
    scanner = RealScanner()
    session = session_on(scanner, CERTIFICATE)
    assert any(session.process(frame) for frame in scanner.preview())
    attempt = session.taken(scanner.capture(REQUEST))
    assert attempt.capture.identity.certificate == "cert-9"
    check_stamp(attempt.capture)
    assert session.view().refused is None


@pytest.mark.parametrize(
    ("scanner", "certificate", "code", "screen"),
    [
        (RealScanner(), None, "certificate-missing", "E22"),
        (RealScanner(), replace(CERTIFICATE, valid_until=NOW), "certificate-expired", "E22"),
        (RealScanner("2.2"), CERTIFICATE, "certificate-firmware-changed", "E22"),
        (RealScanner(grade_reason="profile-bits"), CERTIFICATE, "profile-bits", "E23"),
    ],
)
def test_a_refused_device_previews_never_takes_and_says_why(scanner: RealScanner, certificate: CertificateFacts | None, code: str,
                                                            screen: str) -> None:  # fmt: skip
    session = session_on(scanner, certificate)
    session.press()
    assert not any(session.process(frame) for frame in scanner.preview())
    view = session.view()
    assert view.phase is Phase.LIVE
    assert view.verdict is not None, "the live picture is judged and shown all the same"
    assert view.refused is not None
    assert (view.refused.code, view.refused.screen_code) == (code, screen)
    assert "{" not in say(code, Language.VI, **view.refused.values)
    with pytest.raises(CaptureRefusedError) as refused:
        session.taken(scanner.capture(REQUEST))
    assert refused.value.reason_code == code
    assert not session.attempts


def test_a_real_devices_picture_without_a_certificate_is_not_written_down() -> None:
    scanner = RealScanner()
    scanner.open()
    taken = scanner.capture(REQUEST)
    with pytest.raises(CaptureRefusedError):
        check_stamp(taken)
    check_stamp(replace(taken, source=Source.SIMULATED))


def test_the_last_net_is_before_the_journal() -> None:
    scanner = RealScanner()
    scanner.open()
    taken = scanner.capture(REQUEST)
    step: Any = None
    journal: Any = None  # touched by nothing: the refusal comes before the first blob
    with pytest.raises(CaptureRefusedError):
        make_capture(journal, step, taken, Verdict((), 1), 1)
