"""Firmware profiles: the shipped ones, and what a site's file may not do."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import devices
from devices.errors import ProfileError, UnsupportedCommandError
from devices.profile_vocabulary import COMMANDS, Effect
from devices.profiles import BUILT_IN, all_profiles, load_profile, profile_hash, read_profile

SHIPPED = {
    "zfm-generic", "r305-r307", "fpm10a-as608", "r308", "r551", "grow-r503-v11", "grow-r503-v12", "r558", "zfm60-z70", "gt511c3",
    "gt521f52", "suprema-sfm", "mrz-plain", "mrz-desko", "mrz-rte6701", "nmea0183",
}  # fmt: skip
GT5 = (BUILT_IN / "gt511c3.toml").read_text("utf-8")
R305 = (BUILT_IN / "r305-r307.toml").read_text("utf-8")
GENERIC = tomllib.loads((BUILT_IN / "zfm-generic.toml").read_text("utf-8"))


def test_the_sixteen_are_shipped_and_each_says_how_it_is_known() -> None:
    profiles = {p.id: p for p in all_profiles()}
    assert set(profiles) >= SHIPPED
    for profile in profiles.values():
        assert profile.profile.evidence
        assert load_profile(profile.id) == profile
    assert len({profile_hash(p) for p in profiles.values()}) == len(profiles)


def test_serial_modules_are_never_of_enrolment_grade() -> None:
    reasons = {p.id: p.grade_reason() for p in all_profiles() if p.id in SHIPPED and p.image is not None}
    assert len(reasons) == 12
    assert all(reasons.values())
    assert {reasons[name] for name in ("r305-r307", "grow-r503-v12", "zfm-generic")} == {"profile-bits"}
    assert reasons["gt511c3"] == "profile-ppi"


def test_what_is_recalled_is_not_called_verified() -> None:
    for profile in all_profiles():
        if profile.profile.unverified:
            assert not profile.profile.verified, profile.id


def test_no_profile_can_say_set_password_or_set_address() -> None:
    for profile in all_profiles():
        if profile.family == "zfm-ef01":
            assert not {0x12, 0x15} & set(profile.commands.values()), profile.id
    assert not [name for names in COMMANDS.values() for name in names if re.search("set_(pass|pwd|addr)", name)]


def test_the_same_opcode_has_another_name_where_it_means_another_thing() -> None:
    r503, r558 = load_profile("grow-r503-v12"), load_profile("r558")
    assert r503.opcode("aura_led") == r558.opcode("handshake")
    assert r503.opcode("prod_info") == r558.opcode("led_control")
    assert r558.effect("led_control") is Effect.SWITCH
    with pytest.raises(UnsupportedCommandError, match="nothing was sent"):
        r558.opcode("prod_info")


def test_a_child_keeps_what_it_does_not_change_and_drops_what_it_lacks() -> None:
    generic, r308, v12 = load_profile("zfm-generic"), load_profile("r308"), load_profile("grow-r503-v12")
    assert r308.image == generic.image
    assert not r308.has("read_sys_para")
    assert generic.has("read_sys_para")
    assert set(load_profile("grow-r503-v11").commands) < set(v12.commands)
    assert v12.quirks.led_colours == 7


def test_no_adapter_holds_an_opcode() -> None:
    room = Path(devices.__file__).parent
    for family in ("serial_ef01", "serial_55aa", "serial_sfm"):
        for path in (room / family).glob("*.py"):
            if path.name != "framing.py":
                found = set(re.findall(r"0x[0-9A-Fa-f]{2}\b", path.read_text("utf-8"))) - {"0x80", "0x7F"}
                assert not found, f"{path.name}: {found}"


BROKEN = {
    "an unknown key": (GT5.replace("gap_ms", "gap_mss"), "gap_mss"),
    "an unknown section": (GT5 + "\n[extra]\nx = 1\n", "extra"),
    "an opcode beyond a byte": (GT5.replace("0x62", "0x162"), "commands"),
    "a name no family has": (GT5.replace("get_image =", "get_picture ="), "get_picture"),
    "one opcode twice": (GT5.replace("led = 0x12", "led = 0x60"), "same number"),
    "a picture that does not fit its bytes": (GT5.replace("width = 258", "width = 256"), "transfer_bytes"),
    "a baud no port has": (GT5.replace("9600, 115200", "7, 115200"), "bauds"),
    "a session baud that is not tried": (GT5.replace("[9600, 115200, 57600, 38400, 19200]", "[9600]"), "session_baud"),
    "enrolment grade at 450 ppi": (GT5.replace("enrolment_grade = false", "enrolment_grade = true"), "enrolment_grade"),
    "verified and doubtful at once": (GT5.replace("verified = false", "verified = true"), "verified"),
    "doubt about a key that is not there": (GT5.replace('"image.height"]', '"image.hight"]'), "image.hight"),
    "no evidence": (re.sub(r"evidence = \[.*?\n\]", "evidence = []", GT5, flags=re.S), "evidence"),
    "no image": (re.sub(r"\[image\].*?\n\n", "", GT5, flags=re.S).replace('"image.width", "image.height"', ""), "image"),
    "no TOML": ("= 1", "TOML"),
    "a parent that is not there": (GT5.replace("schema = 1", 'schema = 1\nextends = "nobody"'), "extends"),
    "a parent forgotten": (R305.replace('extends = "zfm-generic"', ""), "family"),
    "a bad regular expression": (GT5.replace("evidence = [", 'firmware_match = ["("]\nevidence = ['), "firmware_match"),
    "another schema": (GT5.replace("schema = 1", "schema = 2"), "schema"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_names_file_and_key(what: str) -> None:
    text, key = BROKEN[what]
    with pytest.raises(ProfileError) as caught:
        read_profile(text.encode(), "site.toml")
    assert "site.toml" in str(caught.value)
    assert key in str(caught.value)


def test_a_child_cannot_lack_what_its_parent_has_not() -> None:
    text = R305.replace('status = "documented"', 'status = "documented"\nlacks = ["warp"]')
    with pytest.raises(ProfileError, match="warp"):
        read_profile(text.encode(), "site.toml", GENERIC)


def test_a_raised_baud_is_refused_where_it_needs_a_power_cycle() -> None:
    text = R305.replace("[sysparam]", "[sysparam]\nneeds_power_cycle = true")
    with pytest.raises(ProfileError, match="session_baud"):
        read_profile(text.encode(), "site.toml", GENERIC)


def test_a_site_extends_a_shipped_profile_in_its_own_folder(tmp_path: Path) -> None:
    own = """
