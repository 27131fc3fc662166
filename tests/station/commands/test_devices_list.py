"""`station devices list` and the row states of the device room."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.contract import DeviceIdentity, DeviceInfo, DeviceKind, Source
from devices.grade import CertificateFacts
from devices.registry import Found
from devices.simulated.serial_ef01 import Ef01Simulator
from station.cli import main
from station.device_room import DeviceRoom, parse_wishes
from station.errors import InputError
from station.settings import Settings
from station.views.base import Tone
from station.views.devices import device_room_view
from station.words import Language
from tests.devices.contract.serial_cases import quick

NOW = datetime(2026, 5, 12, tzinfo=UTC)
IDENTITY = DeviceIdentity(DeviceKind.SCANNER, "sbi", "Vendor", "TP60", "S-77", "2.1", "tp60")
ROW = DeviceInfo("tp60", DeviceKind.SCANNER, IDENTITY, Source.DEVICE, enrolment_grade=True)


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    with pytest.raises(SystemExit) as ended:
        main(["devices", *arguments])
    assert not ended.value.code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_list_shows_the_devices_of_the_settings_each_with_its_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").write_text(
        '"devices.scanner" = "simulated-scanner seed=4"\n"devices.camera" = "folder-camera folder=/nowhere; nobody"\n', "utf-8"
    )
    rows = run(["list", "--data", str(tmp_path), "--json", "--english"], capsys)
    assert [r["device"] for r in rows] == ["simulated-scanner", "folder-camera", "nobody", "simulated-card"]
    assert rows[0]["state"] == "device.state.marked"
    assert rows[0]["words"] == "Simulated: every result is marked"
    assert "slaps" in rows[0]["can"]  # type: ignore[operator]
    assert rows[2]["reason"] == "device-not-found"
    assert rows[2]["error"]


def test_a_device_given_by_hand_replaces_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    rows = run(["list", "--json", "-d", "simulated-camera seed=2"], capsys)
    assert [r["device"] for r in rows] == ["simulated-camera"]


def test_wishes_are_read_with_quotes_and_refused_when_broken() -> None:
    first, second = parse_wishes("mjpeg url='http://127.0.0.1:1/a b' ; uvc")
    assert (first.adapter, first.options["url"], second.adapter) == ("mjpeg", "http://127.0.0.1:1/a b", "uvc")
    for bad in ("uvc port", "uvc 'x", ";".join(["uvc"] * 33)):
        with pytest.raises(InputError):
            parse_wishes(bad)


def test_a_bad_setting_is_a_fault_and_hides_no_device() -> None:
    room = DeviceRoom.from_settings(Settings({"devices.scanner": "x y", "devices.card_reader": ""}))
    assert [r.info.device_id for r in room.rows()] == ["simulated-camera"]
    assert "devices.scanner" in room.faults[0]


def test_row_states_of_the_window() -> None:
    until = NOW + timedelta(days=12, hours=3)
    facts = CertificateFacts("S-77", "2.1", "tp60", passed=True, valid_until=until, verified=True, certificate_id="c1")

    def drawn(info: DeviceInfo, certificate: CertificateFacts | None):
        room = DeviceRoom((), lambda _: certificate, lambda: NOW)
        return device_room_view([room.row(Found(info, None))]).rows[0]

    good = drawn(ROW, facts)
    assert (good.tone, good.enrolls, good.certificate_days, good.certificate_soon) == (Tone.GOOD, True, 12, True)
    late = drawn(ROW, replace(facts, valid_until=NOW))
    assert (late.tone, late.screen_code) == (Tone.RETRY, "E22")
    assert late.reason is not None
    assert late.reason.say() == "Máy hết hạn kiểm định 12/05/2026: chỉ xem thử"
    small = drawn(replace(ROW, enrolment_grade=False, grade_reason="profile-bits", details={"bits": "4"}), facts)
    assert small.screen_code == "E23"
    assert small.reason is not None
    assert small.reason.say(Language.EN) == "4-bit module, below enrolment grade"
    broken = drawn(replace(ROW, error_code="device-busy", error="in use"), facts)
    assert (broken.tone, broken.error) == (Tone.BLOCKED, "in use")
    assert broken.next_step is not None


def test_asked_devices_tell_who_they_are_and_what_does_not_open_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    simulator = Ef01Simulator(quick("grow-r503-v12"), paced=False)
    try:
        wish = f"ef01 port={simulator.start()}"
        (before,) = run(["list", "--json", "-d", wish], capsys)
        (asked, absent) = run(["list", "--json", "--ask", "-d", wish, "-d", "mjpeg url=http://127.0.0.1:9/"], capsys)
    finally:
        simulator.stop()
    assert before["serial"] == ""
    assert (asked["serial"], str(asked["profile"])[:9], asked["source"]) == ("SIM00001", "grow-r503", "simulated")
    assert absent["reason"] == "camera-absent"


def test_certificates_that_cannot_be_read_without_a_secret_are_not_called_missing() -> None:
    room = DeviceRoom((), None, lambda: NOW)
    assert room.row(Found(ROW, None)).grade.code == "certificate-unread"
    assert room.row(Found(replace(ROW, enrolment_grade=False, grade_reason="profile-bits"), None)).grade.code == "profile-bits"
