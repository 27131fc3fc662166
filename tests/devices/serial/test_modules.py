"""Adapters on simulators made from every profile: pictures, speeds, what is switched, what is never written, what is recognised."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

import devices
from biometrics.positions import SLAP_FINGERS, FingerPosition, Impression
from devices.contract import CaptureRequest, Source
from devices.errors import (
    DeviceBusyError,
    DeviceCancelledError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceTimeoutError,
    ProfileError,
    UnsupportedCommandError,
)
from devices.probing import probe_all
from devices.profiles import all_profiles, load_profile
from devices.serial_ef01 import Ef01Scanner
from devices.serial_ef01.probe import safe_to_ask
from devices.simulated.serial_ef01 import Ef01ModuleSimulation, Ef01Simulator
from devices.simulated.wire_faults import FaultScript
from devices.simulated.wire_finger import Finger
from devices.simulated.wire_pty import SerialSimulator
from station.words import catalogue
from tests.devices.contract.serial_cases import MAKERS, expected, picture, quick, running, simulator, small, whole_picture

FAMILY = {"zfm-ef01": "ef01", "gt5-55aa": "gt5", "suprema-sfm": "sfm"}
MODULES = [p.id for p in all_profiles() if p.family in FAMILY]
NEEDED_LIGHT = {"gt511c3": ["led", "led"], "gt521f52": ["led", "led"]}


def open_handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def family_of(name: str) -> str:
    return FAMILY[load_profile(name).family]


@pytest.mark.parametrize("name", MODULES)
def test_every_profile_runs_against_the_simulator_made_from_it(name: str) -> None:
    profile = quick(name)
    with running(family_of(name), name) as (device, made):
        seen: list[tuple[int, int]] = []
        device.progress = lambda done, total: seen.append((done, total))
        device.open()
        taken = device.capture(CaptureRequest(FingerPosition.LEFT_THUMB))
        (image,) = taken.images
        np.testing.assert_array_equal(image.pixels, expected(profile))
        assert profile.image is not None
        assert image.bits == profile.image.bits == device.capabilities.bits
        if image.bits == 4:
            assert set(np.unique(image.pixels)) <= {17 * v for v in range(16)}, "no grey level that the sensor did not give"
        assert taken.source is Source.SIMULATED
        assert taken.identity.profile == name
        raised = device.line.baud
        assert raised == (profile.port.session_baud or profile.port.bauds[0])
        done = [d for d, _ in seen]
        assert done == sorted(done)
        assert seen[-1][0] == seen[-1][1] == profile.image.transfer_bytes
        assert len(set(done)) > 8
        device.close()
        module = made.module
        assert module.baud == profile.port.bauds[0], "the speed is put back"
        assert module.written == [], "nothing lasting is ever written"
        assert [s for s in module.switched if s != "change_baud"] == NEEDED_LIGHT.get(name, [])


# What a module that the site did not name is taken for: never more than the evidence gives.
RECOGNISED = {
    "r305-r307": "r305-r307",
    "r308": "r308",
    "grow-r503-v11": "grow-r503-v11",
    "grow-r503-v12": "grow-r503-v11",  # same product: the one that can least
    "r558": "r558",
    "fpm10a-as608": "zfm-generic",  # its system id is doubtful evidence
    "r551": "zfm-generic",
    "zfm60-z70": "zfm-generic",
    "zfm-generic": "zfm-generic",
}


@pytest.mark.parametrize("name", RECOGNISED)
def test_probing_switches_nothing_on_and_claims_no_more_than_is_known(name: str) -> None:
    made = simulator("ef01", quick(name))
    device = Ef01Scanner(made.start())
    try:
        device.open()
        assert device.profile.id == RECOGNISED[name]
        assert made.module.switched == []
        assert made.module.written == []
        found = device.found
        assert found is not None
        if name == "r558":
            assert {a.command for a in found.asked} == {"verify_password", "read_sys_para"}
        if device.profile.id == "zfm-generic":
            assert device.line.baud == 57600, "the speed of an unknown module is left alone"
    finally:
        device.close()
        made.stop()


def test_a_command_is_asked_only_where_its_number_reads_on_every_firmware_that_is_possible() -> None:
    r503, r558, generic = (load_profile(n) for n in ("grow-r503-v12", "r558", "zfm-generic"))
    assert safe_to_ask("prod_info", [r503, generic])
    assert not safe_to_ask("prod_info", [r503, r558, generic])
    assert not safe_to_ask("prod_info", [generic])
    assert not safe_to_ask("version_text", [load_profile("r551"), generic])
    every = [p for p in all_profiles() if p.family == "zfm-ef01"]
    assert safe_to_ask("verify_password", every)
    assert safe_to_ask("read_sys_para", every)


def test_a_module_with_another_profile_than_named_is_refused_before_anything_is_switched() -> None:
    made = simulator("ef01", quick("r558"))
    device = Ef01Scanner(made.start(), quick("grow-r503-v12"))
    try:
        with pytest.raises(ProfileError) as caught:
            device.open()
        assert caught.value.reason_code == "profile-mismatch"
        assert made.module.switched == []
    finally:
        device.close()
        made.stop()


def test_a_password_is_never_guessed() -> None:
    profile = quick("r305-r307")
    locked = msgspec.structs.replace(profile, security=msgspec.structs.replace(profile.security, password=0x01020304))
    made = simulator("ef01", locked)
    device = Ef01Scanner(made.start(), profile)
    try:
        with pytest.raises(DeviceProtocolError) as caught:
            device.open()
        assert caught.value.reason_code == "module-password"
        assert caught.value.reason_code in catalogue()
        assert made.module.written == []
    finally:
        device.close()
        made.stop()


def test_a_wrong_picture_size_names_the_profile_not_the_wire() -> None:
    made = simulator("ef01", quick("zfm-generic"))
    wrong = quick("zfm-generic")
    wrong = msgspec.structs.replace(wrong, image=msgspec.structs.replace(wrong.image, height=290, transfer_bytes=37120))
    device = Ef01Scanner(made.start(), wrong)
    try:
        device.open()
        with pytest.raises(ProfileError) as caught:
            device.capture(CaptureRequest())
        assert caught.value.reason_code == "profile-mismatch"
    finally:
        device.close()
        made.stop()


@pytest.mark.parametrize("family", MAKERS)
@pytest.mark.parametrize("fault", ["silence*", "bad-checksum*", "short-last-packet*", "endless-data*"])
def test_a_fault_that_stays_is_named_in_time_and_the_open_device_works_once_it_is_gone(family: str, fault: str) -> None:
    profile = small("r305-r307" if family == "ef01" else MAKERS[family][2])
    made = simulator(family, profile, [fault], finger=Finger())
    device = MAKERS[family][1](made.start(), profile)
    try:
        device.open()
        began = time.monotonic()
        with pytest.raises(DeviceError) as caught:
            device.capture(CaptureRequest(deadline_s=2.0))
        assert time.monotonic() - began < 2.0 + 6, "a loaded machine may be late, a hang would be later"
        assert caught.value.reason_code in catalogue()
        assert caught.value.device_id == device.device_id
        made.module.faults = FaultScript([])
        assert whole_picture(device)
        device.close()
        assert made.module.baud == profile.port.bauds[0]
    finally:
        device.close()
        made.stop()


@pytest.mark.parametrize("family", MAKERS)
def test_cancel_in_the_middle_of_a_picture_gives_none_and_the_next_capture_works(family: str) -> None:
    profile = small("r305-r307" if family == "ef01" else MAKERS[family][2])
    kind, adapter, _ = MAKERS[family]
    made = kind(profile, [], paced=True, finger=Finger(), picture=picture)
    device = adapter(made.start(), profile)
    try:
        device.open()
        middle = threading.Event()
        device.progress = lambda done, total: middle.set() if done * 3 > total else None
        canceller = threading.Thread(target=lambda: (middle.wait(10), device.cancel()))
        canceller.start()
        with pytest.raises(DeviceCancelledError):
            device.capture(CaptureRequest())
        canceller.join()
        device.progress = None
        assert whole_picture(device)
    finally:
        device.close()
        made.stop()


def test_no_finger_ends_at_the_deadline_with_its_own_name_and_no_trouble() -> None:
    for family in MAKERS:
        profile = small(MAKERS[family][2])
        made = simulator(family, profile, finger=Finger(away=10_000))
        device = MAKERS[family][1](made.start(), profile)
        try:
            device.open()
            with pytest.raises(DeviceTimeoutError) as caught:
                device.capture(CaptureRequest(deadline_s=0.6))
            assert caught.value.reason_code == "device-no-finger"
        finally:
            device.close()
            made.stop()


def test_slaps_and_rolls_are_refused_with_the_reason() -> None:
    with running("gt5") as (device, _):
        device.open()
        for request in (
            CaptureRequest(min(SLAP_FINGERS)),
            CaptureRequest(FingerPosition.LEFT_INDEX, Impression.LIVE_ROLLED),
        ):
            with pytest.raises(UnsupportedCommandError) as caught:
                device.capture(request)
            assert caught.value.reason_code == "device-position"
        assert whole_picture(device)
        device.close()


def test_a_module_left_at_the_raised_speed_by_a_crash_is_found_there() -> None:
    profile = small("r305-r307")
    made = simulator("ef01", profile)
    made.module.baud = 115200
    device = Ef01Scanner(made.start(), profile)
    try:
        device.open()
        assert whole_picture(device)
    finally:
        device.close()
        made.stop()


def test_a_port_is_taken_alone_and_a_missing_one_is_a_row() -> None:
    with running("ef01") as (device, _):
        device.open()
        with pytest.raises(DeviceBusyError):
            Ef01Scanner(device.port, quick("grow-r503-v12")).open()
        device.close()
    gone = Ef01Scanner("/dev/no-such-port")
    assert gone.describe().error_code == "device-not-found"
    with pytest.raises(DeviceNotFoundError):
        gone.open()


def test_the_row_says_four_bits_and_why_it_never_enrolls() -> None:
    with running("ef01") as (device, _):
        info = device.describe()
        assert not info.enrolment_grade
        assert info.grade_reason == "profile-bits"
        assert info.details["bits"] == "4"
        assert info.source is Source.SIMULATED


def test_discover_opens_nothing() -> None:
    made = Ef01Scanner.discover({"ports": ["/dev/ttyUSB7", {"port": "/dev/ttyUSB8", "profile": "r558"}]})
    assert [d.device_id for d in made] == ["ef01:/dev/ttyUSB7", "ef01:/dev/ttyUSB8"]
    with pytest.raises(ProfileError):
        Ef01Scanner.discover({"ports": [{"port": "/dev/ttyUSB8", "profile": "nobody"}]})


def test_a_simulator_leaves_no_thread_and_no_handle() -> None:
    before, handles = set(threading.enumerate()), open_handles()
    for _ in range(3):
        with running("ef01") as (device, _made):
            device.open()
            device.close()
    assert set(threading.enumerate()) <= before
    assert open_handles() <= handles


def test_bytes_take_the_wires_time_when_paced() -> None:
    profile = small("r308")
    made = Ef01Simulator(profile, paced=True, finger=Finger())
    device = Ef01Scanner(made.start(), profile)
    try:
        device.open()
        device.capture(CaptureRequest())
        began = time.monotonic()
        device.capture(CaptureRequest())
        took = time.monotonic() - began
        wire_s = 10 * (3072 * 139 / 128) / 57600
        assert wire_s < took < wire_s + 10, "the figure itself is measured by `./run bench devices`"
    finally:
        device.close()
        made.stop()


class SilentAboutParameters(Ef01ModuleSimulation):
    """Answers everything but the question for its system parameters."""

    def _parameters(self, arguments: bytes):
        return iter(())


@pytest.mark.parametrize("named", [None, "r305-r307"])
def test_silence_about_the_parameters_is_no_evidence(named: str | None) -> None:
    profile = small("r305-r307")
    made = SerialSimulator(SilentAboutParameters(profile, [], Finger(), picture), "silent", paced=False)
    device = Ef01Scanner(made.start(), small(named) if named else None)
    try:
        if named:
            with pytest.raises(DeviceTimeoutError):
                device.open()
            assert ("read_sys_para", "device-silent") in {(a.command, a.answer) for a in device.asked}, "kept for the bug report"
        else:
            device.open()
            assert device.profile.id == "zfm-generic"
    finally:
        device.close()
        made.stop()


def test_every_code_that_these_modules_can_raise_has_words() -> None:
    room = Path(devices.__file__).parent
    files = [*room.glob("serial_*.py"), *room.glob("serial_*/*.py"), *room.glob("transports/*.py"), *room.glob("profile*.py")]
    codes = {code for path in files for code in re.findall(r'code="([a-z-]+)"', path.read_text("utf-8"))}
    assert len(codes) > 15
    assert codes - set(catalogue()) == set()


def test_the_light_is_out_after_a_capture_and_after_a_preview() -> None:
    with running("gt5") as (device, made):
        device.open()
        assert not made.module.lit
        assert whole_picture(device)
        assert not made.module.lit
        preview = device.preview()
        next(preview)
        assert made.module.lit
        preview.close()
        assert not made.module.lit
        device.close()


class Hesitating(Ef01ModuleSimulation):
    """A picture with a pause in its middle: a computer under load sees such pauses in a line that has none."""

    def _up_image(self, arguments: bytes):
        for number, piece in enumerate(super()._up_image(arguments)):
            if number == 12:
                threading.Event().wait(0.06)
            yield piece


def test_the_rest_of_a_damaged_picture_is_waited_for_before_it_is_asked_again() -> None:
    profile = small("r305-r307")
    made = SerialSimulator(Hesitating(profile, ["dropped-byte"], Finger(), picture), "hesitating", paced=True)
    device = Ef01Scanner(made.start(), profile)
    try:
        device.open()
        assert whole_picture(device)
        asked = [(a.command, a.answer) for a in device.asked if a.command == "up_image"]
        assert asked == [("up_image", "ok"), ("up_image", "ok")], "no question is lost in the noise of the rest"
    finally:
        device.close()
        made.stop()


def test_an_unnamed_module_claims_no_profile_before_it_was_asked() -> None:
    with running("ef01") as (device, _):
        unnamed = Ef01Scanner(device.port)
        info = unnamed.describe()
        assert info.identity is not None
        assert info.identity.profile == ""
        assert device.describe().identity.profile == "grow-r503-v12"


def test_a_probe_leaves_even_the_speed_alone() -> None:
    with running("gt5") as (device, made):
        (found,) = probe_all([device.port])
        assert (found.adapter, found.profile, found.serial) == ("gt5", "gt511c3", b"SIMULATED-GT5-01".hex().upper())
        assert made.module.switched == []
        assert {asked for asked, _, _ in found.asked} == {"open", "close"}
