"""The simulated reader keeps the device contract: rows, waiting, cancel, a hand that lifts the card; and PC/SC's rows without it."""

from __future__ import annotations

import threading

import pytest

from devices.contract import DeviceKind, Source
from devices.emrtd.access import AccessKey
from devices.emrtd.lds import File
from devices.emrtd.reading import ChipReading
from devices.errors import DeviceCancelledError, DeviceError, DeviceNotFoundError, DeviceUnpluggedError
from devices.registry import enumerate_devices
from devices.simulated.card import Chip
from devices.simulated.card_issue import personalise
from devices.simulated.card_reader import SimulatedCardReader


def test_the_registry_finds_it_and_marks_it():
    (found,) = enumerate_devices({"simulated-card": {"seed": 2}})
    assert (found.info.kind, found.info.source, found.info.enrolment_grade) == (DeviceKind.CARD_READER, Source.SIMULATED, False)
    assert found.info.details["card"] == "yes"


def test_pcsc_without_service_or_library_is_a_row_with_its_reason():
    rows = list(enumerate_devices({"pcsc": {}, "simulated-card": {"empty": True}}))
    assert len(rows) >= 2
    assert rows[-1].info.details["card"] == "no"
    if rows[0].device is None:
        assert rows[0].info.error_code.startswith("pcsc-")


def test_closed_and_empty():
    reader = SimulatedCardReader()
    with pytest.raises(DeviceError):
        reader.connect()
    with reader:
        assert not reader.wait_for_card(0.0)
        with pytest.raises(DeviceNotFoundError):
            reader.connect()
    reader.close()


def test_cancel_ends_the_waiting_from_another_thread():
    with SimulatedCardReader() as reader:
        threading.Timer(0.05, reader.cancel).start()
        with pytest.raises(DeviceCancelledError):
            reader.wait_for_card(30)
        reader.insert(Chip(personalise()))
        assert reader.wait_for_card(1)


def test_a_card_put_down_while_waiting_and_lifted_while_reading():
    made = personalise()
    with SimulatedCardReader() as reader:
        threading.Timer(0.05, reader.insert, args=(Chip(made),)).start()
        assert reader.wait_for_card(30)
        reading = ChipReading(AccessKey.from_can(made.can), on_file=lambda file, _: reader.remove() if file is File.DG1 else None)
        with pytest.raises(DeviceUnpluggedError):
            reading.run(reader.connect)
        reader.insert(Chip(made))
        assert reader.wait_for_card(1)
        assert reading.run(reader.connect).groups[2] == made.files[0x0102]


def test_a_fault_of_the_hand():
    made = personalise()
    with SimulatedCardReader(chip=Chip(made)) as reader:
        reader.pull_after = 9
        reading = ChipReading(AccessKey.from_can(made.can))
        with pytest.raises(DeviceUnpluggedError):
            reading.run(reader.connect)
        reading.run(reader.connect)
