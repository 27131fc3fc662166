"""A whole run, from a station's first start to its receipt, that may be cut anywhere and begun again: shared by the power-cut and disk tests.

Both sides are real: the station with its encrypted journal and queue, the intake with uploads, hand-over and database. Over HTTP in the
recorded run; `Direct` brings the same bytes to the same uploads where thousands of ends are tried.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import msgspec
import numpy as np
import sqlalchemy as sa

from station.app import Station
from station.carriers.model import Delivery, Parcel, Report
from station.clock import ManualClock, SystemClock
from station.dossier.events import Event
from station.dossier.photographing import Page, Photographing
from station.dossier.readiness import lines_to_review
from station.files import Files
from station.intake.handover import Handover
from station.intake.service import Intake
from station.intake.store import Store
from station.intake.uploads import Uploads
from station.keys import Argon2Cost, Role, StationKeys, UnprotectedWrapper
from station.queue import Uploader
from station.queue.model import Entry, State
from station.sealing import seal_dossier
from tests.station.dossier.builders import APPLICANT, make_capture
from tests.station.intake.harness import TRIAL

CHEAP = Argon2Cost(1, 64, 1)
PIN = "284751"
PAPER = bytes(cv2.imencode(".jpg", np.full((64, 48, 3), 220, np.uint8))[1].tobytes())
Note = Callable[[object], None]


class RecordedStore(Store):
    """The intake's SQLite database: durable at each commit, as SQLite with ``synchronous=FULL`` promises; `on_commit` gets its bytes."""

    def __init__(self, url: str, on_commit: Callable[[bytes], None]) -> None:
        self._on_commit: Callable[[bytes], None] | None = None
        self._file = sa.make_url(url).database or ""
        super().__init__(url)
        self._on_commit = on_commit
        on_commit(self._snapshot())

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with super()._begin() as connection:
            yield connection
        if self._on_commit is not None:
            self._on_commit(self._snapshot())

    def _snapshot(self) -> bytes:
        source = sqlite3.connect(self._file)
        try:
            return source.serialize()
        finally:
            source.close()


def open_intake(files: Files, database: Path, on_commit: Callable[[bytes], None] | None = None) -> Intake:
    """Open the intake of a folder whose files go through `files`."""
    url = f"sqlite:///{database}"
    store = RecordedStore(url, on_commit) if on_commit else Store(url)
    try:
        keys = StationKeys.open_or_create(files, UnprotectedWrapper(files))
    except BaseException:
        store.close()
        raise
    return Intake(files, store, signer=keys.signer, opener=keys.opener, settings=TRIAL, clock=SystemClock())


