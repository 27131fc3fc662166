"""The counter behind the window: one place that turns intents into calls on the station's objects and gives plain view state.

Every method that touches the journal, the queue or a device is meant for the station's own worker thread; the window never calls
them directly (`ui.bridge`). No Qt here: the same object is driven by tests.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from biometrics.positions import Eye, FingerPosition
from devices.contract import Camera, Device, Frame, ImagingDevice, Scanner
from devices.emrtd.trust import CscaStore, TrustView
from devices.errors import DeviceNotFoundError
from devices.worker import DeviceWorker
from station.app import Station
from station.capture.runner import LiveRunner, ViewSink
from station.capture.session import Attempt, CaptureSession
from station.carriers import TusCarrier
from station.desk.active import ActiveDesk
from station.desk.beside import DevicesHere
from station.desk.cards import CardTable
from station.desk.comparing import CompareDesk
from station.desk.faces import FaceDesk
from station.desk.finishing import FinishDesk
from station.desk.form import FormDesk
from station.desk.identity import IdentityDesk
from station.desk.judges import Judges
from station.desk.shift import ShiftDesk
from station.desk.signing import SigningDesk
from station.desk.supervising import SupervisorDesk
from station.desk.tickets import CardOnTable, DayQueue, Visitor
from station.desk.tries import Tries
from station.desks.sending import SendingDesk
from station.dossier.eyes import declare_eye_exception
from station.dossier.numbers import CodeKind, read_code
from station.dossier.parts import ExceptionKind, EyeExceptionKind, Permanence
from station.dossier.procedure import CaptureStep, Modality
from station.enrolling import request_of, rules_of
from station.errors import StationError
from station.exchange import make_uploader
from station.memory import trim
from station.population.model import Population
from station.queue import Uploader
from station.queue.model import Entry, State
from station.sealing import seal_dossier
from station.views.base import Tone
from station.views.chip_face import ChipFaceView
from station.views.fingers import FingersView, fingers_view
from station.views.sending import SendingView
from station.views.strip import StripView, next_stage, strip_view
from station.views.today import TodayView

if TYPE_CHECKING:
    from biometrics.portrait import PortraitQuality
    from station.views.iris import Distance, IrisView

T = TypeVar("T")


class Counter:
    """What the window drives."""

    def __init__(self, station: Station, scanner: Scanner, camera: Camera, population: Population, visitors: tuple[Visitor, ...],
                 call_person: Callable[[int], None], procedure: str = "vn-60-2021", trust: Callable[[], TrustView] | None = None,
                 iris: ImagingDevice | None = None) -> None:  # fmt: skip
        """`iris`: the iris camera, where this station has one; dossiers are then opened with their irises."""
        self.station = station
        self.scanner, self.camera, self.iris = scanner, camera, iris
        station.takes_irises = iris is not None
        self._call_person = call_person
        self._procedure = procedure
        self.queue = DayQueue(station, visitors, call_person, procedure)
        self.compare = CompareDesk(station, population)
        self.identity = IdentityDesk(station, population)
        self.form = FormDesk(station)
        self.signing = SigningDesk(station)
        self.finishing = FinishDesk(station)
        self.supervisor = SupervisorDesk(station)
        self.shift = ShiftDesk(station)
        self.queue_desk = SendingDesk(station)
        self.cards = CardTable(station, self._card_of, trust or CscaStore)
        self.faces = FaceDesk(station, self.cards.view)
        self._scanner_worker = DeviceWorker(scanner.device_id)
        self._camera_worker = DeviceWorker(camera.device_id)
        self._iris_worker: DeviceWorker | None = None
        self.judges = Judges(lambda: station.settings.text("portrait.profile"))
        self._runner: LiveRunner | None = None
        self._uploader: Uploader | None = None
        self.tries = Tries(station)
        self.active = ActiveDesk(station)
        self.beside = DevicesHere(station, lambda: [d for d in (self.scanner, self.camera, self.iris) if d is not None])
        self.place = ""
        """Where this station stands, for the top bar."""
        self.before_close: list[Callable[[], None]] = []
        """Called before anything is closed: whoever works on the station from a thread of their own ends it here."""

    # --- for the other desks -------------------------------------------------------------------------------------------------

    @property
    def procedure(self) -> str:
        """The procedure that new dossiers follow."""
        return self._procedure

    @property
    def applicant_language(self) -> str:
        """The language of the applicant's screen (any thread; what the officer reads is another setting)."""
        return self.station.settings.text("applicant.language")

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

    def held(self) -> tuple[Device, ...]:
        """Return the devices of the settings that this counter uses itself: the device room shows these very objects, since a second
        one of the same port would only find it busy. A demo's devices are not of the settings."""
        return ()

    def drive(self, device: Device, job: Callable[[], T]) -> T:
        """Run `job` for `device` on the thread that drives it, and wait for it; on this thread for a device that is not the counter's."""
        if device is self.scanner:
            return self._scanner_worker.submit(job).result()
        if device is self.iris:
            return self._irises().submit(job).result()
        return self._camera_worker.submit(job).result() if device is self.camera else job()

    # --- the day -----------------------------------------------------------------------------------------------------------

    def today(self) -> TodayView:
        """Return the queue of the day, devices and the four words (S1), after telling the journal what the queue learnt."""
        self.station.tell_journal()
        view, clock = self.queue.today(self.beside.rows()), self.shift.clock()
        return replace(view, clock=clock) if clock.tone in {Tone.BLOCKED, Tone.EXCEPTION} else view

    def call(self, ticket: str, reason: str = "") -> str:
        """Call a ticket and return its dossier: opened now, or gone on with where it stopped; compared with the register.

        Raises:
            ProcedureError: nobody of that ticket waits, or it is not their turn and no reason was given.
        """
        dossier = self.queue.call(ticket, reason)
        state = self.station.book.state(dossier)
        if not (state.sealed or state.look_up is not None):
            self.compare.ensure(dossier)
        self.judges.warm(Modality.FINGER)
        return dossier

    def stage(self, dossier: str) -> str:
        """Return the screen on which a dossier goes on."""
        return next_stage(self.station.book.state(dossier)) or "finish"

    def onward(self, dossier: str, done: str) -> str:
        """Return where a dossier goes after the stage `done`: the next one, or "home" when another desk takes over."""
        trim()  # between two desks: what the last one's pictures took
        following = next_stage(self.station.book.state(dossier), looked=True) or "finish"
        desk = {"lookup": "1", "declaration": "2", "fingers": "3", "portrait": "4", "iris": "4"}.get(following, "5")
        state = self.station.book.state(dossier)
        if following != done and desk != state.desk and not state.sealed:
            self.station.life.hand_to(dossier, desk)
        mine = self.station.session.desk
        if mine not in {"", "all"} and mine != desk and following != done:
            self.queue.pause(dossier)
            return "home"
        return following

    def after_lookup(self, dossier: str) -> str:
        """Return where a dossier goes when its person is the right one."""
        self.cards.stop()
        return self.onward(dossier, "lookup")

    def find(self, code: str) -> str:
        """Return the dossier of a scanned or typed code: a ticket, a printed dossier number, a personal number, "" when none is here.

        Raises:
            InputError: a code of this station's kind with a wrong digit.
        """
        digits = "".join(c for c in code if c.isdigit())
        if not digits:
            return ""
        states = self.station.book.states()
        if len(digits) == 12:
            return next((s.id for s in reversed(states) if s.value("personal_no") == digits), "")
        if len(digits) <= 4:
            return self.queue.dossier_of(digits)
        kind, body = read_code(code)
        if kind is CodeKind.TICKET:
            return self.queue.dossier_of(str(int(body)))
        number = code.strip()
        return next((s.id for s in states if number in (s.number, s.id)), "")

    def open_tabs(self) -> tuple[tuple[str, str, str], ...]:
        """Return (dossier, ticket, stage) of every dossier that is open here, oldest first."""
        states = [s for s in self.station.book.states() if not s.sealed and s.lifecycle.value in {"open", "paused"}]
        return tuple((s.id, s.ticket, next_stage(s) or "finish") for s in states)

    def _card_of(self, ticket: str) -> CardOnTable | None:
        visitor = self.queue.visitors.get(ticket)
        return visitor.card() if visitor is not None and visitor.card is not None else None

    def strip(self, dossier: str) -> StripView:
        """Return the strip that stands over every screen of a dossier."""
        return strip_view(self.station.book.state(dossier))

    # --- captures ----------------------------------------------------------------------------------------------------------

    def fingers(self, dossier: str) -> FingersView:
        """Return the order of captures, the present one with its tries, exceptions (S4)."""
        return self.tries.told(fingers_view(self.station.book.state(dossier)))

    def captures(self, dossier: str) -> FingersView:
        """Return the captures when no picture is live any more: what was tried is written down first."""
        self.keep_tries()
        return self.fingers(dossier)

    def kept_picture(self, dossier: str, step: CaptureStep) -> npt.NDArray[np.uint8] | None:
        """Return the best try's picture that an earlier visit left; a portrait is judged again, so that its rules are known."""
        pixels = self.tries.picture(dossier, step.id)
        if pixels is not None and pixels.ndim == 3 and step.modality is Modality.FACE:
            self.judges.of_portrait().look(pixels)
        return pixels

    def chip_face(self, dossier: str, step: str) -> ChipFaceView:
        """Return the chip's photo beside the best try of the portrait (S5)."""
        return self.faces.view(dossier, self.tries.picture(dossier, step), self.judges.portrait)

    def start_capture(self, dossier: str, step: CaptureStep, *, on_frame: Callable[[Frame], None],
                      on_view: ViewSink) -> Future[Attempt | None]:  # fmt: skip
        """Open the live picture for `step`; the future brings the best attempt, None when stopped."""
        station = self.station
        station.check_before_capture()
        self.keep_tries()
        state = station.book.state(dossier)
        device, worker = self._device_of(step)
        if not device.is_open:
            device.open()
        tried = len(state.captures[step.id].attempts)
        judge = self.judges.of(step.modality)
        session = CaptureSession(
            request_of(step, state), rules_of(step), judge, attempts_before=tried,
            admission=station.admission(device),
        )  # fmt: skip
        self._runner = LiveRunner(device, worker, on_frame=on_frame, on_view=on_view)
        self.tries.begin(dossier, step, session)
        aid = getattr(judge, "active", None)  # a PortraitJudge has one
        if aid is not None:
            self.active.opened(dossier, step.id, aid)
        future = self._runner.start(session)
        self.tries.follow(future)
        for following in state.procedure.steps[state.procedure.steps.index(step) + 1 :][:1]:
            self.judges.warm(following.modality)
        return future

    def keep_tries(self) -> None:
        """Stop the live picture and write down what was tried and nobody decided about: leaving a capture loses nothing."""
        if self.tries.session is not None:
            self.stop_capture()
            self.active.stop()
            self.active.note()
            self.tries.keep()

    def pause(self, dossier: str) -> None:
        """F9: what was tried is written down, then the dossier waits exactly where it is."""
        self.keep_tries()
        self.queue.pause(dossier)

    def _device_of(self, step: CaptureStep) -> tuple[ImagingDevice, DeviceWorker]:
        """Return what takes a step, and the thread that drives it.

        Raises:
            DeviceNotFoundError: irises are wanted and no iris camera is here.
        """
        if step.modality is Modality.FACE:
            return self.camera, self._camera_worker
        if step.modality is not Modality.IRIS:
            return self.scanner, self._scanner_worker
        if self.iris is None:
            raise DeviceNotFoundError("No iris camera is connected; nothing was captured and what was saved is safe. Plug it in, "
                                      "or declare the eyes an exception (F7).", device_id="iris", code="no-iris-device")  # fmt: skip
        return self.iris, self._irises()

    def _irises(self) -> DeviceWorker:
        """The iris camera's thread; most stations never start it."""
        if self._iris_worker is None:
            self._iris_worker = DeviceWorker("iris")
        return self._iris_worker

    def press(self) -> None:
        """Take the picture now (any thread)."""
        if self._runner is not None:
            self._runner.press()

    def stop_capture(self) -> None:
        """Stop the live picture (any thread)."""
        if self._runner is not None:
            self._runner.stop()

    @property
    def last_passed(self) -> bool:
        """Whether the best try of the running step reaches its threshold (any thread)."""
        session = self.tries.session
        return session is not None and session.best is not None and session.best.verdict.passed

    @property
    def portrait_quality(self) -> PortraitQuality | None:
        """The newest judged portrait (any thread)."""
        judge = self.judges.portrait
        return judge.latest if judge is not None else None

    def irises(self, dossier: str) -> IrisView:
        """Return the eyes as they stand: wanted, taken (small pictures, the device's score), excepted (S6)."""
        from station.views.iris import iris_view

        return iris_view(self.station.book.state(dossier), self.station.journal.blob)

    @property
    def eye_distance(self) -> Distance | None:
        """Where the eyes of the newest live picture are; None while none is seen (any thread)."""
        from station.views.iris import distance_of

        judge = self.judges.iris
        return distance_of(judge.latest) if judge is not None else None

    def declare_eye_exception(self, dossier: str, eye: Eye, kind: EyeExceptionKind, permanence: Permanence,
                              reason: str = "") -> None:  # fmt: skip
        """Declare an eye whose iris cannot be taken; signed by the signed-in officer (F7)."""
        declare_eye_exception(self.station.book, dossier, eye, kind, permanence, reason)

    @property
    def portrait_ticks(self) -> tuple[str, ...]:
        """What the officer must judge by eye."""
        from biometrics.portrait.profiles import load_profile

        return tuple(t.id for t in load_profile(self.station.settings.text("portrait.profile")).ticks)

    def save_attempts(self, dossier: str, step: CaptureStep, *, accept_flagged: bool = False,
                      confirmed: tuple[str, ...] = ()) -> bool:  # fmt: skip
        """Write down what was tried and accept the best if it passed (or when flagged acceptance was asked for); True when accepted.
        `confirmed` are the officer's own judgements, kept as flags of the capture."""
        self.active.note()
        return self.tries.save(dossier, step, flagged=accept_flagged, confirmed=confirmed)

    def accept_best(self, dossier: str, step: CaptureStep) -> bool:
        """Accept the best attempt although it is below its threshold; it is flagged and shown as such everywhere."""
        return self.tries.accept_kept(dossier, step)

    def check_fingers(self, dossier: str) -> FingersView | None:
        """Are these the right fingers, of this person? Return the captures with what was found; None: nothing new was taken.

        A screen asks while the next live picture is open, so that the comparison costs the citizen no time; leaving the captures
        and sealing ask again.
        """
        return None if self.station.finger_check.ensure(dossier) is None else self.fingers(dossier)

    def discard(self, dossier: str, step: str, reason: str) -> None:
        """Take an accepted capture back (F4)."""
        self.station.book.discard_capture(dossier, step, reason)

    def declare_exception(self, dossier: str, finger: FingerPosition, kind: ExceptionKind, permanence: Permanence,
                          reason: str = "") -> None:  # fmt: skip
        """Declare a finger that cannot be taken; signed by the signed-in officer (F7)."""
        self.station.book.declare_exception(dossier, finger, kind, permanence, reason)

    # --- seal, send ----------------------------------------------------------------------------------------------------------

    def seal(self, dossier: str) -> Entry:
        """Seal and queue."""
        self.check_fingers(dossier)
        self.finishing.prepare(dossier)
        entry = seal_dossier(self.station, dossier)
        if self._uploader is not None:
            self._uploader.wake()
        trim()  # the pictures of this person are in the package now
        return entry

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
        return self.queue_desk.view(self._uploader.status() if self._uploader is not None else None)

    def unsent(self) -> int:
        """Return how many packages are not acknowledged."""
        counts = self.station.queue.counts()
        return counts[State.SEALED] + counts[State.SENT]

    def close(self) -> None:
        """Stop threads and close the station; what was saved stays."""
        self._closed = True
        for first in self.before_close:
            first()
        with suppress(StationError):  # a disk that is full or gone: what was saved stays, the station still closes
            self.keep_tries()
        self.stop_capture()
        self.cards.stop()
        if self._uploader is not None:
            self._uploader.stop()
        if self._carrier is not None:
            self._carrier.close()
        for worker in (self._scanner_worker, self._camera_worker, self._iris_worker):
            if worker is not None:
                worker.stop()
        if self.iris is not None:
            self.iris.close()
        self.scanner.close()
        self.camera.close()
        self.judges.close()
        self.station.close()
