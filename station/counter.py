"""The counter behind the window: one place that turns intents into calls on the station's objects and gives plain view state.

Every method that touches the journal, the queue or a device is meant for the station's own worker thread; the window never calls
them directly (`ui.bridge`). No Qt here: the same object is driven by tests.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from biometrics.positions import FingerPosition
from devices.contract import Camera, Frame, Scanner
from devices.worker import DeviceWorker
from station.app import Station
from station.capture.fingers import FingerJudge
from station.capture.portrait import PortraitJudge
from station.capture.runner import LiveRunner, ViewSink
from station.capture.session import Attempt, CaptureSession
from station.capture.storing import accept, store_attempt
from station.carriers import TusCarrier
from station.dossier.comparing import ComparingDesk
from station.dossier.parts import ExceptionKind, Permanence
from station.dossier.procedure import CaptureStep, Modality
from station.dossier.readiness import CAPTURE_FORM, before_sealing, lines_to_review
from station.dossier.state import DossierState
from station.enrolling import request_of, rules_of
from station.exchange import make_uploader
from station.population.model import Population
from station.population.synthetic import SyntheticCitizen
from station.queue import Uploader
from station.queue.model import Entry, State
from station.sealing import seal_dossier
from station.views.fingers import FingersView, fingers_view
from station.views.lookup import LookupView, lookup_view
from station.views.sending import SendingView, sending_view
from station.views.signing import ReviewView, review_view
from station.views.strip import StripView, strip_view
from station.views.today import Ticket, TodayView, today_view

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who stands in the demo's queue: ticket, invented citizen, and the seed of their fingers and face."""

    ticket: str
    citizen: SyntheticCitizen
    seed: int


