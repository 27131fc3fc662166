"""The calibration wizard as a plain state machine: Identify, Clean, Place target, Capture 3×, Measure, Correct, Capture again, Sign.

The window and `station devices calibrate` drive the same object. `advance()` does what the present step asks and goes on; it may
block for seconds (captures, measures), so a window calls it on a worker thread and meanwhile draws `station.views.calibration`
from another one: every attribute is replaced as a whole, never changed in place. Errors are raised *and* kept in `problem`; the
step stays where it was, so that `advance()` tries again.

Corrections are proven: after CORRECT every face is captured anew, the corrections are applied to the new raw pictures, and only the
rows of these captures count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from devices.calibration.certificate import CaptureHash
from devices.calibration.corrections import Corrections, apply, derive
from devices.calibration.model import Row, Verdict, all_passed, judge
from devices.calibration.plan import Face, Plan, TargetStage
from devices.contract import DeviceInfo, DeviceKind, ImagingDevice, Source
from devices.errors import DeviceError
from station.clock import Clock
from station.errors import InputError, ProcedureError, StationError

Picture = npt.NDArray[np.uint8]
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""(x, y) in pixels of the last picture: top left, top right, bottom right, bottom left."""


class Step(StrEnum):
    """Where the wizard is. The first eight are the strip on the screen."""

    IDENTIFY = "identify"
    CLEAN = "clean"
    PLACE = "place"
    CAPTURE = "capture"
    MEASURE = "measure"
    CORRECT = "correct"
    RECAPTURE = "recapture"
    SIGN = "sign"
    DONE = "done"
    STOPPED = "stopped"


STRIP: Final = (Step.IDENTIFY, Step.CLEAN, Step.PLACE, Step.CAPTURE, Step.MEASURE, Step.CORRECT, Step.RECAPTURE, Step.SIGN)


