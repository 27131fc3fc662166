"""Swipe readers, a barcode reader and a GPS receiver on their pty simulators, for the contract suite and the fault matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devices.contract import Device
from devices.document_readers.serial_reader import MrzSwipeReader, SerialBarcodeReader, SerialDocumentReader
from devices.errors import DeviceTimeoutError
from devices.nmea.receiver import NmeaReceiver
from devices.simulated.serial_push import (
    QR_SPECIMEN,
    TD1_SPECIMEN,
    TD3_SPECIMEN,
    BarcodeSimulator,
    MrzSwipeSimulator,
    NmeaSimulator,
)
from devices.simulated.wire_pty import SerialSimulator
from tests.devices.contract.table import FaultBench

EVERY_S = 0.12
ZONES = {"\r".join(TD1_SPECIMEN).encode(), "\r".join(TD3_SPECIMEN).encode()}
SWALLOWED = frozenset({"split-read", "double-ack", "silence"})


@contextmanager
def _running(simulator: SerialSimulator, make: Callable[[str], Device]) -> Iterator[Device]:
    try:
        yield make(simulator.start())
    finally:
        simulator.stop()


@contextmanager
def swipe_plain(_: Path) -> Iterator[Device]:
    with _running(
        MrzSwipeSimulator("mrz-plain", every_s=EVERY_S, paced=False), lambda port: MrzSwipeReader(port, "mrz-plain")
    ) as device:
        yield device


@contextmanager
def swipe_desko(_: Path) -> Iterator[Device]:
    with _running(
        MrzSwipeSimulator("mrz-desko", every_s=EVERY_S, paced=False), lambda port: MrzSwipeReader(port, "mrz-desko")
    ) as device:
        yield device


@contextmanager
def swipe_rte6701(_: Path) -> Iterator[Device]:
    with _running(
        MrzSwipeSimulator("mrz-rte6701", every_s=EVERY_S, paced=False), lambda port: MrzSwipeReader(port, "mrz-rte6701")
    ) as device:
        yield device


@contextmanager
def swipe_json(_: Path) -> Iterator[Device]:
    with _running(
        MrzSwipeSimulator("mrz-json", every_s=EVERY_S, paced=False), lambda port: MrzSwipeReader(port, "mrz-json")
    ) as device:
        yield device


@contextmanager
def barcode(_: Path) -> Iterator[Device]:
    with _running(BarcodeSimulator(every_s=EVERY_S, paced=False), SerialBarcodeReader) as device:
        yield device


@contextmanager
def gps(_: Path) -> Iterator[Device]:
    with _running(NmeaSimulator(every_s=EVERY_S, paced=False), NmeaReceiver) as device:
        yield device


@contextmanager
def _faulty(
    kind: Any,
    fault: str,
    make: Callable[[str], Any],
    use: Callable[[Any], object],
    profile: str | None = None,
    every_s: float = EVERY_S,
) -> Iterator[FaultBench]:
    made = [kind(profile, [fault], every_s=every_s, paced=False)]
    device = make(made[0].start())

    def heal() -> None:
        made[0].stop()
        made[0] = kind(profile, (), every_s=every_s, paced=False)
        device.port = made[0].start()

    try:
        yield FaultBench(device, lambda: use(device), heal, 2.5, fault in SWALLOWED)
    finally:
        device.close()
        made[0].stop()


def _one_of(wanted: set[bytes]) -> Callable[[SerialDocumentReader], bool]:
    def use(device: SerialDocumentReader) -> bool:
        reading = device.read_one(1.5)
        if reading is None:
            raise DeviceTimeoutError("Nothing was scanned in time.", code="device-silent")
        assert reading.data in wanted, "half a reading"
        return True

    return use


def _any_mrz(device: SerialDocumentReader) -> bool:
    return _one_of(ZONES)(device)


@contextmanager
def faulty_swipe(fault: str) -> Iterator[FaultBench]:
    with _faulty(MrzSwipeSimulator, fault, lambda port: MrzSwipeReader(port, "mrz-rte6701"), _any_mrz, "mrz-rte6701") as bench:
        yield bench


@contextmanager
def faulty_barcode(fault: str) -> Iterator[FaultBench]:
    wanted = {QR_SPECIMEN.encode()} | ({b"U" + QR_SPECIMEN.encode()} if fault == "stray-ready" else set())
    with _faulty(BarcodeSimulator, fault, SerialBarcodeReader, _one_of(wanted), every_s=0.3) as bench:
        yield bench


@contextmanager
def faulty_gps(fault: str) -> Iterator[FaultBench]:
    def use(device: NmeaReceiver) -> bool:
        fix = device.fix(2.0)
        if not fix.valid:
            raise DeviceTimeoutError("No valid position in time.", code="device-silent")
        assert fix.latitude_deg is not None
        assert abs(fix.latitude_deg - 21.028511) < 1e-5
        return True

    with _faulty(NmeaSimulator, fault, NmeaReceiver, use) as bench:
        yield bench
