"""A device may enroll only with a fitting profile and a certificate that is valid today, for this very firmware."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from devices.contract import DeviceIdentity, DeviceInfo, DeviceKind, Source
from devices.grade import SCREEN_CODES, CertificateFacts, grade, graded
from station.words import catalogue

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
IDENTITY = DeviceIdentity(DeviceKind.SCANNER, "sbi", "Vendor", "TP60", "S-77", "2.1", "tp60")
ROW = DeviceInfo("tp60", DeviceKind.SCANNER, IDENTITY, Source.DEVICE, enrolment_grade=True)
GOOD = CertificateFacts(
    "S-77", "2.1", "tp60", passed=True, valid_until=NOW + timedelta(days=40), verified=True, certificate_id="c1"
)


def test_a_fitting_profile_and_a_valid_certificate_enroll() -> None:
    answer = grade(ROW, GOOD, NOW)
    assert (answer.enrolls, answer.code, answer.days_left, answer.ends_soon) == (True, "", 40, False)
    row = graded(ROW, answer)
    assert row.enrolment_grade
    assert row.identity is not None
    assert row.identity.certificate == "c1"


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        (None, "certificate-missing"),
        (replace(GOOD, passed=False), "certificate-failed"),
        (replace(GOOD, verified=False), "certificate-unverified"),
        (replace(GOOD, firmware="2.0"), "certificate-firmware-changed"),
        (replace(GOOD, profile="tp50"), "certificate-profile-changed"),
        (replace(GOOD, device_serial="S-78"), "certificate-other-device"),
        (replace(GOOD, valid_until=NOW), "certificate-expired"),
    ],
)
def test_each_fault_of_the_certificate_is_told_and_stops_enrolling(certificate: CertificateFacts | None, code: str) -> None:
    answer = grade(ROW, certificate, NOW)
    assert (answer.enrolls, answer.code, answer.screen_code) == (False, code, "E22")
    assert not graded(ROW, answer).enrolment_grade


def test_a_certificate_holds_to_its_last_second_and_warns_before() -> None:
    last = replace(GOOD, valid_until=NOW + timedelta(seconds=1))
    assert grade(ROW, last, NOW).enrolls
    assert grade(ROW, last, NOW).ends_soon
    assert not grade(ROW, last, NOW + timedelta(seconds=1)).enrolls


def test_the_profile_comes_before_the_certificate() -> None:
    four_bits = replace(ROW, enrolment_grade=False, grade_reason="profile-bits", details={"bits": "4"})
    answer = grade(four_bits, GOOD, NOW)
    assert (answer.enrolls, answer.code, answer.screen_code, answer.values["bits"]) == (False, "profile-bits", "E23", "4")


def test_simulated_rows_and_other_kinds_keep_their_own_word() -> None:
    simulated = replace(ROW, source=Source.SIMULATED, enrolment_grade=False, grade_reason="source-simulated")
    assert grade(simulated, GOOD, NOW).code == "source-simulated"
    gps = DeviceInfo("gps", DeviceKind.POSITIONER, None, Source.DEVICE, enrolment_grade=True)
    assert grade(gps, None, NOW).enrolls


def test_an_error_in_the_row_is_the_reason() -> None:
    assert grade(replace(ROW, error_code="device-busy"), GOOD, NOW).code == "device-busy"


def test_every_reason_has_words() -> None:
    assert set(SCREEN_CODES) <= set(catalogue())
