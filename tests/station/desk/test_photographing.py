"""The desk that photographs papers: in hand is not saved, saved survives kill -9, a full disk keeps what is in hand, three tries then a reason."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.errors import DeviceNotFoundError, DeviceUnpluggedError
from devices.simulated.page import Lying, PageFault, SimulatedDocumentCamera
from devices.worker import DeviceWorker
from station.app import Station
from station.capture.session import SessionView
from station.clock import ManualClock
from station.demo import open_demo_station
from station.desk.photographing import InHand, PhotoDesk
from station.errors import ProcedureError, StorageError
from station.files import RealFiles
from tests.station.journal.test_faults import FailingDisk
from tests.station.whole_run import open_station

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Desk:
    """A desk over a station, its camera and the camera's thread. The camera paces itself."""

    station: Station
    camera: SimulatedDocumentCamera
    photos: PhotoDesk
    views: list[SessionView]

    def take(self, presses: int = 0) -> InHand | None:
        """Open the live picture and wait for what is taken; press so often."""
        self.views.clear()
        left = [presses]

        def seen(view: SessionView, frame: object) -> None:
            self.views.append(view)
            if frame is not None and left[0] > 0 and view.attempt > presses - left[0]:
                left[0] -= 1
                self.photos.press()

        return self.photos.start(on_frame=lambda _: None, on_view=seen).result(60)


def desk_of(station: Station) -> Iterator[Desk]:
    worker = DeviceWorker("documents")
    camera = SimulatedDocumentCamera(Lying(4))
    made = Desk(station, camera, PhotoDesk(station, lambda: camera, lambda: worker), [])
    yield made
    made.photos.stop()
    worker.stop()
    camera.close()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = open_demo_station(tmp_path / "station", desk="all")
    yield station
    station.close()


@pytest.fixture
def desk(station: Station) -> Iterator[Desk]:
    yield from desk_of(station)


def test_what_is_in_hand_is_saved_only_when_it_is_kept(desk: Desk) -> None:
    dossier = desk.station.book.open_dossier("test-short")
    hand = desk.take()
    assert hand is not None
    assert hand.good
    assert not desk.photos.view(dossier).rows
    turned = desk.photos.turn(1)
    assert turned is not None
    assert (turned.page.width, turned.page.height) == (hand.page.height, hand.page.width)
    desk.photos.turn(-1)
    (row,) = desk.photos.keep(dossier, "birth-certificate", field="mother_name").rows
    assert row.simulated
    assert desk.photos.in_hand is None
    assert set(desk.photos.thumbs(dossier)) == {row.id}
    large = desk.photos.large(dossier, row.id)
    assert large is not None
    assert large.shape[:2] == (hand.page.height, hand.page.width)
    assert desk.photos.large(dossier, "zz-1") is None


def test_after_three_tries_a_page_with_flaws_is_kept_with_a_reason_only(desk: Desk) -> None:
    dossier = desk.station.book.open_dossier("test-short")
    desk.camera.lay(Lying(4, ((PageFault.DEFOCUS, 1e9),)))
    hand = desk.take(presses=3)
    assert hand is not None
    assert not hand.good
    assert hand.page.flaws == ("page-blurred",)
    assert {v.instruction.code for v in desk.views if v.instruction is not None} == {"page-blurred"}
    with pytest.raises(ProcedureError):
        desk.photos.keep(dossier, "residence-paper")
    assert desk.photos.in_hand is hand, "a refusal leaves it in hand"
    (row,) = desk.photos.keep(dossier, "residence-paper", reason="Giấy cũ").rows
    assert row.reason == "Giấy cũ"


def test_it_waits_while_the_paper_lies_wrongly_and_takes_it_by_itself(desk: Desk) -> None:
    desk.camera.lay(Lying(4, ((PageFault.HALF_OUT, 1e9),)))

    def mended(view: SessionView, _: object) -> None:
        desk.views.append(view)
        if view.instruction is not None and view.instruction.code == "page-cut":
            desk.camera.lay(Lying(4))  # the person does what is said

    hand = desk.photos.start(on_frame=lambda _: None, on_view=mended).result(60)
    assert hand is not None
    assert hand.good
    said = [v.instruction.code for v in desk.views if v.instruction is not None]
    assert set(said) == {"page-cut"}


def test_unplugged_is_said_and_plugged_in_it_goes_on(desk: Desk) -> None:
    desk.camera.unplug()
    with pytest.raises(DeviceNotFoundError):
        desk.take()
    desk.camera.plug_in()
    desk.camera.lay(Lying(4, ((PageFault.AWAY, 1e9),)))
    future = desk.photos.start(on_frame=lambda _: desk.camera.unplug(), on_view=lambda *_: None)
    with pytest.raises(DeviceUnpluggedError):
        future.result(60)
    desk.camera.plug_in()
    desk.camera.lay(Lying(5))
    assert desk.take() is not None


def test_a_full_disk_says_e32_and_what_is_in_hand_stays_in_hand(tmp_path: Path) -> None:
    disk = FailingDisk(10**9, errno.ENOSPC)
    (tmp_path / "station").mkdir()
    station = open_station(RealFiles(tmp_path / "station", disk), tmp_path / "station", ManualClock())
    try:
        for desk in desk_of(station):
            dossier = station.book.open_dossier("test-short")
            assert desk.take() is not None
            disk.fail_at = disk.changes + 1
            with pytest.raises(StorageError) as full:
                desk.photos.keep(dossier, "birth-certificate")
            assert full.value.reason_code == "E32"
            disk.mended = True
            assert desk.photos.in_hand is not None
            assert len(desk.photos.keep(dossier, "birth-certificate").rows) == 1
    finally:
        station.close()


def test_killed_between_take_and_keep_nothing_that_was_called_saved_is_lost(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-m", "tests.station.desk.until_in_hand", str(tmp_path / "s")], cwd=ROOT, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, start_new_session=True, env=os.environ.copy(), text=True)  # fmt: skip
    try:
        assert child.stdout is not None
        dossier, kept = child.stdout.readline().split()
        assert child.stdout.readline() == "in hand\n"
        os.killpg(child.pid, signal.SIGKILL)
    finally:
        child.communicate()
    station = open_demo_station(tmp_path / "s", desk="all")
    try:
        (photo,) = station.book.state(dossier).photos
        assert (str(photo.id), photo.field) == (kept, "mother_name")
        assert len(station.journal.blob(photo.blob)) > 50_000
        assert station.journal.check().sound
    finally:
        station.close()