class Direct:
    """A carrier that brings the bytes into the intake's uploads without a line; the intake restarts each time."""

    name = "direct"

    def __init__(self, intake: Intake, station: str, note: Note = lambda _: None) -> None:
        self._intake, self._station, self._note = intake, station, note

    def deliver(self, parcel: Parcel, report: Report, stop: threading.Event) -> Delivery:
        """See `Carrier.deliver`: create, two appends, each synced, hand over, ask."""
        uploads = Uploads(self._intake.files, 0.0)
        try:
            handover = Handover(self._intake, uploads, on_answer=lambda _: None, threads=0)
            for upload in uploads.complete():
                handover._one(upload)
            answer = self._intake.answer_for(parcel.package_id, self._station)
            if answer is None and not parcel.already_sent:
                size = len(parcel.data)
                upload = uploads.create(station=self._station, length=size, manifest=parcel.manifest_sha256, sha256=parcel.sha256,
                                        created=self._intake.now_ms(), now=0.0)  # fmt: skip
                for piece in (parcel.data[: size // 2], parcel.data[size // 2 :]):
                    uploads.append(upload, piece, 0.0)
                    uploads.sync(upload)
                    self._note(("bytes", upload.id, upload.offset))
                    report(upload.offset, upload.id)
                uploads.finish(upload)
                handover._one(upload)
                answer = self._intake.answer_for(parcel.package_id, self._station)
            if answer is None:
                return Delivery(0, lost=True)
            return Delivery(len(parcel.data), parcel.package_id, answer)
        finally:
            uploads.close()


def open_station(files: Files, folder: Path, clock: ManualClock | SystemClock) -> Station:
    """Open the station and sign its operator in, making accounts that are not there yet."""
    station = Station.open(folder, demo=True, cost=CHEAP, clock=clock, files=files)
    try:
        accounts = station.operators.accounts()
        if "admin" not in accounts:
            station.operators.add("admin", "Quản trị", [Role.SECURITY_ADMIN], PIN, by=None, must_change=False)
        if "op" not in accounts:
            boss = station.sign_in("admin", PIN, desk="1")
            station.operators.add("op", "Cán bộ", [Role.CLERK, Role.CAPTURE], PIN, by=boss, must_change=False)
            station.sign_out()
        station.sign_in("op", PIN, desk="1")
    except BaseException:
        station.close()
        raise
    return station


def enroll(station: Station, note: Note = lambda _: None, ticket: str = "") -> Entry:
    """Do whatever is still open of `ticket`'s dossier, up to the sealed package; `note` hears of every event that was acknowledged."""

    def hear(event: Event) -> None:
        note(("event", event))

    known = [s.id for s in station.book.states() if s.ticket == ticket]
    dossier = known[0] if known else station.book.open_dossier("test-short", applicant=APPLICANT, ticket=ticket)
    if station.book.state(dossier).look_up is None:
        station.book.look_up(dossier, "a", dict(APPLICANT), source="test")
    while (step := station.book.state(dossier).next_step) is not None:
        data = (step.id.encode() * 4_000)[: 60 * 60]
        blob = station.journal.put_blob(data, "image/x-raw; width=60; height=60; channels=1; bits=8")
        note(("blob", blob))
        capture = make_capture(step, blob=blob)
        image = msgspec.structs.replace(capture.images[0], width=60, height=60)
        hear(station.book.accept_capture(dossier, msgspec.structs.replace(capture, images=(image,))))
    if not station.book.state(dossier).standing_photos:
        page = Page(PAPER, "image/jpeg", 48, 64, None, "simulated", None)
        hear(Photographing(station.book, station.journal.put_blob).add(dossier, page, "birth-certificate", field="mother_name"))
    state = station.book.state(dossier)
    if not state.reviewed:
        station.book.review(dossier, dict.fromkeys(lines_to_review(state), True))
    for who in ("applicant", "operator"):
        if not station.book.state(dossier).signed_by(who):
            station.book.sign(dossier, who, signature=b"x")
    entry = seal_dossier(station, dossier)
    note(("sealed", entry.package_id))
    return entry


def befriend(station: Station, intake: Intake) -> None:
    """Make the two know each other where they do not yet (the line's own enrolment has its own tests)."""
    if station.queue.intake is None:
        station.pin_intake(intake.public)
    if not intake.store.has_station(station.origin):
        intake.store.add_station(station.origin, "", station.keys.signer.key_id, station.keys.signer.public.to_bytes(), 0)
    for account in station.operators.accounts().values():
        intake.store.add_operator(account.public.key_id, account.operator_id, station.origin, account.public.to_bytes(),
                                  state="active", now=0)  # fmt: skip


def send(station: Station, intake: Intake, note: Note = lambda _: None) -> Entry:
    """Send until nothing is due; returns the one package's row."""
    uploader = Uploader(station.queue, Direct(intake, station.origin, note), station.clock, seed=1)
    for _ in range(5):
        if uploader.step() is None:
            break
        uploader.wake()
    station.tell_journal()
    (entry,) = [e for e in station.queue.entries() if e.package_id]
    if entry.state is State.ACKNOWLEDGED:
        note(("receipt", entry.receipt_number))
    return entry