schema = 1
extends = "zfm-generic"
[profile]
id = "our-clone"
models = ["clone"]
status = "field-tested"
verified = true
evidence = ["our own dumps"]
[image]
width = 192
height = 192
transfer_bytes = 18432
"""
    (tmp_path / "our-clone.toml").write_text(own, "utf-8")
    assert load_profile("our-clone", [tmp_path]).image != load_profile("zfm-generic").image
    assert "our-clone" in {p.id for p in all_profiles([tmp_path])}
    assert "our-clone" not in {p.id for p in all_profiles()}
    with pytest.raises(ProfileError, match="our-clone"):
        load_profile("our-clone")


def test_a_site_cannot_replace_a_shipped_profile_nor_extend_twice_nor_misname(tmp_path: Path) -> None:
    (tmp_path / "r558.toml").write_text(R305, "utf-8")
    with pytest.raises(ProfileError, match="exists already"):
        load_profile("r305-r307", [tmp_path])
    (tmp_path / "r558.toml").unlink()
    (tmp_path / "twice.toml").write_text(
        R305.replace('"zfm-generic"', '"r305-r307"').replace('id = "r305-r307"', 'id = "twice"'), "utf-8"
    )
    with pytest.raises(ProfileError, match="one level"):
        load_profile("twice", [tmp_path])
    (tmp_path / "twice.toml").unlink()
    (tmp_path / "other.toml").write_text(GT5, "utf-8")
    with pytest.raises(ProfileError, match="file's name"):
        load_profile("other", [tmp_path])


def test_a_profile_that_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    text = GT5.replace('id = "gt511c3"', 'id = "ours"')
    file.write_text(text, "utf-8")
    assert load_profile("ours", [tmp_path]).port.answer_ms == 1500
    file.write_text(text.replace("answer_ms = 1500", "answer_ms = 700"), "utf-8")
    os.utime(file, ns=(1, 1))
    assert load_profile("ours", [tmp_path]).port.answer_ms == 700


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GT5) - 1), st.integers(0, 40), st.binary(max_size=12))
def test_a_damaged_file_raises_nothing_but_the_rooms_error(at: int, length: int, new: bytes) -> None:
    data = GT5.encode()
    try:
        read_profile(data[:at] + new + data[at + length :], "site.toml")
    except ProfileError:
        pass
