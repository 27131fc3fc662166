"""Which adapters the contract suite runs, and which families the fault matrix runs: one line each.

A *case* is a context manager ``case(folder) -> Iterator[Device]`` that yields a closed device ready to be opened (its simulator
runs around it). A *fault case* is ``case(fault) -> Iterator[FaultBench]``: the same on a simulator that makes this fault.
Names of `CASES` are adapter names of `devices.registry`; several cases of one adapter are told apart by ``name/what``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.contract import Device

CASES: Final[dict[str, str]] = {
    "folder-scanner": "tests.devices.contract.cases:folder_scanner",
    "folder-camera": "tests.devices.contract.cases:folder_camera",
    "mjpeg": "tests.devices.mjpeg.case:camera",
    "uvc/video-file": "tests.devices.uvc.case:video_file",
    "uvc/webcam": "tests.devices.uvc.case:webcam",
    "mrz-swipe/plain": "tests.devices.document_readers.case:swipe_plain",
    "mrz-swipe/desko": "tests.devices.document_readers.case:swipe_desko",
    "mrz-swipe/json": "tests.devices.document_readers.case:swipe_json",
    "mrz-swipe/rte6701": "tests.devices.document_readers.case:swipe_rte6701",
    "barcode-serial": "tests.devices.document_readers.case:barcode",
    "nmea": "tests.devices.document_readers.case:gps",
    "simulated-scanner": "tests.devices.contract.cases:simulated_scanner",
    "simulated-camera": "tests.devices.contract.cases:simulated_camera",
    "simulated-documents": "tests.devices.contract.cases:simulated_documents",
    "simulated-card": "tests.devices.contract.cases:simulated_card",
    "ef01": "tests.devices.contract.serial_cases:ef01",
    "wsbd": "tests.devices.wsbd.contract_cases:sensor",
    "bridge/example": "tests.devices.bridge.contract_cases:example",
    "bridge/simulated": "tests.devices.bridge.contract_cases:simulated",
    "sbi/slap": "tests.devices.sbi.contract_cases:slap",
    "sbi/single": "tests.devices.sbi.contract_cases:single",
    "sbi/iris": "tests.devices.sbi.contract_cases:iris",
    "sfm": "tests.devices.contract.serial_cases:sfm",
    "gt5": "tests.devices.contract.serial_cases:gt5",
}

ELSEWHERE: Final[dict[str, str]] = {
    "pcsc": "needs a real pcscd: tests/devices/emrtd runs it there",
}
"""Adapters that this suite cannot run, each with the place that does."""

FAULT_CASES: Final[dict[str, str]] = {
    # family of devices.simulated.table: "module:function"
    "mjpeg": "tests.devices.mjpeg.case:faulty",
    "mrz": "tests.devices.document_readers.case:faulty_swipe",
    "barcode": "tests.devices.document_readers.case:faulty_barcode",
    "nmea": "tests.devices.document_readers.case:faulty_gps",
    "ef01": "tests.devices.contract.serial_cases:ef01_fault",
    "sbi": "tests.devices.sbi.contract_cases:faulty",
    "sfm": "tests.devices.contract.serial_cases:sfm_fault",
    "gt5": "tests.devices.contract.serial_cases:gt5_fault",
    "wsbd": "tests.devices.wsbd.contract_cases:faulty",
    "bridge": "tests.devices.bridge.contract_cases:faulty",
}


@dataclass(frozen=True, slots=True)
class FaultBench:
    """A closed device on a faulty simulator: `use` takes one whole sample (raises `DeviceError`), `heal` ends the fault.

    `deadline_s` bounds open and one use together; `recovers` says that this fault must not even be noticed.
    """

    device: Device
    use: Callable[[], object]
    heal: Callable[[], None]
    deadline_s: float
    recovers: bool = False


def find(where: str) -> Callable[[Path], AbstractContextManager[Device]]:
    """Import one case."""
    module, _, name = where.partition(":")
    found: Callable[[Path], AbstractContextManager[Device]] = getattr(importlib.import_module(module), name)
    return found


def find_fault(where: str) -> Callable[[str], AbstractContextManager[FaultBench]]:
    """Import one fault case."""
    module, _, name = where.partition(":")
    found: Callable[[str], AbstractContextManager[FaultBench]] = getattr(importlib.import_module(module), name)
    return found
