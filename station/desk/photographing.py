"""Papers photographed at the desks (S2, S3): live, one instruction at a time, kept when the officer says so; retaken and removed with a reason.

The picture that was taken waits in hand until it is kept: only then it is on the disk, and only then a screen says so.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
import numpy.typing as npt

from devices.contract import Camera, CaptureRequest, Frame, RawCapture
from devices.worker import DeviceWorker
from station.app import Station
from station.capture.gate import GateRules
from station.capture.page import PageJudge
from station.capture.page_picture import page_from
from station.capture.runner import LiveRunner, ViewSink
from station.capture.session import CaptureSession, Phase, StepRules
from station.dossier.events import event_id
from station.dossier.photographing import Page, Photographing
from station.views.papers import PapersView, papers_view

THUMB_PX = (56, 76)
"""A page's small picture: width, height it fits into."""
ATTEMPTS = 3
DRIFT_MM = 4.0
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class InHand:
    """What was taken and is not kept yet: the page as it would be stored, its pixels, whether the machine is content."""

    page: Page
    pixels: Pixels
    good: bool


class PhotoDesk:
    """Photographed papers of one counter. For the station's thread, except `press`, `stop`, `in_hand` and `turn` (any thread)."""

    def __init__(self, station: Station, camera: Callable[[], Camera], worker: Callable[[], DeviceWorker]) -> None:
        self._station, self._camera, self._worker = station, camera, worker
        self._runner: LiveRunner | None = None
        self._raw: RawCapture | None = None
        self._turns = 0
        self.in_hand: InHand | None = None

    def start(self, *, on_frame: Callable[[Frame], None], on_view: ViewSink) -> Future[InHand | None]:
        """Open the live picture of the table; the future brings what was taken, None when stopped, or the camera's error.

        Raises:
            StationError: clock or disk forbid a capture. DeviceError: the camera is not there.
        """
        self._station.check_before_capture()
        self.stop()
        self.drop()
        worker, camera = self._worker(), self._camera()

        def opened() -> None:
            if not camera.is_open:
                camera.open()

        worker.submit(opened).result()
        hold = GateRules(
            self._station.settings.number("capture.hold_s"), int(self._station.settings.number("capture.hold_frames")), DRIFT_MM
        )
        rules = StepRules(ATTEMPTS, {}, hold, needs_empty_platen=False)
        session = CaptureSession(CaptureRequest(modality="document"), rules, PageJudge())
        self._runner = LiveRunner(camera, worker, on_frame=on_frame, on_view=on_view)
        run = self._runner.start(session)

        def took() -> InHand | None:
            attempt = run.result()  # over already: one thread drives the camera
            if attempt is None or session.phase not in {Phase.DONE, Phase.DECIDE}:
                return None  # stopped
            return self._take(attempt.capture, good=attempt.verdict.passed)

        return worker.submit(took)

    def press(self) -> None:
        """Take the picture now (F12)."""
        if self._runner is not None:
            self._runner.press()

    def stop(self) -> None:
        """End the live picture; nothing that was not kept stays."""
        if self._runner is not None:
            self._runner.stop()
            self._runner = None

    def drop(self) -> None:
        """Forget what is in hand."""
        self._raw, self._turns, self.in_hand = None, 0, None

    def _take(self, raw: RawCapture, *, good: bool) -> InHand:
        page = page_from(raw, self._turns)
        self._raw = raw
        self.in_hand = InHand(page, decoded(page.data), good)
        return self.in_hand

    def turn(self, quarters: int) -> InHand | None:
        """Turn what is in hand by quarters clockwise: a paper may lie sideways."""
        if self._raw is None or self.in_hand is None:
            return None
        self._turns = (self._turns + quarters) % 4
        return self._take(self._raw, good=self.in_hand.good)

    # --- the dossier ---------------------------------------------------------------------------------------------------------------

    def keep(
        self, dossier: str, kind: str, *, field: str = "", words: str = "", reason: str = "", replaces: str = ""
    ) -> PapersView:
        """Keep what is in hand; on the disk when this returns, and no longer in hand. A failure leaves it in hand.

        Raises:
            InputError, ProcedureError, StorageError: see `Photographing.add`.
        """
        held = self.in_hand
        if held is not None:
            self._papers.add(dossier, held.page, kind, field=field, words=words, reason=reason,
                             replaces=event_id(replaces) if replaces else None)  # fmt: skip
            self.drop()
        return self.view(dossier)

    def remove(self, dossier: str, paper: str, reason: str) -> PapersView:
        """Take a page out; it is listed as removed."""
        self._papers.remove(dossier, event_id(paper), reason)
        return self.view(dossier)

    def not_brought(self, dossier: str, kind: str, reason: str, field: str = "") -> PapersView:
        """Say why a wanted paper is not here."""
        self._papers.not_brought(dossier, kind, reason, field)
        return self.view(dossier)

    def view(self, dossier: str) -> PapersView:
        """Return the papers of a dossier: what is here, small, and what is still missing."""
        return papers_view(self._station.book.state(dossier))

    def thumbs(self, dossier: str) -> dict[str, Pixels]:
        """Return the small pictures of the pages that stand, by their ids; a page whose picture is on another kit has none."""
        journal, found = self._station.journal, {}
        for photo in self._station.book.state(dossier).standing_photos:
            if photo.blob and journal.has_blob(photo.blob):
                found[str(photo.id)] = small(journal.blob(photo.blob))
        return found

    def large(self, dossier: str, paper: str) -> Pixels | None:
        """Return a kept page in full, None when its picture is not here."""
        photo = next((p for p in self._station.book.state(dossier).photos if str(p.id) == paper), None)
        here = photo is not None and bool(photo.blob) and self._station.journal.has_blob(photo.blob)
        return decoded(self._station.journal.blob(photo.blob)) if photo is not None and here else None

    def taken_at(self) -> datetime:
        """Return the present time (what a picture in hand is called by)."""
        return self._station.clock.now()

    @property
    def _papers(self) -> Photographing:
        return Photographing(self._station.book, self._station.journal.put_blob)


def decoded(data: bytes) -> Pixels:
    """Return a kept page's pixels (BGR uint8); a grey mat where the bytes of an older program are no picture."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8) if picture is not None else np.full((76, 56, 3), 232, np.uint8)


def small(data: bytes) -> Pixels:
    """Return a kept page small enough for a list, whole."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
    pixels = np.asarray(picture, np.uint8) if picture is not None else decoded(data)
    scale = min(THUMB_PX[0] / pixels.shape[1], THUMB_PX[1] / pixels.shape[0])
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