SOME_NOISE: Final = 0.3
"""Grey levels: a picture with a smaller spread may be the same twice (an empty capacitive plate is white and nothing else)."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the technician tells: the target's serial number and date of expiry (ISO), the room, a note."""

    target_serial: str = ""
    target_expires: str = ""
    temperature: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything a certificate is made of, handed to `issue`."""

    info: DeviceInfo
    plan: Plan
    conditions: Conditions
    rows: tuple[Row, ...]
    rows_before: tuple[Row, ...]
    corrections: Corrections
    captures: tuple[CaptureHash, ...]
    started: datetime
    """Aware, UTC."""


Issue = Callable[[Finished], str]
"""Writes and signs the certificate; returns its id (SHA-256 of the file)."""


class Calibration:
    """One run of the wizard on one device. Made by `station.device_certificates.CertificateBook.begin` or directly in tests."""

    def __init__(
        self, device: ImagingDevice, plan: Plan, clock: Clock, issue: Issue, conditions: Conditions = Conditions()
    ) -> None:
        self._device, self._clock, self._issue = device, clock, issue
        self.plan = plan
        self.conditions = conditions
        self.step = Step.IDENTIFY
        self.info: DeviceInfo | None = None
        self.face_number = 0
        self.pictures: Mapping[str, tuple[Picture, ...]] = {}
        """Raw captures of the present round, by face."""
        self.marks: Mapping[str, Corners] = {}
        self.skipped: frozenset[str] = frozenset()
        self.rows: tuple[Row, ...] = ()
        self.rows_before: tuple[Row, ...] = ()
        self.corrections = Corrections()
        self.proposed = Corrections()
        """What CORRECT would apply; empty names when nothing can be corrected."""
        self.problem: tuple[str, Mapping[str, object]] | None = None
        self.certificate = ""
        self.busy = False
        self._captures: tuple[CaptureHash, ...] = ()
        self._started = clock.now()

    # --- what is asked now ---------------------------------------------------------------------------------------------------

    @property
    def face(self) -> Face:
        """The face that is placed and captured now (the last one after all were taken)."""
        return self.plan.faces[min(self.face_number, len(self.plan.faces) - 1)]

    @property
    def taken(self) -> int:
        """How many captures of the present face there are."""
        return len(self.pictures.get(self.face.id, ()))

    @property
    def last_picture(self) -> Picture | None:
        """The newest capture, for the screen."""
        taken = self.pictures.get(self.face.id) or next(iter(reversed([p for p in self.pictures.values() if p])), ())
        return taken[-1] if taken else None

    @property
    def keepable(self) -> Mapping[str, tuple[Picture, ...]]:
        """The captures that may be written to a folder: of targets and fields. A finger is a person's; it is measured and forgotten."""
        return {face: taken for face, taken in self.pictures.items() if face != "fingers"}

    @property
    def passed(self) -> bool:
        """Whether the rows of the present round let the device enroll."""
        return all_passed(self.rows)

    @property
    def needs_marks(self) -> bool:
        """Whether the four corners of the present face have to be marked before it goes on."""
        return self.face.marked and self.taken >= self.face.captures and self.face.id not in self.marks

    @property
    def correctable(self) -> bool:
        """Whether failed rows may be mended by corrections (tried once)."""
        return not self.passed and bool(self.proposed.names) and not self.corrections.names

    # --- what can be done ----------------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Do what the present step asks, then go to the next one.

        Raises:
            DeviceError, StationError: the step stays, `problem` holds the code; trying again is safe.
        """
        work = {Step.IDENTIFY: self._identify, Step.CLEAN: self._cleaned, Step.PLACE: self._placed, Step.CAPTURE: self._capture,
                Step.MEASURE: self._measured, Step.CORRECT: self._correct, Step.RECAPTURE: self._capture, Step.SIGN: self._sign}.get(self.step)  # fmt: skip
        if work is None:
            raise ProcedureError("This calibration has ended; begin a new one.", code="calibration-ended")
        self.busy, self.problem = True, None
        try:
            work()
        except (DeviceError, StationError) as error:
            self.problem = (error.reason_code, dict(error.details))
            raise
        finally:
            self.busy = False

    def capture_again(self) -> None:
        """F4: forget the captures of the present round and begin it with its first face (dust on the glass, a crooked target)."""
        if self.step not in (Step.CAPTURE, Step.MEASURE, Step.CORRECT, Step.RECAPTURE, Step.SIGN, Step.PLACE):
            raise ProcedureError("There is nothing to capture again yet.", code="calibration-order")
        again = bool(self.corrections.names)
        self._captures = tuple(c for c in self._captures if not c.corrected) if again else ()
        self._begin_round(Step.RECAPTURE if again else Step.PLACE)
        if not again:
            self.rows_before = ()

    def mark(self, corners: Corners) -> None:
        """The technician marks the four corners of the present face on its last picture.

        Raises:
            InputError: not a convex figure of some size inside the picture.
        """
        picture = self.last_picture
        if picture is None or not self.face.marked:
            raise ProcedureError("There is no picture to mark.", code="calibration-order")
        points = np.asarray(corners, np.float64)
        height, width = picture.shape[:2]
        sides = np.roll(points, -1, axis=0) - points
        turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
        inside = bool(np.all((points >= -0.5) & (points <= (width, height))))
        if points.shape != (4, 2) or not inside or bool(np.any(turns <= 0)) or float(np.abs(turns).min()) < 400:
            raise InputError(
                "The four corners do not enclose the chart (top left, then clockwise). Mark them again.", code="calibration-marks"
            )
        self.marks = {**self.marks, self.face.id: corners}

    def skip(self) -> None:
        """Leave an optional face out; its rows will say that they were not measured."""
        if not self.face.optional or self.step not in (Step.PLACE, Step.CAPTURE, Step.RECAPTURE):
            raise ProcedureError("This face has to be captured.", code="calibration-order")
        self.skipped = self.skipped | {self.face.id}
        self.pictures = {k: v for k, v in self.pictures.items() if k != self.face.id}
        self._next_face()

    def sign_as_it_is(self) -> None:
        """Go to SIGN with rows that failed: the certificate will say so, and the device previews only."""
        if self.step not in (Step.MEASURE, Step.CORRECT) or not self.rows:
            raise ProcedureError("Measure first.", code="calibration-order")
        self.step = Step.SIGN

    def stop(self) -> None:
        """End without a certificate; the device is closed, what was signed before holds. May be called from any step, also twice."""
        if self.step is not Step.DONE:
            self.step = Step.STOPPED
        self._device.cancel()
        self.close()

    def close(self) -> None:
        """Let go of the device."""
        self._lay("", 0)
        self._device.close()

    # --- the steps -----------------------------------------------------------------------------------------------------------

    def _identify(self) -> None:
        self._device.open()
        info = self._device.describe()
        if info.error_code:
            raise DeviceError(f"{info.error} Nothing was measured.", device_id=info.device_id, code=info.error_code)
        nameless = info.identity is None or not info.identity.serial
        # A camera may not know its firmware (IP cameras); a scanner whose firmware may change unseen gets no certificate.
        if nameless or (info.kind is DeviceKind.SCANNER and info.identity is not None and not info.identity.firmware):
            raise DeviceError("This device tells no serial number or no firmware: a certificate would belong to nobody. Nothing was measured.",
                              device_id=info.device_id, code="calibration-no-identity")  # fmt: skip
        if info.source is Source.FILE:
            raise DeviceError(
                "Pictures from files are no device; nothing was measured.", device_id=info.device_id, code="calibration-file"
            )
        if info.kind is not self.plan.kind:
            raise InputError(
                f"The plan '{self.plan.id}' is for a {self.plan.kind}; nothing was measured.", code="calibration-plan"
            )
        self._check_target()
        self.info, self.step = info, Step.CLEAN

    def _check_target(self) -> None:
        expires = self.conditions.target_expires
        if expires and expires < self._clock.now().date().isoformat():
            raise InputError(f"The target's own calibration ended on {expires}; nothing measured with it counts. Use another one.",
                             code="calibration-target-expired", day=expires)  # fmt: skip

    def _cleaned(self) -> None:
        self._begin_round(Step.PLACE)

    def _placed(self) -> None:
        self.step = Step.CAPTURE

    def _begin_round(self, step: Step) -> None:
        self.pictures, self.marks, self.rows, self.face_number, self.step = {}, {}, (), 0, step

    def _capture(self) -> None:
        """Take what is missing of the present face, or go on to the next one when its marks are there."""
        from devices.calibration.measuring import check_face

        face = self.face
        while self.taken < face.captures:
            self._lay(face.id, self.taken)
            raw = self._device.capture(face.request(self.taken))
            pixels = raw.images[0].pixels
            if pixels.dtype != np.uint8:
                raise DeviceError("The device gives pictures of more than 8 bits, which no table of limits knows; nothing was measured.",
                                  device_id=self._device.device_id, code="calibration-bits")  # fmt: skip
            picture = pixels.astype(np.uint8, copy=True)
            check_face(self.plan, face.id, self._device.capabilities.ppi, picture)
            self._check_fresh(picture)
            digest = hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()
            self._captures = (*self._captures, CaptureHash(face.id, self.taken, digest, bool(self.corrections.names)))
            self.pictures = {**self.pictures, face.id: (*self.pictures.get(face.id, ()), picture)}
            if self.step is Step.STOPPED:
                return
        if not self.needs_marks:
            self._next_face()

    def _check_fresh(self, picture: Picture) -> None:
        """Two exposures are never the same to the last bit; what comes twice was taken once. Fields without any noise are let through."""
        digest = hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()
        if float(picture.std()) > SOME_NOISE and any(c.sha256 == digest for c in self._captures):
            raise DeviceError("The device gave the same picture twice: it hangs, or shows a stored one. It was not counted; capture again.",
                              device_id=self._device.device_id, code="calibration-same-picture")  # fmt: skip

    def _next_face(self) -> None:
        again = bool(self.corrections.names)
        if self.face_number + 1 < len(self.plan.faces):
            self.face_number += 1
            self.step = Step.RECAPTURE if again else Step.PLACE
        else:
            self.step = Step.MEASURE

    def _measured(self) -> None:
        """Measure; or, when the rows are there, go on to what they ask for."""
        if not self.rows:
            self._measure()
            return
        self.step = Step.CORRECT if self.correctable else Step.SIGN

    def _measure(self) -> None:
        from devices.calibration.measuring import dead_pixels, measure

        ppi = self._device.capabilities.ppi
        corrected = self._corrected()
        if not self._same_device():
            raise DeviceError("The device, its firmware or its profile changed during the calibration; begin again.",
                              device_id=self._device.device_id, code="calibration-device-changed")  # fmt: skip
        readings = measure(self.plan, ppi, corrected, self.marks)
        self.rows = judge(self.plan.limits, readings)
        if not self.corrections.names and ppi is not None:
            values = {r.test: r.value for r in self.rows if r.value is not None}
            failed = {r.test for r in self.rows if r.verdict is Verdict.FAIL}
            found = (values["ppi-x"], values["ppi-y"]) if failed & {"ppi-x", "ppi-y"} else None
            dead = dead_pixels(self.pictures.get("light", ()), self.pictures.get("dark", ())) if "dead-pixels" in failed else ()
            self.proposed = derive(ppi, found, dead, self.pictures.get("light", ()), flat=bool(failed & {"area-light"}))

    def _corrected(self) -> dict[str, tuple[Picture, ...]]:
        """The captures as they are measured. A finger's grey range is the sensor's own; nothing is corrected there."""
        try:
            return {
                f: taken if f == "fingers" else tuple(apply(self.corrections, p) for p in taken)
                for f, taken in self.pictures.items()
            }
        except ValueError as error:
            raise DeviceError("The device gives pictures of different sizes; its corrections cannot be proven. Nothing was signed.",
                              device_id=self._device.device_id, code="correction-misfit") from error  # fmt: skip

    def _correct(self) -> None:
        self.rows_before, self.corrections = self.rows, self.proposed
        self._begin_round(Step.RECAPTURE)

    def _sign(self) -> None:
        assert self.info is not None
        if not self._same_device():
            raise DeviceError("The device, its firmware or its profile changed during the calibration; begin again.",
                              device_id=self._device.device_id, code="calibration-device-changed")  # fmt: skip
        self._check_target()
        done = Finished(
            replace(self.info),
            self.plan,
            self.conditions,
            self.rows,
            self.rows_before,
            self.corrections,
            self._captures,
            self._started,
        )
        self.certificate = self._issue(done)
        self.step = Step.DONE
        self.close()

    def _same_device(self) -> bool:
        now = self._device.describe().identity
        was = self.info.identity if self.info else None
        return (
            now is not None
            and was is not None
            and (now.serial, now.firmware, now.profile) == (was.serial, was.firmware, was.profile)
        )

    def _lay(self, face: str, number: int) -> None:
        """On a simulated device the target is laid by the program; on a real one by the technician."""
        if isinstance(self._device, TargetStage):
            self._device.lay_target(self.plan.target if face else "", face, number)
