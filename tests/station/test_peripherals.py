"""Readers and receivers beside the counter: scans arrive, half scans are told, what is unplugged comes back by itself."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import pytest

from devices.document_readers.serial_reader import MrzSwipeReader, SerialBarcodeReader
from devices.nmea.receiver import NmeaReceiver
from devices.registry import Found
from devices.scanned import understand
from devices.simulated.serial_push import QR_SPECIMEN, BarcodeSimulator, MrzSwipeSimulator, NmeaSimulator
from station.device_room import DeviceRoom
from station.peripherals import Peripherals, Trouble


def rows(*devices):
    room = DeviceRoom(())
    return [room.row(Found(device.describe(), device)) for device in devices]


def test_scans_of_two_readers_and_a_position_arrive_and_nothing_is_left_behind() -> None:
    barcode, swipe, gps = (kind(every_s=0.1, paced=False) for kind in (BarcodeSimulator, MrzSwipeSimulator, NmeaSimulator))
    scans: queue.SimpleQueue[str] = queue.SimpleQueue()
    troubles: list[Trouble] = []
    before = set(threading.enumerate())
    devices = SerialBarcodeReader(barcode.start()), MrzSwipeReader(swipe.start()), NmeaReceiver(gps.start())
    beside = Peripherals(rows(*devices), scans.put, troubles.append, fix_every_s=0.05)
    try:
        seen = {scans.get(timeout=10) for _ in range(6)}
        assert QR_SPECIMEN in seen
        assert any("ERIKSSON" in text for text in seen)
        assert all(understand(text).birth for text in seen)
        while beside.here is None:
            threading.Event().wait(0.01)
        here = beside.here
        assert here.latitude_deg == pytest.approx(21.028511, abs=1e-6)
        assert here.clock_off_s is not None
    finally:
        beside.close()
        beside.close()
        for simulator in (barcode, swipe, gps):
            simulator.stop()
    assert not troubles
    assert set(threading.enumerate()) <= before
    assert not any(device.is_open for device in devices)


def test_a_reader_that_is_unplugged_is_told_once_and_works_again_when_it_is_back(tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    first = BarcodeSimulator(None, ["unplug"], every_s=0.1, paced=False)
    port.symlink_to(first.start())
    scans: queue.SimpleQueue[str] = queue.SimpleQueue()
    troubles: queue.SimpleQueue[Trouble] = queue.SimpleQueue()
    reader = SerialBarcodeReader(str(port))
    beside = Peripherals(rows(reader), scans.put, troubles.put, retry_s=0.02)
    second = BarcodeSimulator(every_s=0.1, paced=False)
    try:
        assert troubles.get(timeout=10).code == "device-unplugged"
        first.stop()
        assert troubles.get(timeout=10).code == "device-not-found"
        port.unlink()
        port.symlink_to(second.start())
        assert troubles.get(timeout=10) == Trouble(reader.device_id, "")
        assert scans.get(timeout=10) == QR_SPECIMEN
        assert troubles.empty()
    finally:
        beside.close()
        first.stop()
        second.stop()


def test_half_a_scan_is_told_and_the_next_one_arrives() -> None:
    simulator = MrzSwipeSimulator("mrz-rte6701", ["dropped-byte"], every_s=0.1, paced=False)
    scans: queue.SimpleQueue[str] = queue.SimpleQueue()
    troubles: queue.SimpleQueue[Trouble] = queue.SimpleQueue()
    beside = Peripherals(rows(MrzSwipeReader(simulator.start(), "mrz-rte6701")), scans.put, troubles.put)
    try:
        assert troubles.get(timeout=10).code.startswith("mrz-")
        assert "ERIKSSON" in scans.get(timeout=10)
    finally:
        beside.close()
        simulator.stop()
