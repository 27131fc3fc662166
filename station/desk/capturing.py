"""The counter's captures: its devices, each driven on its own thread, the live picture, what was tried, exceptions, the fingers' check.

One idea of `station.counter.Counter`, which adds the queue, the desks and the sending. No Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from devices.contract import Camera, Device, Frame, ImagingDevice, Scanner
from devices.errors import DeviceNotFoundError, DeviceTimeoutError
from devices.holders import holder_of
from devices.worker import DeviceWorker
from station.app import Station
from station.capture.runner import LiveRunner, ViewSink
from station.capture.session import Attempt, CaptureSession
from station.capture.ticks import open_ticks
from station.desk.active import ActiveDesk
from station.desk.excepting import ExceptionDesk
from station.desk.judges import Judges
from station.desk.photographing import PhotoDesk
from station.desk.tries import Tries
from station.desks.pictures import pixels_of
from station.dossier.procedure import CaptureStep, Modality
from station.enrolling import request_of, rules_of
from station.errors import ProcedureError
from station.views.fingers import FingersView, Kept, fingers_view

if TYPE_CHECKING:
    from biometrics.portrait import PortraitQuality
    from station.views.iris import Distance, IrisView

T = TypeVar("T")
SILENT_S = 10.0
"""A device that was asked for live pictures and sends none for so long is restarted."""


class Capturing:
    """What a counter does with its devices; methods that touch the journal or a device are for the station's own thread."""

    def __init__(self, station: Station, scanner: Scanner, camera: Camera, iris: ImagingDevice | None) -> None:
        self.station = station
        self.scanner, self.camera, self.iris = scanner, camera, iris
        station.takes_irises = iris is not None
        self._scanner_worker = DeviceWorker(scanner.device_id)
        self._camera_worker = DeviceWorker(camera.device_id)
        self._iris_worker: DeviceWorker | None = None
        self.judges = Judges(lambda: station.settings.text("portrait.profile"))
        self.documents: Camera | None = None
        """A camera of its own for papers; None: the portrait's is turned to the table."""
        self._documents_worker: DeviceWorker | None = None
        self.photos = PhotoDesk(station, self.papers_camera, self._papers_worker)
        self.excepting = ExceptionDesk(station, self.papers_camera, self._papers_worker)
        self._runner: LiveRunner | None = None
        self._held = False
        self.tries = Tries(station)
        self.active = ActiveDesk(station)

    def _papers_worker(self) -> DeviceWorker:
        """The thread of the camera that photographs papers; most stations have one camera and one thread."""
        if self.documents is None:
            return self._camera_worker
        if self._documents_worker is None:
            self._documents_worker = DeviceWorker(self.documents.device_id)
        return self._documents_worker

    def papers_camera(self) -> Camera:
        """Return the camera that photographs papers."""
        return self.documents or self.camera

    def on_documents(self, job: Callable[[Camera], T]) -> Future[T]:
        """Run `job` with the camera that photographs papers, on its thread."""
        return self._papers_worker().submit(lambda: job(self.papers_camera()))

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
        if device is self.documents:
            return self._papers_worker().submit(job).result()
        if device is self.iris:
            return self._irises().submit(job).result()
        return self._camera_worker.submit(job).result() if device is self.camera else job()

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

    def left_at(self, dossier: str, step: CaptureStep) -> tuple[Kept, npt.NDArray[np.uint8] | None]:
        """Return what an earlier visit left at any open step, and its picture: what passed is asked about, never silently taken again."""
        self.keep_tries()
        kept = self.tries.left(dossier, step)
        return kept, None if kept is Kept.NOTHING else self.kept_picture(dossier, step)

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
        session.held = self._held
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

    def silence(self) -> DeviceTimeoutError | None:
        """Return the error of a device that was asked for live pictures and sent none for `SILENT_S`, None while it answers (any thread)."""
        runner = self._runner
        if runner is None or runner.silent_s < SILENT_S:
            return None
        return DeviceTimeoutError(
            f"The device sent no picture for {SILENT_S:g} s; what was saved is safe. It is restarted.", code="device-timeout"
        )

    def restart_device(self, step: CaptureStep) -> Future[None]:
        """Close the device of a step and open it again, on its own thread (E26); the program itself never restarts. The future brings the
        device's error; it does not end while a driver hangs."""
        self.stop_capture()
        device, worker = self._device_of(step)

        def again() -> None:
            device.close()
            device.open()

        return worker.submit(again)

    def holder(self, error: BaseException) -> str:
        """Return which program holds the port that a busy device named, "" when that is not known (E21)."""
        port = str(getattr(error, "details", {}).get("port", ""))
        return holder_of(port) if port else ""

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

    def hold(self, *, held: bool) -> None:
        """Take no picture while something stands over the capture, nor in one that is opened meanwhile (any thread)."""
        self._held = held
        session = self.tries.session
        if session is not None:
            session.held = held

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

    @property
    def portrait_ticks(self) -> tuple[str, ...]:
        """What the officer must judge by eye."""
        from biometrics.portrait.profiles import load_profile

        return tuple(t.id for t in load_profile(self.station.settings.text("portrait.profile")).ticks)

    def save_attempts(self, dossier: str, step: CaptureStep, *, accept_flagged: bool = False,
                      confirmed: tuple[str, ...] = ()) -> bool:  # fmt: skip
        """Write down what was tried and accept the best if it passed (or when flagged acceptance was asked for); True when accepted.
        `confirmed` are the officer's own judgements, kept as flags of the capture.

        Raises:
            ProcedureError: ``portrait-unconfirmed``, a portrait that passed without the boxes only the officer's eyes can tick; it is kept.
        """
        self.active.note()
        if step.modality is Modality.FACE and self.tries.passed(dossier, step) and open_ticks(self.portrait_ticks, confirmed):
            self.tries.pending(dossier, step)
            raise ProcedureError("This portrait passed and the officer's boxes are not ticked; it is kept, nothing was accepted. Look at it, "
                                 "tick the boxes (F12).", code="portrait-unconfirmed")  # fmt: skip
        return self.tries.save(dossier, step, flagged=accept_flagged, confirmed=confirmed)

    def accept_best(self, dossier: str, step: CaptureStep) -> bool:
        """Accept the best attempt although it is below its threshold; it is flagged and shown as such everywhere."""
        return self.tries.accept_kept(dossier, step)

    def prepare_check(self, dossier: str) -> None:
        """Compare what `check_fingers` will judge (any thread, nothing is written)."""
        self.station.finger_check.prepare(dossier)

    def check_fingers(self, dossier: str) -> FingersView | None:
        """Are these the right fingers, of this person? Return the captures with what was found; None: nothing new was taken.

        A screen asks while the next live picture is open, so that the comparison costs the citizen no time; leaving the captures
        and sealing ask again.
        """
        return None if self.station.finger_check.ensure(dossier) is None else self.fingers(dossier)

    def taken_picture(self, dossier: str, step: str) -> npt.NDArray[np.uint8] | None:
        """Return the accepted picture of a step, None when there is none; a portrait is judged again, so that its rules are known."""
        accepted = self.station.book.state(dossier).captures[step].accepted
        if accepted is None:
            return None
        pixels = pixels_of(self.station.journal, accepted.capture.images[0])
        if pixels is not None and pixels.ndim == 3 and accepted.capture.modality == Modality.FACE.value:
            self.judges.of_portrait().look(pixels)
        return pixels

    def set_aside(self, dossier: str, step: str, reason: str) -> None:
        """A picture that passed and still waited for the officer's boxes is not wanted (F4): the reason is written down, it is not asked again."""
        self.keep_tries()
        self.tries.set_aside(dossier, step, reason)

    def discard(self, dossier: str, step: str, reason: str) -> None:
        """Take an accepted capture back (F4)."""
        self.station.book.discard_capture(dossier, step, reason)

    def close_devices(self) -> None:
        """Stop the threads and close the devices; what was tried was kept before."""
        self.stop_capture()
        self.photos.stop()
        self.excepting.stop()
        for worker in (self._scanner_worker, self._camera_worker, self._iris_worker, self._documents_worker):
            if worker is not None:
                worker.stop()
        if self.documents is not None:
            self.documents.close()
        if self.iris is not None:
            self.iris.close()
        self.scanner.close()
        self.camera.close()
        self.judges.close()