class Counter:
    """What the window drives."""

    def __init__(self, station: Station, scanner: Scanner, camera: Camera, population: Population, visitors: tuple[Visitor, ...],
                 call_person: Callable[[int], None], procedure: str = "vn-60-2021") -> None:  # fmt: skip
        self.station = station
        self.scanner, self.camera = scanner, camera
        self._population = population
        self._visitors = {v.ticket: v for v in visitors}
        self._call_person = call_person
        self._procedure = procedure
        self._scanner_worker = DeviceWorker(scanner.device_id)
        self._camera_worker = DeviceWorker(camera.device_id)
        self._fingers, self._portrait = FingerJudge(), PortraitJudge(station.settings.text("portrait.profile"))
        self._runner: LiveRunner | None = None
        self._uploader: Uploader | None = None
        self._session: CaptureSession | None = None
        self.before_close: list[Callable[[], None]] = []
        """Called before anything is closed: whoever works on the station from a thread of their own ends it here."""

    # --- for the other desks -------------------------------------------------------------------------------------------------

    @property
    def procedure(self) -> str:
        """The procedure that new dossiers follow."""
        return self._procedure

    def step_up(self, personal_no: str) -> None:
        """Somebody comes to the devices (simulated ones then show this person's fingers and face; real ones need no telling)."""
        self._call_person(self.seed_of(personal_no))

    seed_of: Callable[[str], int] = staticmethod(lambda number: int(number[-9:]) if number[-9:].isdigit() else 1)
    """Whose fingers and face a simulated device shows for a personal number (a demo knows its own people)."""

    def on_camera(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` on the camera's own thread (a paper photographed as proof)."""
        return self._camera_worker.submit(job)

    def on_scanner(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` on the scanner's own thread (one finger for a comparison, a calibration)."""
        return self._scanner_worker.submit(job)

    # --- the day -----------------------------------------------------------------------------------------------------------

    def today(self) -> TodayView:
        """Return the queue of the day, devices and the four words (S1)."""
        states = {s.ticket: s for s in self.station.book.states()}
        tickets = []
        for ticket, visitor in self._visitors.items():
            c = visitor.citizen
            tickets.append(Ticket(ticket, c.full_name.upper(), c.declared["dob"][:4], c.kind, states.get(ticket)))
        devices = (self.scanner.describe(), self.camera.describe())
        return today_view(tickets, self.station.queue.counts(), devices, int(self.station.settings.number("day.target")))

    def call(self, ticket: str) -> DossierState:
        """Call a ticket: open its dossier, or go on with the one that is open; compare with the register."""
        visitor = self._visitors[ticket]
        self._call_person(visitor.seed)
        known = {s.ticket: s.id for s in self.station.book.states()}
        dossier = known.get(ticket)
        if dossier is None:
            c = visitor.citizen
            declared = {n: v for n, v in c.declared.items() if v}
            dossier = self.station.book.open_dossier(self._procedure, applicant=declared, ticket=ticket, kind=c.kind)
        if self.station.book.state(dossier).look_up is None:
            ComparingDesk(self.station.book, self._population).compare(dossier)
        return self.station.book.state(dossier)

    def lookup(self, dossier: str) -> LookupView:
        """Return the comparison of declared data with the register (S2)."""
        return lookup_view(self.station.book.state(dossier))

    def strip(self, dossier: str) -> StripView:
        """Return the strip that stands over every screen of a dossier."""
        return strip_view(self.station.book.state(dossier))

    # --- captures ----------------------------------------------------------------------------------------------------------

    def fingers(self, dossier: str) -> FingersView:
        """Return the order of captures, the present one, exceptions (S4)."""
        return fingers_view(self.station.book.state(dossier))

    def start_capture(
        self, dossier: str, step: CaptureStep, *, on_frame: Callable[[Frame], None], on_view: ViewSink
    ) -> Future[Attempt | None]:
        """Open the live picture for `step`; the future brings the best attempt, None when stopped."""
        station = self.station
        station.check_before_capture()
        state = station.book.state(dossier)
        face = step.modality is Modality.FACE
        device, worker = (self.camera, self._camera_worker) if face else (self.scanner, self._scanner_worker)
        if not device.is_open:
            device.open()
        tried = len(state.captures[step.id].attempts)
        session = CaptureSession(
            request_of(step, state), rules_of(step), self._portrait if face else self._fingers, attempts_before=tried,
            admission=station.admission(device),
        )  # fmt: skip
        self._runner = LiveRunner(device, worker, on_frame=on_frame, on_view=on_view)
        self._session = session
        return self._runner.start(session)

    def press(self) -> None:
        """Take the picture now (any thread)."""
        if self._runner is not None:
            self._runner.press()

    def stop_capture(self) -> None:
        """Stop the live picture (any thread)."""
        if self._runner is not None:
            self._runner.stop()

    def save_attempts(self, dossier: str, step: CaptureStep, *, accept_flagged: bool = False) -> bool:
        """Write down what was tried and accept the best if it passed (or when flagged acceptance was asked for); True when accepted."""
        session = self._session
        if session is None:
            return False
        book = self.station.book
        numbers = {}
        for attempt in session.attempts:
            numbers[attempt.number] = store_attempt(book, dossier, step, attempt)
        best = session.best
        self._session = None
        if best is None or not (best.verdict.passed or accept_flagged):
            self._kept = (session, numbers)
            return False
        accept(book, self.station.journal, dossier, step, best, numbers[best.number])
        return True

    _kept: tuple[CaptureSession, dict[int, int]] | None = None

    def accept_best(self, dossier: str, step: CaptureStep) -> bool:
        """Accept the best attempt although it is below its threshold; it is flagged and shown as such everywhere."""
        if self._kept is None or self._kept[0].best is None:
            return False
        session, numbers = self._kept
        best = session.best
        assert best is not None
        accept(self.station.book, self.station.journal, dossier, step, best, numbers[best.number])
        self._kept = None
        return True

    def discard(self, dossier: str, step: str, reason: str) -> None:
        """Take an accepted capture back (F4)."""
        self.station.book.discard_capture(dossier, step, reason)

    def declare_exception(
        self, dossier: str, finger: FingerPosition, kind: ExceptionKind, permanence: Permanence, reason: str = ""
    ) -> None:
        """Declare a finger that cannot be taken; signed by the signed-in officer (F7)."""
        self.station.book.declare_exception(dossier, finger, kind, permanence, reason)

    # --- review, seal, send --------------------------------------------------------------------------------------------------

    def review(self, dossier: str) -> ReviewView:
        """Return what the applicant looks at and what is open before the seal (S7)."""
        state = self.station.book.state(dossier)
        return review_view(state, [i.code for i in before_sealing(state)], self._thumbnail)

    def _thumbnail(self, blob: str) -> bytes:
        return self.station.journal.blob(blob)

    def applicant_agrees(self, dossier: str) -> None:
        """Record that the applicant agreed to every line."""
        self.station.book.review(dossier, dict.fromkeys(lines_to_review(self.station.book.state(dossier)), True))

    def sign(self, dossier: str, who: str) -> None:
        """Record a signature of the capture form (the officer's own is made with their key)."""
        operator = self.station.operator
        assert operator is not None, "signed in before any dossier is opened"
        signature = (
            b""
            if who == "applicant"
            else b"".join(s.to_bytes() for s in operator.signer.sign(f"capture form {dossier}".encode()))
        )
        self.station.book.sign(dossier, who, CAPTURE_FORM, signature)

    def seal(self, dossier: str) -> Entry:
        """Seal and queue."""
        entry = seal_dossier(self.station, dossier)
        if self._uploader is not None:
            self._uploader.wake()
        return entry

    def pause(self, dossier: str) -> None:
        """Leave the dossier as it is; it is offered again exactly there."""
        self.station.life.pause(dossier)

    def resume(self, dossier: str) -> DossierState:
        """Go on with a paused dossier."""
        state = self.station.book.state(dossier)
        if state.lifecycle.value == "paused":
            self.station.life.resume(dossier)
        return self.station.book.state(dossier)

    def start_sending(self, carrier: TusCarrier, on_change: Callable[[Entry], None] | None = None) -> None:
        """Start the one uploader thread (not when the counter was closed while the intake was starting)."""
        if self._closed:
            carrier.close()
            return
        self._carrier = carrier
        self._uploader = make_uploader(self.station, carrier, on_change)
        self._uploader.start()

    _carrier: TusCarrier | None = None
    _closed = False

    def send_now(self) -> None:
        """Forget the back-off and try now (any thread)."""
        if self._uploader is not None:
            self._uploader.wake()

    def sending(self) -> SendingView:
        """Return where every dossier really is (S11), after telling the journal what changed."""
        self.station.tell_journal()
        names = {s.id: s.value("full_name") for s in self.station.book.states()}
        saved = [s for s in self.station.book.states() if not s.sealed]
        status = self._uploader.status() if self._uploader is not None else None
        return sending_view(self.station.queue.entries(limit=200), self.station.queue.counts(), names, len(saved), status)

    def unsent(self) -> int:
        """Return how many packages are not acknowledged."""
        counts = self.station.queue.counts()
        return counts[State.SEALED] + counts[State.SENT]

    def close(self) -> None:
        """Stop threads and close the station; what was saved stays."""
        self._closed = True
        for first in self.before_close:
            first()
        self.stop_capture()
        if self._uploader is not None:
            self._uploader.stop()
        if self._carrier is not None:
            self._carrier.close()
        for worker in (self._scanner_worker, self._camera_worker):
            worker.stop()
        self.scanner.close()
        self.camera.close()
        self.station.close()
