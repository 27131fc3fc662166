"""The cases of adapters that need no wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from biometrics.formats.raster import write_png
from biometrics.positions import FingerPosition, Impression
from devices.contract import CaptureRequest, Device
from devices.folder.camera import FolderCamera
from devices.folder.scanner import FolderPrint, FolderScanner
from devices.simulated.camera import SimulatedCamera, Sitting
from devices.simulated.card_reader import SimulatedCardReader
from devices.simulated.page import Lying, SimulatedDocumentCamera
from devices.simulated.scanner import Applicant, SimulatedScanner
from station.clock import ManualClock

REQUEST = CaptureRequest(FingerPosition.RIGHT_INDEX, Impression.LIVE_ROLLED)


@contextmanager
def folder_scanner(folder: Path) -> Iterator[Device]:
    picture = np.tile((np.arange(300) % 9 * 28).astype(np.uint8), (300, 1))
    (folder / "p.png").write_bytes(write_png(picture, 500))
    yield FolderScanner([FolderPrint(folder / "p.png", REQUEST.position, REQUEST.impression, 500)], pacer=ManualClock())


@contextmanager
def folder_camera(folder: Path) -> Iterator[Device]:
    (folder / "f.png").write_bytes(write_png(np.full((80, 60, 3), 120, np.uint8)))
    yield FolderCamera([folder / "f.png"], pacer=ManualClock())


@contextmanager
def simulated_scanner(_: Path) -> Iterator[Device]:
    yield SimulatedScanner(Applicant(5), pacer=ManualClock())


@contextmanager
def simulated_camera(_: Path) -> Iterator[Device]:
    yield SimulatedCamera(Sitting(5), pacer=ManualClock())


@contextmanager
def simulated_documents(_: Path) -> Iterator[Device]:
    yield SimulatedDocumentCamera(Lying(5), pacer=ManualClock())


@contextmanager
def simulated_card(_: Path) -> Iterator[Device]:
    yield next(d for d in SimulatedCardReader.discover({}) if isinstance(d, SimulatedCardReader))
