"""The station's trusted device makers reach the adapters that check signatures, and nothing else can take their place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.simulated.sbi import SbiSimulator
from devices.simulated.sbi_keys import device_keys
from station.commands._device_options import room
from station.device_room import DeviceRoom, parse_wishes
from station.errors import InputError
from station.keys.trust import Purpose, TrustView, read_entry
from station.settings import Settings


@pytest.fixture
def service() -> Iterator[SbiSimulator]:
    simulator = SbiSimulator("finger-single")
    simulator.start()
    yield simulator
    simulator.stop()


def view(data: bytes) -> TrustView:
    entry = read_entry(data, "test")
    return TrustView(Purpose.DEVICE_MAKERS, {entry.entry_id: entry}, {}, 0)


def codes(here: DeviceRoom) -> list[str]:
    return [row.info.error_code for row in here.rows()]


def test_only_a_maker_of_the_trust_store_opens_a_device(service: SbiSimulator) -> None:
    wish = f"sbi ports={service.port} env=Developer"
    assert codes(DeviceRoom(parse_wishes(wish))) == ["sbi-chain-untrusted"]
    assert codes(DeviceRoom(parse_wishes(wish), makers=view(device_keys("Simulated Stranger").root_der))) == [
        "sbi-chain-untrusted"
    ]
    assert codes(DeviceRoom(parse_wishes(wish), makers=view(device_keys().root_der))) == [""]
    assert codes(DeviceRoom(parse_wishes(f"sbi port={service.port} env=Developer"), makers=view(device_keys().root_der))) == [""]


def test_a_setting_cannot_name_its_own_maker(service: SbiSimulator, tmp_path: Path) -> None:
    (tmp_path / "maker.der").write_bytes(device_keys().root_der)
    for extra in ("trust=anything", f"makers={tmp_path / 'maker.der'}", "clock=noon"):
        text = f"sbi ports={service.port} env=Developer {extra}"
        assert (
            codes(DeviceRoom.from_settings(Settings({"devices.scanner": text, "devices.camera": ""})))[0] == "sbi-chain-untrusted"
        )


def test_a_device_given_by_hand_may_name_the_file(service: SbiSimulator, tmp_path: Path) -> None:
    (tmp_path / "maker.der").write_bytes(device_keys().root_der)
    wish = f"sbi ports={service.port} env=Developer makers={tmp_path / 'maker.der'}"
    assert codes(room(tmp_path, [wish])) == [""]
    with pytest.raises(InputError):
        room(tmp_path, [wish.replace("maker.der", "absent.der")])
    (tmp_path / "maker.der").write_bytes(b"nothing")
    with pytest.raises(InputError):
        room(tmp_path, [wish])


@pytest.mark.parametrize("wish", ["sbi ports=x", "sbi ports=1-9999", "sbi score=high", "wsbd url=http://127.0.0.1:1/ ppi=many",
                                  "bridge command=true silence_s=soon"])  # fmt: skip
def test_a_wrong_setting_is_a_row_with_its_reason(wish: str) -> None:
    assert codes(DeviceRoom(parse_wishes(wish))) == ["device-settings"]
